/*
 * Random choices of boosting, each a hash of the seed and of what it is about, so that they do not depend on who makes
 * them, in what order.
 */
#ifndef MI_ROW_CHOICE_H
#define MI_ROW_CHOICE_H

#include "boosting_block.h"

/* A bijection of 64 bits that leaves no trace of its argument's order: the finaliser of splitmix64. */
static inline uint64_t
mi_mix(uint64_t value)
{
	value += UINT64_C(0x9e3779b97f4a7c15);
	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

/* In [0, 1). */
static inline double
mi_hashed_uniform(uint64_t key, uint64_t value)
{
	return (double) (mi_mix(key ^ mi_mix(value)) >> 11) * 0x1p-53;
}

extern uint64_t mi_tree_key(const mi_growth_params *growth, uint32_t iteration, unsigned output);

/* Features of a tree: feature_fraction of those that can be split, at least one. */
extern void mi_choose_features(const mi_boosting_view *view, uint64_t key, bool *chosen);

/* Those of a node: feature_fraction_bynode of the tree's, at least one. A node is told by the leaf it was, and when. */
extern void mi_choose_node_features(const mi_boosting_view *view, uint64_t key, uint32_t leaf_count, uint32_t leaf,
									const bool *of_tree, bool *chosen);

/* Whether an iteration may find a split where the one before it found none, since rows or features are drawn anew. */
extern bool mi_may_find_more(const mi_boosting_view *view);

/* Lists the member's own rows that the iteration learns from; answers how many. */
extern uint32_t mi_choose_rows(const mi_boosting_view *view, uint32_t iteration);

static inline bool
mi_takes_all_rows(const mi_growth_params *growth)
{
	return growth->bagging_freq == 0 || growth->bagging_fraction >= 1.0;
}

#endif
