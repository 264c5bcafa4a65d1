/*
 * What is said of a model's predictions beside what happened: the metrics that fit its task, over all rows.
 *
 * Most take one pass. The median absolute error and the area under the ROC curve need a number of every row once more:
 * those are kept in a frame, up to the memory limit. Beyond it these two have no value, and the others still do.
 */
#ifndef MI_EVALUATION_H
#define MI_EVALUATION_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/frame.h"
#include "../model/prediction.h"
#include "classification_metrics.h"
#include "regression_metrics.h"

typedef struct mi_evaluation
{
	mi_task task;
	uint64_t rows;
	mi_frame kept; /* regression: absolute error; binary: probability, what happened */
	mi_regression_metrics regression;
	mi_confusion confusion; /* multiclass: a positive is the class that it was */
	mi_probability_metrics probability;
} mi_evaluation;

typedef struct mi_metric
{
	const char *name;
	bool known; /* false: no value */
	double value;
} mi_metric;

#define MI_METRICS_MAXIMUM 8

extern mi_evaluation mi_evaluation_begin(mi_task task, size_t memory_limit);

/* For a binary task, actual is 0 or 1 and predicted a probability. */
extern mi_status mi_evaluation_add(mi_evaluation *evaluation, double predicted, double actual, mi_error *error);

/* For a multiclass task: whether the likeliest class was right, and the probability of the one that it was. */
extern mi_status
mi_evaluation_add_class(mi_evaluation *evaluation, bool right, double probability_of_actual, mi_error *error);

/*
 * Fills in the metrics and their number, and releases what was kept. MI_BUDGET_EXCEEDED when a metric has no value for
 * want of memory.
 */
extern mi_status
mi_evaluation_finish(mi_evaluation *evaluation, mi_metric metrics[MI_METRICS_MAXIMUM], size_t *count, mi_error *error);

#endif
