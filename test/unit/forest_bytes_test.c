/*
 * The bytes of a forest, and bytes that only look like one.
 */
#include "unit.h"

#include "core/boosting/forest_layout.h"
#include "core/boosting/tree_shap.h"
#include "forests.h"

#define FORESTS 200
#define MUTATIONS 20000 /* about a second under the sanitizers */

static mi_status
open_bytes(const mi_writer *packed, mi_forest *forest, mi_error *error)
{
	size_t used;

	*error = (mi_error){0};
	return mi_forest_open(forest, packed->bytes, packed->length, &used, error);
}

MI_TEST(packed_opened_and_packed_again)
{
	test_random random = random_seeded("packed");

	for (int i = 0; i < FORESTS; i++)
	{
		forest_plan plan = random_plan(&random);
		test_forest made = random_forest(&random, &plan);
		mi_writer packed = {0};
		mi_writer again = {0};
		mi_forest opened;
		size_t used = 0;
		mi_error error = {0};

		mi_forest_pack(&made.forest, &packed);
		mi_write(&packed, "12345678", 8); /* what follows is not the forest's */
		CHECK_INT_EQ(mi_forest_open(&opened, packed.bytes, packed.length, &used, &error), MI_OK);
		CHECK_INT_EQ(used, packed.length - 8);
		CHECK_STR_EQ(error.message, "");
		mi_forest_pack(&opened, &again);
		CHECK_INT_EQ(again.length, used);
		CHECK_BYTES_EQ(again.bytes, packed.bytes, used);
		check_margins(&random, &opened, true);
		mi_release(packed.bytes);
		mi_release(again.bytes);
		test_forest_release(&made);
	}
}

MI_TEST(a_tree_may_be_so_deep_and_no_deeper)
{
	for (uint32_t splits = MI_FOREST_MAX_DEPTH; splits <= MI_FOREST_MAX_DEPTH + 1; splits++)
	{
		mi_forest_builder *builder = mi_forest_builder_new(1, 1, MI_LINK_IDENTITY, MI_COVER_ROWS);
		mi_tree_draft draft = chain_draft(splits);
		mi_writer packed = {0};
		mi_forest forest;
		mi_error error;

		mi_forest_builder_add(builder, &draft);
		forest = mi_forest_built(builder, (double[]){0.0}, 1.0);
		mi_forest_pack(&forest, &packed);
		if (splits == MI_FOREST_MAX_DEPTH)
			CHECK_INT_EQ(open_bytes(&packed, &forest, &error), MI_OK);
		else
		{
			CHECK_INT_EQ(open_bytes(&packed, &forest, &error), MI_CORRUPT);
			CHECK_STR_EQ(error.message, "forest is corrupt: tree is too deep");
		}
		mi_release(packed.bytes);
		draft_release(&draft);
		mi_forest_builder_release(builder);
	}
}

static mi_forest_header *
header_before(const mi_forest *forest)
{
	return (void *) ((uintptr_t) forest->base_scores - sizeof(mi_forest_header));
}

/* The packed small forest, with one thing changed through what points into it. */
typedef void (*spoiler)(mi_forest *forest);

#define SPOIL(name, place, value) \
	static void name(mi_forest *forest) \
	{ \
		place = value; \
	}
#define NODE(i) ((mi_forest_node *) forest->nodes)[i]
#define TREE(i) ((mi_forest_tree *) forest->trees)[i]
#define WORD(i) ((uint32_t *) forest->category_words)[i]
#define HEADER header_before(forest)

