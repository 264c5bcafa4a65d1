/*
 * The transition functions and the final function of gradient_boosting_fit.
 */
#include "postgres.h"

#include "fmgr.h"

#include "core/boosting/gradient_boosting.h"
#include "pg/row_buffer.h"

PG_FUNCTION_INFO_V1(gradient_boosting_accumulate);
PG_FUNCTION_INFO_V1(gradient_boosting_accumulate_boolean);
PG_FUNCTION_INFO_V1(gradient_boosting_finish);

/* gradient_boosting_accumulate(state, y, x [, options]) */
Datum
gradient_boosting_accumulate(PG_FUNCTION_ARGS)
{
	double y = PG_ARGISNULL(1) ? 0.0 : PG_GETARG_FLOAT8(1);

	return mi_row_buffer_accumulate(fcinfo, &mi_gradient_boosting_algorithm, MI_FEATURE_NUMBER, y);
}

/* The same of a boolean y. */
Datum
gradient_boosting_accumulate_boolean(PG_FUNCTION_ARGS)
{
	double y = PG_ARGISNULL(1) ? 0.0 : (double) PG_GETARG_BOOL(1);

	return mi_row_buffer_accumulate(fcinfo, &mi_gradient_boosting_algorithm, MI_FEATURE_BOOLEAN, y);
}

/* gradient_boosting_finish(state) */
Datum
gradient_boosting_finish(PG_FUNCTION_ARGS)
{
	return mi_row_buffer_finish(fcinfo, &mi_gradient_boosting_algorithm);
}
