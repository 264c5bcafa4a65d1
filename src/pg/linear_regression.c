/*
 * The transition function of linear_regression_fit.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"

#include "core/regression/linear_regression.h"
#include "pg/aggregate_context.h"
#include "pg/arrays.h"
#include "pg/model_datum.h"
#include "pg/model_state.h"
#include "pg/options.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(linear_regression_accumulate);

/* An empty state for arrays of this many elements. */
static struct varlena *
new_state(FunctionCallInfo fcinfo, size_t feature_count)
{
	bool has_options = PG_NARGS() > 3 && !PG_ARGISNULL(3);
	Jsonb *options = has_options ? PG_GETARG_JSONB_P(3) : NULL;
	mi_writer state = {0};
	mi_error error = {0};

	mi_linear_state_create(&state, (uint32) feature_count,
						   mi_params_from_jsonb(&mi_linear_regression_algorithm, MI_OPTION_IN_AGGREGATE, options),
						   &error);
	mi_report(&error);
	return (struct varlena *) DatumGetPointer(mi_model_result(&state));
}

/* linear_regression_accumulate(state, y, x [, options]): rows with a NULL y or x do not count. */
Datum
linear_regression_accumulate(PG_FUNCTION_ARGS)
{
	struct varlena *state;
	const double *features;
	size_t count;
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	features = mi_float8_array(PG_GETARG_ARRAYTYPE_P(2), "array of features", &count);
	state = PG_ARGISNULL(0) ? new_state(fcinfo, count) : mi_model_state_argument(fcinfo, 0);
	mi_linear_state_add_row((uint8 *) state, VARSIZE(state), features, count, PG_GETARG_FLOAT8(1), &error);
	mi_report(&error);
	PG_RETURN_POINTER(state);
}
