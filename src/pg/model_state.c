/*
 * A model as the state of an aggregate: merging (rollup, and the combine function of parallel plans) and finishing.
 *
 * New states are made in the current memory context; the executor copies them where they belong. Later calls change
 * them in place.
 */
#include "postgres.h"

#include "pg/aggregate_context.h"
#include "pg/model_datum.h"
#include "pg/model_state.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(model_state_merge);
PG_FUNCTION_INFO_V1(model_state_finish);

static const mi_algorithm *
mergeable_algorithm(const struct varlena *state)
{
	const mi_algorithm *algorithm;
	mi_error error = {0};

	mi_model_check_header((const uint8 *) state, VARSIZE(state), &error);
	mi_report(&error);
	algorithm = mi_algorithm_by_code(mi_model_header_of((const uint8 *) state)->algorithm);
	if (algorithm == NULL)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("model is of an unknown algorithm")));
	MI_REQUIRE(algorithm, merge_state, "rollup");
	return algorithm;
}

struct varlena *
mi_model_state_argument(FunctionCallInfo fcinfo, int n)
{
	struct varlena *state = PG_DETOAST_DATUM(PG_GETARG_DATUM(n));
	const mi_algorithm *algorithm = mergeable_algorithm(state);
	mi_writer thawed = {0};
	mi_error error = {0};

	if (mi_model_is_open_state((const uint8 *) state))
		return state;
	algorithm->thaw_state(&thawed, (const uint8 *) state, VARSIZE(state), &error);
	mi_report(&error);
	return (struct varlena *) DatumGetPointer(mi_model_result(&thawed));
}

/* model_state_merge(state, model or state) */
Datum
model_state_merge(PG_FUNCTION_ARGS)
{
	struct varlena *into;
	struct varlena *from;
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_POINTER(mi_model_state_argument(fcinfo, PG_ARGISNULL(0) ? 1 : 0));
	into = mi_model_state_argument(fcinfo, 0);
	from = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));
	mergeable_algorithm(into)->merge_state((uint8 *) into, VARSIZE(into), (const uint8 *) from, VARSIZE(from), &error);
	mi_report(&error);
	PG_RETURN_POINTER(into);
}

/* model_state_finish(state): the state itself is left as it is, since a window function finishes it many times. */
Datum
model_state_finish(PG_FUNCTION_ARGS)
{
	mi_model model;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	model = mi_model_argument(fcinfo, 0);
	SET_VARSIZE(model.bytes, model.length);
	PG_RETURN_POINTER(model.bytes);
}
