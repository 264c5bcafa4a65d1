/*
 * States that hold rows; see row_buffer.h.
 */
#include "postgres.h"

#include "utils/array.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "core/model/row_buffer.h"
#include "pg/aggregate_context.h"
#include "pg/arrays.h"
#include "pg/model_datum.h"
#include "pg/options.h"
#include "pg/report.h"
#include "pg/row_buffer.h"
#include "pg/settings.h"

PG_FUNCTION_INFO_V1(row_buffer_combine);

typedef struct expanded_rows
{
	ExpandedObjectHeader header;
	mi_row_buffer buffer;
} expanded_rows;

static Size
flat_size(ExpandedObjectHeader *header)
{
	size_t size = mi_row_buffer_flat_size(&((expanded_rows *) header)->buffer);

	if (!AllocSizeIsValid(size))
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("rows of a fit take %zu MB, the limit is %zu MB where processes hand them on",
							   size >> 20, (size_t) MaxAllocSize >> 20),
						errhint("SET max_parallel_workers_per_gather = 0, or use musicintel.train().")));
	return size;
}

static void
flatten_into(ExpandedObjectHeader *header, void *result, Size allocated_size)
{
	mi_row_buffer_flatten(&((expanded_rows *) header)->buffer, result);
	SET_VARSIZE(result, allocated_size);
}

static const ExpandedObjectMethods methods = {flat_size, flatten_into};

/* One that lives as long as the aggregate. Its context is the current one until the caller switches back. */
static expanded_rows *
new_rows(FunctionCallInfo fcinfo)
{
	MemoryContext aggregate;
	MemoryContext own;
	expanded_rows *rows;

	AggCheckCallContext(fcinfo, &aggregate);
	own = AllocSetContextCreate(aggregate, "musicintel rows", ALLOCSET_SMALL_SIZES);
	rows = MemoryContextAllocZero(own, sizeof(*rows));
	EOH_init_header(&rows->header, &methods, own);
	MemoryContextSwitchTo(own);
	return rows;
}

/* The argument's rows where it is one of ours already, else NULL: anyone may call with bytes of his own. */
static expanded_rows *
rows_in_place(Datum state)
{
	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)) || DatumGetEOHP(state)->eoh_methods != &methods)
		return NULL;
	return (expanded_rows *) DatumGetEOHP(state);
}

/* A copy of flat bytes, of any algorithm when none is asked for. */
static expanded_rows *
rows_of_bytes(FunctionCallInfo fcinfo, Datum state, const mi_algorithm *algorithm)
{
	MemoryContext caller = CurrentMemoryContext;
	struct varlena *bytes = PG_DETOAST_DATUM(state);
	expanded_rows *rows = new_rows(fcinfo);
	mi_error error = {0};

	if (algorithm == NULL)
		algorithm = mi_row_buffer_algorithm((uint8 *) bytes, VARSIZE(bytes));
	if (algorithm == NULL)
		mi_fail(&error, MI_CORRUPT, "not the state of an aggregate");
	else
		mi_row_buffer_expand(&rows->buffer, algorithm, (uint8 *) bytes, VARSIZE(bytes), mi_training_memory_bytes(),
							 &error);
	MemoryContextSwitchTo(caller);
	mi_report(&error);
	mi_check_names(&rows->buffer.contract);
	return rows;
}

/* A state to be changed: in place only where the server says that it is nobody else's. */
static expanded_rows *
rows_to_change(FunctionCallInfo fcinfo, int n, const mi_algorithm *algorithm)
{
	Datum state = PG_GETARG_DATUM(n);
	expanded_rows *rows = rows_in_place(state);

	if (rows == NULL || !VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(state)))
		return rows_of_bytes(fcinfo, state, algorithm);
	if (algorithm != NULL && rows->buffer.algorithm != algorithm)
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED), errmsg("not the state of an aggregate")));
	return rows;
}

static expanded_rows *
first_rows(FunctionCallInfo fcinfo, const mi_algorithm *algorithm, mi_feature_kind target, size_t feature_count)
{
	bool has_options = PG_NARGS() > 3 && !PG_ARGISNULL(3);
	const void *params =
		mi_params_from_jsonb(algorithm, MI_OPTION_IN_AGGREGATE, has_options ? PG_GETARG_JSONB_P(3) : NULL);
	MemoryContext caller = CurrentMemoryContext;
	expanded_rows *rows = new_rows(fcinfo);
	mi_error error = {0};

	mi_row_buffer_create(&rows->buffer, algorithm, params, target, feature_count, mi_training_memory_bytes(), &error);
	MemoryContextSwitchTo(caller);
	mi_report(&error);
	return rows;
}

Datum
mi_row_buffer_accumulate(FunctionCallInfo fcinfo, const mi_algorithm *algorithm, mi_feature_kind target, double y)
{
	static const char *const what = "array of features";
	ArrayType *array;
	MemoryContext caller;
	expanded_rows *rows;
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
	array = PG_GETARG_ARRAYTYPE_P(2);
	features = algorithm->null_policy == MI_NULL_MISSING ? mi_float8_array_or_missing(array, what, &count)
														 : mi_float8_array(array, what, &count);
	rows = PG_ARGISNULL(0) ? first_rows(fcinfo, algorithm, target, count) : rows_to_change(fcinfo, 0, algorithm);
	caller = MemoryContextSwitchTo(rows->header.eoh_context);
	mi_row_buffer_add_row(&rows->buffer, features, count, y, &error);
	MemoryContextSwitchTo(caller);
	mi_report(&error);
	PG_RETURN_DATUM(EOHPGetRWDatum(&rows->header));
}

Datum
mi_row_buffer_finish(FunctionCallInfo fcinfo, const mi_algorithm *algorithm)
{
	expanded_rows *rows;
	mi_writer model = {0};
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	rows = rows_in_place(PG_GETARG_DATUM(0));
	if (rows == NULL || rows->buffer.algorithm != algorithm)
		rows = rows_of_bytes(fcinfo, PG_GETARG_DATUM(0), algorithm);
	mi_row_buffer_fit(&rows->buffer, &model, &error);
	mi_report(&error);
	PG_RETURN_DATUM(mi_model_result(&model));
}

/* row_buffer_combine(state, other): the rows of both. */
Datum
row_buffer_combine(PG_FUNCTION_ARGS)
{
	MemoryContext caller;
	expanded_rows *into;
	expanded_rows *from;
	mi_error error = {0};

	mi_require_aggregate_context(fcinfo);
	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_DATUM(EOHPGetRWDatum(&rows_to_change(fcinfo, PG_ARGISNULL(0) ? 1 : 0, NULL)->header));
	into = rows_to_change(fcinfo, 0, NULL);
	from = rows_in_place(PG_GETARG_DATUM(1));
	if (from == NULL)
		from = rows_of_bytes(fcinfo, PG_GETARG_DATUM(1), NULL);
	caller = MemoryContextSwitchTo(into->header.eoh_context);
	mi_row_buffer_append(&into->buffer, &from->buffer, &error);
	MemoryContextSwitchTo(caller);
	mi_report(&error);
	PG_RETURN_DATUM(EOHPGetRWDatum(&into->header));
}
