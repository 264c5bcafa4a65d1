/*
 * Writing of one tree of an XGBoost JSON model.
 */
#ifndef MI_XGBOOST_WRITE_TREE_H
#define MI_XGBOOST_WRITE_TREE_H

#include "../base/json.h"
#include "forest_export.h"

/* Whether XGBoost can split so: it knows nothing that is missing but NaN. */
extern bool mi_xgboost_can_split(const mi_forest_node *node);

/* The tree, as an element of an open array. number: its place in it. */
extern void mi_xgboost_write_tree(mi_json *json, const mi_export *export, const mi_forest_tree *tree, uint32_t number);

#endif
