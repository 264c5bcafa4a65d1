/*
 * TreeSHAP, path-dependent: how much each feature contributes to a margin. Contributions and the base value sum to it.
 *
 * S. M. Lundberg, G. G. Erion, S.-I. Lee, "Consistent individualized feature attribution for tree ensembles" (2018),
 * arXiv:1802.03888, algorithm 2; faster by J. Yang, "Fast TreeSHAP" (2021), arXiv:2109.09847.
 */
#ifndef MI_TREE_SHAP_H
#define MI_TREE_SHAP_H

#include "forest.h"

/* What does not depend on the row: made once for a forest, which must outlive it. */
typedef struct mi_tree_shap mi_tree_shap;

extern mi_tree_shap *mi_tree_shap_new(const mi_forest *forest);
extern void mi_tree_shap_release(mi_tree_shap *shap);

/* contributions: outputs × feature_count, output by output; base_values: outputs, the expected margins. */
extern void
mi_tree_shap_explain(const mi_tree_shap *shap, const double *values, double *contributions, double *base_values);

#endif
