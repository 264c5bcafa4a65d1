/*
 * The values of a grown tree's leaves: Newton steps from the true gradients, whatever the histograms were made of, or
 * quantiles of what is left to explain, where the objective asks for those.
 */
#ifndef MI_LEAF_VALUES_H
#define MI_LEAF_VALUES_H

#include "tree_growth.h"

/* Fills in view->leaf_values. The members meet in it. */
extern void mi_leaf_values_find(const mi_tree_growth *growth);

#endif
