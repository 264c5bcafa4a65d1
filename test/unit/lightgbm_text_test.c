/*
 * LightGBM's text models: predictions of models that it made (test/reference/model_exchange.py), models that go there
 * and come back, and texts that are not what they claim to be.
 */
#include "exchange.h"

#include "core/boosting/lightgbm_text.h"
#include "core/regression/linear_regression.h"
#include "models.h"

/* A model of two features, by hand: objective, classes, and whatever else. %d trees of one split each. */
static char *
text_of_stumps(const char *objective, int outputs, const char *more, int trees)
{
	char *text = mi_allocate(2000 + 400 * (size_t) trees);
	char *at = text;

	at += sprintf(at,
				  "tree\nversion=v4\nnum_class=%d\nnum_tree_per_iteration=%d\nlabel_index=0\nmax_feature_idx=1\n"
				  "objective=%s\nfeature_names=a b\nfeature_infos=none none\n%s\n\n",
				  outputs, outputs, objective, more);
	for (int i = 0; i < trees; i++)
		at += sprintf(at,
					  "Tree=%d\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\nthreshold=%d.5\n"
					  "decision_type=10\nleft_child=-1\nright_child=-2\nleaf_value=%d %d.25\nleaf_count=3 4\n"
					  "internal_count=7\nis_linear=0\nshrinkage=1\n\n\n",
					  i, i, -i, i);
	sprintf(at, "end of trees\n");
	return text;
}

static void
check_fixture(const char *text_name, const char *rows_name)
{
	char *text = fixture(text_name);
	mi_writer bytes = {0};
	mi_model model = read_model(mi_lightgbm_read, text, &no_options, &bytes);

	check_rows(&model, rows_name, 1e-15);
	check_there_and_back(mi_lightgbm_read, mi_lightgbm_write, &model, false);
	close_model(&model, &bytes);
	mi_release(text);
}

MI_TEST(binary_with_categories_and_missing_values)
{
	check_fixture("lightgbm_binary.txt", "lightgbm_binary.tsv");
}

MI_TEST(multiclass_with_texts_of_categories)
{
	check_fixture("lightgbm_multiclass.txt", "lightgbm_multiclass.tsv");
}

MI_TEST(poisson_with_zero_as_missing)
{
	check_fixture("lightgbm_poisson.txt", "lightgbm_poisson.tsv");
}

MI_TEST(what_is_not_in_the_trees_is_read_too)
{
	char *text = fixture("lightgbm_binary.txt");
	mi_import_options options = {.target = "skipped"};
	mi_writer bytes = {0};
	mi_model model = read_model(mi_lightgbm_read, text, &options, &bytes);
	const mi_boosting_model *boosting = mi_boosting_model_of(&model);

	CHECK_STR_EQ(model.contract.target, "skipped");
	CHECK(model.contract.named);
	CHECK_INT_EQ(model.contract.feature_count, 5);
	CHECK_INT_EQ(model.contract.features[2].kind, MI_FEATURE_NUMBER); /* its texts are not known */
	CHECK_INT_EQ(boosting->objective, MI_OBJECTIVE_BINARY);
	CHECK_NEAR(boosting->forest.link_scale, 1.5, 0);
	CHECK_INT_EQ(boosting->forest.cover, MI_COVER_ROWS);
	CHECK_INT_EQ(boosting->forest.tree_count, 3);
	CHECK_NEAR(boosting->rows, 1500, 0);
	CHECK_NEAR(boosting->forest.node_statistics[0].rows, 1500, 0);
	CHECK(boosting->forest.node_statistics[0].gain > 0.0 && boosting->forest.leaf_statistics[0].hessian > 0.0);
	close_model(&model, &bytes);
	mi_release(text);
}

