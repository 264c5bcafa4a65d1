/*
 * SQL columns as features; see columns.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "pg/columns.h"

static const struct
{
	Oid oid;
	mi_column_type type;
} types[] = {
	{INT2OID, MI_COLUMN_INT2},        {INT4OID, MI_COLUMN_INT4},     {INT8OID, MI_COLUMN_INT8},
	{FLOAT4OID, MI_COLUMN_FLOAT4},    {FLOAT8OID, MI_COLUMN_FLOAT8}, {NUMERICOID, MI_COLUMN_NUMERIC},
	{BOOLOID, MI_COLUMN_BOOLEAN},     {TEXTOID, MI_COLUMN_TEXT},     {VARCHAROID, MI_COLUMN_TEXT},
	{BPCHAROID, MI_COLUMN_CHARACTER},
};

/* What to write instead, for the types that people try. */
static const char *
advice(Oid type)
{
	switch (type)
	{
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case TIMEOID:
		case INTERVALOID:
			return "Use a number made of it, such as extract(epoch from …) or extract(hour from …).";
		case JSONOID:
		case JSONBOID:
			return "Pick its fields out as columns of their own.";
		default:
			if (type_is_array(type))
				return "Give its elements as columns of their own.";
			return "Leave it out of the query, or cast it to a number, boolean or text.";
	}
}

bool
mi_column_type_find(Oid type, mi_column_type *result)
{
	Oid base = getBaseType(type);

	*result = MI_COLUMN_ENUM;
	for (size_t i = 0; i < lengthof(types); i++)
		if (types[i].oid == base)
		{
			*result = types[i].type;
			return true;
		}
	return type_is_enum(base);
}

mi_column_type
mi_column_type_of(Oid type, const char *column_name)
{
	mi_column_type result;

	if (mi_column_type_find(type, &result))
		return result;
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" is of type %s, which cannot be a feature or target", column_name,
						   format_type_be(type)),
					errhint("%s", advice(getBaseType(type)))));
}

mi_feature_kind
mi_column_feature_kind(mi_column_type type)
{
	if (type == MI_COLUMN_BOOLEAN)
		return MI_FEATURE_BOOLEAN;
	return type < MI_COLUMN_BOOLEAN ? MI_FEATURE_NUMBER : MI_FEATURE_CATEGORY;
}

double
mi_column_any_number(mi_column_type type, Datum value)
{
	switch (type)
	{
		case MI_COLUMN_INT2:
			return DatumGetInt16(value);
		case MI_COLUMN_INT4:
			return DatumGetInt32(value);
		case MI_COLUMN_INT8:
			return (double) DatumGetInt64(value);
		case MI_COLUMN_FLOAT4:
			return DatumGetFloat4(value);
		case MI_COLUMN_FLOAT8:
			return DatumGetFloat8(value);
		case MI_COLUMN_NUMERIC:
			return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, value));
		case MI_COLUMN_BOOLEAN:
			return DatumGetBool(value) ? 1.0 : 0.0;
		default:
			elog(ERROR, "column of type %d is not a number", (int) type);
	}
}

const char *
mi_column_level(mi_column_type type, Datum value)
{
	switch (type)
	{
		case MI_COLUMN_TEXT:
			return TextDatumGetCString(value);
		case MI_COLUMN_CHARACTER:
			return TextDatumGetCString(DirectFunctionCall1(rtrim1, value));
		case MI_COLUMN_ENUM:
			return DatumGetCString(DirectFunctionCall1(enum_out, value));
		default:
			elog(ERROR, "column of type %d is not a category", (int) type);
	}
}
