/*
 * What every transition function begins with: it changes its state in place, so it must have been called as one.
 */
#ifndef MI_PG_AGGREGATE_CONTEXT_H
#define MI_PG_AGGREGATE_CONTEXT_H

#include "fmgr.h"

/* Raises an ERROR naming the function when this is a plain call. */
extern void mi_require_aggregate_context(FunctionCallInfo fcinfo);

#endif
