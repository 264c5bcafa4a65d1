/*
 * Which way a node sends a value: see forest.h. For the loops that ask it most.
 */
#ifndef MI_FOREST_ROUTE_H
#define MI_FOREST_ROUTE_H

#include <math.h>

#include "../base/vector.h"
#include "forest.h"

/* Numbers no larger than this are zero to MI_NODE_MISSING_ZERO: LightGBM's, which is single precision. */
#define MI_FOREST_ZERO ((double) 1e-35f)

/*
 * Each answers 1 for left, and without a branch as far as possible: which way rows go cannot be foretold.
 */

/* Of a number that takes nothing but NaN for missing. */
MI_ALWAYS_INLINE unsigned
mi_route_number(const mi_forest_node *node, double value)
{
	return (unsigned) (value <= node->threshold) | ((unsigned) (value != value) & node->nan_left);
}

/* Of a number that may take zero for missing too; that goes where NaN goes. */
MI_ALWAYS_INLINE unsigned
mi_route_sparse_number(const mi_forest_node *node, double value)
{
	unsigned zero = (unsigned) (fabs(value) <= MI_FOREST_ZERO) & (unsigned) ((node->flags & MI_NODE_MISSING_ZERO) != 0);

	return (mi_route_number(node, value) & ~zero) | (zero & node->nan_left);
}

MI_ALWAYS_INLINE unsigned
mi_route_category(const uint32_t *set, double value)
{
	uint32_t category;

	if (!(value > -1.0 && value < 32.0 * MI_FOREST_MAX_SET_WORDS)) /* NaN fails both */
		return 0;
	category = (uint32_t) value;
	return category / 32 < set[0] ? set[1 + category / 32] >> (category % 32) & 1 : 0;
}

MI_ALWAYS_INLINE unsigned
mi_route(const mi_forest *forest, const mi_forest_node *node, double value)
{
	if ((node->flags & MI_NODE_CATEGORY) != 0)
		return mi_route_category(forest->category_words + node->set, value);
	return mi_route_sparse_number(node, value);
}

#endif
