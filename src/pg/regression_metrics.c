/*
 * r_squared, mean_absolute_error and root_mean_squared_error: one transition function over a float8[] state, so that
 * the planner computes several of them over the same arguments in one go.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

#include "core/metrics/regression_metrics.h"
#include "pg/aggregate_context.h"
#include "pg/float8_state.h"

PG_FUNCTION_INFO_V1(regression_metrics_accumulate);
PG_FUNCTION_INFO_V1(regression_metrics_combine);
PG_FUNCTION_INFO_V1(regression_metrics_r_squared);
PG_FUNCTION_INFO_V1(regression_metrics_mean_absolute_error);
PG_FUNCTION_INFO_V1(regression_metrics_root_mean_squared_error);

StaticAssertDecl(sizeof(mi_regression_metrics) == MI_REGRESSION_METRICS_NUMBERS * sizeof(double),
				 "the state is an array of doubles");

static mi_regression_metrics *
numbers_of(ArrayType *state)
{
	return mi_float8_state(state, MI_REGRESSION_METRICS_NUMBERS);
}

/* regression_metrics_accumulate(state, predicted, actual); strict, so that rows with a NULL do not count. */
Datum
regression_metrics_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);

	mi_require_aggregate_context(fcinfo);
	mi_regression_metrics_add(numbers_of(state), PG_GETARG_FLOAT8(1), PG_GETARG_FLOAT8(2));
	PG_RETURN_POINTER(state);
}

Datum
regression_metrics_combine(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);

	mi_require_aggregate_context(fcinfo);
	mi_regression_metrics_combine(numbers_of(state), numbers_of(PG_GETARG_ARRAYTYPE_P(1)));
	PG_RETURN_POINTER(state);
}

typedef bool (*metric_function)(const mi_regression_metrics *metrics, double *result);

static Datum
metric_or_null(FunctionCallInfo fcinfo, metric_function metric)
{
	double result;

	if (!metric(numbers_of(PG_GETARG_ARRAYTYPE_P(0)), &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

Datum
regression_metrics_r_squared(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_r_squared);
}

Datum
regression_metrics_mean_absolute_error(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_mean_absolute_error);
}

Datum
regression_metrics_root_mean_squared_error(PG_FUNCTION_ARGS)
{
	return metric_or_null(fcinfo, mi_root_mean_squared_error);
}