MI_TEST(texts_of_categories_are_levels_in_their_order)
{
	static const char *const levels[] = {"Blues", "a \"quote\"", "hip hop", "pop", "rock"};
	char *text = fixture("lightgbm_multiclass.txt");
	mi_writer bytes = {0};
	mi_model model = read_model(mi_lightgbm_read, text, &no_options, &bytes);
	const mi_feature *genre = &model.contract.features[5];

	CHECK_INT_EQ(genre->kind, MI_FEATURE_CATEGORY);
	CHECK_INT_EQ(genre->level_count, 5);
	for (int i = 0; i < 5; i++)
		CHECK_STR_EQ(genre->levels[i], levels[i]);
	close_model(&model, &bytes);

	/* Where the lists cannot be told to belong to the features that are categories, these stay numbers. */
	check_replaced(mi_lightgbm_read, text, "[[\"rock\"", "[[\"x\"], [\"rock\"", MI_OK, NULL);
	check_replaced(mi_lightgbm_read, text, "\"hip hop\", ", "", MI_OK, NULL);
	check_replaced(mi_lightgbm_read, text, "\"hip hop\"", "\"pop\"", MI_MALFORMED, "category \"pop\" twice");
	check_replaced(mi_lightgbm_read, text, "[[\"rock\"", "[[\"rock", MI_MALFORMED, "not JSON");
	check_replaced(mi_lightgbm_read, text, "\"rock\"", "1.5", MI_OK, NULL);
	mi_release(text);
}

MI_TEST(classes_are_in_the_order_of_their_labels)
{
	static const char *const labels[] = {"z", "y", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
	char *text = text_of_stumps("multiclass num_class:12", 12, "", 24);
	mi_import_options options = {.target = "", .classes = {12, labels}};
	const double row[] = {100.0, 0.0}; /* right everywhere */
	double margins[12];
	mi_writer bytes = {0};
	mi_model model = read_model(mi_lightgbm_read, text, &no_options, &bytes);
	mi_writer written = {0};
	mi_error error = {0};

	CHECK_STR_EQ(mi_boosting_model_of(&model)->classes.labels[2], "10");
	mi_model_margins(&model, row, margins);
	CHECK_NEAR(margins[1], 1.25 + 13.25, 0);
	CHECK_NEAR(margins[2], 10.25 + 22.25, 0);
	CHECK_INT_EQ(mi_lightgbm_write(&model, &written, &error), MI_OK);
	mi_write_u8(&written, '\0');
	CHECK(strstr((const char *) written.bytes, "Tree=10\n") <
		  strstr((const char *) written.bytes, "leaf_value=-10 10.25"));
	mi_release(written.bytes);
	check_there_and_back(mi_lightgbm_read, mi_lightgbm_write, &model, false);
	close_model(&model, &bytes);

	model = read_model(mi_lightgbm_read, text, &options, &bytes);
	CHECK_STR_EQ(mi_boosting_model_of(&model)->classes.labels[0], "a");
	mi_model_margins(&model, row, margins);
	CHECK_NEAR(margins[11], 0.25 + 12.25, 0);
	close_model(&model, &bytes);

	options.classes.count = 11;
	error = read_text(mi_lightgbm_read, text, strlen(text), &options, NULL);
	CHECK_INT_EQ(error.status, MI_INVALID_ARGUMENT);
	mi_release(text);
	text = text_of_stumps("binary sigmoid:1", 1, "", 1);
	error = read_text(mi_lightgbm_read, text, strlen(text), &options, NULL);
	CHECK_STR_EQ(error.message, "labels of classes were given, but the model has no classes");
	mi_release(text);
}

MI_TEST(averages_and_objectives)
{
	static const struct
	{
		const char *objective;
		mi_link link;
		double scale;
	} objectives[] = {
		{"binary sigmoid:0.5", MI_LINK_LOGIT, 0.5},
		{"cross_entropy", MI_LINK_LOGIT, 1.0},
		{"regression", MI_LINK_IDENTITY, 1.0},
		{"huber", MI_LINK_IDENTITY, 1.0},
		{"quantile", MI_LINK_IDENTITY, 1.0},
		{"gamma", MI_LINK_LOG, 1.0},
		{"", MI_LINK_IDENTITY, 1.0},
	};
	const double row[] = {100.0, 0.0};
	double margin;

	for (size_t i = 0; i < sizeof(objectives) / sizeof(objectives[0]); i++)
		for (int average = 0; average < 2; average++)
		{
			char *text = text_of_stumps(objectives[i].objective, 1, average ? "average_output" : "", 4);
			mi_writer bytes = {0};
			mi_model model = read_model(mi_lightgbm_read, text, &no_options, &bytes);
			const mi_forest *forest = &mi_boosting_model_of(&model)->forest;

			CHECK_INT_EQ(forest->link, objectives[i].link);
			CHECK_NEAR(forest->link_scale, objectives[i].scale, 0);
			mi_model_margins(&model, row, &margin);
			CHECK_NEAR(margin, average ? 1.75 : 7.0, 1e-15);
			close_model(&model, &bytes);
			mi_release(text);
		}
}

MI_TEST(a_model_of_no_trees_or_of_leaves_alone)
{
	static const char leaf[] = "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=2.5\nis_linear=0\nshrinkage=1\n\n\nend of";
	char *empty = text_of_stumps("regression", 1, "", 0);
	char *single = replaced(empty, "end of", leaf);
	mi_writer bytes = {0};
	mi_model model = read_model(mi_lightgbm_read, empty, &no_options, &bytes);
	const double row[] = {1.0, 2.0};

	CHECK_NEAR(model.algorithm->predict(&model, row), 0.0, 0);
	check_there_and_back(mi_lightgbm_read, mi_lightgbm_write, &model, false);
	close_model(&model, &bytes);
	model = read_model(mi_lightgbm_read, single, &no_options, &bytes);
	CHECK_NEAR(model.algorithm->predict(&model, row), 2.5, 0);
	check_there_and_back(mi_lightgbm_read, mi_lightgbm_write, &model, false);
	close_model(&model, &bytes);
	mi_release(empty);
	mi_release(single);
}

MI_TEST(any_forest_goes_there_and_comes_back)
{
	test_random random = random_seeded("any_forest_goes_there_and_comes_back");

	for (int round = 0; round < 60; round++)
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
		CHECK_INT_EQ(mi_lightgbm_write(&models[0], &text, &error), MI_OK);
		error = read_text(mi_lightgbm_read, (const char *) text.bytes, text.length, &no_options, &bytes[1]);
		if (CHECK_STR_EQ(error.message, ""))
		{
			models[1] = opened_model(&bytes[1]);
			for (int i = 0; i < 20; i++)
			{
				double *row = random_row(&random, plan.features, true);
				double margins[2][4];

				for (int m = 0; m < 2; m++)
					mi_model_margins(&models[m], row, margins[m]);
				for (uint32_t output = 0; output < plan.outputs; output++)
					CHECK_NEAR(margins[1][output] + 100.0, margins[0][output] + 100.0, 1e-15);
				mi_release(row);
			}
			close_model(&models[1], &bytes[1]);
		}
		close_model(&models[0], &bytes[0]);
		mi_release(text.bytes);
		test_forest_release(&made);
	}
}

