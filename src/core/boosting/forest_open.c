/*
 * Opening the bytes of a forest, which may come from anywhere; see forest.h.
 */
#include "forest.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "forest_layout.h"

#define MI_KNOWN_FLAGS (MI_NODE_CATEGORY | MI_NODE_DEFAULT_LEFT | MI_NODE_MISSING_NAN | MI_NODE_MISSING_ZERO)
#define MI_MOST_FEATURES 65536u                       /* what node.feature can count */
#define MI_LEAVES_BETWEEN_CHECKS MI_FOREST_MAX_LEAVES /* a few milliseconds; at least one tree's */

/* What has been seen of one tree. */
typedef struct tree_seen
{
	uint16_t *depth; /* by node: splits from the root down to it, itself included; 0: no parent so far */
	uint8_t *leaf;   /* 1: has a parent */
} tree_seen;

static bool
all_finite(const double *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isfinite(numbers[i]))
			return false;
	return true;
}

static bool
statistics_finite(const mi_forest_statistics *statistics, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isfinite(statistics[i].gain) || !isfinite(statistics[i].value) || !isfinite(statistics[i].hessian) ||
			!isfinite(statistics[i].rows))
			return false;
	return true;
}

static const char *
check_header(const mi_forest_header *header)
{
	if (header->feature_count < 1 || header->feature_count > MI_MOST_FEATURES)
		return "number of features";
	if (header->outputs < 1 || header->outputs > MI_FOREST_MAX_OUTPUTS)
		return "number of outputs";
	if (header->link >= MI_LINKS)
		return "unknown link";
	if (header->cover >= MI_COVERS)
		return "unknown kind of cover";
	if (!isfinite(header->link_scale) || header->link_scale <= 0.0)
		return "scale of the link";
	if (header->tree_count > MI_FOREST_MAX_TREES || header->tree_count % header->outputs != 0)
		return "number of trees";
	return NULL;
}

/* Takes an array off the bytes; the counts are below 2^32, so that no product overflows. */
static const void *
take(mi_reader *reader, uint64_t count, size_t item_size)
{
	return mi_read(reader, count * item_size);
}

static const char *
check_arrays(const mi_forest *forest)
{
	uint64_t leaves = 0;

	if (!all_finite(forest->base_scores, forest->outputs))
		return "base score is not finite";
	for (uint32_t i = 0; i < forest->tree_count; i++)
	{
		const mi_forest_tree *tree = &forest->trees[i];

		if (tree->leaf_count < 1 || tree->leaf_count > MI_FOREST_MAX_LEAVES)
			return "number of leaves of a tree";
		if (tree->reserved != 0)
			return "reserved number of a tree";
		if (tree->first_leaf != leaves || tree->first_node != leaves - i)
			return "trees do not follow each other";
		leaves += tree->leaf_count;
	}
	if (leaves != forest->leaf_count || leaves - forest->tree_count != forest->node_count)
		return "number of leaves";
	if (!all_finite(forest->leaf_values, forest->leaf_count))
		return "leaf value is not finite";
	if (!statistics_finite(forest->node_statistics, forest->node_count) ||
		!statistics_finite(forest->leaf_statistics, forest->leaf_count))
		return "statistic is not finite";
	return NULL;
}

static const char *
check_node(const mi_forest *forest, const mi_forest_node *node)
{
	if (isnan(node->threshold))
		return "threshold is not a number";
	if (node->feature >= forest->feature_count)
		return "feature out of range";
	if ((node->flags & ~MI_KNOWN_FLAGS) != 0)
		return "unknown flags of a node";
	if (node->nan_left != mi_forest_node_nan_left(node))
		return "side of NaN";
	if ((node->flags & MI_NODE_CATEGORY) == 0)
		return node->set == 0 ? NULL : "set of a number";
	if (node->set >= forest->category_word_count)
		return "set out of range";
	if (forest->category_words[node->set] > MI_FOREST_MAX_SET_WORDS ||
		forest->category_words[node->set] >= forest->category_word_count - node->set)
		return "length of a set";
	return NULL;
}

