/*
 * A forest as SQL: what is written for each kind of node, link and sum. That a server makes the same numbers of it is
 * for the SQL tests to show.
 */
#include "unit.h"

#include "core/boosting/forest_sql.h"
#include "forests.h"

static const char *levels[] = {"folk", "o'rock", "pop\\", "rap"};
static mi_feature features[] = {
	{.name = "tempo", .kind = MI_FEATURE_NUMBER},
	{.name = "a \"b\"", .kind = MI_FEATURE_BOOLEAN},
	{.name = "genre", .kind = MI_FEATURE_CATEGORY, .level_count = 4, .levels = levels},
};
static mi_contract contract = {
	.named = true,
	.null_policy = MI_NULL_MISSING,
	.target = "y",
	.feature_count = 3,
	.features = features,
};

static mi_forest_builder *
builder_of(const mi_tree_draft *tree, uint32_t outputs, mi_link link)
{
	mi_forest_builder *builder = mi_forest_builder_new(3, outputs, link, MI_COVER_ROWS);

	for (uint32_t i = 0; i < outputs; i++)
		mi_forest_builder_add(builder, tree);
	return builder;
}

static char *
text_of(const mi_forest_builder *builder, double link_scale, const mi_contract *names)
{
	const double base_scores[] = {0.5, -2.0};
	mi_forest forest = mi_forest_built(builder, base_scores, link_scale);
	mi_writer text = {0};
	mi_error error = {0};

	CHECK_INT_EQ(mi_forest_to_sql(&forest, names, &text, &error), MI_OK);
	CHECK_STR_EQ(error.message, "");
	mi_write_u8(&text, '\0');
	return (char *) text.bytes;
}

/* One tree, of one node. */
static void
check_node(mi_forest_node node, const uint32_t *set, const char *expected)
{
	mi_tree_draft draft = draft_new(2);
	mi_forest_builder *builder;
	char whole[1024];
	char *text;

	node.left = ~0;
	node.right = ~1;
	draft.nodes[0] = node;
	draft.leaf_values[0] = 1.0;
	draft.leaf_values[1] = -0.1;
	if (set != NULL)
	{
		draft.category_word_count = 1 + set[0];
		memcpy(draft.category_words, set, draft.category_word_count * sizeof(*set));
	}
	builder = builder_of(&draft, 1, MI_LINK_IDENTITY);
	text = text_of(builder, 1.0, &contract);
	snprintf(whole, sizeof(whole), "('0.5'::float8\n+ %s)", expected);
	CHECK_STR_EQ(text, whole);
	mi_release(text);
	mi_forest_builder_release(builder);
	draft_release(&draft);
}

MI_TEST(numbers)
{
	mi_forest_node node = {.threshold = 0.1, .flags = MI_NODE_MISSING_NAN};

	check_node(node, NULL, "CASE WHEN \"tempo\" <= '0.1'::float8 THEN '1'::float8 ELSE '-0.1'::float8 END");
	node.flags |= MI_NODE_DEFAULT_LEFT;
	check_node(
		node, NULL,
		"CASE WHEN \"tempo\" > '0.1'::float8 AND \"tempo\" <> 'NaN'::float8 THEN '-0.1'::float8 ELSE '1'::float8 END");
	node.flags = MI_NODE_MISSING_ZERO;
	check_node(node, NULL,
			   "CASE WHEN \"tempo\" <= '0.1'::float8 AND \"tempo\" NOT BETWEEN '-1.0000000180025095e-35'::float8 AND "
			   "'1.0000000180025095e-35'::float8 THEN '1'::float8 ELSE '-0.1'::float8 END");
	node.flags = 0; /* missing is 0, which is below 0.1 */
	node.threshold = 0.1 + 0.2;
	check_node(
		node, NULL,
		"CASE WHEN \"tempo\" > '0.30000000000000004'::float8 AND \"tempo\" <> 'NaN'::float8 THEN '-0.1'::float8 ELSE "
		"'1'::float8 END");
	node.threshold = -INFINITY;
	check_node(node, NULL, "CASE WHEN \"tempo\" <= '-inf'::float8 THEN '1'::float8 ELSE '-0.1'::float8 END");
}

MI_TEST(sets_of_numbers)
{
	mi_forest_node node = {.flags = MI_NODE_CATEGORY};

	check_node(node, (uint32_t[]){2, 1u << 31 | 1u, 1u << 1},
			   "CASE WHEN trunc(\"tempo\") IN (0, 31, 33) THEN '1'::float8 ELSE '-0.1'::float8 END");
	check_node(node, (uint32_t[]){1, 0}, "'-0.1'::float8");
	check_node(node, (uint32_t[]){0}, "'-0.1'::float8");
}

