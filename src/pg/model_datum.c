/*
 * Models as datums; see model_datum.h.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "core/model/prediction.h"
#include "pg/model_datum.h"
#include "pg/report.h"

static mi_model
open_value(Datum value)
{
	struct varlena *bytes = PG_DETOAST_DATUM(value);
	uint8 *start = (uint8 *) bytes;
	size_t length = VARSIZE(bytes);
	mi_model model;
	mi_error error = {0};

	mi_model_check_header(start, length, &error);
	mi_report(&error);
	if (mi_model_is_open_state(start))
	{
		mi_model_seal_state(start, length, &start, &length, &error);
		mi_report(&error);
	}
	mi_model_open(&model, start, length, &error);
	mi_report(&error);
	return model;
}

mi_model
mi_model_argument(FunctionCallInfo fcinfo, int n)
{
	return open_value(PG_GETARG_DATUM(n));
}

void
mi_check_name(const char *name)
{
	pg_verifymbstr(name, strlen(name), false);
}

void
mi_check_names(const mi_contract *contract)
{
	mi_check_name(contract->target);
	for (uint32 i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *feature = &contract->features[i];

		mi_check_name(feature->name);
		for (uint32 level = 0; level < feature->level_count; level++)
			mi_check_name(feature->levels[level]);
	}
}

mi_model_cache *
mi_model_cache_new(MemoryContext parent)
{
	mi_model_cache *cache = MemoryContextAllocZero(parent, sizeof(*cache));

	cache->context = AllocSetContextCreate(parent, "musicintel model", ALLOCSET_DEFAULT_SIZES);
	return cache;
}

/* Whether the cache holds this value; if not, notes in the cache what to recognise it by. */
static bool
is_cached(mi_model_cache *cache, struct varlena *value)
{
	struct varatt_external pointer;
	mi_model_header header = {0};
	bool same;

	if (VARATT_IS_EXTERNAL_ONDISK(value))
	{
		VARATT_EXTERNAL_GET_POINTER(pointer, value);
		same = cache->filled && cache->toasted && memcmp(&cache->pointer, &pointer, sizeof(pointer)) == 0;
		cache->toasted = true;
		cache->pointer = pointer;
		return same;
	}
	if (VARATT_IS_4B_U(value) && VARSIZE(value) >= sizeof(header))
		memcpy(&header, value, sizeof(header));
	same = cache->filled && !cache->toasted && header.checksum != 0 &&
		   memcmp(&cache->header, &header, sizeof(header)) == 0;
	cache->toasted = false;
	cache->header = header;
	return same;
}

const mi_model *
mi_model_cache_open(mi_model_cache *cache, Datum value)
{
	MemoryContext caller;

	if (is_cached(cache, (struct varlena *) DatumGetPointer(value)))
		return &cache->model;
	cache->filled = false;
	cache->openings++;
	MemoryContextReset(cache->context);
	caller = MemoryContextSwitchTo(cache->context);
	cache->model = open_value(PointerGetDatum(PG_DETOAST_DATUM_COPY(value)));
	MemoryContextSwitchTo(caller);
	cache->filled = true;
	return &cache->model;
}

Datum
mi_model_result(mi_writer *model)
{
	SET_VARSIZE(model->bytes, model->length);
	return PointerGetDatum(model->bytes);
}

void
mi_raise_lacking(const mi_algorithm *algorithm, const char *operation)
{
	mi_error error = {0};

	mi_algorithm_lacks(algorithm, operation, &error);
	mi_report(&error);
}

void
mi_require_classes(const mi_model *model)
{
	if (mi_model_class_count(model) == 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("model predicts a number, not a class"),
						errhint("Use predict().")));
}
