/*
 * Guard of transition functions; see aggregate_context.h.
 */
#include "postgres.h"

#include "utils/lsyscache.h"

#include "pg/aggregate_context.h"

void
mi_require_aggregate_context(FunctionCallInfo fcinfo)
{
	if (AggCheckCallContext(fcinfo, NULL))
		return;
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("function %s can only be called by an aggregate", get_func_name(fcinfo->flinfo->fn_oid))));
}
