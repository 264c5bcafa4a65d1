/*
 * The transition and the final function of logistic_regression_fit.
 */
#include "postgres.h"

#include "fmgr.h"

#include "core/regression/logistic_regression.h"
#include "pg/row_buffer.h"

PG_FUNCTION_INFO_V1(logistic_regression_accumulate);
PG_FUNCTION_INFO_V1(logistic_regression_finish);

/* logistic_regression_accumulate(state, y, x [, options]) */
Datum
logistic_regression_accumulate(PG_FUNCTION_ARGS)
{
	double y = PG_ARGISNULL(1) ? 0.0 : (double) PG_GETARG_BOOL(1);

	return mi_row_buffer_accumulate(fcinfo, &mi_logistic_regression_algorithm, MI_FEATURE_BOOLEAN, y);
}

/* logistic_regression_finish(state) */
Datum
logistic_regression_finish(PG_FUNCTION_ARGS)
{
	return mi_row_buffer_finish(fcinfo, &mi_logistic_regression_algorithm);
}
