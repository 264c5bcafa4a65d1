/*
 * Putting a forest together, and its bytes; see forest.h. Opening them is in forest_open.c.
 */
#include "forest.h"

#include <string.h>

#include "../base/host.h"
#include "forest_layout.h"

#define MI_FIRST_CAPACITY 64 /* items of a growing array; doubles from there */

/* An array that grows, of items of one size. */
typedef struct growing
{
	void *items;
	size_t item_size;
	size_t count;
	size_t capacity;
} growing;

struct mi_forest_builder
{
	mi_forest forest; /* counts and pointers are filled in by mi_forest_built() */
	growing trees;
	growing nodes;
	growing leaf_values;
	growing node_statistics;
	growing leaf_statistics;
	growing category_words;
	growing words_before; /* by tree: category words of those before it */
};

/* Room for so many more at the end. */
static void *
append(growing *array, size_t count)
{
	void *end;

	if (array->items == NULL || count > array->capacity - array->count)
	{
		size_t capacity = array->capacity > 0 ? array->capacity : MI_FIRST_CAPACITY;

		while (count > capacity - array->count)
			capacity *= 2;
		array->items = array->items == NULL ? mi_allocate(capacity * array->item_size)
											: mi_reallocate(array->items, capacity * array->item_size);
		array->capacity = capacity;
	}
	end = (uint8_t *) array->items + array->count * array->item_size;
	array->count += count;
	return end;
}

static void
append_copy(growing *array, const void *items, size_t count)
{
	if (count > 0)
		memcpy(append(array, count), items, count * array->item_size);
}

mi_forest_builder *
mi_forest_builder_new(uint32_t feature_count, uint32_t outputs, mi_link link, mi_cover cover)
{
	mi_forest_builder *builder = mi_allocate(sizeof(*builder));

	*builder = (mi_forest_builder){
		.forest = {.feature_count = feature_count, .outputs = outputs, .link = link, .cover = cover},
		.trees.item_size = sizeof(mi_forest_tree),
		.nodes.item_size = sizeof(mi_forest_node),
		.leaf_values.item_size = sizeof(double),
		.node_statistics.item_size = sizeof(mi_forest_statistics),
		.leaf_statistics.item_size = sizeof(mi_forest_statistics),
		.category_words.item_size = sizeof(uint32_t),
		.words_before.item_size = sizeof(uint32_t),
	};
	return builder;
}

bool
mi_forest_node_nan_left(const mi_forest_node *node)
{
	if ((node->flags & MI_NODE_CATEGORY) != 0)
		return false;
	if ((node->flags & (MI_NODE_MISSING_NAN | MI_NODE_MISSING_ZERO)) != 0)
		return (node->flags & MI_NODE_DEFAULT_LEFT) != 0;
	return 0.0 <= node->threshold;
}

void
mi_forest_builder_add(mi_forest_builder *builder, const mi_tree_draft *tree)
{
	uint32_t node_count = tree->leaf_count - 1;
	uint32_t words_before = (uint32_t) builder->category_words.count;
	mi_forest_tree *added = append(&builder->trees, 1);
	mi_forest_node *nodes;

	*added = (mi_forest_tree){
		.first_node = (uint32_t) builder->nodes.count,
		.first_leaf = (uint32_t) builder->leaf_values.count,
		.leaf_count = tree->leaf_count,
	};
	nodes = append(&builder->nodes, node_count);
	for (uint32_t i = 0; i < node_count; i++)
	{
		nodes[i] = tree->nodes[i];
		nodes[i].nan_left = mi_forest_node_nan_left(&tree->nodes[i]);
		nodes[i].set = (nodes[i].flags & MI_NODE_CATEGORY) != 0 ? nodes[i].set + words_before : 0;
	}
	append_copy(&builder->leaf_values, tree->leaf_values, tree->leaf_count);
	append_copy(&builder->node_statistics, tree->node_statistics, node_count);
	append_copy(&builder->leaf_statistics, tree->leaf_statistics, tree->leaf_count);
	append_copy(&builder->category_words, tree->category_words, tree->category_word_count);
	append_copy(&builder->words_before, &words_before, 1);
}

void
mi_forest_builder_truncate(mi_forest_builder *builder, uint32_t tree_count)
{
	const mi_forest_tree *first_left_out = (const mi_forest_tree *) builder->trees.items + tree_count;

	if (tree_count >= builder->trees.count)
		return;
	builder->nodes.count = builder->node_statistics.count = first_left_out->first_node;
	builder->leaf_values.count = builder->leaf_statistics.count = first_left_out->first_leaf;
	builder->category_words.count = ((const uint32_t *) builder->words_before.items)[tree_count];
	builder->words_before.count = builder->trees.count = tree_count;
}

static size_t
size_of(const growing *array)
{
	return array->count * array->item_size;
}

size_t
mi_forest_builder_size(const mi_forest_builder *builder)
{
	return size_of(&builder->trees) + size_of(&builder->nodes) + size_of(&builder->leaf_values) +
		   size_of(&builder->node_statistics) + size_of(&builder->leaf_statistics) + size_of(&builder->category_words);
}

mi_forest
mi_forest_built(const mi_forest_builder *builder, const double *base_scores, double link_scale)
{
	mi_forest forest = builder->forest;

	forest.link_scale = link_scale;
	forest.base_scores = base_scores;
	forest.tree_count = (uint32_t) builder->trees.count;
	forest.node_count = (uint32_t) builder->nodes.count;
	forest.leaf_count = (uint32_t) builder->leaf_values.count;
	forest.category_word_count = (uint32_t) builder->category_words.count;
	forest.trees = builder->trees.items;
	forest.nodes = builder->nodes.items;
	forest.leaf_values = builder->leaf_values.items;
	forest.node_statistics = builder->node_statistics.items;
	forest.leaf_statistics = builder->leaf_statistics.items;
	forest.category_words = builder->category_words.items;
	return forest;
}

void
mi_forest_builder_release(mi_forest_builder *builder)
{
	if (builder == NULL)
		return;
	mi_release(builder->trees.items);
	mi_release(builder->nodes.items);
	mi_release(builder->leaf_values.items);
	mi_release(builder->node_statistics.items);
	mi_release(builder->leaf_statistics.items);
	mi_release(builder->category_words.items);
	mi_release(builder->words_before.items);
	mi_release(builder);
}

void
mi_forest_pack(const mi_forest *forest, mi_writer *writer)
{
	mi_forest_header header = {
		.feature_count = forest->feature_count,
		.outputs = forest->outputs,
		.link = (uint32_t) forest->link,
		.cover = (uint32_t) forest->cover,
		.link_scale = forest->link_scale,
		.tree_count = forest->tree_count,
		.node_count = forest->node_count,
		.leaf_count = forest->leaf_count,
		.category_word_count = forest->category_word_count,
	};

	mi_write_padding(writer, 8);
	mi_write(writer, &header, sizeof(header));
	mi_write(writer, forest->base_scores, forest->outputs * sizeof(double));
	mi_write(writer, forest->trees, forest->tree_count * sizeof(mi_forest_tree));
	mi_write(writer, forest->nodes, forest->node_count * sizeof(mi_forest_node));
	mi_write(writer, forest->leaf_values, forest->leaf_count * sizeof(double));
	mi_write(writer, forest->node_statistics, forest->node_count * sizeof(mi_forest_statistics));
	mi_write(writer, forest->leaf_statistics, forest->leaf_count * sizeof(mi_forest_statistics));
	mi_write(writer, forest->category_words, forest->category_word_count * sizeof(uint32_t));
	mi_write_padding(writer, 8);
}
