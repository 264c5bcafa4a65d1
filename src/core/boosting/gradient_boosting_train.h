/*
 * Training of gradient boosting: rows go to a spool as they come, then bins are found, and a team boosts.
 */
#ifndef MI_GRADIENT_BOOSTING_TRAIN_H
#define MI_GRADIENT_BOOSTING_TRAIN_H

#include "gradient_boosting.h"

/* For the table of algorithms; what each does is said there (model/algorithm.h). */
extern mi_status mi_boosting_train_begin(mi_training *training, mi_error *error);
extern mi_status mi_boosting_train_add_row(mi_training *training, const double *values, double target, mi_error *error);
extern mi_status
mi_boosting_train_finish(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error);
extern void mi_boosting_train_release(mi_training *training);

#endif
