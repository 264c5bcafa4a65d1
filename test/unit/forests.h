/*
 * Forests for tests: made up at random, with every kind of node, and read by the plainest code that can be written,
 * which follows nothing but the words of forest.h.
 *
 * Features 0, 1, 2, 5, 8 … are numbers; 3 is a boolean, and 4, 7, 10 … are categories of TEST_LEVELS levels.
 */
#ifndef MI_TEST_FORESTS_H
#define MI_TEST_FORESTS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/host.h"
#include "core/boosting/forest_scorer.h"
#include "random_input.h"
#include "unit.h"

#define TEST_LEVELS 40 /* two words of a set */
#define TEST_LARGEST_SET 3

typedef struct forest_plan
{
	uint32_t features;
	uint32_t outputs;
	uint32_t trees;
	uint32_t most_leaves;
	mi_link link;
	mi_cover cover;
	bool plain; /* numbers with NaN for missing, or nothing, only */
} forest_plan;

typedef struct test_forest
{
	mi_forest_builder *builder;
	double *base_scores;
	mi_forest forest;
} test_forest;

static inline bool
test_feature_is_category(uint32_t feature)
{
	return feature >= 4 && feature % 3 == 1;
}

static inline mi_tree_draft
draft_new(uint32_t leaf_count)
{
	return (mi_tree_draft){
		.leaf_count = leaf_count,
		.nodes = mi_allocate_zeroed(leaf_count * sizeof(mi_forest_node)),
		.leaf_values = mi_allocate_zeroed(leaf_count * sizeof(double)),
		.node_statistics = mi_allocate_zeroed(leaf_count * sizeof(mi_forest_statistics)),
		.leaf_statistics = mi_allocate_zeroed(leaf_count * sizeof(mi_forest_statistics)),
		.category_words = mi_allocate_zeroed(leaf_count * (TEST_LARGEST_SET + 1) * sizeof(uint32_t)),
	};
}

static inline void
draft_release(mi_tree_draft *draft)
{
	mi_release(draft->nodes);
	mi_release(draft->leaf_values);
	mi_release(draft->node_statistics);
	mi_release(draft->leaf_statistics);
	mi_release(draft->category_words);
}

static inline void
random_node(test_random *random, const forest_plan *plan, mi_tree_draft *draft, mi_forest_node *node)
{
	static const double thresholds[] = {-1.0, -0.5, 0.0, 0.25, 0.5, 1.0};
	static const uint8_t missing[] = {0, MI_NODE_MISSING_NAN, MI_NODE_MISSING_ZERO};

	node->feature = (uint16_t) random_below(random, plan->features);
	if (!plan->plain && test_feature_is_category(node->feature))
	{
		uint32_t words = (uint32_t) random_below(random, TEST_LARGEST_SET + 1);

		node->flags = MI_NODE_CATEGORY;
		node->set = draft->category_word_count;
		draft->category_words[draft->category_word_count++] = words;
		while (words-- > 0)
			draft->category_words[draft->category_word_count++] = (uint32_t) random_bits(random);
		return;
	}
	node->flags = missing[random_below(random, plan->plain ? 2 : 3)];
	if (random_below(random, 2) == 0)
		node->flags |= MI_NODE_DEFAULT_LEFT;
	node->threshold = random_below(random, 2) == 0 ? thresholds[random_below(random, 6)] : random_number(random);
	if (random_below(random, 50) == 0)
		node->threshold = random_below(random, 2) == 0 ? INFINITY : -INFINITY;
}

/* Splits rows and hessians of what was one leaf; now and then all go one way. */
static inline void
split_statistics(test_random *random, const mi_forest_statistics *whole, mi_forest_statistics *left,
				 mi_forest_statistics *right)
{
	double share = random_below(random, 10) == 0 ? (double) random_below(random, 2) : 0.5 + random_number(random) / 2.0;

	left->rows = floor(whole->rows * share);
	right->rows = whole->rows - left->rows;
	left->hessian = whole->hessian * share * share;
	right->hessian = whole->hessian - left->hessian;
}

