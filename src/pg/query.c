/*
 * Running of queries; see query.h.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "executor/tuptable.h"
#include "nodes/parsenodes.h"
#include "tcop/dest.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

#include "pg/query.h"
#include "pg/row_layout.h"

#define CACHE_LINE 64
#define ASKED_BYTES 2048 /* of a row; more are not answered at a time */

typedef struct receiver
{
	DestReceiver pub;
	mi_query_sink *sink;
	MemoryContext caller;
	MemoryContext per_row;
	mi_row_layout layout;
	Datum *values; /* of a row that the layout has taken apart */
	bool *nulls;
} receiver;

static void
receiver_startup(DestReceiver *self, int operation, TupleDesc columns)
{
	receiver *to = (receiver *) self;
	MemoryContext executor = MemoryContextSwitchTo(to->caller);

	to->layout = mi_row_layout_new(columns, columns->natts);
	to->values = palloc(columns->natts * sizeof(Datum));
	to->nulls = palloc(columns->natts * sizeof(bool));
	to->sink->start(to->sink, columns);
	MemoryContextSwitchTo(executor);
}

/* The row as it is stored, where the slot has it. */
static HeapTuple
stored_row(const TupleTableSlot *slot)
{
	HeapTuple tuple = NULL;

	if (TTS_IS_HEAPTUPLE(slot) || TTS_IS_BUFFERTUPLE(slot))
		tuple = ((const HeapTupleTableSlot *) slot)->tuple;
	else if (TTS_IS_MINIMALTUPLE(slot) && ((const MinimalTupleTableSlot *) slot)->mintuple != NULL)
		tuple = ((const MinimalTupleTableSlot *) slot)->tuple;
	return tuple;
}

/*
 * The next row of a page lies before this one, and memory takes its time: it is asked for while this one is read. What
 * is there instead does no harm.
 */
static void
ask_for_next(HeapTuple row)
{
	const char *next = (const char *) row->t_data - row->t_len;

	for (uint32 at = 0; at < Min(row->t_len, ASKED_BYTES); at += CACHE_LINE)
		__builtin_prefetch(next + at);
}

static void
pass_on(receiver *to, TupleTableSlot *slot)
{
	HeapTuple row = stored_row(slot);

	if (row != NULL)
		ask_for_next(row);
	if (row != NULL && mi_row_layout_deform(&to->layout, row->t_data, to->values, to->nulls))
	{
		to->sink->row(to->sink, to->values, to->nulls);
		return;
	}
	slot_getallattrs(slot);
	to->sink->row(to->sink, slot->tts_values, slot->tts_isnull);
}

static bool
receiver_receive(TupleTableSlot *slot, DestReceiver *self)
{
	receiver *to = (receiver *) self;
	MemoryContext executor = MemoryContextSwitchTo(to->per_row);

	pass_on(to, slot);
	MemoryContextSwitchTo(executor);
	MemoryContextReset(to->per_row);
	return true;
}

static void
receiver_shutdown(DestReceiver *self)
{
}

/* NULL for a single SELECT that neither writes nor locks; else what is wrong, to be said of "query". */
static const char *
complaint_about(SPIPlanPtr plan)
{
	List *sources = SPI_plan_get_plan_sources(plan);
	CachedPlanSource *source;
	Query *query;

	if (list_length(sources) != 1)
		return sources == NIL ? "is empty" : "has more than one statement";
	source = (CachedPlanSource *) linitial(sources);
	query = list_length(source->query_list) == 1 ? linitial_node(Query, source->query_list) : NULL;
	if (query == NULL || query->commandType != CMD_SELECT)
		return "is not a SELECT";
	if (query->hasModifyingCTE)
		return "changes data in a WITH clause";
	return query->rowMarks != NIL ? "locks rows" : NULL;
}

/* The plan of a query that only reads; raises an ERROR for anything else. */
static SPIPlanPtr
prepare(const char *query)
{
	SPIPlanPtr plan = SPI_prepare_cursor(query, 0, NULL, CURSOR_OPT_PARALLEL_OK);
	const char *complaint;

	if (plan != NULL)
		complaint = complaint_about(plan);
	else if (SPI_result == SPI_ERROR_COPY || SPI_result == SPI_ERROR_TRANSACTION)
		complaint = "is not a SELECT";
	else
		complaint = SPI_result_code_string(SPI_result);
	if (complaint != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("query %s", complaint),
						errhint("Give a single SELECT (or WITH … SELECT, VALUES, TABLE) that only reads.")));
	return plan;
}

void
mi_query_run(const char *query, mi_query_sink *sink)
{
	receiver to = {
		.pub = {receiver_receive, receiver_startup, receiver_shutdown, receiver_shutdown, DestTuplestore},
		.sink = sink,
		.caller = CurrentMemoryContext,
		.per_row = AllocSetContextCreate(CurrentMemoryContext, "musicintel row", ALLOCSET_DEFAULT_SIZES),
	};
	SPIExecuteOptions options = {.read_only = true, .dest = &to.pub};
	int result;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	result = SPI_execute_plan_extended(prepare(query), &options);
	if (result < 0)
		elog(ERROR, "query failed: %s", SPI_result_code_string(result));
	SPI_finish();
	MemoryContextDelete(to.per_row);
}
