/*
 * log_loss and brier: one transition function over a float8[] state.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

#include "core/metrics/classification_metrics.h"
#include "pg/aggregate_context.h"
#include "pg/float8_state.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(probability_metrics_accumulate);
PG_FUNCTION_INFO_V1(probability_metrics_combine);
PG_FUNCTION_INFO_V1(probability_metrics_log_loss);
PG_FUNCTION_INFO_V1(probability_metrics_brier);

StaticAssertDecl(sizeof(mi_probability_metrics) == MI_PROBABILITY_METRICS_NUMBERS * sizeof(double),
				 "the state is an array of doubles");

static mi_probability_metrics *
numbers_of(ArrayType *state)
{
	return mi_float8_state(state, MI_PROBABILITY_METRICS_NUMBERS);
}

/* probability_metrics_accumulate(state, probability, actual); strict, so that rows with a NULL do not count. */
Datum
probability_metrics_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	mi_probability_metrics_add(numbers_of(state), PG_GETARG_FLOAT8(1), PG_GETARG_BOOL(2), &error);
	mi_report(&error);
	PG_RETURN_POINTER(state);
}

Datum
probability_metrics_combine(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);

	mi_require_aggregate_context(fcinfo);
	mi_probability_metrics_combine(numbers_of(state), numbers_of(PG_GETARG_ARRAYTYPE_P(1)));
	PG_RETURN_POINTER(state);
}

typedef bool (*metric_function)(const mi_probability_metrics *metrics, double *result);

static Datum
metric_or_null(FunctionCallInfo fcinfo, metric_function metric)
{
	double result;

	if (!metric(numbers_of(PG_GETARG_ARRAYTYPE_P(0)), &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

Datum
probability_metrics_log_loss(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_log_loss);
}

Datum
probability_metrics_brier(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_brier);
}
