/*
 * From bins to thresholds; see tree_draft.h.
 */
#include "tree_draft.h"

#include <string.h>

#include "../base/host.h"

/* Sets bits of the categories that go left: one word that counts, and then so many. */
static void
write_set(const mi_tree_growth *growth, const mi_split *split, const mi_contract *seen, const mi_contract *final,
		  mi_tree_draft *draft)
{
	const mi_bins *bins = &growth->view->bins[split->feature];
	const mi_feature *named = &seen->features[split->feature];
	uint32_t words = (named->level_count + 31) / 32;
	uint32_t *set;

	draft->category_words =
		mi_reallocate(draft->category_words, (draft->category_word_count + 1 + words) * sizeof(uint32_t));
	set = draft->category_words + draft->category_word_count;
	draft->category_word_count += 1 + words;
	memset(set, 0, (1 + words) * sizeof(uint32_t));
	set[0] = words;
	for (uint32_t bin = 0; bin < bins->count; bin++)
	{
		int level;

		if (!mi_split_goes_left(split, bins, bin) || bins->map.set.categories[bin] >= named->level_count)
			continue;
		level = mi_feature_find_level(&final->features[split->feature], named->levels[bins->map.set.categories[bin]]);
		set[1 + level / 32] |= UINT32_C(1) << level % 32;
	}
}

static mi_forest_node
node_of(const mi_tree_growth *growth, const mi_growing_node *grown, uint32_t set)
{
	const mi_split *split = &grown->split;
	mi_forest_node node = {
		.left = grown->left, .right = grown->right, .feature = (uint16_t) split->feature, .set = set};

	if (split->category)
		node.flags = MI_NODE_CATEGORY | MI_NODE_MISSING_NAN;
	else
	{
		const mi_bins *bins = &growth->view->bins[split->feature];

		node.threshold = bins->map.upper_bounds[split->bin];
		node.flags = (uint8_t) (MI_NODE_MISSING_NAN | (split->default_left ? MI_NODE_DEFAULT_LEFT : 0));
	}
	return node;
}

void
mi_tree_growth_add_to(const mi_tree_growth *growth, const mi_contract *seen, const mi_contract *final,
					  mi_forest_builder *forest)
{
	double rate = growth->view->block->learning_rate;
	uint32_t leaves = growth->leaf_count;
	mi_tree_draft draft = {.leaf_count = leaves};

	draft.nodes = mi_allocate(leaves * sizeof(mi_forest_node));
	draft.leaf_values = mi_allocate(leaves * sizeof(double));
	draft.node_statistics = mi_allocate(leaves * sizeof(mi_forest_statistics));
	draft.leaf_statistics = mi_allocate(leaves * sizeof(mi_forest_statistics));
	for (uint32_t i = 0; i + 1 < leaves; i++)
	{
		const mi_growing_node *grown = &growth->nodes[i];
		uint32_t set = draft.category_word_count;

		if (grown->split.category)
			write_set(growth, &grown->split, seen, final, &draft);
		draft.nodes[i] = node_of(growth, grown, grown->split.category ? set : 0);
		draft.node_statistics[i] = (mi_forest_statistics){.gain = grown->split.gain,
														  .value = rate * grown->value,
														  .hessian = grown->hessian_sum,
														  .rows = grown->rows};
	}
	for (uint32_t leaf = 0; leaf < leaves; leaf++)
	{
		const mi_leaf_sums *sums = &growth->leaves[leaf].sums;

		draft.leaf_values[leaf] = rate * growth->view->leaf_values[leaf];
		draft.leaf_statistics[leaf] = (mi_forest_statistics){
			.value = draft.leaf_values[leaf], .hessian = sums->hessian * growth->hessian_scale, .rows = sums->rows};
	}
	mi_forest_builder_add(forest, &draft);
	mi_release(draft.nodes);
	mi_release(draft.leaf_values);
	mi_release(draft.node_statistics);
	mi_release(draft.leaf_statistics);
	mi_release(draft.category_words);
}
