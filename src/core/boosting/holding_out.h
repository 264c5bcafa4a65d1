/*
 * Which rows are held out to tell when to stop: whole groups by a hash of the group, or the newest ones, whole moments.
 */
#ifndef MI_HOLDING_OUT_H
#define MI_HOLDING_OUT_H

#include "boosting_block.h"
#include "gradient_boosting.h"

/* Marks them in the block. held_by: of each row its group, in the bits of a double, or its time. */
extern mi_status
mi_hold_out(const double *held_by, const mi_boosting_params *params, mi_boosting_block *block, mi_error *error);

#endif
