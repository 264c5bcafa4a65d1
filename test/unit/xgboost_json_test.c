/*
 * XGBoost's JSON models: predictions of models that it made (test/reference/model_exchange.py), models that go there
 * and come back, thresholds to the last bit, and texts that are not what they claim to be.
 */
#include "exchange.h"

#include <float.h>

#include "core/boosting/xgboost_json.h"

/* XGBoost adds up floats: a few units of their last digit. */
#define FLOAT_SUMS 2e-6

static void
check_fixture(const char *text_name, const char *rows_name)
{
	char *text = fixture(text_name);
	mi_writer bytes = {0};
	mi_model model = read_model(mi_xgboost_read, text, &no_options, &bytes);

	check_rows(&model, rows_name, FLOAT_SUMS);
	check_there_and_back(mi_xgboost_read, mi_xgboost_write, &model, true);
	close_model(&model, &bytes);
	mi_release(text);
}

MI_TEST(binary_with_categories_and_missing_values)
{
	check_fixture("xgboost_binary.json", "xgboost_binary.tsv");
}

MI_TEST(multiclass_dart_with_parallel_trees_and_texts_of_categories)
{
	check_fixture("xgboost_multiclass.json", "xgboost_multiclass.tsv");
}

MI_TEST(poisson_as_written_by_version_2)
{
	check_fixture("xgboost_poisson.json", "xgboost_poisson.tsv");
}

MI_TEST(what_is_not_in_the_trees_is_read_too)
{
	static const char *const levels[] = {"Blues", "a \"quote\"", "hip hop", "pop", "rock"};
	char *text = fixture("xgboost_multiclass.json");
	mi_import_options options = {.target = "mood", .unicode = true};
	mi_writer bytes = {0};
	mi_model model = read_model(mi_xgboost_read, text, &options, &bytes);
	const mi_forest *forest = &mi_boosting_model_of(&model)->forest;

	CHECK_STR_EQ(model.contract.target, "mood");
	CHECK(model.contract.named);
	CHECK_INT_EQ(model.contract.feature_count, 5);
	CHECK_INT_EQ(model.contract.features[3].kind, MI_FEATURE_BOOLEAN);
	CHECK_INT_EQ(model.contract.features[4].kind, MI_FEATURE_CATEGORY);
	for (int i = 0; i < 5; i++)
		CHECK_STR_EQ(model.contract.features[4].levels[i], levels[i]);
	CHECK_STR_EQ(mi_boosting_model_of(&model)->classes.labels[2], "2");
	CHECK_INT_EQ(forest->cover, MI_COVER_HESSIAN);
	CHECK_INT_EQ(forest->tree_count, 12);
	CHECK(forest->node_statistics[0].gain > 0.0 && forest->leaf_statistics[0].hessian > 0.0);
	close_model(&model, &bytes);
	mi_release(text);
}

/* (float) x < condition, of every double, is x <= threshold. */
MI_TEST(thresholds_are_exact)
{
	static const float special[] = {0.0f,    -0.0f,    FLT_MIN, -FLT_MIN, FLT_TRUE_MIN, -FLT_TRUE_MIN,
									FLT_MAX, -FLT_MAX, 1.0f,    -1.0f,    INFINITY,     16777217.0f};
	test_random random = random_seeded("thresholds_are_exact");
	long wrong = 0;

	for (size_t i = 0; i < 20000; i++)
	{
		float condition = i < sizeof(special) / sizeof(special[0]) ? special[i] : (float) random_number(&random);
		double threshold;

		if (i % 2 == 1 && i >= sizeof(special) / sizeof(special[0]))
		{
			uint32_t bits = (uint32_t) random_bits(&random);

			memcpy(&condition, &bits, sizeof(condition));
			if (isnan(condition) || condition == -INFINITY)
				continue;
		}
		threshold = mi_xgboost_threshold(condition);
		wrong += !((float) threshold < condition) || (float) nextafter(threshold, INFINITY) < condition;
	}
	CHECK_INT_EQ(wrong, 0);
	CHECK_NEAR(mi_xgboost_threshold(-INFINITY), -INFINITY, 0);
}

