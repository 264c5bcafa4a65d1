/*
 * The training half of linear regression's row in the table of algorithms; what each function does is said there
 * (model/algorithm.h).
 */
#ifndef MI_LINEAR_REGRESSION_TRAIN_H
#define MI_LINEAR_REGRESSION_TRAIN_H

#include "linear_regression.h"

extern mi_status mi_linear_train_begin(mi_training *training, mi_error *error);
extern mi_status mi_linear_train_add_row(mi_training *training, const double *values, double target, mi_error *error);
extern mi_status
mi_linear_train_finish(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error);
extern void mi_linear_train_release(mi_training *training);

#endif