MI_TEST(booleans)
{
	mi_forest_node node = {.threshold = 0.5, .feature = 1, .flags = MI_NODE_MISSING_NAN};

	check_node(node, NULL, "CASE WHEN \"a \"\"b\"\"\" IN (FALSE) THEN '1'::float8 ELSE '-0.1'::float8 END");
	node.flags |= MI_NODE_DEFAULT_LEFT;
	check_node(node, NULL, "CASE WHEN \"a \"\"b\"\"\" IN (TRUE) THEN '-0.1'::float8 ELSE '1'::float8 END");
	node.threshold = 1.0; /* all go left */
	check_node(node, NULL, "'1'::float8");
	node.flags = MI_NODE_MISSING_NAN;
	check_node(node, NULL, "CASE WHEN \"a \"\"b\"\"\" IN (FALSE, TRUE) THEN '1'::float8 ELSE '-0.1'::float8 END");
}

MI_TEST(categories)
{
	mi_forest_node node = {.feature = 2, .flags = MI_NODE_CATEGORY};

	check_node(
		node, (uint32_t[]){1, 0xF6}, /* 4 and further are no levels */
		"CASE WHEN \"genre\"::text COLLATE \"C\" IN ('o''rock', E'pop\\\\') THEN '1'::float8 ELSE '-0.1'::float8 END");
	check_node(node, (uint32_t[]){1, 0xF0}, "'-0.1'::float8");
	node.flags = MI_NODE_MISSING_NAN | MI_NODE_DEFAULT_LEFT; /* the level's number against a threshold */
	node.threshold = 2.0;
	check_node(node, NULL,
			   "CASE WHEN \"genre\"::text COLLATE \"C\" IN ('rap') THEN '-0.1'::float8 ELSE '1'::float8 END");
}

/* The same node in a second tree has the second set. */
MI_TEST(sets_of_two_trees)
{
	mi_forest_builder *builder = mi_forest_builder_new(3, 1, MI_LINK_IDENTITY, MI_COVER_ROWS);
	char *text;

	for (uint32_t i = 0; i < 2; i++)
	{
		mi_tree_draft draft = chain_draft(1);

		draft.nodes[0].flags = MI_NODE_CATEGORY;
		draft.category_word_count = 2;
		draft.category_words[0] = 1;
		draft.category_words[1] = 1u << i;
		mi_forest_builder_add(builder, &draft);
		draft_release(&draft);
	}
	text = text_of(builder, 1.0, &contract);
	CHECK_STR_EQ(text, "('0.5'::float8\n+ CASE WHEN trunc(\"tempo\") IN (0) THEN '0'::float8 ELSE '0.5'::float8 END\n"
					   "+ CASE WHEN trunc(\"tempo\") IN (1) THEN '0'::float8 ELSE '0.5'::float8 END)");
	mi_release(text);
	mi_forest_builder_release(builder);
}

MI_TEST(case_in_case)
{
	mi_tree_draft draft = chain_draft(2);
	mi_forest_builder *builder = builder_of(&draft, 1, MI_LINK_IDENTITY);
	char *text = text_of(builder, 1.0, &contract);

	CHECK_STR_EQ(text, "('0.5'::float8\n+ CASE WHEN \"tempo\" <= '0'::float8 THEN '0'::float8 ELSE "
					   "CASE WHEN \"tempo\" <= '1'::float8 THEN '0.5'::float8 ELSE '1'::float8 END END)");
	mi_release(text);
	mi_forest_builder_release(builder);
	draft_release(&draft);
}

/* Trees that are one leaf, of 0. */
static void
check_link(uint32_t outputs, mi_link link, double scale, const mi_contract *names, const char *expected)
{
	mi_tree_draft draft = draft_new(1);
	mi_forest_builder *builder = builder_of(&draft, outputs, link);
	char *text = text_of(builder, scale, names);

	CHECK_STR_EQ(text, expected);
	mi_release(text);
	mi_forest_builder_release(builder);
	draft_release(&draft);
}

#define FIRST "'0.5'::float8\n+ '0'::float8"
#define SECOND "'-2'::float8\n+ '0'::float8"

MI_TEST(links)
{
	check_link(1, MI_LINK_IDENTITY, 1.0, &contract, "(" FIRST ")");
	check_link(1, MI_LINK_LOG, 1.0, &contract, "(exp(least(greatest(" FIRST ", -700), 700)))");
	check_link(1, MI_LINK_LOGIT, 1.0, &contract,
			   "(1 / (1 + exp(least(greatest('-1'::float8 * (" FIRST "), -700), 700))))");
	check_link(1, MI_LINK_LOGIT, 2.5, &contract,
			   "(1 / (1 + exp(least(greatest('-2.5'::float8 * (" FIRST "), -700), 700))))");
	check_link(1, MI_LINK_SOFTMAX, 1.0, &contract, "('1'::float8)");
	check_link(2, MI_LINK_IDENTITY, 1.0, &contract, "(ARRAY[" FIRST ",\n" SECOND "])");
	check_link(2, MI_LINK_SOFTMAX, 1.0, &contract,
			   "((SELECT ARRAY(SELECT power / sum(power) OVER () FROM unnest(ARRAY[exp(greatest(m1 - largest, -700)), "
			   "exp(greatest(m2 - largest, -700))]) WITH ORDINALITY AS powers(power, place) ORDER BY place) FROM "
			   "(SELECT *, greatest(m1, m2) AS largest FROM (SELECT " FIRST " AS m1,\n" SECOND
			   " AS m2 OFFSET 0) AS margins OFFSET 0) AS margins))");
}

