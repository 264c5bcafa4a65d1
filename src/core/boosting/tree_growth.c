/*
 * Leaf-wise growth; see tree_growth.h.
 */
#include "tree_growth.h"

#include <math.h>

#include "../base/host.h"
#include "gradient_grid.h"
#include "histogram.h"
#include "leaf_rows.h"
#include "leaf_values.h"
#include "row_choice.h"

mi_tree_growth
mi_tree_growth_new(const mi_boosting_view *view)
{
	uint32_t leaves = view->block->growth.num_leaves;
	mi_tree_growth growth = {.view = view};

	growth.used = mi_allocate(view->block->features * sizeof(bool));
	growth.tried = mi_allocate(view->block->features * sizeof(bool));
	growth.leaves = mi_allocate(leaves * sizeof(mi_growing_leaf));
	growth.nodes = mi_allocate(leaves * sizeof(mi_growing_node));
	for (uint32_t feature = 0; feature < view->block->features; feature++)
		growth.monotone = growth.monotone || view->monotone[feature] != 0;
	return growth;
}

void
mi_tree_growth_release(mi_tree_growth *growth)
{
	mi_release(growth->used);
	mi_release(growth->tried);
	mi_release(growth->leaves);
	mi_release(growth->nodes);
}

/* ---- Histograms and the search of a leaf ---- */

/* What a member can do before it meets the others: sums over its own rows. */
static void
build_own(const mi_tree_growth *growth, uint32_t leaf)
{
	const mi_boosting_view *view = growth->view;
	void *scratch = mi_scratch_histogram(view, view->team->rank);

	mi_histogram_clear(view, scratch);
	mi_histogram_build(view, growth->gradients, growth->gradient_scale, growth->hessian_scale,
					   mi_leaf_rows(view, view->team->rank, leaf), scratch);
}

/* And after: the sums over all rows of the leaf, of the features that it searches. */
static void
build_shared(const mi_tree_growth *growth, uint32_t leaf)
{
	mi_histogram_reduce(growth->view, mi_leaf_histogram(growth->view, growth->leaves[leaf].slot));
}

static bool
may_be_split(const mi_tree_growth *growth, const mi_growing_leaf *leaf)
{
	const mi_growth_params *params = &growth->view->block->growth;

	return leaf->sums.rows >= 2.0 * params->min_data_in_leaf && leaf->sums.rows >= 2.0 &&
		   leaf->depth < MI_FOREST_MAX_DEPTH && (params->max_depth == 0 || leaf->depth < params->max_depth);
}

/* By feature, whether it is tried at the node that a leaf would become. */
static const bool *
features_to_try(const mi_tree_growth *growth, uint32_t leaf_number)
{
	const mi_boosting_view *view = growth->view;

	if (view->block->growth.feature_fraction_bynode >= 1.0)
		return growth->used;
	mi_choose_node_features(view, growth->key, growth->leaf_count, leaf_number, growth->used, growth->tried);
	return growth->tried;
}

/* The best split among the features that the member searches. */
static void
search(const mi_tree_growth *growth, uint32_t leaf_number, mi_split *best)
{
	const mi_boosting_view *view = growth->view;
	const mi_growing_leaf *leaf = &growth->leaves[leaf_number];
	const uint8_t *histogram = mi_leaf_histogram(view, leaf->slot);
	size_t feature_size = view->histogram_size / (view->block->groups * MI_FEATURE_GROUP);
	uint32_t end = view->end_group * MI_FEATURE_GROUP;
	mi_split_search search =
		mi_split_search_begin(view, growth->gradient_scale, growth->hessian_scale, growth->monotone, &leaf->sums);
	const bool *tried;

	*best = (mi_split){0};
	if (!may_be_split(growth, leaf))
		return;
	tried = features_to_try(growth, leaf_number);
	for (uint32_t feature = view->first_group * MI_FEATURE_GROUP; feature < end && feature < view->block->features;
		 feature++)
		if (tried[feature])
			mi_split_search_feature(&search, feature, histogram + feature * feature_size, best);
}

