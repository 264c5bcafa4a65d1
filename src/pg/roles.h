/*
 * Columns of a training query that are no features: those that the options weight_by, group_by and time_by name.
 */
#ifndef MI_PG_ROLES_H
#define MI_PG_ROLES_H

#include "access/tupdesc.h"
#include "fmgr.h"

#include "core/model/algorithm.h"
#include "pg/columns.h"

typedef enum mi_role
{
	MI_ROLE_WEIGHT,
	MI_ROLE_GROUP,
	MI_ROLE_TIME,
	MI_ROLES
} mi_role;

typedef struct mi_role_columns
{
	int columns[MI_ROLES]; /* index of each, or -1 */
	const char *names[MI_ROLES];
	mi_column_type weight_type;
	Oid time_type; /* without domains */
	mi_column_type time_number;
	FmgrInfo *group_hash; /* the type's own, with a seed */
	Oid group_collation;
} mi_role_columns;

/* Finds the columns that the training's options name. Raises an ERROR for one that is not there or cannot be that. */
extern mi_role_columns mi_role_columns_of(const mi_training *training, TupleDesc columns);

extern bool mi_is_role_column(const mi_role_columns *roles, int column);

/* What the row has in them, row being its number; false when one is NULL. Raises an ERROR for what is no weight. */
extern bool mi_role_columns_read(const mi_role_columns *roles, const Datum *columns, const bool *nulls, uint64 row,
								 mi_training_roles *into);

#endif
