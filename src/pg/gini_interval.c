/*
 * gini_interval: exposures are kept, and drawn from at the end.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "funcapi.h"

#include "core/metrics/gini_interval.h"
#include "pg/aggregate_context.h"
#include "pg/exposures.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(gini_interval_accumulate);
PG_FUNCTION_INFO_V1(gini_interval_finish);

/* Parameters of the sample. A double does not hold every 64-bit seed, but either half of one. */
enum
{
	CONFIDENCE,
	REPLICATES,
	SEED_HIGH,
	SEED_LOW
};

#define DEFAULT_CONFIDENCE 0.95
#define DEFAULT_REPLICATES 1000
#define DEFAULT_SEED 1

static void
set_parameters(ArrayType *state, double confidence, int32 replicates, int64 seed)
{
	mi_error error = {0};

	mi_check_bootstrap(confidence, replicates, &error);
	mi_report(&error);
	mi_sample_set_parameter(state, CONFIDENCE, confidence, "confidence");
	mi_sample_set_parameter(state, REPLICATES, replicates, "replicates");
	mi_sample_set_parameter(state, SEED_HIGH, (double) ((uint64) seed >> 32), "seed");
	mi_sample_set_parameter(state, SEED_LOW, (double) (uint32) seed, "seed");
}

/* gini_interval_accumulate(state, x [, confidence, replicates, seed]); strict: rows with a NULL do not count. */
Datum
gini_interval_accumulate(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);

	mi_require_aggregate_context(fcinfo);
	if (PG_NARGS() > 2)
		set_parameters(state, PG_GETARG_FLOAT8(2), PG_GETARG_INT32(3), PG_GETARG_INT64(4));
	else
		set_parameters(state, DEFAULT_CONFIDENCE, DEFAULT_REPLICATES, DEFAULT_SEED);
	PG_RETURN_POINTER(mi_exposures_add(state, PG_GETARG_FLOAT8(1)));
}

/* Any number may be in the place of a half in a made-up state. */
static uint64
seed_half(double number)
{
	return number >= 0.0 && number <= PG_UINT32_MAX ? (uint64) number : 0;
}

static mi_bootstrap
bootstrap_of(ArrayType *state)
{
	mi_bootstrap bootstrap = {.confidence = mi_sample_parameter(state, CONFIDENCE)};
	double replicates = mi_sample_parameter(state, REPLICATES);
	mi_error error = {0};

	mi_check_bootstrap(bootstrap.confidence,
					   replicates >= 0.0 && replicates <= MI_BOOTSTRAP_MAXIMUM ? (int64) replicates : -1, &error);
	mi_report(&error);
	bootstrap.replicates = (uint32) replicates;
	bootstrap.seed =
		seed_half(mi_sample_parameter(state, SEED_HIGH)) << 32 | seed_half(mi_sample_parameter(state, SEED_LOW));
	return bootstrap;
}

static void
put_number(Datum *value, bool *null, double number)
{
	*null = isnan(number);
	*value = Float8GetDatum(number);
}

Datum
gini_interval_finish(PG_FUNCTION_ARGS)
{
	ArrayType *state = mi_sample_argument(fcinfo, 0);
	mi_exposures exposures = mi_exposures_of_state(state);
	TupleDesc columns;
	Datum values[3];
	bool nulls[3];
	mi_bootstrap bootstrap;
	mi_gini_interval interval;

	if (exposures.count == 0)
		PG_RETURN_NULL();
	bootstrap = bootstrap_of(state);
	if (!mi_gini_interval_of(exposures.sorted, exposures.count, &bootstrap, &interval))
		PG_RETURN_NULL();
	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "gini_interval_finish returns a row");
	put_number(&values[0], &nulls[0], interval.estimate);
	put_number(&values[1], &nulls[1], interval.low);
	put_number(&values[2], &nulls[2], interval.high);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), values, nulls)));
}
