/*
 * theil and herfindahl: one transition function over a float8[] state.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

#include "core/metrics/inequality.h"
#include "pg/aggregate_context.h"
#include "pg/float8_state.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(inequality_accumulate);
PG_FUNCTION_INFO_V1(inequality_combine);
PG_FUNCTION_INFO_V1(inequality_theil);
PG_FUNCTION_INFO_V1(inequality_herfindahl);

StaticAssertDecl(sizeof(mi_exposure_sums) == MI_EXPOSURE_SUMS_NUMBERS * sizeof(double),
				 "the state is an array of doubles");

static mi_exposure_sums *
numbers_of(ArrayType *state)
{
	return mi_float8_state(state, MI_EXPOSURE_SUMS_NUMBERS);
}

/* inequality_accumulate(state, x); strict, so that rows with a NULL do not count. */
Datum
inequality_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	mi_check_exposure(PG_GETARG_FLOAT8(1), &error);
	mi_report(&error);
	mi_exposure_sums_add(numbers_of(state), PG_GETARG_FLOAT8(1));
	PG_RETURN_POINTER(state);
}

Datum
inequality_combine(PG_FUNCTION_ARGS)
{
	ArrayType *state = PG_GETARG_ARRAYTYPE_P(0);

	mi_require_aggregate_context(fcinfo);
	mi_exposure_sums_combine(numbers_of(state), numbers_of(PG_GETARG_ARRAYTYPE_P(1)));
	PG_RETURN_POINTER(state);
}

Datum
inequality_theil(PG_FUNCTION_ARGS)
{
	double result;

	if (!mi_theil(numbers_of(PG_GETARG_ARRAYTYPE_P(0)), &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

Datum
inequality_herfindahl(PG_FUNCTION_ARGS)
{
	const mi_exposure_sums *sums = numbers_of(PG_GETARG_ARRAYTYPE_P(0));
	double result;
	mi_error error = {0};

	mi_check_squares(sums, &error);
	mi_report(&error);
	if (!mi_herfindahl(sums, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}
