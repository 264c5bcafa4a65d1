/*
 * From spooled rows to bins, by all members of a team: each finds the bins of its share of the features, from the
 * sample, and then bins its own rows.
 */
#ifndef MI_BINNING_H
#define MI_BINNING_H

#include "boosting_block.h"
#include "row_spool.h"

/* Bins of the member's features that are numbers. Others' are there when all have met. */
extern void mi_binning_find(const mi_boosting_view *view, mi_row_reader *reader);

/* Fills in row_bins and column_bins. */
extern void mi_binning_apply(const mi_boosting_view *view, mi_row_reader *reader);

#endif
