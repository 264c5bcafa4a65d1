/*
 * The training of gradient boosting once all rows are in the spool: the block that a team shares, its run, the model.
 */
#ifndef MI_BOOSTING_RUN_H
#define MI_BOOSTING_RUN_H

#include "class_weights.h"
#include "gradient_boosting.h"

/*
 * Fails when memory or weights do not suffice, when options do not go together, when the loss overflows, and when the
 * model becomes too large.
 */
extern mi_status mi_boosting_run(mi_training *training, const mi_contract *final, const mi_class_weights *weights,
								 mi_writer *model, mi_error *error);

#endif
