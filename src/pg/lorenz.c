/*
 * gini, lorenz_share, top_share and lorenz_curve: exposures are kept, and sorted at the end.
 */
#include "postgres.h"

#include "funcapi.h"

#include "core/base/host.h"
#include "core/metrics/lorenz.h"
#include "pg/aggregate_context.h"
#include "pg/exposures.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(lorenz_accumulate);
PG_FUNCTION_INFO_V1(lorenz_gini);
PG_FUNCTION_INFO_V1(lorenz_poorest);
PG_FUNCTION_INFO_V1(lorenz_richest);
PG_FUNCTION_INFO_V1(lorenz_curve);

#define FRACTION 0 /* which parameter of the sample */

#define POINTS_MAXIMUM 1000000 /* of a curve: more than any drawing shows */

/* lorenz_accumulate(state, x [, fraction]); strict, so that rows with a NULL do not count. */
Datum
lorenz_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	if (PG_NARGS() > 2)
	{
		mi_check_fraction(PG_GETARG_FLOAT8(2), &error);
		mi_report(&error);
		mi_sample_set_parameter(state, FRACTION, PG_GETARG_FLOAT8(2), "fraction");
	}
	PG_RETURN_POINTER(mi_exposures_add(state, PG_GETARG_FLOAT8(1)));
}

Datum
lorenz_gini(PG_FUNCTION_ARGS)
{
	mi_exposures exposures = mi_exposures_of_state(mi_sample_argument(fcinfo, 0));
	double result;

	if (!mi_gini(exposures.sorted, exposures.count, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

typedef bool (*share_function)(const double *sorted, size_t count, double fraction, double *result);

static Datum
share_or_null(FunctionCallInfo fcinfo, share_function share)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);
	mi_exposures exposures = mi_exposures_of_state(state);
	double fraction = mi_sample_parameter(state, FRACTION);
	double result;
	mi_error error = {0};

	mi_check_fraction(fraction, &error);
	mi_report(&error);
	if (!share(exposures.sorted, exposures.count, fraction, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

Datum
lorenz_poorest(PG_FUNCTION_ARGS)
{
	return share_or_null(fcinfo, mi_lorenz_share);
}

Datum
lorenz_richest(PG_FUNCTION_ARGS)
{
	return share_or_null(fcinfo, mi_top_share);
}

/* lorenz_curve(x, points): so many points from (0, 0) to (1, 1); none where there is nothing to share. */
Datum
lorenz_curve(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	mi_exposures exposures = mi_exposures_of_array(PG_GETARG_ARRAYTYPE_P(0));
	int points = PG_GETARG_INT32(1);
	double *shares;

	if (points < 2 || points > POINTS_MAXIMUM)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("points must be between 2 and %d, not %d", POINTS_MAXIMUM, points)));
	InitMaterializedSRF(fcinfo, 0);
	shares = palloc(points * sizeof(double));
	if (!mi_lorenz_curve(exposures.sorted, exposures.count, points - 1, shares))
		return (Datum) 0;
	for (int i = 0; i < points; i++)
	{
		Datum values[] = {Float8GetDatum((double) i / (points - 1)), Float8GetDatum(shares[i])};
		bool nulls[] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