/* x <= threshold, of every float, is x < condition. */
MI_TEST(conditions_are_exact)
{
	static const double special[] = {0.0, -0.0, 0.1, 1.0, 1.0 + 1e-9, 1.0 - 1e-9, 1e-300, -1e-300, -FLT_MAX, 1e38};
	test_random random = random_seeded("conditions_are_exact");
	long wrong = 0;

	for (size_t i = 0; i < 20000; i++)
	{
		double threshold = i < sizeof(special) / sizeof(special[0]) ? special[i] : 1e3 * random_number(&random);
		float condition = mi_xgboost_condition(threshold);

		wrong += (double) condition <= threshold || (double) nextafterf(condition, -INFINITY) > threshold;
	}
	CHECK_INT_EQ(wrong, 0);
	CHECK_NEAR(mi_xgboost_condition(INFINITY), FLT_MAX, 0);
	CHECK_NEAR(mi_xgboost_condition(1e300), FLT_MAX, 0);
	CHECK_NEAR(mi_xgboost_condition(-1e300), -FLT_MAX, 0);
	for (int i = 0; i < 1000; i++)
	{
		float condition = (float) random_number(&random);

		CHECK_NEAR(mi_xgboost_condition(mi_xgboost_threshold(condition)), condition, 0);
	}
}

