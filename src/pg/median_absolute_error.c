/*
 * median_absolute_error: the errors are kept until the end.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"

#include "core/metrics/regression_metrics.h"
#include "pg/aggregate_context.h"
#include "pg/sample.h"

PG_FUNCTION_INFO_V1(median_absolute_error_accumulate);
PG_FUNCTION_INFO_V1(median_absolute_error_finish);

/* median_absolute_error_accumulate(state, predicted, actual); strict, so that rows with a NULL do not count. */
Datum
median_absolute_error_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);

	mi_require_aggregate_context(fcinfo);
	PG_RETURN_POINTER(mi_sample_add(state, MI_SAMPLE_FRONT, fabs(PG_GETARG_FLOAT8(2) - PG_GETARG_FLOAT8(1))));
}

Datum
median_absolute_error_finish(PG_FUNCTION_ARGS)
{
	size_t count;
	const double *errors = mi_sample_front(mi_sample_argument(fcinfo, 0), &count);
	double result;

	if (!mi_median_absolute_error(&errors, count, count, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}
