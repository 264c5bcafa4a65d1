/*
 * may_commit(): whether the procedure that asks may COMMIT. It may not inside a transaction block, a function or a
 * block with an exception handler, and there is no way to find out by trying.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(may_commit);

Datum
may_commit(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(SPI_inside_nonatomic_context());
}