/* The best of what the members found: of equal ones the first feature's, as a search by one would. */
static mi_split
best_told(const mi_boosting_view *view, unsigned which)
{
	mi_split best = view->block->told[0].best[which];

	for (unsigned member = 1; member < view->team->size; member++)
		if (view->block->told[member].best[which].gain > best.gain)
			best = view->block->told[member].best[which];
	return best;
}

/* ---- The root ---- */

static void
plant(mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	mi_boosting_block *block = view->block;
	mi_growing_leaf *root = &growth->leaves[0];
	mi_bin_sums sums = {0};

	growth->leaf_count = 1;
	*root = (mi_growing_leaf){.parent = -1, .sums = {.lowest = -INFINITY, .highest = INFINITY}};
	build_own(growth, 0);
	mi_team_meet(view->team);
	root->sums.rows = mi_leaf_rows_count(view, 0);
	build_shared(growth, 0);
	mi_team_meet(view->team);
	/* Every row is in one bin of the first feature. */
	for (uint32_t bin = 0; bin < MI_BINS_MAX; bin++)
	{
		mi_bin_sums here = mi_bin_sums_of(mi_leaf_histogram(view, 0), block->growth.quantized, bin);

		sums.gradient += here.gradient;
		sums.hessian += here.hessian;
	}
	root->sums.gradient = sums.gradient;
	root->sums.hessian = sums.hessian;
	root->value = mi_leaf_value(&block->growth, sums.gradient * growth->gradient_scale,
								sums.hessian * growth->hessian_scale, &root->sums);
	search(growth, 0, &block->told[view->team->rank].best[0]);
	mi_team_meet(view->team);
	root->best = best_told(view, 0);
}

/* ---- A split ---- */

/* Bounds of the children of a constrained feature's split: neither passes the middle. */
static void
bound_children(const mi_tree_growth *growth, const mi_split *split, mi_growing_leaf *left, mi_growing_leaf *right)
{
	int direction = split->category ? 0 : growth->view->monotone[split->feature];
	double middle = (split->left_value + split->right_value) / 2.0;

	if (direction > 0)
	{
		left->sums.highest = fmin(left->sums.highest, middle);
		right->sums.lowest = fmax(right->sums.lowest, middle);
	}
	else if (direction < 0)
	{
		left->sums.lowest = fmax(left->sums.lowest, middle);
		right->sums.highest = fmin(right->sums.highest, middle);
	}
}

/* Makes a node of a leaf, which stays as its left child; the right one is new. */
static void
add_node(mi_tree_growth *growth, uint32_t leaf)
{
	uint32_t node = growth->leaf_count - 1;
	mi_growing_leaf *left = &growth->leaves[leaf];
	mi_growing_leaf *right = &growth->leaves[growth->leaf_count];
	mi_split split = left->best;

	growth->nodes[node] = (mi_growing_node){.split = split,
											.left = ~(int32_t) leaf,
											.right = ~(int32_t) growth->leaf_count,
											.gradient_sum = left->sums.gradient * growth->gradient_scale,
											.hessian_sum = left->sums.hessian * growth->hessian_scale,
											.value = left->value,
											.rows = left->sums.rows};
	if (left->parent >= 0)
		*(left->is_left ? &growth->nodes[left->parent].left : &growth->nodes[left->parent].right) = (int32_t) node;
	left->parent = (int32_t) node;
	left->depth++;
	left->extra_l2 =
		split.category && growth->view->bins[split.feature].count > growth->view->block->growth.max_cat_to_onehot
			? growth->view->block->growth.cat_l2
			: 0.0;
	*right = *left;
	left->is_left = true;
	right->is_left = false;
	right->sums.gradient -= split.left_gradient;
	right->sums.hessian -= split.left_hessian;
	left->sums.gradient = split.left_gradient;
	left->sums.hessian = split.left_hessian;
	left->value = split.left_value;
	right->value = split.right_value;
	bound_children(growth, &split, left, right);
	growth->leaf_count++;
}

