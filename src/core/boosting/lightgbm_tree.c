/*
 * Trees of LightGBM's text models; see lightgbm_tree.h. Nodes and leaves are numbered as ours are.
 */
#include "lightgbm_tree.h"

#include <math.h>

#include "../base/host.h"

#define NUMBER_AND_BLANK 2 /* bytes that one number of a list takes at least */

typedef struct tree_reader
{
	const mi_import *import;
	mi_span block;
	mi_tree_draft *draft;
	uint32_t set_count;
	double *numbers;    /* room for one list */
	double *set_bounds; /* set_count + 1 */
	double *set_words;  /* as many as the last bound says */
	bool *set_used;     /* each set is of one node */
	mi_writer words;
	const char *wrong; /* the key whose value is; NULL while none */
} tree_reader;

/* A list that has to be there. */
static bool
read_list(tree_reader *reader, const char *key, size_t count, double low, double high, double *numbers)
{
	mi_span list = mi_block_value(reader->block, key);

	mi_check_interrupts();
	if (list.at != NULL && mi_read_integers(list, count, low, high, numbers))
		return true;
	reader->wrong = key;
	return false;
}

static bool
read_any_list(tree_reader *reader, const char *key, size_t count, double *numbers)
{
	mi_span list = mi_block_value(reader->block, key);

	mi_check_interrupts();
	if (list.at != NULL && mi_read_numbers(list, count, numbers))
		return true;
	reader->wrong = key;
	return false;
}

/* One field of all statistics. Early versions wrote fewer of them, and trees of a single leaf have them empty. */
static bool
read_statistic(tree_reader *reader, const char *key, uint32_t count, double scale, mi_forest_statistics *statistics,
			   size_t offset)
{
	mi_span list = mi_block_value(reader->block, key);

	if (list.at == NULL || mi_span_length(list) == 0)
		return true;
	if (!read_any_list(reader, key, count, reader->numbers))
		return false;
	for (uint32_t i = 0; i < count; i++)
		*(double *) (void *) ((char *) &statistics[i] + offset) = reader->numbers[i] * scale;
	return true;
}

static bool
read_statistics(tree_reader *reader, double leaf_scale)
{
	mi_tree_draft *draft = reader->draft;
	mi_forest_statistics *nodes = draft->node_statistics;
	mi_forest_statistics *leaves = draft->leaf_statistics;
	uint32_t leaf_count = draft->leaf_count;
	uint32_t node_count = leaf_count - 1;

	for (uint32_t i = 0; i < leaf_count; i++)
		leaves[i].value = draft->leaf_values[i];
	return read_statistic(reader, "split_gain", node_count, 1.0, nodes, offsetof(mi_forest_statistics, gain)) &&
		   read_statistic(reader, "internal_value", node_count, leaf_scale, nodes,
						  offsetof(mi_forest_statistics, value)) &&
		   read_statistic(reader, "internal_weight", node_count, 1.0, nodes, offsetof(mi_forest_statistics, hessian)) &&
		   read_statistic(reader, "internal_count", node_count, 1.0, nodes, offsetof(mi_forest_statistics, rows)) &&
		   read_statistic(reader, "leaf_weight", leaf_count, 1.0, leaves, offsetof(mi_forest_statistics, hessian)) &&
		   read_statistic(reader, "leaf_count", leaf_count, 1.0, leaves, offsetof(mi_forest_statistics, rows));
}

static bool
read_sets(tree_reader *reader)
{
	size_t most = mi_span_length(reader->block) / NUMBER_AND_BLANK;
	double word_count = 0.0;

	if (reader->set_count == 0)
		return true;
	reader->set_bounds = mi_allocate((reader->set_count + 1) * sizeof(double));
	reader->set_used = mi_allocate_zeroed(reader->set_count * sizeof(bool));
	if (!read_list(reader, "cat_boundaries", reader->set_count + 1, 0.0, (double) most, reader->set_bounds))
		return false;
	for (uint32_t i = 0; i < reader->set_count; i++)
	{
		double words = reader->set_bounds[i + 1] - reader->set_bounds[i];

		if (words < 0.0 || words > MI_FOREST_MAX_SET_WORDS || reader->set_bounds[0] != 0.0)
			reader->wrong = "cat_boundaries";
		word_count = reader->set_bounds[i + 1];
	}
	reader->set_words = mi_allocate((size_t) word_count * sizeof(double));
	return reader->wrong == NULL &&
		   read_list(reader, "cat_threshold", (size_t) word_count, 0.0, UINT32_MAX, reader->set_words);
}

static uint32_t
write_set(tree_reader *reader, uint32_t feature, uint32_t number)
{
	mi_category_set set = {.word_count = 0};

	for (double at = reader->set_bounds[number]; at < reader->set_bounds[number + 1]; at++)
		set.words[set.word_count++] = (uint32_t) reader->set_words[(size_t) at];
	return mi_import_write_set(reader->import, feature, &set, &reader->words);
}

