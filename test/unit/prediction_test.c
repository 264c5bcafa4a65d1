/*
 * Margins, classes and probabilities of models of every task, and what features contribute to linear ones.
 */
#include "fits.h"

#include "core/model/prediction.h"
#include "core/regression/logistic_regression.h"
#include "forests.h"
#include "models.h"

/* Models made of nothing but functions. */
static double
first_value(const mi_model *model, const double *values)
{
	(void) model;
	return values[0];
}

static void
twice_the_first(const mi_model *model, const double *values, double *margin)
{
	*margin = 2.0 * first_value(model, values);
}

static const mi_forest *
forest_of(const mi_model *model)
{
	return &((const test_forest *) model->decoded)->forest;
}

static void
margins_of(const mi_model *model, const double *values, double *margins)
{
	test_margins(forest_of(model), values, margins);
}

static size_t
outputs_of(const mi_model *model)
{
	return forest_of(model)->outputs;
}

static const mi_class_list *
three_classes(const mi_model *model)
{
	static const char *const labels[] = {"folk", "pop", "rock"};
	static const mi_class_list classes = {3, labels};

	(void) model;
	return &classes;
}

static mi_task
multiclass(const mi_model *model)
{
	(void) model;
	return MI_TASK_MULTICLASS;
}

static const mi_algorithm plain = {.name = "plain", .task = MI_TASK_REGRESSION, .predict = first_value};
static const mi_algorithm linked = {
	.name = "linked", .task = MI_TASK_BINARY, .predict = first_value, .margins = twice_the_first};
static const mi_algorithm of_trees = {.name = "of_trees",
									  .task = MI_TASK_BY_MODEL,
									  .task_of = multiclass,
									  .forest = forest_of,
									  .outputs = outputs_of,
									  .margins = margins_of,
									  .classes = three_classes};

MI_TEST(a_number_is_its_own_margin)
{
	mi_model model = {.algorithm = &plain};
	double margin;

	mi_model_margins(&model, (double[]){0.75}, &margin);
	CHECK_INT_EQ(mi_model_outputs(&model), 1);
	CHECK_INT_EQ(mi_model_class_count(&model), 0);
	CHECK(margin == 0.75);
}

MI_TEST(a_boolean_has_two_classes)
{
	mi_model model = {.algorithm = &linked};
	double probabilities[2];
	double margin;

	mi_model_margins(&model, (double[]){0.75}, &margin);
	CHECK(margin == 1.5);
	CHECK_INT_EQ(mi_model_class_count(&model), 2);
	CHECK_STR_EQ(mi_model_class_label(&model, 0), "false");
	CHECK_STR_EQ(mi_model_class_label(&model, 1), "true");
	mi_model_probabilities(&model, (double[]){0.75}, probabilities);
	CHECK(probabilities[0] == 0.25 && probabilities[1] == 0.75);
	CHECK_INT_EQ(mi_model_likeliest_class(&model, probabilities), 1);
	CHECK_INT_EQ(mi_model_likeliest_class(&model, (double[]){0.5, 0.5}), 1);
	CHECK_INT_EQ(mi_model_likeliest_class(&model, (double[]){0.6, 0.4}), 0);
}

MI_TEST(several_classes_come_from_the_margins_of_a_forest)
{
	test_forest sample = {.builder = mi_forest_builder_new(1, 3, MI_LINK_SOFTMAX, MI_COVER_ROWS),
						  .base_scores = (double[]){0.0, log(3.0), 0.0}};
	mi_model model = {.algorithm = &of_trees, .decoded = &sample};
	double probabilities[3];

	sample.forest = mi_forest_built(sample.builder, sample.base_scores, 1.0);
	CHECK_INT_EQ(mi_model_outputs(&model), 3);
	CHECK_INT_EQ(mi_model_class_count(&model), 3);
	mi_model_probabilities(&model, (double[]){0.0}, probabilities);
	CHECK_NEAR(probabilities[0], 0.2, 1e-15);
	CHECK_NEAR(probabilities[1], 0.6, 1e-15);
	CHECK_INT_EQ(mi_model_likeliest_class(&model, probabilities), 1);
	CHECK_INT_EQ(mi_model_likeliest_class(&model, (double[]){0.2, 0.4, 0.4}), 1);
	CHECK_INT_EQ(mi_model_find_class(&model, "folk"), 0);
	CHECK_INT_EQ(mi_model_find_class(&model, "rock"), 2);
	CHECK_INT_EQ(mi_model_find_class(&model, "polka"), -1);
	CHECK_INT_EQ(mi_model_find_class(&model, ""), -1);
	mi_forest_builder_release(sample.builder);
}

/* Contributions of a row of a sample_category_model(): tempo, explicit, genre, source. */
static void
check_contributions(const mi_model *model, const double *values)
{
	double contributions[4];
	double base;
	double sum;

	model->algorithm->explain(model, values, contributions, &base);
	sum = base;
	for (int i = 0; i < 4; i++)
		sum += contributions[i];
	CHECK_NEAR(sum, model->algorithm->predict(model, values), 1e-14);
}

MI_TEST(contributions_of_a_linear_model_are_coefficients_times_values)
{
	mi_writer bytes = sample_category_model(MI_NO_WORD);
	mi_model model;
	mi_error error = {0};
	double contributions[4];
	double base;
	mi_coefficient coefficient;

	CHECK_INT_EQ(mi_model_open(&model, bytes.bytes, bytes.length, &error), MI_OK);
	for (int genre = 0; genre < 4; genre++)
		check_contributions(&model, (double[]){101.5, genre % 2, genre, 0});
	model.algorithm->explain(&model, (double[]){100.0, 1.0, 2.0, 0.0}, contributions, &base);
	model.algorithm->coefficient(&model, 0, &coefficient);
	CHECK(base == coefficient.estimate);
	model.algorithm->coefficient(&model, 1, &coefficient);
	CHECK(contributions[0] == 100.0 * coefficient.estimate);
	model.algorithm->coefficient(&model, 4, &coefficient);
	CHECK_STR_EQ(coefficient.term, "genre=rock");
	model.algorithm->explain(&model, (double[]){100.0, 1.0, 0.0, 0.0}, contributions, &base);
	CHECK(contributions[2] == 0.0); /* the reference */
	mi_model_close(&model);
	mi_release(bytes.bytes);
}

MI_TEST(those_of_a_logistic_one_sum_to_the_log_odds)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	data_set data = data_set_new(100, 2);
	fitted fit_of_data;
	double contributions[2];
	double base;
	double margin;
	double values[] = {40.0, 3.0};

	for (size_t row = 0; row < 100; row++)
	{
		data.x[2 * row] = (double) row;
		data.x[2 * row + 1] = (double) (row * 7 % 11);
		data.y[row] = row * 5 % 3 == 0;
	}
	fit_of_data = fit(&mi_logistic_regression_algorithm, &params, &data);
	CHECK_INT_EQ(fit_of_data.error.status, MI_OK);
	mi_model_margins(&fit_of_data.model, values, &margin);
	CHECK_NEAR(1.0 / (1.0 + exp(-margin)), mi_logistic_regression_algorithm.predict(&fit_of_data.model, values), 1e-15);
	mi_logistic_regression_algorithm.explain(&fit_of_data.model, values, contributions, &base);
	CHECK_NEAR(base + contributions[0] + contributions[1], margin, 1e-14);
	fitted_release(&fit_of_data);
	data_set_release(&data);
}
