/*
 * Forests: what they answer.
 */
#include "unit.h"

#include "forests.h"

#define FORESTS 200
#define ROWS 20

static double
margin_of(const mi_forest *forest, double x0, double x1)
{
	double values[] = {x0, x1};
	double margin;

	test_margins(forest, values, &margin);
	return margin;
}

MI_TEST(a_small_forest_by_hand)
{
	test_forest made = small_forest();
	const mi_forest *forest = &made.forest;

	CHECK(margin_of(forest, 5.0, 1.0) == 101.5);
	CHECK(margin_of(forest, -INFINITY, 33.9) == 101.5);
	CHECK(margin_of(forest, 5.0, 0.0) == 102.5);
	CHECK(margin_of(forest, 5.0, 65.0) == 102.5); /* beyond the set */
	CHECK(margin_of(forest, 5.0, -1.0) == 102.5);
	CHECK(margin_of(forest, 5.0, NAN) == 102.5);
	CHECK(margin_of(forest, NAN, 1.0) == 101.5); /* the default side */
	CHECK(margin_of(forest, 5.000001, 1.0) == 104.5);
	CHECK(margin_of(forest, 7.0, NAN) == 104.5);
	CHECK(margin_of(forest, INFINITY, 1.0) == 108.5);
	test_forest_release(&made);
}

MI_TEST(nan_without_missing_values_is_zero)
{
	mi_forest_node node = {.threshold = -1e-9, .flags = MI_NODE_DEFAULT_LEFT};

	CHECK(!mi_forest_node_nan_left(&node));
	node.threshold = -0.0;
	CHECK(mi_forest_node_nan_left(&node));
	node.flags = MI_NODE_MISSING_NAN;
	CHECK(!mi_forest_node_nan_left(&node));
	node.flags = MI_NODE_MISSING_ZERO | MI_NODE_DEFAULT_LEFT;
	CHECK(mi_forest_node_nan_left(&node));
	node.flags |= MI_NODE_CATEGORY;
	CHECK(!mi_forest_node_nan_left(&node));
}

MI_TEST(random_forests_answer_what_their_words_say)
{
	test_random random = random_seeded("random_forests");

	for (int i = 0; i < FORESTS; i++)
	{
		forest_plan plan = random_plan(&random);
		test_forest made;

		plan.outputs = 1 + (uint32_t) random_below(&random, 3);
		plan.trees *= plan.outputs;
		made = random_forest(&random, &plan);
		for (int row = 0; row < ROWS; row++)
			check_margins(&random, &made.forest, row % 2 == 0);
		test_forest_release(&made);
	}
}

/* Some go on when most have long arrived, and each row of them by another way; one scorer takes them all. */
MI_TEST(deep_trees_among_shallow_ones)
{
	test_random random = random_seeded("deep_trees");
	mi_forest_builder *builder = mi_forest_builder_new(1, 1, MI_LINK_IDENTITY, MI_COVER_ROWS);
	const uint32_t splits[] = {1, 999, 0, 16, 17, 33, 2, 1000, 15, 32, 64, 5, 1, 31, 63};
	mi_forest_scorer *scorer;
	mi_forest forest;

	for (size_t i = 0; i < sizeof(splits) / sizeof(*splits); i++)
	{
		mi_tree_draft draft = chain_draft(splits[i]);

		mi_forest_builder_add(builder, &draft);
		draft_release(&draft);
	}
	forest = mi_forest_built(builder, (double[]){0.25}, 1.0);
	scorer = mi_forest_scorer_new(&forest);
	for (int row = 0; row < 2000; row++)
	{
		double x = (double) random_below(&random, row % 2 == 0 ? 40 : 1010);
		double expected = 0.25;
		double margin;

		for (size_t i = 0; i < sizeof(splits) / sizeof(*splits); i++)
			expected += 0.5 * fmin(x, splits[i]);
		mi_forest_margins(scorer, &x, &margin);
		CHECK(margin == expected);
	}
	mi_forest_scorer_release(scorer);
	mi_forest_builder_release(builder);
}

MI_TEST(a_forest_without_trees_is_its_base_scores)
{
	mi_forest_builder *builder = mi_forest_builder_new(1, 2, MI_LINK_SOFTMAX, MI_COVER_ROWS);
	mi_forest forest = mi_forest_built(builder, (double[]){1.25, -3.0}, 1.0);
	double margins[2];

	test_margins(&forest, (double[]){NAN}, margins);
	CHECK(margins[0] == 1.25 && margins[1] == -3.0);
	mi_forest_builder_release(builder);
}

