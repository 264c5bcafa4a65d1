/*
 * Metrics by task; see evaluation.h.
 */
#include "evaluation.h"

#include <math.h>

#include "../base/host.h"
#include "../base/sort.h"
#include "ranking_metrics.h"

#define INTERRUPT_EVERY 65536 /* rows */

mi_evaluation
mi_evaluation_begin(mi_task task, size_t memory_limit)
{
	return (mi_evaluation){.task = task, .kept = mi_frame_new(task == MI_TASK_BINARY ? 2 : 1, memory_limit)};
}

mi_status
mi_evaluation_add(mi_evaluation *evaluation, double predicted, double actual, mi_error *error)
{
	double kept[] = {fabs(actual - predicted), 0.0};

	if (evaluation->task == MI_TASK_BINARY)
	{
		if (mi_probability_metrics_add(&evaluation->probability, predicted, actual != 0.0, error) != MI_OK)
			return error->status;
		mi_confusion_add(&evaluation->confusion, predicted >= MI_DECISION_THRESHOLD, actual != 0.0);
		kept[0] = predicted;
		kept[1] = actual;
	}
	else
		mi_regression_metrics_add(&evaluation->regression, predicted, actual);
	mi_frame_add_row(&evaluation->kept, kept);
	evaluation->rows++;
	return MI_OK;
}

mi_status
mi_evaluation_add_class(mi_evaluation *evaluation, bool right, double probability_of_actual, mi_error *error)
{
	if (mi_probability_metrics_add(&evaluation->probability, probability_of_actual, true, error) != MI_OK)
		return error->status;
	mi_confusion_add(&evaluation->confusion, right, true);
	evaluation->rows++;
	return MI_OK;
}

/* To sort the scores of one outcome takes a copy of them, and sorting twice as much again. */
#define SORTING_BYTES_PER_ROW (3 * sizeof(double))

static mi_status
check_memory(const mi_evaluation *evaluation, mi_error *error)
{
	const mi_frame *kept = &evaluation->kept;
	bool binary = evaluation->task == MI_TASK_BINARY;
	uint64_t chunks = (kept->rows + MI_FRAME_CHUNK_ROWS - 1) / MI_FRAME_CHUNK_ROWS;
	uint64_t needed = chunks * MI_FRAME_CHUNK_ROWS * kept->columns * sizeof(double) +
					  (binary ? kept->rows * SORTING_BYTES_PER_ROW : 0);

	if (needed <= kept->memory_limit)
		return MI_OK;
	mi_fail(error, MI_BUDGET_EXCEEDED, "%s of %llu rows takes %llu kB of memory, the limit is %zu kB",
			binary ? "auc" : "median_absolute_error", (unsigned long long) kept->rows,
			(unsigned long long) (needed + 1023) / 1024, kept->memory_limit / 1024);
	return mi_hint(error, "SET musicintel.training_memory = '%llukB', or evaluate on fewer rows.",
				   (unsigned long long) (needed + 1023) / 1024);
}

/* The probabilities of the rows where this happened. */
static mi_scores
scores_of(const mi_frame *kept, double actual)
{
	double *values = mi_allocate((size_t) kept->rows * sizeof(double));
	double *sorted;
	double row[2] = {0};
	size_t count = 0;

	for (uint64_t i = 0; i < kept->rows; i++)
	{
		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		mi_frame_get_row(kept, i, row);
		if (row[1] == actual)
			values[count++] = row[0];
	}
	sorted = mi_sorted_copy(values, count);
	mi_release(values);
	return (mi_scores){sorted, count};
}

static bool
auc(const mi_frame *kept, double *result)
{
	mi_scores positives = scores_of(kept, 1.0);
	mi_scores negatives = scores_of(kept, 0.0);
	bool known = mi_auc(positives, negatives, result);

	mi_release((double *) positives.sorted);
	mi_release((double *) negatives.sorted);
	return known;
}

/* The next metric to fill in. */
static mi_metric *
next(mi_metric *metrics, size_t *count, const char *name)
{
	metrics[*count].name = name;
	return &metrics[(*count)++];
}

static void
regression_metrics(const mi_evaluation *evaluation, bool in_memory, mi_metric *metrics, size_t *count)
{
	const mi_frame *kept = &evaluation->kept;
	static const struct
	{
		const char *name;
		bool (*value)(const mi_regression_metrics *metrics, double *result);
	} in_one_pass[] = {
		{"r_squared", mi_r_squared},
		{"mean_absolute_error", mi_mean_absolute_error},
		{"root_mean_squared_error", mi_root_mean_squared_error},
	};
	mi_metric *metric;

	for (size_t i = 0; i < sizeof(in_one_pass) / sizeof(in_one_pass[0]); i++)
	{
		metric = next(metrics, count, in_one_pass[i].name);
		metric->known = in_one_pass[i].value(&evaluation->regression, &metric->value);
	}
	metric = next(metrics, count, "median_absolute_error");
	metric->known = in_memory && mi_median_absolute_error((const double *const *) kept->chunks, kept->chunk_rows,
														  (size_t) kept->rows, &metric->value);
}

static void
binary_metrics(const mi_evaluation *evaluation, bool in_memory, mi_metric *metrics, size_t *count)
{
	static const struct
	{
		const char *name;
		bool (*value)(const mi_confusion *confusion, double *result);
	} of_decisions[] = {
		{"accuracy", mi_accuracy},
		{"precision", mi_precision},
		{"recall", mi_recall},
		{"specificity", mi_specificity},
		{"f1", mi_f1},
	};
	mi_metric *metric;

	for (size_t i = 0; i < sizeof(of_decisions) / sizeof(of_decisions[0]); i++)
	{
		metric = next(metrics, count, of_decisions[i].name);
		metric->known = of_decisions[i].value(&evaluation->confusion, &metric->value);
	}
	metric = next(metrics, count, "auc");
	metric->known = in_memory && auc(&evaluation->kept, &metric->value);
	metric = next(metrics, count, "log_loss");
	metric->known = mi_log_loss(&evaluation->probability, &metric->value);
	metric = next(metrics, count, "brier");
	metric->known = mi_brier(&evaluation->probability, &metric->value);
}

static void
multiclass_metrics(const mi_evaluation *evaluation, bool in_memory, mi_metric *metrics, size_t *count)
{
	mi_metric *metric = next(metrics, count, "accuracy");

	(void) in_memory; /* nothing is kept */
	metric->known = mi_accuracy(&evaluation->confusion, &metric->value);
	metric = next(metrics, count, "log_loss");
	metric->known = mi_log_loss(&evaluation->probability, &metric->value);
}

mi_status
mi_evaluation_finish(mi_evaluation *evaluation, mi_metric metrics[MI_METRICS_MAXIMUM], size_t *count, mi_error *error)
{
	static void (*const of_task[])(const mi_evaluation *, bool, mi_metric *, size_t *) = {
		[MI_TASK_REGRESSION] = regression_metrics,
		[MI_TASK_BINARY] = binary_metrics,
		[MI_TASK_MULTICLASS] = multiclass_metrics,
	};
	bool in_memory = check_memory(evaluation, error) == MI_OK;

	*count = 0;
	of_task[evaluation->task](evaluation, in_memory, metrics, count);
	mi_frame_release(&evaluation->kept);
	return error->status;
}
