/*
 * States of one-pass metrics; see float8_state.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "pg/float8_state.h"

void *
mi_float8_state(ArrayType *state, int count)
{
	if (ARR_NDIM(state) != 1 || ARR_DIMS(state)[0] != count || ARR_HASNULL(state) || ARR_ELEMTYPE(state) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("state must be an array of %d numbers", count)));
	return ARR_DATA_PTR(state);
}