MI_TEST(names_become_what_lightgbm_can_take)
{
	static const char *const names[] = {"a b", "a_b", "a:b", "\xC3\xA9", "[x]", ""};
	mi_contract contract = mi_contract_for_array(6, names);
	forest_plan plan = {.features = 6, .outputs = 1, .trees = 0, .most_leaves = 1, .link = MI_LINK_IDENTITY};
	test_random random = {1};
	test_forest made = random_forest(&random, &plan);
	mi_boosting_facts facts = {.objective = MI_OBJECTIVE_REGRESSION};
	mi_writer bytes = {0};
	mi_writer text = {0};
	mi_model model;
	mi_error error = {0};

	mi_boosting_write_model(&bytes, &contract, &made.forest, &facts, &error);
	model = opened_model(&bytes);
	CHECK_INT_EQ(mi_lightgbm_write(&model, &text, &error), MI_OK);
	mi_write_u8(&text, '\0');
	CHECK(strstr((const char *) text.bytes, "feature_names=a_b a_b_2 a_b_3 \xC3\xA9 _x_ _\n") != NULL);
	close_model(&model, &bytes);
	mi_release(text.bytes);
	mi_contract_release(&contract);
	test_forest_release(&made);
}

MI_TEST(only_gradient_boosting_is_written)
{
	mi_writer bytes = sample_array_model();
	mi_model model = opened_model(&bytes);
	mi_writer text = {0};
	mi_error error = {0};

	CHECK_INT_EQ(mi_lightgbm_write(&model, &text, &error), MI_NOT_SUPPORTED);
	CHECK_STR_EQ(error.message, "a linear_regression model does not offer to_lightgbm");
	CHECK(text.bytes == NULL);
	close_model(&model, &bytes);
}

