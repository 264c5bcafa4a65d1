/*
 * Growing one tree leaf by leaf, always the one whose split gains most: H. Shi, "Best-first decision tree learning"
 * (2007). All members of a team call this together and come to the same tree.
 *
 * Of the two children of a split only the smaller one's histograms are built; those of the other are the parent's less
 * these.
 */
#ifndef MI_TREE_GROWTH_H
#define MI_TREE_GROWTH_H

#include "boosting_block.h"
#include "split_search.h"

typedef struct mi_growing_leaf
{
	mi_leaf_sums sums;
	mi_split best;
	double value;    /* as found by the split above it */
	double extra_l2; /* the split above it was one of categories */
	uint32_t slot;   /* of its histogram */
	uint32_t depth;
	int32_t parent; /* node above, -1 for the root */
	bool is_left;
} mi_growing_leaf;

typedef struct mi_growing_node
{
	mi_split split;
	int32_t left; /* >= 0: node, < 0: leaf ~left */
	int32_t right;
	double gradient_sum; /* real */
	double hessian_sum;
	double value;
	double rows;
} mi_growing_node;

/* A member's own picture of the tree; the same in all of them. */
typedef struct mi_tree_growth
{
	const mi_boosting_view *view;
	uint64_t key; /* of this tree's random choices */
	unsigned output;
	const mi_gradient *gradients; /* of the output, by row */
	double gradient_scale;        /* a unit of the histograms */
	double hessian_scale;
	bool monotone;
	bool overflowed; /* gradients did: there is no tree */
	bool *used;      /* by feature: of this tree */
	bool *tried;     /* of those, at a node */
	uint32_t leaf_count;
	mi_growing_leaf *leaves;
	mi_growing_node *nodes; /* leaf_count - 1 */
} mi_tree_growth;

extern mi_tree_growth mi_tree_growth_new(const mi_boosting_view *view);
extern void mi_tree_growth_release(mi_tree_growth *growth);

/* Grows the tree of an output. Leaves' values are in view->leaf_values, before the learning rate, when it returns. */
extern void mi_tree_growth_grow(mi_tree_growth *growth, unsigned output, uint32_t iteration);

/* Adds the tree, times the learning rate, to the scores of the member's own rows. */
extern void mi_tree_growth_add_scores(const mi_tree_growth *growth);

#endif
