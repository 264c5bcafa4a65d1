/*
 * Metrics of decisions and probabilities: the example of Wikipedia's "Confusion matrix", partial states, edges; and
 * what evaluate() puts together of them.
 */
#include "unit.h"

#include "core/metrics/evaluation.h"

/* 12 individuals, 8 with cancer: predicted 6 right and 2 wrong of those, 3 right and 1 wrong of the rest. */
static mi_confusion
twelve(void)
{
	static const bool actual[] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0};
	static const bool predicted[] = {0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0};
	mi_confusion confusion = {0};

	for (int i = 0; i < 12; i++)
		mi_confusion_add(&confusion, predicted[i], actual[i]);
	return confusion;
}

MI_TEST(a_known_confusion_matrix)
{
	mi_confusion confusion = twelve();
	double result;

	CHECK(confusion.true_positives == 6 && confusion.false_negatives == 2);
	CHECK(confusion.false_positives == 1 && confusion.true_negatives == 3);
	CHECK(mi_accuracy(&confusion, &result) && result == 9.0 / 12.0);
	CHECK(mi_precision(&confusion, &result) && result == 6.0 / 7.0);
	CHECK(mi_recall(&confusion, &result) && result == 6.0 / 8.0);
	CHECK(mi_specificity(&confusion, &result) && result == 3.0 / 4.0);
	CHECK(mi_f1(&confusion, &result) && result == 0.8);
	mi_confusion_combine(&confusion, &(mi_confusion){1, 2, 3, 4});
	CHECK(confusion.true_positives == 7 && confusion.false_positives == 3);
	CHECK(confusion.false_negatives == 5 && confusion.true_negatives == 7);
}

MI_TEST(ratios_over_nothing_have_no_value)
{
	const mi_confusion nothing = {0};
	const mi_confusion only_no = {.true_negatives = 3};
	const mi_confusion missed = {.false_negatives = 3};
	double result;

	CHECK(!mi_accuracy(&nothing, &result));
	CHECK(mi_accuracy(&only_no, &result) && result == 1.0);
	CHECK(!mi_precision(&only_no, &result));
	CHECK(!mi_recall(&only_no, &result));
	CHECK(!mi_f1(&only_no, &result));
	CHECK(!mi_specificity(&missed, &result));
	CHECK(mi_f1(&missed, &result) && result == 0.0);
}

MI_TEST(probabilities)
{
	mi_probability_metrics metrics = {0};
	mi_probability_metrics sure = {0};
	mi_error error = {0};
	double result;

	CHECK(!mi_log_loss(&metrics, &result));
	mi_probability_metrics_add(&metrics, 0.8, true, &error);
	mi_probability_metrics_add(&metrics, 0.3, false, &error);
	CHECK(mi_log_loss(&metrics, &result));
	CHECK_NEAR(result, -(log(0.8) + log(0.7)) / 2.0, 1e-15);
	CHECK(mi_brier(&metrics, &result));
	CHECK_NEAR(result, (0.04 + 0.09) / 2.0, 1e-15);

	/* Sure and wrong: -ln(2^-52). Sure and right: 0. */
	mi_probability_metrics_add(&sure, 0.0, true, &error);
	mi_probability_metrics_add(&sure, 1.0, true, &error);
	CHECK(mi_log_loss(&sure, &result));
	CHECK_NEAR(result, 52.0 * log(2.0) / 2.0, 1e-15);
	mi_probability_metrics_combine(&metrics, &sure);
	CHECK(mi_brier(&metrics, &result));
	CHECK_NEAR(result, 1.13 / 4.0, 1e-15);

	CHECK_INT_EQ(mi_probability_metrics_add(&metrics, 1.0000001, true, &error), MI_OUT_OF_RANGE);
	CHECK_INT_EQ(mi_probability_metrics_add(&metrics, -0.5, true, &error), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "probability must be between 0 and 1, not -0.5");
	CHECK_INT_EQ(mi_probability_metrics_add(&metrics, NAN, true, &error), MI_OUT_OF_RANGE);
	CHECK(metrics.count == 4.0);
}

MI_TEST(medians)
{
	const double values[] = {3.0, 1.0, 9.0, 2.0, NAN};
	const double large[] = {1.7e308, 1.5e308};
	const double *whole = values;
	const double *pieces[] = {values, values + 2, values + 4};
	double result;

	CHECK(!mi_median_absolute_error(&whole, 1, 0, &result));
	CHECK(mi_median_absolute_error(&whole, 1, 1, &result) && result == 3.0);
	CHECK(mi_median_absolute_error(&whole, 3, 3, &result) && result == 3.0);
	CHECK(mi_median_absolute_error(&whole, 4, 4, &result) && result == 2.5);
	CHECK(mi_median_absolute_error(pieces, 2, 3, &result) && result == 3.0);
	CHECK(mi_median_absolute_error(pieces, 2, 5, &result) && isnan(result));
	whole = large;
	CHECK(mi_median_absolute_error(&whole, 2, 2, &result) && result == 1.6e308);
}

