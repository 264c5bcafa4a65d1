/*
 * TreeSHAP, path-dependent: how much each feature contributes to a margin. Contributions and the base value sum to it.
 *
 * S. M. Lundberg, G. G. Erion, S.-I. Lee, "Consistent individualized feature attribution for tree ensembles" (2018),
 * arXiv:1802.03888. What a tree answers when only some features are known: where it asks for one that is not, the mean
 * of both sides, weighted by their shares of the training rows (or hessians: forest->cover). Contributions are the
 * Shapley values of that game. tree_shap.c says how they are found.
 *
 * A node none of whose sides has any cover is taken to have sent half of it either way, and a negative cover is 0.
 */
#ifndef MI_TREE_SHAP_H
#define MI_TREE_SHAP_H

#include "forest.h"

/*
 * What does not depend on the row: made once for a forest, which must outlive it. It takes 40 bytes a node, and for the
 * largest tree about 200 a leaf.
 */
typedef struct mi_tree_shap mi_tree_shap;

extern mi_tree_shap *mi_tree_shap_new(const mi_forest *forest);
extern void mi_tree_shap_release(mi_tree_shap *shap);

/*
 * contributions: outputs × feature_count, output by output; base_values: outputs, the expected margins. Works in memory
 * of the shap's.
 */
extern void
mi_tree_shap_explain(const mi_tree_shap *shap, const double *values, double *contributions, double *base_values);

#endif
