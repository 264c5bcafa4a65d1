/*
 * accuracy, precision, recall, specificity and f1: one transition function that counts the confusion matrix in a
 * float8[] state, so that the planner computes several of them over the same arguments in one go.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

#include "core/metrics/classification_metrics.h"
#include "pg/aggregate_context.h"
#include "pg/float8_state.h"

PG_FUNCTION_INFO_V1(classification_metrics_accumulate);
PG_FUNCTION_INFO_V1(classification_metrics_combine);
PG_FUNCTION_INFO_V1(classification_metrics_accuracy);
PG_FUNCTION_INFO_V1(classification_metrics_precision);
PG_FUNCTION_INFO_V1(classification_metrics_recall);
PG_FUNCTION_INFO_V1(classification_metrics_specificity);
PG_FUNCTION_INFO_V1(classification_metrics_f1);

StaticAssertDecl(sizeof(mi_confusion) == MI_CONFUSION_NUMBERS * sizeof(double), "the state is an array of doubles");

static mi_confusion *
numbers_of(ArrayType *state)
{
	return mi_float8_state(state, MI_CONFUSION_NUMBERS);
}

/* classification_metrics_accumulate(state, predicted, actual); strict, so that rows with a NULL do not count. */
Datum
classification_metrics_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);

	mi_require_aggregate_context(fcinfo);
	mi_confusion_add(numbers_of(state), PG_GETARG_BOOL(1), PG_GETARG_BOOL(2));
	PG_RETURN_POINTER(state);
}

Datum
classification_metrics_combine(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);

	mi_require_aggregate_context(fcinfo);
	mi_confusion_combine(numbers_of(state), numbers_of(PG_GETARG_ARRAYTYPE_P(1)));
	PG_RETURN_POINTER(state);
}

typedef bool (*metric_function)(const mi_confusion *confusion, double *result);

static Datum
metric_or_null(FunctionCallInfo fcinfo, metric_function metric)
{
	double result;

	if (!metric(numbers_of(PG_GETARG_ARRAYTYPE_P(0)), &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

Datum
classification_metrics_accuracy(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_accuracy);
}

Datum
classification_metrics_precision(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_precision);
}

Datum
classification_metrics_recall(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_recall);
}

Datum
classification_metrics_specificity(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_specificity);
}

Datum
classification_metrics_f1(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_f1);
}
