/*
 * What the writers of other libraries' models share.
 */
#ifndef MI_FOREST_EXPORT_H
#define MI_FOREST_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/model.h"
#include "forest.h"
#include "forest_import.h"

/* A forest with at least one tree for each output, and base scores of 0: they are in the leaves of its first trees. */
typedef struct mi_export
{
	const mi_contract *contract;
	mi_forest forest;
	mi_objective_code objective;
	char **names;      /* of features: unique, and without the characters that the other library cannot take */
	uint32_t *outputs; /* by class there: the output here */
	uint32_t *codes; /* by feature: one more than the highest category in a set, or that has a level; 0: no category */
	double *leaf_values;              /* base scores added */
	mi_forest_statistics *statistics; /* of nodes, base scores added; of leaves, when there was no tree */
	mi_forest_tree *trees;            /* when there was none: one leaf for each output */
} mi_export;

/* MI_NOT_SUPPORTED unless the model is one of gradient boosting. operation: the SQL function's name. */
extern mi_status mi_export_begin(mi_export *export, const mi_model *model, const char *operation,
								 const char *characters_not_in_names, mi_error *error);
extern void mi_export_release(mi_export *export);

/* The name that the table has for it. */
extern const char *mi_export_objective(const mi_export *export, const mi_foreign_objective *objectives);

/* What the forest takes for the share of rows: rows or hessian. */
extern double mi_export_cover(const mi_export *export, const mi_forest_statistics *statistics);

#endif
