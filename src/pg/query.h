/*
 * Running the user's query under the user's own rights, row by row, without materialising its result.
 */
#ifndef MI_PG_QUERY_H
#define MI_PG_QUERY_H

#include "access/tupdesc.h"

typedef struct mi_query_sink
{
	void (*start)(struct mi_query_sink *sink, TupleDesc columns);
	void (*row)(struct mi_query_sink *sink, const Datum *values, const bool *nulls); /* by column */
} mi_query_sink;

/*
 * Runs one SELECT, under the current snapshot and with a parallel plan where the planner sees fit. Both callbacks run
 * in the memory context of the caller of mi_query_run; "row" runs in a context that is reset after each row. Raises
 * an ERROR when the text is anything but a single query that only reads.
 */
extern void mi_query_run(const char *query, mi_query_sink *sink);

#endif