SPOIL(no_features, HEADER->feature_count, 0)
SPOIL(no_outputs, HEADER->outputs, 0)
SPOIL(odd_outputs, HEADER->outputs, 3)
SPOIL(later_link, HEADER->link, MI_LINKS)
SPOIL(later_cover, HEADER->cover, MI_COVERS)
SPOIL(no_scale, HEADER->link_scale, 0.0)
SPOIL(infinite_scale, HEADER->link_scale, INFINITY)
SPOIL(many_trees, HEADER->tree_count, UINT32_MAX)
SPOIL(many_nodes, HEADER->node_count, UINT32_MAX)
SPOIL(fewer_nodes, HEADER->node_count, 2)
SPOIL(fewer_leaves, HEADER->leaf_count, 4)
SPOIL(many_leaves, HEADER->leaf_count, UINT32_MAX)
SPOIL(many_words, HEADER->category_word_count, UINT32_MAX)
SPOIL(fewer_words, HEADER->category_word_count, 2)
SPOIL(nan_base, ((double *) forest->base_scores)[0], NAN)
SPOIL(no_leaves, TREE(1).leaf_count, 0)
SPOIL(more_leaves, TREE(1).leaf_count, 2)
SPOIL(leaves_elsewhere, TREE(1).first_leaf, 3)
SPOIL(nodes_elsewhere, TREE(1).first_node, 0)
SPOIL(reserved_in_use, TREE(1).reserved, 1)
SPOIL(infinite_leaf, ((double *) forest->leaf_values)[4], -INFINITY)
SPOIL(nan_gain, ((mi_forest_statistics *) forest->node_statistics)[2].gain, NAN)
SPOIL(nan_value, ((mi_forest_statistics *) forest->leaf_statistics)[4].value, NAN)
SPOIL(infinite_rows, ((mi_forest_statistics *) forest->leaf_statistics)[0].rows, INFINITY)
SPOIL(infinite_hessian, ((mi_forest_statistics *) forest->leaf_statistics)[1].hessian, INFINITY)
SPOIL(nan_threshold, NODE(0).threshold, NAN)
SPOIL(feature_beyond, NODE(2).feature, 2)
SPOIL(strange_flags, NODE(2).flags, 16)
SPOIL(nan_elsewhere, NODE(0).nan_left, 0)
SPOIL(nan_half_left, NODE(0).nan_left, 3)
SPOIL(itself, NODE(2).left, 2)
SPOIL(upwards, NODE(1).left, 0)
SPOIL(child_beyond, NODE(0).right, 3)
SPOIL(leaf_beyond, NODE(2).right, ~4)
SPOIL(furthest_leaf, NODE(2).right, INT32_MIN)
SPOIL(shared_leaf, NODE(2).right, ~0)
SPOIL(shared_node, NODE(1).left, 2)
SPOIL(set_of_number, NODE(0).set, 1)
SPOIL(set_beyond, NODE(1).set, 3)
SPOIL(long_set, WORD(0), 3)
SPOIL(longest_set, WORD(0), UINT32_MAX)

MI_TEST(every_kind_of_damage_is_named)
{
	static const struct
	{
		spoiler spoil;
		const char *wrong;
	} cases[] = {
		{no_features, "number of features"},
		{no_outputs, "number of outputs"},
		{odd_outputs, "number of trees"},
		{later_link, "unknown link"},
		{later_cover, "unknown kind of cover"},
		{no_scale, "scale of the link"},
		{infinite_scale, "scale of the link"},
		{many_trees, "number of trees"},
		{many_nodes, "bytes end too early"},
		{fewer_nodes, "number of leaves"},
		{fewer_leaves, "number of leaves"},
		{many_leaves, "bytes end too early"},
		{many_words, "bytes end too early"},
		{fewer_words, "length of a set"},
		{nan_base, "base score is not finite"},
		{no_leaves, "number of leaves of a tree"},
		{more_leaves, "number of leaves"},
		{leaves_elsewhere, "trees do not follow each other"},
		{nodes_elsewhere, "trees do not follow each other"},
		{reserved_in_use, "reserved number of a tree"},
		{infinite_leaf, "leaf value is not finite"},
		{nan_gain, "statistic is not finite"},
		{nan_value, "statistic is not finite"},
		{infinite_rows, "statistic is not finite"},
		{infinite_hessian, "statistic is not finite"},
		{nan_threshold, "threshold is not a number"},
		{feature_beyond, "feature out of range"},
		{strange_flags, "unknown flags of a node"},
		{nan_elsewhere, "side of NaN"},
		{nan_half_left, "side of NaN"},
		{itself, "node out of range"},
		{upwards, "node out of range"},
		{child_beyond, "node out of range"},
		{leaf_beyond, "leaf out of range"},
		{furthest_leaf, "leaf out of range"},
		{shared_leaf, "leaf with two parents"},
		{shared_node, "node with two parents"},
		{set_of_number, "set of a number"},
		{set_beyond, "set out of range"},
		{long_set, "length of a set"},
		{longest_set, "length of a set"},
	};
	test_forest made = small_forest();
	mi_writer packed = {0};
	mi_forest opened;
	mi_error error;

	mi_forest_pack(&made.forest, &packed);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
	{
		mi_writer spoiled = {0};
		char message[128];

		mi_write(&spoiled, packed.bytes, packed.length);
		CHECK_INT_EQ(open_bytes(&spoiled, &opened, &error), MI_OK);
		cases[i].spoil(&opened);
		CHECK_INT_EQ(open_bytes(&spoiled, &opened, &error), MI_CORRUPT);
		snprintf(message, sizeof(message), "forest is corrupt: %s", cases[i].wrong);
		CHECK_STR_EQ(error.message, message);
		mi_release(spoiled.bytes);
	}
	mi_release(packed.bytes);
	test_forest_release(&made);
}

