/*
 * musicintel.model values as arguments and results of functions.
 */
#ifndef MI_PG_MODEL_DATUM_H
#define MI_PG_MODEL_DATUM_H

#include "fmgr.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "core/model/algorithm.h"

/*
 * The n-th argument, opened and checked from end to end, in the current memory context. An aggregate's unfinished state
 * is finished first.
 */
extern mi_model mi_model_argument(FunctionCallInfo fcinfo, int n);

/*
 * The same for functions that are called once a row with what is mostly the same model: opened once, kept for as long
 * as the call site (fn_extra) lives, and told apart by toast pointer or by length and checksum. A checksum can be had
 * on purpose: whatever is derived from the opened model is kept by the number of the opening, never by the checksum.
 */
typedef struct mi_model_cache
{
	MemoryContext context; /* of the opened model; child of the call site's */
	uint64 openings;       /* so far */
	bool filled;
	bool toasted; /* which of the two tells */
	struct varatt_external pointer;
	mi_model_header header;
	mi_model model;
} mi_model_cache;

extern mi_model_cache *mi_model_cache_new(MemoryContext parent);
extern const mi_model *mi_model_cache_open(mi_model_cache *cache, Datum value);

/*
 * Names and levels from outside must be valid in this database's encoding: they will be shown. Raises an ERROR for
 * others.
 */
extern void mi_check_name(const char *name);
extern void mi_check_names(const mi_contract *contract);

/* A datum of bytes that the core wrote: fills in the length word. */
extern Datum mi_model_result(mi_writer *model);

/* Raises an ERROR that says what the algorithm does offer, unless the function is there. */
#define MI_REQUIRE(algorithm, function, operation) \
	do \
	{ \
		if ((algorithm)->function == NULL) \
			mi_raise_lacking(algorithm, operation); \
	} while (0)

/* Raises an ERROR when the model predicts a number. */
extern void mi_require_classes(const mi_model *model);

extern void mi_raise_lacking(const mi_algorithm *algorithm, const char *operation);

#endif