MI_TEST(models_of_other_kinds_are_told)
{
	static const struct
	{
		const char *from;
		const char *to;
		const char *message;
	} changes[] = {
		{"binary sigmoid:1.5", "multiclassova num_class:3 sigmoid:1", "objective \"multiclassova\""},
		{"binary sigmoid:1.5", "cross_entropy_lambda", "objective \"cross_entropy_lambda\""},
		{"binary sigmoid:1.5", "regression sqrt", "square root"},
		{"version=v4", "version=v5", "from version v2 to v4, not v5"},
		{"is_linear=0", "is_linear=1", "linear_tree"},
		{"num_tree_per_iteration=1", "num_tree_per_iteration=3", "several targets"},
	};
	char *text = fixture("lightgbm_binary.txt");

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		check_replaced(mi_lightgbm_read, text, changes[i].from, changes[i].to, MI_NOT_SUPPORTED, changes[i].message);
	mi_release(text);
}

MI_TEST(texts_that_are_no_models_are_refused)
{
	static const struct
	{
		const char *from;
		const char *to;
		const char *message;
	} changes[] = {
		{"tree\n", "trees\n", "first line"},
		{"version=v4\n", "", "version"},
		{"max_feature_idx=4", "max_feature_idx=-1", "max_feature_idx"},
		{"max_feature_idx=4", "max_feature_idx=3", "more features"},
		{"max_feature_idx=4", "max_feature_idx=5", "fewer features"},
		{"max_feature_idx=4", "max_feature_idx=4.5", "max_feature_idx"},
		{"tempo loudness", "tempo tempo", "two features named \"tempo\""},
		{"num_tree_per_iteration=1", "num_tree_per_iteration=0", "num_tree_per_iteration"},
		{"num_tree_per_iteration=1", "num_tree_per_iteration=2", "lacks trees"},
		{"sigmoid:1.5", "sigmoid:0", "sigmoid"},
		{"sigmoid:1.5", "sigmoid:inf", "sigmoid"},
		{"tree_sizes=", "tree_sizes=1 ", "more or fewer trees"},
		{"num_leaves=6", "num_leaves=0", "num_leaves"},
		{"num_leaves=6", "num_leaves=100000", "num_leaves"},
		{"num_leaves=6", "num_leaves=7", "makes no sense"},
		{"num_leaves=6", "num_leaves=-6", "num_leaves"},
		{"num_cat=1", "num_cat=6", "num_cat"},
		{"num_cat=1", "num_cat=2", "cat_boundaries"},
		{"num_cat=1", "num_cat=0", "threshold of a category"},
		{"is_linear=0", "is_linear=2", "is_linear"},
		{"split_feature=0", "split_feature=5", "a feature is not in the model"},
		{"split_feature=0", "split_feature=70000", "split_feature"},
		{"split_feature=0 ", "split_feature=", "split_feature"},
		{"split_feature=0", "split_feature=0 0", "split_feature"},
		{"split_feature=", "split=", "split_feature"},
		{"threshold=", "threshold=nan ", "threshold"},
		{"threshold=", "threshold=0x1p3 ", "threshold"},
		{"left_child=", "left_child=0 ", "left_child"},
		{"left_child=3", "left_child=0", "a child comes before its parent"},
		{"left_child=3", "left_child=5", "left_child"},
		{"left_child=3", "left_child=-7", "left_child"},
		{"left_child=3", "left_child=1", "two parents"},
		{"decision_type=8", "decision_type=12", "decision_type"},
		{"decision_type=8", "decision_type=256", "decision_type"},
		{"decision_type=8", "decision_type=9", "threshold of a category"},
		{"leaf_value=", "leaf_value=inf ", "leaf_value"},
		{"cat_boundaries=0", "cat_boundaries=1", "cat_boundaries"},
		{"cat_boundaries=0 1", "cat_boundaries=0 3000", "cat_boundaries"},
		{"cat_boundaries=0 1", "cat_boundaries=0 2", "cat_threshold"},
		{"cat_threshold=", "cat_threshold=4294967296 ", "cat_threshold"},
		{"internal_count=", "internal_count=x ", "internal_count"},
	};
	char *text = fixture("lightgbm_binary.txt");

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		check_replaced(mi_lightgbm_read, text, changes[i].from, changes[i].to, MI_MALFORMED, changes[i].message);
	mi_release(text);
}