MI_TEST(base_scores_are_on_the_scale_of_predictions)
{
	static const struct
	{
		const char *base_score;
		double margin;
	} scores[] = {{"3E-1", -0.84729786038720367},
				  {"[3E-1]", -0.84729786038720367},
				  {"[5E-1]", 0.0},
				  {"0.75", 1.0986122886681098}};
	static const char *const wrong[] = {"0E0", "1E0", "[5E-1", "5E-1]", "[]", "", "[5E-1,5E-1]", "x", "1E999", "2"};
	char *text = fixture("xgboost_binary.json");
	char replacement[60];

	for (size_t i = 0; i < sizeof(scores) / sizeof(scores[0]); i++)
	{
		mi_writer bytes = {0};
		mi_model model;
		char *changed;

		snprintf(replacement, sizeof(replacement), "\"base_score\":\"%s\"", scores[i].base_score);
		changed = replaced(text, "\"base_score\":\"[3E-1]\"", replacement);
		model = read_model(mi_xgboost_read, changed, &no_options, &bytes);
		CHECK_NEAR(mi_boosting_model_of(&model)->forest.base_scores[0], scores[i].margin, 1e-15);
		close_model(&model, &bytes);
		mi_release(changed);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
	{
		snprintf(replacement, sizeof(replacement), "\"base_score\":\"%s\"", wrong[i]);
		check_replaced(mi_xgboost_read, text, "\"base_score\":\"[3E-1]\"", replacement, MI_MALFORMED, "base_score");
	}
	mi_release(text);
}

static bool
takes_zero_for_missing(const mi_forest *forest)
{
	for (uint32_t i = 0; i < forest->node_count; i++)
	{
		const mi_forest_node *node = &forest->nodes[i];

		if (!(node->flags & MI_NODE_CATEGORY) && (node->flags & MI_NODE_MISSING_ZERO) &&
			(node->flags & MI_NODE_DEFAULT_LEFT ? node->threshold < 1e-35 : node->threshold >= -1e-35))
			return true;
	}
	return false;
}

/* Floats that are below FLT_MAX go the same way; leaves are rounded to float. */
MI_TEST(any_forest_goes_there_and_comes_back)
{
	test_random random = random_seeded("any_forest_goes_there_and_comes_back");
	int written = 0;

	for (int round = 0; round < 100; round++)
	{
		bool several = random_below(&random, 3) == 0;
		forest_plan plan = random_plan(&random);
		test_forest made;
		mi_writer bytes[2] = {{0}, {0}};
		mi_writer text = {0};
		mi_model models[2];
		mi_error error = {0};

		plan.outputs = several ? 4 : 1;
		plan.trees *= plan.outputs;
		plan.link = several ? MI_LINK_SOFTMAX : MI_LINK_LOGIT;
		made = random_forest(&random, &plan);
		bytes[0] = model_of_forest(&made.forest, several ? MI_OBJECTIVE_MULTICLASS : MI_OBJECTIVE_BINARY);
		models[0] = opened_model(&bytes[0]);
		CHECK_INT_EQ(mi_xgboost_write(&models[0], &text, &error),
					 takes_zero_for_missing(&made.forest) ? MI_NOT_SUPPORTED : MI_OK);
		if (error.status == MI_OK)
		{
			written++;
			error = read_text(mi_xgboost_read, (const char *) text.bytes, text.length, &no_options, &bytes[1]);
			if (CHECK_STR_EQ(error.message, ""))
			{
				models[1] = opened_model(&bytes[1]);
				for (int i = 0; i < 20; i++)
				{
					double *row = random_row(&random, plan.features, true);
					double margins[2][4];

					for (uint32_t feature = 0; feature < plan.features; feature++)
						row[feature] =
							(float) fmax(-1e38, fmin(row[feature], 1e38)) + (isnan(row[feature]) ? NAN : 0.0);
					for (int m = 0; m < 2; m++)
						mi_model_margins(&models[m], row, margins[m]);
					for (uint32_t output = 0; output < plan.outputs; output++)
						CHECK_NEAR(margins[1][output], made.forest.link_scale * margins[0][output],
								   1e-6 * (1.0 + 1.0 / fabs(margins[0][output])));
					mi_release(row);
				}
				close_model(&models[1], &bytes[1]);
			}
		}
		mi_release(text.bytes);
		close_model(&models[0], &bytes[0]);
		test_forest_release(&made);
	}
	CHECK(written > 20);
}

MI_TEST(models_of_other_kinds_are_told)
{
	static const struct
	{
		const char *from;
		const char *to;
		const char *message;
	} changes[] = {
		{"binary:logistic", "binary:hinge", "objective \"binary:hinge\""},
		{"\"name\":\"gbtree\"", "\"name\":\"gblinear\"", "gblinear"},
		{"\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"2\"", "multi_output_tree"},
		{"\"num_target\":\"1\"", "\"num_target\":\"2\"", "several targets"},
		{"{\"learner\"", "{L", "binary model"},
		{"{\"learner\"", "binf", "binary model"},
	};
	char *text = fixture("xgboost_binary.json");
	char *multiclass = fixture("xgboost_multiclass.json");

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		check_replaced(mi_xgboost_read, text, changes[i].from, changes[i].to, MI_NOT_SUPPORTED, changes[i].message);
	/* 3.2 counts characters of texts for bytes: what comes behind one beyond ASCII is wrong. */
	check_replaced(mi_xgboost_read, multiclass, "\"values\":[114,", "\"values\":[-61,", MI_NOT_SUPPORTED,
				   "beyond ASCII");
	mi_release(text);
	text = replaced(multiclass, "\"version\":[3,2,0]", "\"version\":[4,0,0]");
	check_replaced(mi_xgboost_read, text, "\"values\":[114,111,", "\"values\":[-61,-87,", MI_OK, NULL);
	mi_release(text);
	mi_release(multiclass);
}

MI_TEST(texts_that_are_no_models_are_refused)
{
	static const struct
	{
		const char *from;
		const char *to;
		const char *message;
	} changes[] = {
		{"{\"learner\"", "[{\"learner\"", "not JSON"},
		{"\"learner\"", "\"teacher\"", "learner"},
		{"\"gradient_booster\"", "\"booster\"", "gradient_booster"},
		{"\"name\":\"binary:logistic\"", "\"name\":7", "objective"},
		{"\"num_feature\":\"5\",\"num_target\"", "\"num_feature\":\"0\",\"num_target\"", "no features"},
		{"\"trees\"", "\"wood\"", "no trees"},
		{"\"tree_info\":[0", "\"tree_info\":[1", "tree_info"},
		{"\"tree_info\":[0,", "\"tree_info\":[", "tree_info"},
		{"\"left_children\":[1,", "\"left_children\":[", "right_children"},
		{"\"left_children\":[1", "\"left_children\":[0", "a child is not in the tree"},
		{"\"left_children\":[1", "\"left_children\":[2", "two parents"},
		{"\"left_children\":[1", "\"left_children\":[1000", "a child is not in the tree"},
		{"\"left_children\":[1", "\"left_children\":[-1", "a child is not in the tree"},
		{"\"left_children\":[1", "\"left_children\":[-2", "left_children"},
		{"\"left_children\":[1", "\"left_children\":[1.5", "left_children"},
		{"\"left_children\":[1", "\"left_children\":[\"1\"", "left_children"},
		{"\"right_children\":[2", "\"right_children\":[1", "two parents"},
		{"\"right_children\":[2", "\"right_children\":[-1", "a child is not in the tree"},
		{"\"split_indices\":[0", "\"split_indices\":[5", "split_indices"},
		{"\"split_indices\":[0", "\"split_indices\":[70000", "split_indices"},
		{"\"split_conditions\":[", "\"split_conditions\":[NaN,", "split_conditions"},
		{"\"default_left\":[0", "\"default_left\":[2", "default_left"},
		{"\"split_type\":[0", "\"split_type\":[3", "split_type"},
		{"\"categories_nodes\":[1", "\"categories_nodes\":[99", "categories_nodes"},
		{"\"categories_segments\":[0", "\"categories_segments\":[99", "categories_segments"},
		{"\"categories_sizes\":[", "\"categories_sizes\":[99,", "categories_sizes"},
		{"\"categories\":[1", "\"categories\":[-1", "categories"},
		{"\"categories\":[1", "\"categories\":[65536", "too large"},
		{"\"sum_hessian\":[", "\"sum_hessian\":[null,", "sum_hessian"},
	};
	char *text = fixture("xgboost_binary.json");
	char *multiclass = fixture("xgboost_multiclass.json");

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		check_replaced(mi_xgboost_read, text, changes[i].from, changes[i].to, MI_MALFORMED, changes[i].message);
	check_replaced(mi_xgboost_read, multiclass, "\"weight_drop\":[", "\"weight_drop\":[\"1\",", MI_MALFORMED,
				   "weight_drop");
	check_replaced(mi_xgboost_read, multiclass, "\"tree_info\":[0", "\"tree_info\":[2", MI_MALFORMED, "more trees");
	check_replaced(mi_xgboost_read, multiclass, "[\"tempo\",", "[", MI_MALFORMED, "name all");
	check_replaced(mi_xgboost_read, multiclass, "[\"tempo\"", "[5", MI_MALFORMED, "not a string");
	check_replaced(mi_xgboost_read, multiclass, "[\"tempo\"", "[\"plays\"", MI_MALFORMED,
				   "two features named \"plays\"");
	check_replaced(mi_xgboost_read, multiclass, "\"offsets\":[0,", "\"offsets\":[0,99,", MI_MALFORMED, "categories");
	check_replaced(mi_xgboost_read, multiclass, "\"offsets\":[0,", "\"offsets\":[1,", MI_MALFORMED, "categories");
	check_replaced(mi_xgboost_read, multiclass, "\"values\":[114,", "\"values\":[0,", MI_MALFORMED, "categories");
	check_replaced(mi_xgboost_read, multiclass, "\"values\":[114,", "\"values\":[300,", MI_MALFORMED, "categories");
	check_replaced(mi_xgboost_read, multiclass, "\"split_type\":[0,0,1", "\"split_type\":[0,0,0", MI_MALFORMED,
				   "a category is compared with a number");
	mi_release(text);
	mi_release(multiclass);
}

MI_TEST(cut_texts_are_refused)
{
	char *text = fixture("xgboost_binary.json");
	size_t length = strlen(text) - 1; /* without the last newline */
	size_t read = 0;

	for (size_t shorter = 0; shorter < length; shorter++)
		read += read_text(mi_xgboost_read, text, shorter, &no_options, NULL).status == MI_OK;
	CHECK_INT_EQ(read, 0);
	CHECK_INT_EQ(read_text(mi_xgboost_read, text, length, &no_options, NULL).status, MI_OK);
	mi_release(text);
}

MI_TEST(damaged_texts_do_no_harm)
{
	test_random random = random_seeded("damaged_texts_do_no_harm");
	char *binary = fixture("xgboost_binary.json");
	char *multiclass = fixture("xgboost_multiclass.json");

	check_damaged(mi_xgboost_read, binary, &random);
	check_damaged(mi_xgboost_read, multiclass, &random);
	mi_release(binary);
	mi_release(multiclass);
}
