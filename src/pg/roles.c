/*
 * Columns that are no features; see roles.h.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "pg/binding.h"
#include "pg/roles.h"

/* Index of the column that an option names, -1 when it names none. */
static int
find_column(const mi_training *training, mi_option_kind kind, TupleDesc columns, const char **name)
{
	const mi_option *option = mi_options_of_kind(training->algorithm->options, kind);
	int column;

	*name = option == NULL ? NULL : mi_option_text(option, training->params);
	if (*name == NULL)
		return -1;
	column = mi_find_column(columns, *name);
	if (column < 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("query has no column \"%s\", which option \"%s\" names", *name, option->name),
						errhint("Select it beside the features; it does not become one.")));
	if (strcmp(*name, training->contract->target) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" cannot be both the target and what option \"%s\" names", *name, option->name)));
	return column;
}

static void
bind_weight(mi_role_columns *roles, Form_pg_attribute column)
{
	if (!mi_column_type_find(column->atttypid, &roles->weight_type) ||
		mi_column_feature_kind(roles->weight_type) != MI_FEATURE_NUMBER)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" is of type %s, a weight is a number", NameStr(column->attname),
							   format_type_be(column->atttypid))));
}

static void
bind_group(mi_role_columns *roles, Form_pg_attribute column)
{
	TypeCacheEntry *type = lookup_type_cache(column->atttypid, TYPECACHE_HASH_EXTENDED_PROC_FINFO);

	if (!OidIsValid(type->hash_extended_proc))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" is of type %s, which cannot tell groups apart", NameStr(column->attname),
							   format_type_be(column->atttypid)),
						errhint("Cast it to text.")));
	roles->group_hash = &type->hash_extended_proc_finfo;
	roles->group_collation = OidIsValid(column->attcollation) ? column->attcollation : DEFAULT_COLLATION_OID;
}

static void
bind_time(mi_role_columns *roles, Form_pg_attribute column)
{
	roles->time_type = getBaseType(column->atttypid);
	if (roles->time_type == DATEOID || roles->time_type == TIMESTAMPOID || roles->time_type == TIMESTAMPTZOID)
		return;
	if (!mi_column_type_find(column->atttypid, &roles->time_number) ||
		mi_column_feature_kind(roles->time_number) != MI_FEATURE_NUMBER)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" is of type %s, a time is a number, date or timestamp",
							   NameStr(column->attname), format_type_be(column->atttypid))));
}

mi_role_columns
mi_role_columns_of(const mi_training *training, TupleDesc columns)
{
	static const struct
	{
		mi_option_kind option;
		void (*bind)(mi_role_columns *roles, Form_pg_attribute column);
	} of_role[MI_ROLES] = {
		[MI_ROLE_WEIGHT] = {MI_OPTION_WEIGHT_COLUMN, bind_weight},
		[MI_ROLE_GROUP] = {MI_OPTION_GROUP_COLUMN, bind_group},
		[MI_ROLE_TIME] = {MI_OPTION_TIME_COLUMN, bind_time},
	};
	mi_role_columns roles = {0};

	for (int role = 0; role < MI_ROLES; role++)
	{
		roles.columns[role] = find_column(training, of_role[role].option, columns, &roles.names[role]);
		if (roles.columns[role] >= 0)
			of_role[role].bind(&roles, TupleDescAttr(columns, roles.columns[role]));
	}
	return roles;
}

bool
mi_is_role_column(const mi_role_columns *roles, int column)
{
	for (int role = 0; role < MI_ROLES; role++)
		if (roles->columns[role] == column)
			return true;
	return false;
}

/* Seconds of a date or timestamp, or the number. */
static double
time_of(const mi_role_columns *roles, Datum value)
{
	switch (roles->time_type)
	{
		case DATEOID:
			return (double) DatumGetDateADT(value) * SECS_PER_DAY;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return (double) DatumGetTimestamp(value) / USECS_PER_SEC;
		default:
			return mi_column_number(roles->time_number, value);
	}
}

bool
mi_role_columns_read(const mi_role_columns *roles, const Datum *columns, const bool *nulls, uint64 row,
					 mi_training_roles *into)
{
	Datum values[MI_ROLES] = {0};

	for (int role = 0; role < MI_ROLES; role++)
	{
		if (roles->columns[role] < 0)
			continue;
		if (nulls[roles->columns[role]])
			return false;
		values[role] = columns[roles->columns[role]];
	}
	if (roles->columns[MI_ROLE_GROUP] >= 0)
		into->group = DatumGetUInt64(
			FunctionCall2Coll(roles->group_hash, roles->group_collation, values[MI_ROLE_GROUP], Int64GetDatum(0)));
	if (roles->columns[MI_ROLE_TIME] >= 0)
		into->time = time_of(roles, values[MI_ROLE_TIME]);
	if (roles->columns[MI_ROLE_WEIGHT] >= 0)
		into->weight = mi_column_number(roles->weight_type, values[MI_ROLE_WEIGHT]);
	if (!(into->weight >= 0.0) || isinf(into->weight))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("column \"%s\" is %g in row %llu, a weight is a number >= 0",
							   roles->names[MI_ROLE_WEIGHT], into->weight, (unsigned long long) row)));
	if (isnan(into->time))
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("column \"%s\" is NaN in row %llu, which is no time", roles->names[MI_ROLE_TIME],
							   (unsigned long long) row)));
	return true;
}