/* Notes that somebody is the child's parent. */
static const char *
check_child(const mi_forest_tree *tree, tree_seen *seen, uint32_t parent, int32_t child)
{
	uint32_t index = child >= 0 ? (uint32_t) child : (uint32_t) ~child;

	if (child < 0)
	{
		if (index >= tree->leaf_count)
			return "leaf out of range";
		if (seen->leaf[index] != 0)
			return "leaf with two parents";
		seen->leaf[index] = 1;
		return NULL;
	}
	if (index <= parent || index >= tree->leaf_count - 1)
		return "node out of range";
	if (seen->depth[index] != 0)
		return "node with two parents";
	if (seen->depth[parent] >= MI_FOREST_MAX_DEPTH)
		return "tree is too deep";
	seen->depth[index] = (uint16_t) (seen->depth[parent] + 1);
	return NULL;
}

/*
 * Nothing may have two parents, and there are as many children as nodes (but the root) and leaves together: so every
 * one has its parent, and as a parent comes first, its depth is known when its turn comes.
 */
static const char *
check_tree(const mi_forest *forest, const mi_forest_tree *tree, tree_seen *seen)
{
	const mi_forest_node *nodes = forest->nodes + tree->first_node;
	uint32_t node_count = tree->leaf_count - 1;

	memset(seen->depth, 0, node_count * sizeof(*seen->depth));
	memset(seen->leaf, 0, tree->leaf_count);
	if (node_count > 0)
		seen->depth[0] = 1;
	for (uint32_t i = 0; i < node_count; i++)
	{
		const char *wrong = check_node(forest, &nodes[i]);

		if (wrong == NULL)
			wrong = check_child(tree, seen, i, nodes[i].left);
		if (wrong == NULL)
			wrong = check_child(tree, seen, i, nodes[i].right);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

static const char *
check_trees(const mi_forest *forest)
{
	const char *wrong = NULL;
	uint32_t leaves_unchecked = 0;
	uint32_t most_leaves = 0;
	tree_seen seen;

	for (uint32_t i = 0; i < forest->tree_count; i++)
		if (forest->trees[i].leaf_count > most_leaves)
			most_leaves = forest->trees[i].leaf_count;
	seen.depth = mi_allocate(most_leaves * sizeof(*seen.depth));
	seen.leaf = mi_allocate(most_leaves);
	for (uint32_t i = 0; i < forest->tree_count && wrong == NULL; i++)
	{
		wrong = check_tree(forest, &forest->trees[i], &seen);
		leaves_unchecked += forest->trees[i].leaf_count;
		if (leaves_unchecked >= MI_LEAVES_BETWEEN_CHECKS)
		{
			mi_check_interrupts();
			leaves_unchecked = 0;
		}
	}
	mi_release(seen.depth);
	mi_release(seen.leaf);
	return wrong;
}

/* What is wrong, or NULL and the forest. */
static const char *
open_forest(mi_forest *forest, mi_reader *reader)
{
	const mi_forest_header *header = take(reader, 1, sizeof(mi_forest_header));
	const char *wrong = header == NULL ? "bytes end too early" : check_header(header);

	if (wrong != NULL)
		return wrong;
	*forest = (mi_forest){
		.feature_count = header->feature_count,
		.outputs = header->outputs,
		.link = (mi_link) header->link,
		.cover = (mi_cover) header->cover,
		.link_scale = header->link_scale,
		.tree_count = header->tree_count,
		.node_count = header->node_count,
		.leaf_count = header->leaf_count,
		.category_word_count = header->category_word_count,
	};
	forest->base_scores = take(reader, header->outputs, sizeof(double));
	forest->trees = take(reader, header->tree_count, sizeof(mi_forest_tree));
	forest->nodes = take(reader, header->node_count, sizeof(mi_forest_node));
	forest->leaf_values = take(reader, header->leaf_count, sizeof(double));
	forest->node_statistics = take(reader, header->node_count, sizeof(mi_forest_statistics));
	forest->leaf_statistics = take(reader, header->leaf_count, sizeof(mi_forest_statistics));
	forest->category_words = take(reader, mi_align8(header->category_word_count * sizeof(uint32_t)), 1);
	if (reader->failed)
		return "bytes end too early";
	wrong = check_arrays(forest);
	return wrong != NULL ? wrong : check_trees(forest);
}

mi_status
mi_forest_open(mi_forest *forest, const uint8_t *bytes, size_t length, size_t *used, mi_error *error)
{
	mi_reader reader = mi_reader_over(bytes, length);
	const char *wrong = (uintptr_t) bytes % 8 != 0 ? "bytes are not aligned" : open_forest(forest, &reader);

	if (wrong != NULL)
		return mi_fail(error, MI_CORRUPT, "forest is corrupt: %s", wrong);
	*used = reader.position;
	return MI_OK;
}
