/*
 * Transition, combine and final functions of aggregates that hold their rows.
 *
 * Their state is a bytea to SQL, and between calls an expanded object (utils/expandeddatum.h): rows are added where
 * they stay, in a memory context that the aggregate's own one is the parent of, and never copied as the state grows.
 * The server makes it flat where it must be, as on its way from a parallel worker.
 */
#ifndef MI_PG_ROW_BUFFER_H
#define MI_PG_ROW_BUFFER_H

#include "fmgr.h"

#include "core/model/algorithm.h"

/*
 * accumulate(state, y, x [, options]), called with what y is, and when it is not NULL its value. Rows with a NULL y or
 * x do not count; a NULL element of x is an error, or for an algorithm that knows them a missing value.
 */
extern Datum
mi_row_buffer_accumulate(FunctionCallInfo fcinfo, const mi_algorithm *algorithm, mi_feature_kind target, double y);

/* finish(state): the fitted model. */
extern Datum mi_row_buffer_finish(FunctionCallInfo fcinfo, const mi_algorithm *algorithm);

#endif
