/*
 * One tree of an XGBoost JSON model.
 */
#ifndef MI_XGBOOST_TREE_H
#define MI_XGBOOST_TREE_H

#include "../base/json_reader.h"
#include "forest_import.h"

/* What a model says of all its trees. */
typedef struct mi_xgboost_trees
{
	const mi_import *import;
	uint32_t category_limit; /* of features without levels: all their categories are below */
} mi_xgboost_trees;

/* The draft is to be released, also after an error. leaf_scale multiplies its leaves; number is for messages. */
extern mi_status mi_xgboost_read_tree(mi_tree_draft *draft, const mi_xgboost_trees *trees, mi_json_value tree,
									  double leaf_scale, size_t number, mi_error *error);

/* A number as XGBoost holds it; false when it is none or too large. */
extern bool mi_xgboost_is_float(mi_json_value value, float *number);

#endif