/* Of 1 to most_leaves leaves: some leaf after another is split. */
static inline mi_tree_draft
random_draft(test_random *random, const forest_plan *plan)
{
	uint32_t leaf_count = 1 + (uint32_t) random_below(random, plan->most_leaves);
	mi_tree_draft draft = draft_new(leaf_count);
	int32_t **place = mi_allocate(leaf_count * sizeof(int32_t *)); /* by leaf: where its parent names it */

	draft.leaf_statistics[0] = (mi_forest_statistics){.rows = 10000.0, .hessian = 1234.5};
	for (uint32_t leaf = 1; leaf < leaf_count; leaf++)
	{
		uint32_t split = (uint32_t) random_below(random, leaf);
		mi_forest_node *node = &draft.nodes[leaf - 1];

		random_node(random, plan, &draft, node);
		draft.node_statistics[leaf - 1] = draft.leaf_statistics[split];
		draft.node_statistics[leaf - 1].gain = fabs(random_number(random));
		split_statistics(random, &draft.node_statistics[leaf - 1], &draft.leaf_statistics[split],
						 &draft.leaf_statistics[leaf]);
		if (leaf > 1)
			*place[split] = (int32_t) (leaf - 1);
		node->left = ~(int32_t) split;
		node->right = ~(int32_t) leaf;
		place[split] = &node->left;
		place[leaf] = &node->right;
	}
	for (uint32_t leaf = 0; leaf < leaf_count; leaf++)
		draft.leaf_values[leaf] = draft.leaf_statistics[leaf].value = random_number(random);
	mi_release(place);
	return draft;
}

static inline test_forest
random_forest(test_random *random, const forest_plan *plan)
{
	test_forest made = {
		.builder = mi_forest_builder_new(plan->features, plan->outputs, plan->link, plan->cover),
		.base_scores = mi_allocate(plan->outputs * sizeof(double)),
	};

	for (uint32_t i = 0; i < plan->outputs; i++)
		made.base_scores[i] = random_number(random);
	for (uint32_t i = 0; i < plan->trees; i++)
	{
		mi_tree_draft draft = random_draft(random, plan);

		mi_forest_builder_add(made.builder, &draft);
		draft_release(&draft);
	}
	made.forest = mi_forest_built(made.builder, made.base_scores, plan->link == MI_LINK_LOGIT ? 1.5 : 1.0);
	return made;
}

static inline void
test_forest_release(test_forest *made)
{
	mi_forest_builder_release(made->builder);
	mi_release(made->base_scores);
}

/* A tree of so many splits, each in the right child of the one before. */
static inline mi_tree_draft
chain_draft(uint32_t splits)
{
	mi_tree_draft draft = draft_new(splits + 1);

	for (uint32_t i = 0; i < splits; i++)
		draft.nodes[i] = (mi_forest_node){
			.threshold = i,
			.left = ~(int32_t) i,
			.right = i + 1 < splits ? (int32_t) i + 1 : ~(int32_t) splits,
			.flags = MI_NODE_MISSING_NAN,
		};
	for (uint32_t i = 0; i <= splits; i++)
	{
		draft.leaf_values[i] = i * 0.5;
		draft.leaf_statistics[i].rows = 1.0;
	}
	for (uint32_t i = 0; i < splits; i++)
		draft.node_statistics[i].rows = splits + 1.0 - i;
	return draft;
}

/* All that a column can hold, and more than a category can. */
static inline double
random_value(test_random *random, uint32_t feature, bool with_nan)
{
	static const double special[] = {0.0, -0.0, 0.5, 0.25, -1.0, 1.0, 1e-36, -1e-36, 1e-34, 1e300, INFINITY, -INFINITY};

	if (with_nan && random_below(random, 5) == 0)
		return NAN;
	if (test_feature_is_category(feature) && random_below(random, 4) != 0)
		return (double) random_below(random, 3 * TEST_LEVELS) - 5.0 + 0.5 * (double) random_below(random, 2);
	if (random_below(random, 2) == 0)
		return special[random_below(random, sizeof(special) / sizeof(*special))];
	return random_number(random);
}

static inline double *
random_row(test_random *random, uint32_t features, bool with_nan)
{
	double *values = mi_allocate(features * sizeof(double));

	for (uint32_t i = 0; i < features; i++)
		values[i] = random_value(random, i, with_nan);
	return values;
}

