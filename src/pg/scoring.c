/*
 * Functions of a model and a row; see scoring.h.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "pg/arrays.h"
#include "pg/binding.h"
#include "pg/model_datum.h"
#include "pg/registry.h"
#include "pg/scoring.h"

struct mi_scoring
{
	bool by_name;          /* the first argument is a name, not a model */
	bool from_row;         /* the second is a row, not an array */
	mi_model_cache *cache; /* stays empty when by_name */
	const mi_model *model;

	/* by_name: what the model was resolved from */
	MemoryContext named_context;
	mi_model named_model;
	char *name;
	mi_snapshot_identity snapshot;

	/* from_row: what the binding was made for */
	MemoryContext row_context;
	bool bound;
	uint64 bound_opening; /* of the cache */
	Oid row_type;
	int32 row_typmod;
	TypeCacheEntry *row_type_entry; /* of a named type, which may be altered; NULL of an anonymous one */
	uint64 row_type_identifier;
	mi_binding binding;
	double *values;
};

/* Which overload this is, from the function's own declaration. */
static mi_scoring *
new_call_site(FmgrInfo *function)
{
	mi_scoring *site = MemoryContextAllocZero(function->fn_mcxt, sizeof(*site));
	Oid *argument_types;
	int argument_count;

	get_func_signature(function->fn_oid, &argument_types, &argument_count);
	site->by_name = argument_types[0] == TEXTOID;
	site->from_row = argument_types[1] == RECORDOID;
	pfree(argument_types);
	site->named_context = AllocSetContextCreate(function->fn_mcxt, "musicintel named model", ALLOCSET_DEFAULT_SIZES);
	site->row_context = AllocSetContextCreate(function->fn_mcxt, "musicintel row type", ALLOCSET_SMALL_SIZES);
	site->cache = mi_model_cache_new(function->fn_mcxt);
	return site;
}

static bool
is_named(const mi_scoring *site, text *name)
{
	return site->name != NULL && strlen(site->name) == VARSIZE_ANY_EXHDR(name) &&
		   memcmp(site->name, VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name)) == 0;
}

static void
resolve_name(mi_scoring *site, text *name)
{
	mi_snapshot_identity snapshot = mi_snapshot_identity_now();
	MemoryContext caller;

	if (is_named(site, name) && mi_snapshot_identity_equal(&site->snapshot, &snapshot))
		return;
	site->name = NULL; /* until all is done: an error on the way leaves nothing half resolved */
	site->bound = false;
	MemoryContextReset(site->named_context);
	caller = MemoryContextSwitchTo(site->named_context);
	site->named_model = mi_registry_find(text_to_cstring(name));
	site->name = text_to_cstring(name);
	MemoryContextSwitchTo(caller);
	site->snapshot = snapshot;
	site->model = &site->named_model;
}

static bool
is_bound(const mi_scoring *site, HeapTupleHeader row)
{
	return site->bound && site->bound_opening == site->cache->openings &&
		   site->row_type == HeapTupleHeaderGetTypeId(row) && site->row_typmod == HeapTupleHeaderGetTypMod(row) &&
		   (site->row_type_entry == NULL || site->row_type_entry->tupDesc_identifier == site->row_type_identifier);
}

/* Entries of the type cache stay for the session's life; ALTER TABLE and ALTER TYPE change their identifier. */
static void
note_identity(mi_scoring *site)
{
	site->row_type_entry = NULL;
	if (site->row_type == RECORDOID)
		return;
	site->row_type_entry = lookup_type_cache(site->row_type, TYPECACHE_TUPDESC);
	site->row_type_identifier = site->row_type_entry->tupDesc_identifier;
}

static void
bind_row_type(mi_scoring *site, HeapTupleHeader row)
{
	MemoryContext caller;

	if (is_bound(site, row))
		return;
	site->bound = false;
	MemoryContextReset(site->row_context);
	caller = MemoryContextSwitchTo(site->row_context);
	site->row_type = HeapTupleHeaderGetTypeId(row);
	site->row_typmod = HeapTupleHeaderGetTypMod(row);
	note_identity(site); /* before the columns are looked at: what changes meanwhile is then seen at the next row */
	site->binding =
		mi_binding_new(&site->model->contract, lookup_rowtype_tupdesc_copy(site->row_type, site->row_typmod));
	site->values = palloc(site->model->contract.feature_count * sizeof(double));
	MemoryContextSwitchTo(caller);
	site->bound_opening = site->cache->openings;
	site->bound = true;
}

static bool
values_of_row(mi_scoring *site, HeapTupleHeader row, const double **values)
{
	bind_row_type(site, row);
	*values = site->values;
	return mi_binding_values_of_composite(&site->binding, row, site->values);
}

static bool
values_of_array(const mi_scoring *site, ArrayType *array, const double **values)
{
	const mi_contract *contract = &site->model->contract;
	size_t count;

	if (contract->null_policy == MI_NULL_OMIT && ARR_HASNULL(array) && mi_first_null(array) > 0)
		return false;
	*values = mi_float8_array_or_missing(array, "array of features", &count);
	if (count != contract->feature_count)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("array of features has %zu elements, the model has %u features", count,
							   (unsigned) contract->feature_count)));
	if (mi_contract_has_categories(contract))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("model has categories among its features, an array of numbers cannot stand for them"),
						errhint("Use predict(model, row).")));
	return true;
}

mi_scoring *
mi_scoring_begin(FunctionCallInfo fcinfo)
{
	mi_scoring *site = fcinfo->flinfo->fn_extra;

	if (site == NULL)
		fcinfo->flinfo->fn_extra = site = new_call_site(fcinfo->flinfo);
	if (site->by_name)
		resolve_name(site, PG_GETARG_TEXT_PP(0));
	else
		site->model = mi_model_cache_open(site->cache, PG_GETARG_DATUM(0));
	return site;
}

const mi_model *
mi_scoring_model(const mi_scoring *site)
{
	return site->model;
}

MemoryContext
mi_scoring_context(const mi_scoring *site)
{
	return site->by_name ? site->named_context : site->cache->context;
}

void
mi_scoring_prepare_explain(mi_scoring *site)
{
	mi_model *model = site->by_name ? &site->named_model : &site->cache->model;
	MemoryContext caller;

	if (model->algorithm->prepare_explain == NULL)
		return;
	caller = MemoryContextSwitchTo(mi_scoring_context(site));
	model->algorithm->prepare_explain(model);
	MemoryContextSwitchTo(caller);
}

bool
mi_scoring_values(mi_scoring *site, FunctionCallInfo fcinfo, const double **values)
{
	return site->from_row ? values_of_row(site, PG_GETARG_HEAPTUPLEHEADER(1), values)
						  : values_of_array(site, PG_GETARG_ARRAYTYPE_P(1), values);
}
