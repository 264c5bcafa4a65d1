/*
 * Running of queries; see query.h.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "nodes/parsenodes.h"
#include "tcop/dest.h"
#include "utils/memutils.h"
#include "utils/plancache.h"

#include "pg/query.h"

typedef struct receiver
{
	DestReceiver pub;
	mi_query_sink *sink;
	MemoryContext caller;
	MemoryContext per_row;
} receiver;

static void
receiver_startup(DestReceiver *self, int operation, TupleDesc columns)
{
	receiver *to = (receiver *) self;
	MemoryContext executor = MemoryContextSwitchTo(to->caller);

	to->sink->start(to->sink, columns);
	MemoryContextSwitchTo(executor);
}

static bool
receiver_receive(TupleTableSlot *slot, DestReceiver *self)
{
	receiver *to = (receiver *) self;
	MemoryContext executor = MemoryContextSwitchTo(to->per_row);

	slot_getallattrs(slot);
	to->sink->row(to->sink, slot);
	MemoryContextSwitchTo(executor);
	MemoryContextReset(to->per_row);
	return true;
}

static void
receiver_shutdown(DestReceiver *self)
{
}

static void refuse(const char *reason) pg_attribute_noreturn();

static void
refuse(const char *reason)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("query %s", reason),
					errhint("Give a single SELECT (or WITH … SELECT, VALUES, TABLE) that only reads.")));
}

/* A single SELECT that neither writes nor locks. */
static void
check_only_reads(SPIPlanPtr plan)
{
	List *sources = SPI_plan_get_plan_sources(plan);
	CachedPlanSource *source;
	Query *query;

	if (list_length(sources) != 1)
		refuse(sources == NIL ? "is empty" : "has more than one statement");
	source = (CachedPlanSource *) linitial(sources);
	query = list_length(source->query_list) == 1 ? linitial_node(Query, source->query_list) : NULL;
	if (query == NULL || query->commandType != CMD_SELECT)
		refuse("is not a SELECT");
	if (query->hasModifyingCTE)
		refuse("changes data in a WITH clause");
	if (query->rowMarks != NIL)
		refuse("locks rows");
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
	SPIPlanPtr plan;
	int result;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare_cursor(query, 0, NULL, CURSOR_OPT_PARALLEL_OK);
	if (plan == NULL)
		refuse(SPI_result == SPI_ERROR_COPY || SPI_result == SPI_ERROR_TRANSACTION
				   ? "is not a SELECT"
				   : SPI_result_code_string(SPI_result));
	check_only_reads(plan);
	result = SPI_execute_plan_extended(plan, &options);
	if (result < 0)
		elog(ERROR, "query failed: %s", SPI_result_code_string(result));
	SPI_finish();
	MemoryContextDelete(to.per_row);
}