static inline bool
plain_goes_left(const mi_forest *forest, const mi_forest_node *node, double x)
{
	bool zero_is_missing = (node->flags & MI_NODE_MISSING_ZERO) != 0;
	bool nan_is_missing = zero_is_missing || (node->flags & MI_NODE_MISSING_NAN) != 0;

	if ((node->flags & MI_NODE_CATEGORY) != 0)
	{
		const uint32_t *set = forest->category_words + node->set;
		double category = trunc(x);

		if (isnan(x) || category < 0.0 || category >= 32.0 * set[0])
			return false;
		return (set[1 + (size_t) category / 32] & (UINT32_C(1) << ((size_t) category % 32))) != 0;
	}
	if ((isnan(x) && nan_is_missing) || (x >= -1e-35 && x <= 1e-35 && zero_is_missing))
		return (node->flags & MI_NODE_DEFAULT_LEFT) != 0;
	return (isnan(x) ? 0.0 : x) <= node->threshold;
}

static inline uint32_t
plain_leaf(const mi_forest *forest, uint32_t tree, const double *values)
{
	const mi_forest_node *nodes = forest->nodes + forest->trees[tree].first_node;
	int32_t at = 0;

	if (forest->trees[tree].leaf_count == 1)
		return 0;
	while (at >= 0)
		at = plain_goes_left(forest, &nodes[at], values[nodes[at].feature]) ? nodes[at].left : nodes[at].right;
	return (uint32_t) ~at;
}

/*
 * x0 <= 5 ? (x1 in {1, 33} ? 1 : 2) : (x0 <= 7 ? 4 : 8), NaN left at the root; and a single leaf of 0.5.
 */
static inline test_forest
small_forest(void)
{
	test_forest made = {
		.builder = mi_forest_builder_new(2, 1, MI_LINK_LOGIT, MI_COVER_ROWS),
		.base_scores = mi_allocate(sizeof(double)),
	};
	mi_forest_node nodes[] = {
		{.threshold = 5.0, .left = 1, .right = 2, .flags = MI_NODE_MISSING_NAN | MI_NODE_DEFAULT_LEFT},
		{.left = ~0, .right = ~1, .feature = 1, .flags = MI_NODE_CATEGORY},
		{.threshold = 7.0, .left = ~2, .right = ~3},
	};
	double values[] = {1.0, 2.0, 4.0, 8.0};
	double one_value[] = {0.5};
	uint32_t words[] = {2, 1u << 1, 1u << 1};
	mi_forest_statistics statistics[4] = {{.rows = 1.0}};
	mi_tree_draft first = {
		.leaf_count = 4,
		.nodes = nodes,
		.leaf_values = values,
		.node_statistics = statistics,
		.leaf_statistics = statistics,
		.category_word_count = 3,
		.category_words = words,
	};
	mi_tree_draft second = {.leaf_count = 1, .leaf_values = one_value, .leaf_statistics = statistics};

	made.base_scores[0] = 100.0;
	mi_forest_builder_add(made.builder, &first);
	mi_forest_builder_add(made.builder, &second);
	made.forest = mi_forest_built(made.builder, made.base_scores, 2.0);
	return made;
}

/* Of one row, by a scorer of its own. */
static inline void
test_margins(const mi_forest *forest, const double *values, double *margins)
{
	mi_forest_scorer *scorer = mi_forest_scorer_new(forest);

	mi_forest_margins(scorer, values, margins);
	mi_forest_scorer_release(scorer);
}

/* Against sums in the order that forest_scorer.h promises, to the last bit. */
static inline void
check_margins(test_random *random, const mi_forest *forest, bool with_nan)
{
	double *values = random_row(random, forest->feature_count, with_nan);
	double *margins = mi_allocate(forest->outputs * sizeof(double));
	double *expected = mi_allocate(forest->outputs * sizeof(double));

	memcpy(expected, forest->base_scores, forest->outputs * sizeof(double));
	for (uint32_t tree = 0; tree < forest->tree_count; tree++)
	{
		uint32_t leaf = plain_leaf(forest, tree, values);

		expected[tree % forest->outputs] += forest->leaf_values[forest->trees[tree].first_leaf + leaf];
	}
	test_margins(forest, values, margins);
	CHECK_BYTES_EQ(margins, expected, forest->outputs * sizeof(double));
	mi_release(values);
	mi_release(margins);
	mi_release(expected);
}

static inline forest_plan
random_plan(test_random *random)
{
	return (forest_plan){
		.features = 1 + (uint32_t) random_below(random, 12),
		.outputs = 1,
		.trees = (uint32_t) random_below(random, 30),
		.most_leaves = 1 + (uint32_t) random_below(random, 40),
		.plain = random_below(random, 2) == 0,
	};
}

#endif
