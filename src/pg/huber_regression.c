/*
 * The transition and the final function of huber_regression_fit.
 */
#include "postgres.h"

#include "fmgr.h"

#include "core/regression/huber_regression.h"
#include "pg/row_buffer.h"

PG_FUNCTION_INFO_V1(huber_regression_accumulate);
PG_FUNCTION_INFO_V1(huber_regression_finish);

/* huber_regression_accumulate(state, y, x [, options]) */
Datum
huber_regression_accumulate(PG_FUNCTION_ARGS)
{
	double y = PG_ARGISNULL(1) ? 0.0 : PG_GETARG_FLOAT8(1);

	return mi_row_buffer_accumulate(fcinfo, &mi_huber_regression_algorithm, MI_FEATURE_NUMBER, y);
}

/* huber_regression_finish(state) */
Datum
huber_regression_finish(PG_FUNCTION_ARGS)
{
	return mi_row_buffer_finish(fcinfo, &mi_huber_regression_algorithm);
}