/* A probability of i / 1000 and yes where i > 300, but for every tenth; more rows than a chunk of the frame holds. */
MI_TEST(evaluation_of_a_binary_task)
{
	mi_evaluation evaluation = mi_evaluation_begin(MI_TASK_BINARY, 1 << 20);
	mi_confusion confusion = {0};
	mi_metric metrics[MI_METRICS_MAXIMUM];
	mi_error error = {0};
	size_t count;
	double expected;

	for (int i = 0; i < 10000; i++)
	{
		double probability = (double) (i % 1000) / 1000.0;
		bool actual = (i % 1000 > 300) != (i % 10 == 0);

		mi_evaluation_add(&evaluation, probability, actual, &error);
		mi_confusion_add(&confusion, probability >= 0.5, actual);
	}
	CHECK_INT_EQ(mi_evaluation_finish(&evaluation, metrics, &count, &error), MI_OK);
	CHECK_INT_EQ(count, 8);
	CHECK_STR_EQ(metrics[0].name, "accuracy");
	CHECK(mi_accuracy(&confusion, &expected) && metrics[0].known && metrics[0].value == expected);
	CHECK_STR_EQ(metrics[4].name, "f1");
	CHECK(mi_f1(&confusion, &expected) && metrics[4].value == expected);
	/* By pairs of a thousand: of those above 300, 630 yes and 69 no; of the others, 31 yes and 270 no. */
	CHECK_STR_EQ(metrics[5].name, "auc");
	expected = 0.0;
	for (int i = 0; i < 1000; i++)
		for (int j = 0; j < i; j++)
			expected += ((i > 300) != (i % 10 == 0)) && !((j > 300) != (j % 10 == 0));
	CHECK_NEAR(metrics[5].value, expected / (661.0 * 339.0), 1e-14);
	CHECK_STR_EQ(metrics[7].name, "brier");
}

MI_TEST(evaluation_of_a_multiclass_task)
{
	mi_evaluation evaluation = mi_evaluation_begin(MI_TASK_MULTICLASS, 1 << 20);
	mi_metric metrics[MI_METRICS_MAXIMUM];
	size_t count;
	mi_error error = {0};

	CHECK_INT_EQ(mi_evaluation_add_class(&evaluation, true, 0.5, &error), MI_OK);
	CHECK_INT_EQ(mi_evaluation_add_class(&evaluation, true, 0.5, &error), MI_OK);
	CHECK_INT_EQ(mi_evaluation_add_class(&evaluation, false, 0.25, &error), MI_OK);
	CHECK_INT_EQ(mi_evaluation_finish(&evaluation, metrics, &count, &error), MI_OK);
	CHECK_INT_EQ(count, 2);
	CHECK_INT_EQ(evaluation.rows, 3);
	CHECK_STR_EQ(metrics[0].name, "accuracy");
	CHECK_NEAR(metrics[0].value, 2.0 / 3.0, 1e-15);
	CHECK_STR_EQ(metrics[1].name, "log_loss");
	CHECK_NEAR(metrics[1].value, 4.0 / 3.0 * log(2.0), 1e-15);
	evaluation = mi_evaluation_begin(MI_TASK_MULTICLASS, 1 << 20);
	CHECK_INT_EQ(mi_evaluation_finish(&evaluation, metrics, &count, &error), MI_OK);
	CHECK(!metrics[0].known && !metrics[1].known);
}

MI_TEST(evaluation_of_a_regression)
{
	mi_evaluation evaluation = mi_evaluation_begin(MI_TASK_REGRESSION, 1 << 20);
	mi_metric metrics[MI_METRICS_MAXIMUM];
	mi_error error = {0};
	size_t count;

	for (int i = 0; i < 10001; i++)
		mi_evaluation_add(&evaluation, 0.0, i, &error);
	CHECK_INT_EQ(mi_evaluation_finish(&evaluation, metrics, &count, &error), MI_OK);
	CHECK_INT_EQ(count, 4);
	CHECK_STR_EQ(metrics[1].name, "mean_absolute_error");
	CHECK_NEAR(metrics[1].value, 5000.0, 1e-14);
	CHECK_STR_EQ(metrics[3].name, "median_absolute_error");
	CHECK(metrics[3].known && metrics[3].value == 5000.0);
}

MI_TEST(evaluation_without_rows_or_memory)
{
	mi_evaluation evaluation = mi_evaluation_begin(MI_TASK_REGRESSION, 65536);
	mi_metric metrics[MI_METRICS_MAXIMUM];
	mi_error error = {0};
	size_t count;

	CHECK_INT_EQ(mi_evaluation_finish(&evaluation, metrics, &count, &error), MI_OK);
	CHECK(!metrics[0].known && !metrics[3].known);

	evaluation = mi_evaluation_begin(MI_TASK_REGRESSION, 65536);
	for (int i = 0; i < 10000; i++)
		mi_evaluation_add(&evaluation, 0.0, i, &error);
	CHECK_INT_EQ(mi_evaluation_finish(&evaluation, metrics, &count, &error), MI_BUDGET_EXCEEDED);
	CHECK_STR_EQ(error.message, "median_absolute_error of 10000 rows takes 96 kB of memory, the limit is 64 kB");
	CHECK_STR_EQ(error.hint, "SET musicintel.training_memory = '96kB', or evaluate on fewer rows.");
	CHECK(metrics[2].known && !metrics[3].known);

	evaluation = mi_evaluation_begin(MI_TASK_BINARY, 65536 * 8);
	error.status = MI_OK;
	for (int i = 0; i < 20000; i++)
		mi_evaluation_add(&evaluation, 0.5, i % 2, &error);
	CHECK_INT_EQ(mi_evaluation_finish(&evaluation, metrics, &count, &error), MI_BUDGET_EXCEEDED);
	CHECK_STR_EQ(error.message, "auc of 20000 rows takes 789 kB of memory, the limit is 512 kB");
	CHECK(metrics[4].known && !metrics[5].known && metrics[6].known);
}