static void
split_leaf(mi_tree_growth *growth, uint32_t leaf)
{
	const mi_boosting_view *view = growth->view;
	mi_boosting_block *block = view->block;
	uint32_t right = growth->leaf_count;
	uint32_t small;
	uint32_t large;

	mi_leaf_rows_part(view, &growth->leaves[leaf].best, leaf, right);
	add_node(growth, leaf);
	small = growth->leaves[leaf].sums.hessian <= growth->leaves[right].sums.hessian ? leaf : right;
	large = small == leaf ? right : leaf;
	growth->leaves[small].slot = right; /* the only one that is free; the large one has its parent's already */
	growth->leaves[leaf].best.gain = 0.0;
	growth->leaves[right].best.gain = 0.0;
	if (growth->leaf_count == block->growth.num_leaves)
	{
		mi_team_meet(view->team);
		growth->leaves[leaf].sums.rows = mi_leaf_rows_count(view, leaf);
		growth->leaves[right].sums.rows = mi_leaf_rows_count(view, right);
		return;
	}
	build_own(growth, small);
	mi_team_meet(view->team);
	growth->leaves[leaf].sums.rows = mi_leaf_rows_count(view, leaf);
	growth->leaves[right].sums.rows = mi_leaf_rows_count(view, right);
	build_shared(growth, small);
	mi_histogram_subtract(view, mi_leaf_histogram(view, growth->leaves[large].slot),
						  mi_leaf_histogram(view, growth->leaves[small].slot));
	search(growth, leaf, &block->told[view->team->rank].best[0]);
	search(growth, right, &block->told[view->team->rank].best[1]);
	mi_team_meet(view->team);
	growth->leaves[leaf].best = best_told(view, 0);
	growth->leaves[right].best = best_told(view, 1);
}

/* The leaf whose split gains most, or -1. */
static int32_t
next_leaf(const mi_tree_growth *growth)
{
	int32_t next = -1;
	double gain = 0.0;

	for (uint32_t leaf = 0; leaf < growth->leaf_count; leaf++)
		if (growth->leaves[leaf].best.gain > gain)
		{
			gain = growth->leaves[leaf].best.gain;
			next = (int32_t) leaf;
		}
	return next;
}

void
mi_tree_growth_grow(mi_tree_growth *growth, unsigned output, uint32_t iteration)
{
	const mi_boosting_view *view = growth->view;
	int32_t leaf;

	growth->output = output;
	growth->gradients = view->gradients + output * view->block->rows;
	growth->key = mi_tree_key(&view->block->growth, iteration, output);
	mi_choose_features(view, growth->key, growth->used);
	mi_leaf_rows_plant(view, mi_choose_rows(view, iteration));
	mi_gradient_grid_fit(growth);
	if (growth->overflowed)
		return;
	plant(growth);
	while (growth->leaf_count < view->block->growth.num_leaves && (leaf = next_leaf(growth)) >= 0)
		split_leaf(growth, (uint32_t) leaf);
	mi_leaf_rows_tell(view, growth->leaf_count);
	mi_leaf_values_find(growth);
}

/* ---- Scores ---- */

static uint32_t
leaf_of_row(const mi_tree_growth *growth, uint64_t row)
{
	const mi_boosting_view *view = growth->view;
	const uint8_t *bytes = view->row_bins + (row - view->first_row) * view->stride;
	int32_t at = growth->leaf_count > 1 ? 0 : ~0;

	while (at >= 0)
	{
		const mi_growing_node *node = &growth->nodes[at];
		const mi_split *split = &node->split;

		mi_bundled_feature feature = view->bundled[split->feature];
		uint32_t bin = mi_bundled_bin(feature, bytes[feature.bundle]);

		at = mi_split_goes_left(split, &view->bins[split->feature], bin) ? node->left : node->right;
	}
	return (uint32_t) ~at;
}

void
mi_tree_growth_add_scores(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	double *scores = view->scores + growth->output * view->block->rows;

	for (uint64_t row = view->first_row; row < view->end_row; row++)
	{
		uint32_t leaf = view->leaf_of[row];

		if (row % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		if (leaf == MI_NO_LEAF)
			leaf = leaf_of_row(growth, row);
		scores[row] += view->block->learning_rate * view->leaf_values[leaf];
	}
}