MI_TEST(no_prediction_where_anything_is_missing)
{
	mi_contract strict = contract;

	strict.null_policy = MI_NULL_OMIT;
	check_link(1, MI_LINK_IDENTITY, 1.0, &strict,
			   "(CASE WHEN \"tempo\" IS NULL OR \"a \"\"b\"\"\" IS NULL OR (\"genre\"::text COLLATE \"C\" IN "
			   "('folk', 'o''rock', E'pop\\\\', 'rap')) IS NOT TRUE THEN NULL ELSE " FIRST " END)");
}

/* The longest chain of terms at one level of parentheses. */
static size_t
longest_chain(const char *text)
{
	size_t terms[8] = {1};
	size_t longest = 0;
	int level = 0;

	for (; *text != '\0'; text++)
	{
		if (*text == '(')
			terms[++level] = 1;
		else if (*text == ')')
			level--;
		else if (*text == '+')
			terms[level]++;
		longest = terms[level] > longest ? terms[level] : longest;
	}
	return longest;
}

static size_t
count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += strncmp(text, what, strlen(what)) == 0;
	return count;
}

MI_TEST(long_sums_are_sums_of_sums)
{
	static const struct
	{
		uint32_t trees;
		size_t groups;
	} cases[] = {{0, 0}, {256, 0}, {257, 2}, {600, 3}, {65536, 256}, {65537, 2 + 256}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
	{
		mi_forest_builder *builder = mi_forest_builder_new(3, 1, MI_LINK_IDENTITY, MI_COVER_ROWS);
		mi_tree_draft draft = draft_new(1);
		char *text;

		for (uint32_t tree = 0; tree < cases[i].trees; tree++)
			mi_forest_builder_add(builder, &draft);
		text = text_of(builder, 1.0, &contract);
		CHECK_INT_EQ(count_of(text, "'0'::float8"), cases[i].trees);
		CHECK_INT_EQ(count_of(text, "("), cases[i].groups + 1);
		CHECK_INT_EQ(count_of(text, ")"), cases[i].groups + 1);
		CHECK(longest_chain(text) <= MI_FOREST_SQL_CHAIN + 1);
		mi_release(text);
		draft_release(&draft);
		mi_forest_builder_release(builder);
	}
}

MI_TEST(what_cannot_be_written)
{
	mi_tree_draft draft = chain_draft(100);
	mi_forest_builder *builder = builder_of(&draft, 1, MI_LINK_IDENTITY);
	mi_forest forest = mi_forest_built(builder, (double[]){0.0}, 1.0);
	char *long_name = mi_allocate(1 << 20);
	mi_feature wrong_features[3];
	mi_contract wrong = contract;
	mi_writer text = {0};
	mi_error error = {0};

	wrong.feature_count = 2;
	CHECK_INT_EQ(mi_forest_to_sql(&forest, &wrong, &text, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "forest has 3 features, its contract 2");
	wrong.feature_count = 3;
	wrong.features = memcpy(wrong_features, features, sizeof(features));
	wrong_features[1].name = "";
	CHECK_INT_EQ(mi_forest_to_sql(&forest, &wrong, &text, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "feature 2 has no name, which a column must have");
	wrong_features[0].name = "";
	CHECK_INT_EQ(mi_forest_to_sql(&forest, &wrong, &text, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "feature 1 has no name, which a column must have");
	CHECK_INT_EQ(text.length, 0);

	memset(long_name, 'x', 1 << 20);
	long_name[(1 << 20) - 1] = '\0';
	wrong_features[0].name = long_name;
	wrong_features[1].name = "b";
	CHECK_INT_EQ(mi_forest_to_sql(&forest, &wrong, &text, &error), MI_TOO_LARGE);
	CHECK_STR_EQ(error.message, "model as SQL would be longer than 64 MB");
	CHECK(text.length < MI_FOREST_SQL_MOST_BYTES + ((size_t) 2 << 20)); /* it gave up at once */
	mi_release(text.bytes);
	mi_release(long_name);
	draft_release(&draft);
	mi_forest_builder_release(builder);
}
