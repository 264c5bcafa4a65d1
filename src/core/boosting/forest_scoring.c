/*
 * Scoring rows by a forest; see forest.h.
 *
 * Going down one tree is a chain of loads, each of which has to wait for the one before it, and whose way no processor
 * can foretell. So several trees are gone down together, one step in each at a time, without a branch on the way.
 */
#include <math.h>

#include "../base/host.h"
#include "forest_route.h"

#define MI_TREES_TOGETHER 10         /* enough to hide the latency of a step */
#define MI_TREES_BETWEEN_CHECKS 8192 /* well below 100 ms, however deep they are */

uint32_t
mi_forest_leaf(const mi_forest *forest, uint32_t tree, const double *values)
{
	const mi_forest_node *nodes = forest->nodes + forest->trees[tree].first_node;
	int32_t at = forest->trees[tree].leaf_count > 1 ? 0 : ~0;

	while (at >= 0)
	{
		const mi_forest_node *node = &nodes[at];

		at = mi_route_child(node, mi_route(forest, node, values[node->feature]));
	}
	return (uint32_t) ~at;
}

/* What the nodes and the row allow to leave out. */
typedef enum route_kind
{
	ROUTE_NUMBERS, /* plain trees, no NaN in the row */
	ROUTE_NAN,     /* plain trees */
	ROUTE_ANY
} route_kind;

MI_ALWAYS_INLINE unsigned
goes_right(const mi_forest *forest, const mi_forest_node *node, double value, route_kind kind)
{
	if (kind == ROUTE_NUMBERS)
		return value > node->threshold;
	return !(kind == ROUTE_NAN ? mi_route_number(node, value) : mi_route(forest, node, value));
}

/*
 * The leaves, as ~leaf, that a row reaches in up to MI_TREES_TOGETHER trees; the last one fills up the places of
 * those that are not there. Who is at a leaf begins again at the root, as it will end at the same leaf: a child below 0
 * can only be that one.
 */
MI_ALWAYS_INLINE void
find_leaves(const mi_forest *forest, const mi_forest_tree *trees, uint32_t count, const double *values, route_kind kind,
			int32_t *leaves)
{
	static const mi_forest_node only_a_leaf = {.left = ~0, .right = ~0};
	const mi_forest_node *nodes[MI_TREES_TOGETHER];
	int32_t at[MI_TREES_TOGETHER];
	int32_t child[MI_TREES_TOGETHER];
	int32_t unfinished;

	for (uint32_t i = 0; i < MI_TREES_TOGETHER; i++)
	{
		const mi_forest_tree *tree = &trees[i < count ? i : count - 1];

		nodes[i] = tree->leaf_count > 1 ? forest->nodes + tree->first_node : &only_a_leaf;
		leaves[i] = at[i] = 0;
	}
	do
	{
		for (int i = 0; i < MI_TREES_TOGETHER; i++)
		{
			const mi_forest_node *node = &nodes[i][at[i]];

			child[i] = node->children[goes_right(forest, node, values[node->feature], kind)];
		}
		unfinished = -1;
		for (int i = 0; i < MI_TREES_TOGETHER; i++)
		{
			leaves[i] = child[i] < leaves[i] ? child[i] : leaves[i];
			at[i] = child[i] > 0 ? child[i] : 0;
			unfinished &= leaves[i];
		}
	} while (unfinished >= 0);
}

static bool
all_plain(const mi_forest_tree *trees, uint32_t count)
{
	uint32_t plain = 1;

	for (uint32_t i = 0; i < count; i++)
		plain &= trees[i].plain;
	return plain != 0;
}

static bool
any_nan(const double *values, uint32_t count)
{
	int found = 0;

	for (uint32_t i = 0; i < count; i++)
		found |= values[i] != values[i];
	return found != 0;
}

MI_VECTOR_CLONES
void
mi_forest_margins(const mi_forest *forest, const double *values, double *margins)
{
	bool with_nan = any_nan(values, forest->feature_count);
	uint32_t output = 0;
	uint32_t unchecked = 0;

	for (uint32_t i = 0; i < forest->outputs; i++)
		margins[i] = forest->base_scores[i];
	for (uint32_t first = 0; first < forest->tree_count; first += MI_TREES_TOGETHER)
	{
		const mi_forest_tree *trees = forest->trees + first;
		uint32_t left = forest->tree_count - first;
		uint32_t count = left < MI_TREES_TOGETHER ? left : MI_TREES_TOGETHER;
		int32_t leaves[MI_TREES_TOGETHER];

		/* Constants, so that there are three loops, none of which asks which one it is. */
		if (!all_plain(trees, count))
			find_leaves(forest, trees, count, values, ROUTE_ANY, leaves);
		else if (with_nan)
			find_leaves(forest, trees, count, values, ROUTE_NAN, leaves);
		else
			find_leaves(forest, trees, count, values, ROUTE_NUMBERS, leaves);
		for (uint32_t i = 0; i < count; i++)
		{
			margins[output] += forest->leaf_values[trees[i].first_leaf + (uint32_t) ~leaves[i]];
			output = output + 1 < forest->outputs ? output + 1 : 0;
		}
		unchecked += count;
		if (unchecked >= MI_TREES_BETWEEN_CHECKS)
		{
			mi_check_interrupts();
			unchecked = 0;
		}
	}
}

static void
softmax(double *margins, uint32_t count)
{
	double largest = margins[0];
	double sum = 0.0;

	for (uint32_t i = 1; i < count; i++)
		largest = fmax(largest, margins[i]);
	for (uint32_t i = 0; i < count; i++)
		sum += margins[i] = exp(margins[i] - largest);
	for (uint32_t i = 0; i < count; i++)
		margins[i] /= sum;
}

void
mi_forest_apply_link(const mi_forest *forest, double *margins)
{
	if (forest->link == MI_LINK_SOFTMAX)
	{
		softmax(margins, forest->outputs);
		return;
	}
	for (uint32_t i = 0; i < forest->outputs; i++)
	{
		if (forest->link == MI_LINK_LOGIT)
			margins[i] = 1.0 / (1.0 + exp(-forest->link_scale * margins[i])); /* 0 when exp() is infinite */
		else if (forest->link == MI_LINK_LOG)
			margins[i] = exp(margins[i]);
	}
}
