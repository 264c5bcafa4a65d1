/*
 * A forest laid out for scoring rows one at a time: as few instructions a node as can be, and no branch that depends on
 * the row.
 *
 * After N. Asadi, J. Lin and A. P. de Vries, "Runtime optimizations for tree-based machine learning models", IEEE
 * Transactions on Knowledge and Data Engineering 26 (2014), 2281-2292: arithmetic in place of branches, and several
 * trees at a time to hide the latency of memory.
 *
 * Time O(tree_count × depth) a row, space 16 bytes a node and a leaf.
 */
#ifndef MI_FOREST_SCORER_H
#define MI_FOREST_SCORER_H

#include "forest.h"

typedef struct mi_forest_scorer mi_forest_scorer;

/* The forest, which must be one that mi_forest_open() would accept, has to outlive its scorer. */
extern mi_forest_scorer *mi_forest_scorer_new(const mi_forest *forest);
extern void mi_forest_scorer_release(mi_forest_scorer *scorer); /* NULL allowed */

/* Base scores and the values of the leaves that the row reaches, added in the order of the trees: outputs numbers. */
extern void mi_forest_margins(mi_forest_scorer *scorer, const double *values, double *margins);

#endif