/* When feature and threshold are there. */
static bool
read_decision(tree_reader *reader, mi_forest_node *node, unsigned decision)
{
	unsigned missing = decision >> MI_LIGHTGBM_MISSING_SHIFT;

	if (decision & MI_LIGHTGBM_CATEGORY)
	{
		double number = node->threshold;

		if (!(number >= 0.0 && number < reader->set_count) || number != floor(number) ||
			reader->set_used[(uint32_t) number] || node->feature >= reader->import->contract.feature_count)
		{
			reader->wrong = "threshold of a category";
			return false;
		}
		reader->set_used[(uint32_t) number] = true;
		node->flags = MI_NODE_CATEGORY;
		node->threshold = 0.0;
		node->set = write_set(reader, node->feature, (uint32_t) number);
		return true;
	}
	node->flags = decision & MI_LIGHTGBM_DEFAULT_LEFT ? MI_NODE_DEFAULT_LEFT : 0;
	if (missing == MI_LIGHTGBM_MISSING_ZERO)
		node->flags |= MI_NODE_MISSING_ZERO;
	else if (missing == MI_LIGHTGBM_MISSING_NAN)
		node->flags |= MI_NODE_MISSING_NAN;
	else if (missing != 0)
		reader->wrong = "decision_type";
	return reader->wrong == NULL;
}

static bool
read_nodes(tree_reader *reader)
{
	mi_forest_node *nodes = reader->draft->nodes;
	double *numbers = reader->numbers;
	uint32_t leaf_count = reader->draft->leaf_count;
	uint32_t node_count = leaf_count - 1;
	double first_leaf = -(double) leaf_count;

	if (!read_list(reader, "split_feature", node_count, 0.0, MI_MAX_FEATURES - 1, numbers))
		return false;
	for (uint32_t i = 0; i < node_count; i++)
		nodes[i].feature = (uint16_t) numbers[i];
	if (!read_any_list(reader, "threshold", node_count, numbers))
		return false;
	for (uint32_t i = 0; i < node_count; i++)
		nodes[i].threshold = numbers[i];
	if (!read_list(reader, "left_child", node_count, first_leaf, node_count - 1.0, numbers))
		return false;
	for (uint32_t i = 0; i < node_count; i++)
		nodes[i].left = (int32_t) numbers[i];
	if (!read_list(reader, "right_child", node_count, first_leaf, node_count - 1.0, numbers))
		return false;
	for (uint32_t i = 0; i < node_count; i++)
		nodes[i].right = (int32_t) numbers[i];
	if (!read_list(reader, "decision_type", node_count, 0.0, 255.0, numbers))
		return false;
	for (uint32_t i = 0; i < node_count; i++)
		if (!read_decision(reader, &nodes[i], (unsigned) numbers[i]))
			return false;
	return true;
}

static bool
read_leaves(tree_reader *reader, double leaf_scale)
{
	mi_tree_draft *draft = reader->draft;

	if (!read_any_list(reader, "leaf_value", draft->leaf_count, draft->leaf_values))
		return false;
	for (uint32_t i = 0; i < draft->leaf_count; i++)
		draft->leaf_values[i] *= leaf_scale;
	return true;
}

mi_status
mi_lightgbm_read_tree(mi_tree_draft *draft, const mi_import *import, mi_span block, double leaf_scale, size_t number,
					  mi_error *error)
{
	tree_reader reader = {.import = import, .block = block, .draft = draft};
	uint32_t leaf_count;
	uint32_t linear = 0;
	double most = (double) (mi_span_length(block) / NUMBER_AND_BLANK);

	*draft = (mi_tree_draft){0};
	if (mi_block_value(block, "is_linear").at != NULL && !mi_block_integer(block, "is_linear", 0, 1, &linear))
		reader.wrong = "is_linear";
	else if (linear)
		return mi_fail(error, MI_NOT_SUPPORTED,
					   "trees with linear models in their leaves (linear_tree) are not supported");
	else if (!mi_block_integer(block, "num_leaves", 1, most < MI_FOREST_MAX_LEAVES ? most : MI_FOREST_MAX_LEAVES,
							   &leaf_count))
		reader.wrong = "num_leaves";
	else if (mi_block_value(block, "num_cat").at != NULL &&
			 !mi_block_integer(block, "num_cat", 0, leaf_count - 1.0, &reader.set_count))
		reader.wrong = "num_cat";
	else
	{
		*draft = mi_import_draft(leaf_count);
		reader.numbers = mi_allocate(leaf_count * sizeof(double));
		if (read_sets(&reader) && (leaf_count == 1 || read_nodes(&reader)) && read_leaves(&reader, leaf_scale))
			read_statistics(&reader, leaf_scale);
		draft->category_words = (uint32_t *) (void *) reader.words.bytes;
		draft->category_word_count = (uint32_t) (reader.words.length / sizeof(uint32_t));
	}
	mi_release(reader.numbers);
	mi_release(reader.set_bounds);
	mi_release(reader.set_words);
	mi_release(reader.set_used);
	if (reader.wrong == NULL)
		return MI_OK;
	return mi_fail(error, MI_MALFORMED, "this is not a LightGBM model: \"%s\" of tree %zu makes no sense", reader.wrong,
				   number);
}
