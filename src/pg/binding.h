/*
 * A row's columns bound to a model's features, by name.
 */
#ifndef MI_PG_BINDING_H
#define MI_PG_BINDING_H

#include "core/model/model.h"
#include "pg/columns.h"
#include "pg/row_layout.h"

typedef struct mi_binding
{
	const mi_contract *contract;
	int *attributes;       /* by feature: index of its column */
	mi_column_type *types; /* by feature */
	mi_row_layout layout;  /* of composite values */
} mi_binding;

/*
 * Finds every feature among the columns, which must outlive the binding; others are ignored. Raises an ERROR that lists
 * the features that are missing or of another kind than in training. Allocates in the current memory context.
 */
extern mi_binding mi_binding_new(const mi_contract *contract, TupleDesc columns);

/*
 * The row as the model wants it. A feature that is NULL or a category never seen in training is missing: NaN, or
 * where the model knows no missing values false.
 */
extern bool mi_binding_values(const mi_binding *binding, const Datum *row, const bool *nulls, double *values);
extern bool mi_binding_values_of_composite(mi_binding *binding, HeapTupleHeader row, double *values);

/* Index of a column by name, the first of several, or -1. */
extern int mi_find_column(TupleDesc columns, const char *name);

/* The same of a row or a query; raises an ERROR when there are several, which could be told apart by place alone. */
extern int mi_find_only_column(TupleDesc columns, const char *name, const char *whose);

#endif