MI_TEST(the_largest_set)
{
	mi_forest_builder *builder = mi_forest_builder_new(2, 1, MI_LINK_IDENTITY, MI_COVER_ROWS);
	mi_tree_draft draft = chain_draft(1);
	uint32_t *words = mi_allocate_zeroed((MI_FOREST_MAX_SET_WORDS + 1) * sizeof(uint32_t));
	uint32_t *few_words = draft.category_words;
	mi_forest forest;

	words[0] = draft.category_word_count = MI_FOREST_MAX_SET_WORDS;
	draft.category_word_count++;
	words[MI_FOREST_MAX_SET_WORDS] = 1u << 31;
	draft.category_words = words;
	draft.nodes[0] = (mi_forest_node){.left = ~0, .right = ~1, .feature = 1, .flags = MI_NODE_CATEGORY};
	mi_forest_builder_add(builder, &draft);
	forest = mi_forest_built(builder, (double[]){0.0}, 1.0);
	CHECK(margin_of(&forest, 0.0, 65534.0) == 0.5);
	CHECK(margin_of(&forest, 0.0, 65535.5) == 0.0);
	CHECK(margin_of(&forest, 0.0, 65536.0) == 0.5);
	CHECK(margin_of(&forest, 0.0, 1e300) == 0.5);
	draft.category_words = few_words;
	mi_release(words);
	draft_release(&draft);
	mi_forest_builder_release(builder);
}

MI_TEST(links)
{
	mi_forest forest = {.outputs = 2, .link = MI_LINK_IDENTITY, .link_scale = 1.0};
	double margins[] = {1.5, -800.0};
	double large[] = {2000.0, 2000.0 + log(3.0)};

	mi_forest_apply_link(&forest, margins);
	CHECK(margins[0] == 1.5 && margins[1] == -800.0);
	forest.link = MI_LINK_LOG;
	mi_forest_apply_link(&forest, margins);
	CHECK_NEAR(margins[0], 4.4816890703380645, 1e-15); /* e to the 1.5 */
	CHECK(margins[1] == 0.0);

	forest.link = MI_LINK_LOGIT;
	forest.link_scale = 2.0;
	margins[0] = 0.5 * log(3.0);
	margins[1] = -350.0;
	mi_forest_apply_link(&forest, margins);
	CHECK_NEAR(margins[0], 0.75, 1e-15);
	CHECK_NEAR(margins[1], exp(-700.0), 1e-15);
	margins[0] = 1000.0;
	margins[1] = -1000.0;
	mi_forest_apply_link(&forest, margins);
	CHECK(margins[0] == 1.0 && margins[1] == 0.0);

	forest.link = MI_LINK_SOFTMAX;
	mi_forest_apply_link(&forest, large); /* exp(2000) would be infinite */
	CHECK_NEAR(large[0], 0.25, 1e-12);
	CHECK_NEAR(large[1], 0.75, 1e-12);
	margins[0] = 2000.0;
	margins[1] = -2000.0;
	mi_forest_apply_link(&forest, margins);
	CHECK(margins[0] == 1.0 && margins[1] == 0.0);
}

MI_TEST(truncated_is_as_if_the_rest_had_never_been_added)
{
	test_random random = random_seeded("truncated");
	forest_plan plan = {.features = 8, .outputs = 1, .trees = 0, .most_leaves = 20};
	test_forest all = random_forest(&random, &plan);
	test_forest some = random_forest(&random, &plan);
	mi_writer packed_all = {0};
	mi_writer packed_some = {0};
	mi_forest forest;

	some.base_scores[0] = all.base_scores[0];
	for (int i = 0; i < 40; i++)
	{
		mi_tree_draft draft = random_draft(&random, &plan);

		mi_forest_builder_add(all.builder, &draft);
		if (i < 25)
			mi_forest_builder_add(some.builder, &draft);
		draft_release(&draft);
	}
	mi_forest_builder_truncate(all.builder, 40);
	forest = mi_forest_built(all.builder, all.base_scores, 1.0);
	CHECK_INT_EQ(forest.tree_count, 40);
	mi_forest_builder_truncate(all.builder, 25);
	forest = mi_forest_built(all.builder, all.base_scores, 1.0);
	CHECK_INT_EQ(forest.tree_count, 25);
	mi_forest_pack(&forest, &packed_all);
	forest = mi_forest_built(some.builder, some.base_scores, 1.0);
	mi_forest_pack(&forest, &packed_some);
	CHECK_INT_EQ(packed_all.length, packed_some.length);
	CHECK_BYTES_EQ(packed_all.bytes, packed_some.bytes, packed_some.length);
	mi_release(packed_all.bytes);
	mi_release(packed_some.bytes);
	test_forest_release(&all);
	test_forest_release(&some);
}
