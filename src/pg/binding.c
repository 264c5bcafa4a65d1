/*
 * Columns bound to features; see binding.h.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "utils/float.h"

#include "pg/binding.h"

static int
find_column_from(TupleDesc columns, const char *name, int first)
{
	for (int i = first; i < columns->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(columns, i);

		if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), name) == 0)
			return i;
	}
	return -1;
}

int
mi_find_column(TupleDesc columns, const char *name)
{
	return find_column_from(columns, name, 0);
}

int
mi_find_only_column(TupleDesc columns, const char *name, const char *whose)
{
	int column = mi_find_column(columns, name);

	if (column >= 0 && find_column_from(columns, name, column + 1) >= 0)
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_COLUMN), errmsg("%s has two columns named \"%s\"", whose, name),
						errhint("Features are told apart by name: give every column a name of its own with AS.")));
	return column;
}

static void
append_name(StringInfo list, const char *name)
{
	appendStringInfo(list, "%s\"%s\"", list->len > 0 ? ", " : "", name);
}

mi_binding
mi_binding_new(const mi_contract *contract, TupleDesc columns)
{
	mi_binding binding = {
		.contract = contract,
		.attributes = palloc(contract->feature_count * sizeof(int)),
		.types = palloc(contract->feature_count * sizeof(mi_column_type)),
	};
	StringInfoData missing;
	int last = -1;

	if (!contract->named)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("model was fitted on arrays, it cannot be given a row"),
						errhint("Use predict(model, ARRAY[…]), or train the model with musicintel.train().")));
	initStringInfo(&missing);
	for (uint32 i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *feature = &contract->features[i];
		int attribute = mi_find_only_column(columns, feature->name, "row");

		binding.attributes[i] = attribute;
		if (attribute < 0)
		{
			append_name(&missing, feature->name);
			continue;
		}
		binding.types[i] = mi_column_type_of(TupleDescAttr(columns, attribute)->atttypid, feature->name);
		if (mi_column_feature_kind(binding.types[i]) != feature->kind)
			ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
							errmsg("feature \"%s\" was a %s in training, here it is a %s", feature->name,
								   mi_feature_kind_name(feature->kind),
								   mi_feature_kind_name(mi_column_feature_kind(binding.types[i]))),
							errhint("Cast the column as it was in training.")));
	}
	if (missing.len > 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN), errmsg("row lacks features of the model: %s", missing.data),
						errhint("Features are found by column name. musicintel.to_json(model) lists them.")));
	for (uint32 i = 0; i < contract->feature_count; i++)
		last = Max(last, binding.attributes[i]);
	binding.layout = mi_row_layout_new(columns, last + 1);
	return binding;
}

/* A level's number; NaN for one that training never saw. */
static double
level_number(const mi_feature *feature, mi_column_type type, Datum value)
{
	int level = mi_feature_find_level(feature, mi_column_level(type, value));

	return level < 0 ? get_float8_nan() : level;
}

/* What the column of a feature means to the model; false when that has to have a value and there is none. */
static inline bool
take_value(const mi_binding *binding, uint32 i, Datum value, bool is_null, double *result)
{
	const mi_feature *feature = &binding->contract->features[i];
	bool missing = is_null;

	if (is_null)
		*result = get_float8_nan();
	else if (feature->kind == MI_FEATURE_CATEGORY)
	{
		*result = level_number(feature, binding->types[i], value);
		missing = isnan(*result);
	}
	else
		*result = mi_column_number(binding->types[i], value);
	return !missing || binding->contract->null_policy != MI_NULL_OMIT;
}

bool
mi_binding_values(const mi_binding *binding, const Datum *row, const bool *nulls, double *values)
{
	for (uint32 i = 0; i < binding->contract->feature_count; i++)
		if (!take_value(binding, i, row[binding->attributes[i]], nulls[binding->attributes[i]], &values[i]))
			return false;
	return true;
}

bool
mi_binding_values_of_composite(mi_binding *binding, HeapTupleHeader row, double *values)
{
	const char *data = (const char *) row + row->t_hoff;

	mi_row_layout_find(&binding->layout, row);
	for (uint32 i = 0; i < binding->contract->feature_count; i++)
	{
		int32 place = binding->layout.places[binding->attributes[i]];
		bool is_null;
		Datum value;

		if (likely(place >= 0 && binding->types[i] == MI_COLUMN_FLOAT8)) /* by far the commonest */
		{
			memcpy(&values[i], data + place, sizeof(double));
			continue;
		}
		value = mi_row_layout_value(&binding->layout, row, binding->attributes[i], &is_null);
		if (!take_value(binding, i, value, is_null, &values[i]))
			return false;
	}
	return true;
}
