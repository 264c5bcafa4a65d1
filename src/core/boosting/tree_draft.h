/*
 * A grown tree in the forest's terms: thresholds in place of bins, categories by their final numbers.
 */
#ifndef MI_TREE_DRAFT_H
#define MI_TREE_DRAFT_H

#include "tree_growth.h"

/* Adds it, leaves times the learning rate. The two contracts name categories: as rows number them, and as stored. */
extern void mi_tree_growth_add_to(const mi_tree_growth *growth, const mi_contract *seen, const mi_contract *final,
								  mi_forest_builder *forest);

#endif
