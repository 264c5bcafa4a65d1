/*
 * Columns bound to features; see binding.h.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "utils/float.h"

#include "pg/binding.h"

int
mi_find_column(TupleDesc columns, const char *name)
{
	for (int i = 0; i < columns->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(columns, i);

		if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), name) == 0)
			return i;
	}
	return -1;
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

	if (!contract->named)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("model was fitted on arrays, it cannot be given a row"),
						errhint("Use predict(model, ARRAY[…]), or train the model with musicintel.train().")));
	initStringInfo(&missing);
	for (uint32 i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *feature = &contract->features[i];
		int attribute = mi_find_column(columns, feature->name);

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
	return binding;
}

/* A level's number; NaN for one that training never saw. */
static double
level_number(const mi_feature *feature, mi_column_type type, Datum value)
{
	int level = mi_feature_find_level(feature, mi_column_level(type, value));

	return level < 0 ? get_float8_nan() : level;
}

bool
mi_binding_values(const mi_binding *binding, const Datum *row, const bool *nulls, double *values)
{
	const mi_contract *contract = binding->contract;

	for (uint32 i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *feature = &contract->features[i];
		int attribute = binding->attributes[i];
		bool missing = nulls[attribute];

		if (missing)
			values[i] = get_float8_nan();
		else if (feature->kind == MI_FEATURE_CATEGORY)
		{
			values[i] = level_number(feature, binding->types[i], row[attribute]);
			missing = isnan(values[i]);
		}
		else
			values[i] = mi_column_number(binding->types[i], row[attribute]);
		if (missing && contract->null_policy == MI_NULL_OMIT)
			return false;
	}
	return true;
}
