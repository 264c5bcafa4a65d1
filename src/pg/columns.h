/*
 * SQL column types as features: which are numbers, booleans or categories, and a datum's value as one of them.
 */
#ifndef MI_PG_COLUMNS_H
#define MI_PG_COLUMNS_H

#include "core/model/contract.h"

typedef enum mi_column_type
{
	MI_COLUMN_INT2,
	MI_COLUMN_INT4,
	MI_COLUMN_INT8,
	MI_COLUMN_FLOAT4,
	MI_COLUMN_FLOAT8,
	MI_COLUMN_NUMERIC,
	MI_COLUMN_BOOLEAN,
	MI_COLUMN_TEXT,      /* text, varchar */
	MI_COLUMN_CHARACTER, /* character(n): trailing blanks do not count */
	MI_COLUMN_ENUM
} mi_column_type;

/* Domains count as what they are over. Raises an ERROR naming the column for any other type. */
extern mi_column_type mi_column_type_of(Oid type, const char *column_name);

/* The same without the ERROR: false for any other type. */
extern bool mi_column_type_find(Oid type, mi_column_type *result);

extern mi_feature_kind mi_column_feature_kind(mi_column_type type);

/* The value of a number or boolean. The commonest type is told first: this is done for every number of a row. */
extern double mi_column_any_number(mi_column_type type, Datum value);

static inline double
mi_column_number(mi_column_type type, Datum value)
{
	if (likely(type == MI_COLUMN_FLOAT8))
		return DatumGetFloat8(value);
	return type == MI_COLUMN_FLOAT4 ? DatumGetFloat4(value) : mi_column_any_number(type, value);
}

/* The text of a category, in the current memory context. */
extern const char *mi_column_level(mi_column_type type, Datum value);

#endif
