/*
 * What every member of a team that boosts runs: binning of the rows, then iteration after iteration.
 */
#ifndef MI_BOOSTING_TEAM_H
#define MI_BOOSTING_TEAM_H

#include "boosting_block.h"
#include "class_weights.h"
#include "row_spool.h"

/* The leader's own affairs, in its own memory. */
typedef struct mi_boosting_leader
{
	mi_row_spool *rows; /* released once they are binned */
	const mi_class_weights *weights;
	double training_weight; /* results: sums of weights */
	double held_out_weight;
	uint64_t held_out_rows;
	const mi_contract *final; /* names of categories, ascending */
	const mi_contract *seen;  /* the same, as the rows number them */
	mi_forest_builder *forest;
	double *training_losses; /* by iteration */
	double *held_out_losses;
	uint32_t iterations; /* done, and kept */
	bool overflowed;     /* gradients did, after so many iterations */
} mi_boosting_leader;

/* MI_TEAM_TASK_BOOSTING: the block holds bins and parameters; row data is read by the leader. */
extern void mi_boosting_team_main(mi_team *team);

#endif