MI_TEST(figures_that_make_no_sense_do_not_matter)
{
	char *text = fixture("lightgbm_binary.txt");

	check_replaced(mi_lightgbm_read, text, "split_gain=", "ignored=1\nsplit_gains=", MI_OK, NULL);
	check_replaced(mi_lightgbm_read, text, "internal_count=1500", "internal_count=-1500", MI_OK, NULL);
	check_replaced(mi_lightgbm_read, text, "internal_count=1500", "internal_count=1e300", MI_OK, NULL);
	check_replaced(mi_lightgbm_read, text, "internal_count=1500", "internal_count=nan", MI_OK, NULL);
	check_replaced(mi_lightgbm_read, text, "internal_count=1500", "internal_count=0.5", MI_OK, NULL);
	mi_release(text);
}

/* Up to the line that ends the trees, a text that lacks its end is no model. */
MI_TEST(cut_texts_are_refused)
{
	char *text = fixture("lightgbm_binary.txt");
	size_t end = (size_t) (strstr(text, "end of trees") - text) + strlen("end of trees");
	size_t read = 0;

	for (size_t length = 0; length < end; length++)
		read += read_text(mi_lightgbm_read, text, length, &no_options, NULL).status == MI_OK;
	CHECK_INT_EQ(read, 0);
	CHECK_INT_EQ(read_text(mi_lightgbm_read, text, end, &no_options, NULL).status, MI_OK);
	mi_release(text);
}

MI_TEST(trees_are_as_deep_as_a_model_may_have_them)
{
	for (uint32_t splits = MI_FOREST_MAX_DEPTH; splits <= MI_FOREST_MAX_DEPTH + 1; splits++)
	{
		char *deep = mi_allocate(64 * (splits + 1));
		char *empty = text_of_stumps("regression", 1, "", 0);
		char *text;
		char *at = deep;

		at += sprintf(at, "Tree=0\nnum_leaves=%u\nnum_cat=0\nsplit_feature=", splits + 1);
		for (uint32_t i = 0; i < splits; i++)
			at += sprintf(at, "0 ");
		at += sprintf(at, "\nthreshold=");
		for (uint32_t i = 0; i < splits; i++)
			at += sprintf(at, "%u ", i);
		at += sprintf(at, "\ndecision_type=");
		for (uint32_t i = 0; i < splits; i++)
			at += sprintf(at, "8 ");
		at += sprintf(at, "\nleft_child=");
		for (uint32_t i = 0; i < splits; i++)
			at += sprintf(at, "-%u ", i + 1);
		at += sprintf(at, "\nright_child=");
		for (uint32_t i = 0; i < splits; i++)
			at += i + 1 < splits ? sprintf(at, "%u ", i + 1) : sprintf(at, "-%u", splits + 1);
		at += sprintf(at, "\nleaf_value=");
		for (uint32_t i = 0; i <= splits; i++)
			at += sprintf(at, "%u ", i);
		sprintf(at, "\n\nend of");
		text = replaced(empty, "end of", deep);
		CHECK_INT_EQ(read_text(mi_lightgbm_read, text, strlen(text), &no_options, NULL).status,
					 splits <= MI_FOREST_MAX_DEPTH ? MI_OK : MI_MALFORMED);
		mi_release(deep);
		mi_release(empty);
		mi_release(text);
	}
}

MI_TEST(damaged_texts_do_no_harm)
{
	test_random random = random_seeded("damaged_texts_do_no_harm");
	char *binary = fixture("lightgbm_binary.txt");
	char *multiclass = fixture("lightgbm_multiclass.txt");

	*strstr(binary, "parameters:") = '\0';
	check_damaged(mi_lightgbm_read, binary, &random);
	check_damaged(mi_lightgbm_read, multiclass, &random);
	mi_release(binary);
	mi_release(multiclass);
}
