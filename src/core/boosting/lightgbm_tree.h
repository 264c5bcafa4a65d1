/*
 * One tree of a LightGBM text model.
 */
#ifndef MI_LIGHTGBM_TREE_H
#define MI_LIGHTGBM_TREE_H

#include "forest_import.h"
#include "lightgbm_lines.h"

/* Bits of decision_type; the kind of missing value is in the bits from MI_LIGHTGBM_MISSING_SHIFT on. */
#define MI_LIGHTGBM_CATEGORY 1u
#define MI_LIGHTGBM_DEFAULT_LEFT 2u
#define MI_LIGHTGBM_MISSING_SHIFT 2
#define MI_LIGHTGBM_MISSING_ZERO 1u
#define MI_LIGHTGBM_MISSING_NAN 2u

/* The draft is to be released, also after an error. leaf_scale multiplies its leaves; number is for messages. */
extern mi_status mi_lightgbm_read_tree(mi_tree_draft *draft, const mi_import *import, mi_span block, double leaf_scale,
									   size_t number, mi_error *error);

#endif
