/*
 * What every member of a team that boosts runs: binning of the rows, then iteration after iteration.
 */
#ifndef MI_BOOSTING_TEAM_H
#define MI_BOOSTING_TEAM_H

#include "boosting_block.h"
#include "forest.h"
#include "row_spool.h"

/* What may end a training. */
typedef enum mi_boosting_failure
{
	MI_BOOSTING_FINE,
	MI_BOOSTING_OVERFLOW,          /* of the loss or its gradients */
	MI_BOOSTING_HELD_OUT_OVERFLOW, /* of the loss of rows held out */
	MI_BOOSTING_TOO_LARGE          /* a model */
} mi_boosting_failure;

/* The leader's own affairs, in its own memory. */
typedef struct mi_boosting_leader
{
	mi_row_spool *rows;     /* released once they are binned */
	double training_weight; /* results: sums of weights */
	double held_out_weight;
	uint64_t held_out_rows;
	const mi_contract *final; /* names of categories, ascending */
	const mi_contract *seen;  /* the same, as the rows number them */
	mi_forest_builder *forest;
	double *training_losses; /* by iteration */
	double *held_out_losses;
	uint32_t done;       /* iterations */
	uint32_t iterations; /* kept of them */
	mi_boosting_failure failure;
} mi_boosting_leader;

/*
 * MI_TEAM_TASK_BOOSTING: the block holds parameters, targets, weights, what is held out and sampled, the bins of
 * categories, and where the spooled rows are.
 */
extern void mi_boosting_team_main(mi_team *team);

#endif
