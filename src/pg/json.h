/*
 * JSON text of the core as jsonb datums.
 */
#ifndef MI_PG_JSON_H
#define MI_PG_JSON_H

#include "core/model/algorithm.h"

extern Datum mi_jsonb_from_text(const char *text);

/* The object of summary(); raises an ERROR when the algorithm has none. */
extern Datum mi_summary_of_model(const mi_model *model);

#endif