MI_TEST(bytes_that_are_cut_or_not_aligned)
{
	test_forest made = small_forest();
	mi_writer packed = {0};
	mi_forest opened;
	size_t used;
	size_t refused = 0;
	mi_error error = {0};

	mi_forest_pack(&made.forest, &packed);
	for (size_t length = 0; length < packed.length; length++)
	{
		uint8_t *cut = memcpy(mi_allocate(length), packed.bytes, length);

		refused += mi_forest_open(&opened, cut, length, &used, &error) == MI_CORRUPT;
		mi_release(cut);
	}
	CHECK_INT_EQ(refused, packed.length);
	CHECK_INT_EQ(mi_forest_open(&opened, packed.bytes + 4, packed.length - 4, &used, &error), MI_CORRUPT);
	CHECK_STR_EQ(error.message, "forest is corrupt: bytes are not aligned");
	mi_release(packed.bytes);
	test_forest_release(&made);
}

/* Its numbers may be anything by now; only that it comes back. */
static void
explain_row(test_random *random, const mi_forest *forest)
{
	double *values = random_row(random, forest->feature_count, true);
	double *contributions = mi_allocate(forest->outputs * forest->feature_count * sizeof(double));
	double *base_values = mi_allocate(forest->outputs * sizeof(double));
	mi_tree_shap *shap = mi_tree_shap_new(forest);

	mi_tree_shap_explain(shap, values, contributions, base_values);
	mi_tree_shap_release(shap);
	mi_release(values);
	mi_release(contributions);
	mi_release(base_values);
}

/* Whatever opens must be safe to score and explain, and say what its words say. */
MI_TEST(mutated_bytes_are_refused_or_safe)
{
	test_random random = random_seeded("mutated");
	forest_plan plan = {.features = 6, .outputs = 2, .trees = 6, .most_leaves = 8, .link = MI_LINK_SOFTMAX};
	test_forest made = random_forest(&random, &plan);
	mi_writer packed = {0};
	size_t opened_count = 0;

	mi_forest_pack(&made.forest, &packed);
	for (int i = 0; i < MUTATIONS; i++)
	{
		mi_writer mutated = {0};
		size_t changes = 1 + random_below(&random, 3);
		mi_forest opened;
		mi_error error;

		mi_write(&mutated, packed.bytes, packed.length);
		for (size_t change = 0; change < changes; change++)
		{
			uint8_t *at = mutated.bytes + random_below(&random, packed.length);

			*at = random_below(&random, 2) == 0 ? (uint8_t) random_bits(&random)
												: (uint8_t) (*at ^ (1 << random_below(&random, 8)));
		}
		if (open_bytes(&mutated, &opened, &error) == MI_OK)
		{
			opened_count++;
			check_margins(&random, &opened, i % 2 == 0);
			explain_row(&random, &opened);
		}
		mi_release(mutated.bytes);
	}
	CHECK(opened_count > MUTATIONS / 100); /* of values and statistics */
	mi_release(packed.bytes);
	test_forest_release(&made);
}
