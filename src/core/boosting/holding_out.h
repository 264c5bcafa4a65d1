/*
 * Which rows are held out to tell when to stop: whole groups by a hash of the group, or the newest ones, whole moments.
 */
#ifndef MI_HOLDING_OUT_H
#define MI_HOLDING_OUT_H

#include "boosting_block.h"
#include "gradient_boosting.h"
#include "row_spool.h"

/* Marks them in the block. The last number of a spooled row is its group or its time. */
extern mi_status
mi_hold_out(mi_row_spool *rows, const mi_boosting_params *params, mi_boosting_block *block, mi_error *error);

#endif
