/*
 * Between the last row and the team: what the rows of a training hold beside their features goes into the block, and is
 * decided there: which are held out, and which are of the sample.
 */
#ifndef MI_BOOSTING_ROWS_H
#define MI_BOOSTING_ROWS_H

#include "../model/algorithm.h"
#include "boosting_block.h"
#include "class_weights.h"

/* A training's rows as they come in. */
typedef struct mi_boosting_trainer
{
	mi_row_spool rows;
	mi_objective objective;
	bool *has_missing;          /* by feature */
	uint64_t **category_counts; /* by feature; NULL for numbers */
	double *class_rows;         /* by class as seen */
	double weight_sum;
} mi_boosting_trainer;

/* Fills the block with all that members need to read the rows again. */
extern mi_status mi_boosting_prepare_rows(const mi_training *training, const mi_class_weights *weights,
										  mi_boosting_block *block, mi_error *error);

#endif
