/*
 * Logistic regression against R's glm (test/reference/regressions.r prints the values), and what it does where there is
 * no estimate.
 */
#include "fits.h"

#include "core/regression/logistic_regression.h"
#include "random_input.h"

#define TOLERANCE 1e-9 /* R's glm was made to converge to the last digits */

static fitted
fit_logistic(const data_set *data)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);

	return fit(&mi_logistic_regression_algorithm, &params, data);
}

static fitted
fit_ridge(const data_set *data, double l2)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);

	params.tuning = l2;
	return fit(&mi_logistic_regression_algorithm, &params, data);
}

static bool
read_four_measurements(data_set *data)
{
	return read_cancer(data, (int[]){1, 2, 5, 6}, 4, CANCER_COLUMNS);
}

MI_TEST(breast_cancer_is_as_in_r)
{
	static const reference expected[] = {
		{38.8867184933242, 4.54860469055563},     {-1.31197693995705, 0.155929498623147},
		{-0.366793483616268, 0.0585313836250259}, {-111.069588375169, 22.2619869620097},
		{-15.2581234626365, 6.05924301755459},
	};
	data_set data;
	fitted got;

	if (!read_four_measurements(&data))
		return;
	got = fit_logistic(&data);
	CHECK_COEFFICIENTS(&got, expected, TOLERANCE);
	CHECK_NEAR(figure_of(&got, "null_deviance"), 751.440005384169, 1e-13);
	CHECK_NEAR(figure_of(&got, "deviance"), 180.914800107283, 1e-12);
	CHECK_NEAR(figure_of(&got, "log_likelihood"), -90.4574000536413, 1e-12);
	CHECK_NEAR(figure_of(&got, "aic"), 190.914800107283, 1e-12);
	CHECK_NEAR(figure_of(&got, "bic"), 212.634202277914, 1e-12);
	CHECK_NEAR(figure_of(&got, "mcfadden_r_squared"), 1.0 - 180.914800107283 / 751.440005384169, 1e-12);
	CHECK_NEAR(figure_of(&got, "df"), 564, 0.0);
	CHECK_NEAR(coefficient_of(&got, 1).statistic, -8.41391110432447, TOLERANCE);
	CHECK_NEAR(coefficient_of(&got, 1).p_value, 3.96561298488695e-17, 1e-7);
	/* Wald: the normal quantile of .975 */
	CHECK_NEAR(coefficient_of(&got, 1).conf_low, -1.31197693995705 - 1.95996398454005 * 0.155929498623147, TOLERANCE);
	CHECK_NEAR(coefficient_of(&got, 1).conf_high, -1.31197693995705 + 1.95996398454005 * 0.155929498623147, TOLERANCE);
	CHECK_INT_EQ(figure_of(&got, "converged"), 1);
	CHECK(figure_of(&got, "iterations") <= 8);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(without_an_intercept_as_well)
{
	static const reference expected[] = {
		{-0.366865784420724, 0.0464016885668333},
		{0.0160989586808327, 0.0287548112283003},
		{106.70250319732, 9.59454781990508},
		{-46.2774339435838, 4.36856347259859},
	};
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	data_set data;
	fitted got;

	if (!read_four_measurements(&data))
		return;
	params.intercept = false;
	got = fit(&mi_logistic_regression_algorithm, &params, &data);
	CHECK_COEFFICIENTS(&got, expected, TOLERANCE);
	CHECK_NEAR(figure_of(&got, "null_deviance"), 788.801491477218, 1e-13);
	CHECK_NEAR(figure_of(&got, "deviance"), 417.549596592238, 1e-12);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(predictions_are_probabilities)
{
	data_set data;
	fitted got;
	double sum = 0.0;
	double hits = 0.0;

	if (!read_four_measurements(&data))
		return;
	got = fit_logistic(&data);
	for (size_t row = 0; row < data.rows; row++)
	{
		double probability = got.model.algorithm->predict(&got.model, data.x + row * data.features);

		CHECK(probability >= 0.0 && probability <= 1.0);
		sum += probability;
		hits += data.y[row];
	}
	CHECK_NEAR(sum, hits, 1e-12); /* the intercept's likelihood equation */
	fitted_release(&got);
	data_set_release(&data);
}

/* Newton's method in R; scikit-learn 1.2.1, LogisticRegression(C=1, solver="newton-cg", tol=1e-12) agrees to 1e-7. */
MI_TEST(ridge_is_as_in_r)
{
	static const reference strong[] = {
		{19.5995903892411, 1.72938038730124},     {-1.0188160699347, 0.0985457163860135},
		{-0.215942293702456, 0.0369918725239724}, {-0.820008372973784, 0.0874714877156204},
		{-2.43328623204774, 0.288649770517019},
	};
	static const reference weak[] = {
		{33.3907880207897, 3.23355893299897},     {-1.18214283225164, 0.128715320762522},
		{-0.324214192442763, 0.0510119747405677}, {-77.8203200700912, 14.2321404812319},
		{-19.4692141042933, 5.31791258811066},
	};
	data_set data;
	fitted got;

	if (!read_four_measurements(&data))
		return;
	got = fit_ridge(&data, 1.0);
	CHECK_COEFFICIENTS(&got, strong, TOLERANCE);
	CHECK_NEAR(figure_of(&got, "log_likelihood"), -138.654473236643, 1e-12);
	CHECK_NEAR(569.0 - figure_of(&got, "df"), 3.08910229397251, 1e-9);
	fitted_release(&got);
	got = fit_ridge(&data, 0.001);
	CHECK_COEFFICIENTS(&got, weak, TOLERANCE);
	CHECK_NEAR(569.0 - figure_of(&got, "df"), 4.68229238207872, 1e-9);
	fitted_release(&got);
	data_set_release(&data);
}

/* ---- Where there is no estimate ---- */

/* y by x in two groups. */
static data_set
small_set(const double (*rows)[3], size_t count)
{
	data_set data = data_set_new(count, 2);

	for (size_t row = 0; row < count; row++)
	{
		data.y[row] = rows[row][0];
		data.x[row * 2] = rows[row][1];
		data.x[row * 2 + 1] = rows[row][2];
	}
	return data;
}

static void
check_separated(data_set data, const char *message, int line)
{
	fitted got = fit_logistic(&data);

	unit_check_int(got.error.status, MI_NUMERICAL_FAILURE, "status", __FILE__, line);
	unit_check_str(got.error.message, message, "message", __FILE__, line);
	CHECK(strstr(got.error.hint, "l2") != NULL);
	fitted_release(&got);
	got = fit_ridge(&data, 0.1);
	unit_check_int(got.error.status, MI_OK, "status with l2", __FILE__, line);
	CHECK_INT_EQ(got.error.status == MI_OK && figure_of(&got, "converged"), 1);
	fitted_release(&got);
	data_set_release(&data);
}

#define PERFECT "perfect separation: the features tell true from false without a mistake, no estimate is finite"
#define QUASI \
	"quasi-complete separation: the features tell true from false without a mistake in some of the rows, " \
	"no estimate is finite"

MI_TEST(perfect_separation_is_said)
{
	static const double rows[][3] = {{0, 1, 3}, {0, 2, 1}, {0, 3, 2}, {1, 4, 2}, {1, 5, 3}, {1, 6, 1}};

	check_separated(small_set(rows, 6), PERFECT, __LINE__);
}

MI_TEST(a_level_without_a_hit_is_quasi_complete_separation)
{
	static const double rows[][3] = {{0, 1, 3}, {0, 1, 1}, {0, 1, 2}, {1, 0, 2}, {0, 0, 2.5}, {1, 0, 3},
									 {1, 0, 1}, {0, 0, 1}, {0, 0, 3}, {1, 0, 0}, {0, 0, .5},  {0, 1, 2}};

	check_separated(small_set(rows, 12), QUASI, __LINE__);
}

MI_TEST(a_tie_on_the_border_is_quasi_complete_separation)
{
	static const double rows[][3] = {{0, 1, 0}, {0, 2, 1}, {0, 3, 0}, {1, 3, 1},
									 {0, 3, 1}, {1, 3, 0}, {1, 4, 1}, {1, 5, 0}};

	check_separated(small_set(rows, 8), QUASI, __LINE__);
}

MI_TEST(all_thirty_measurements_separate_breast_cancer)
{
	int features[CANCER_COLUMNS - 1];
	data_set data;

	for (int i = 0; i < CANCER_COLUMNS - 1; i++)
		features[i] = i + 1;
	if (read_cancer(&data, features, CANCER_COLUMNS - 1, CANCER_COLUMNS))
		check_separated(data, PERFECT, __LINE__);
}

/*
 * Four corners of a small box are true as well as false, so that no plane separates: a fit is found, and its likelihood
 * equation holds, however far out all other rows are and however well they are told apart.
 */
MI_TEST(a_small_overlap_is_no_separation)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 50; round++)
	{
		data_set data = data_set_new(200, 2);
		fitted got;

		for (size_t row = 0; row < data.rows; row++)
		{
			double x = random_number(&random);

			data.x[row * 2] = row < 8 ? (row & 1 ? 1.0 : -1.0) : copysign(pow(10.0, 6.0 * fabs(x)), x);
			data.x[row * 2 + 1] = row < 8 ? (row & 2 ? 1.0 : -1.0) : random_number(&random);
			data.y[row] = row < 8 ? row >= 4 : x > 0.0;
		}
		got = fit_logistic(&data);
		if (CHECK_INT_EQ(got.error.status, MI_OK))
		{
			double sum = 0.0;

			for (size_t row = 0; row < data.rows; row++)
				sum += data.y[row] - got.model.algorithm->predict(&got.model, data.x + row * 2);
			CHECK(fabs(sum) < 1e-9);
			CHECK_INT_EQ(figure_of(&got, "converged"), 1);
		}
		fitted_release(&got);
		data_set_release(&data);
	}
}

MI_TEST(one_class_is_nothing_to_tell_apart)
{
	for (int value = 0; value <= 1; value++)
	{
		data_set data = data_set_new(5, 1);
		fitted got;

		for (size_t row = 0; row < 5; row++)
		{
			data.x[row] = (double) row;
			data.y[row] = value;
		}
		got = fit_logistic(&data);
		CHECK_INT_EQ(got.error.status, MI_NO_DATA);
		CHECK_STR_EQ(got.error.message, value ? "the target is true in every row: there is nothing to tell apart"
											  : "the target is false in every row: there is nothing to tell apart");
		fitted_release(&got);
		data_set_release(&data);
	}
}

/* Constant and collinear columns, of awkward sizes, have no estimate; the others' are as without them. */
MI_TEST(collinear_columns_are_left_out)
{
	test_random random = random_seeded(__func__);
	data_set data = data_set_new(300, 2);
	data_set more = data_set_new(300, 5);
	fitted got;
	fitted wanted;

	for (size_t row = 0; row < data.rows; row++)
	{
		double a = random_number(&random);
		double b = 1e7 + 1e6 * random_number(&random);

		memcpy(data.x + row * 2, (double[]){a, b}, 2 * sizeof(double));
		memcpy(more.x + row * 5, (double[]){a, 0.1, b, a + 1e-6 * b, 1e9}, 5 * sizeof(double));
		data.y[row] = more.y[row] = random_number(&random) < 0.3 + 0.4 * a;
	}
	wanted = fit_logistic(&data);
	got = fit_logistic(&more);
	CHECK(isnan(coefficient_of(&got, 2).estimate) && isnan(coefficient_of(&got, 2).std_error));
	CHECK(isnan(coefficient_of(&got, 4).estimate) && isnan(coefficient_of(&got, 5).estimate));
	CHECK_NEAR(coefficient_of(&got, 0).estimate, coefficient_of(&wanted, 0).estimate, 1e-9);
	CHECK_NEAR(coefficient_of(&got, 1).estimate, coefficient_of(&wanted, 1).estimate, 1e-9);
	CHECK_NEAR(coefficient_of(&got, 3).estimate, coefficient_of(&wanted, 2).estimate, 1e-9);
	CHECK_NEAR(coefficient_of(&got, 3).std_error, coefficient_of(&wanted, 2).std_error, 1e-9);
	CHECK_INT_EQ(figure_of(&got, "rank"), 3);
	CHECK_NEAR(figure_of(&got, "deviance"), figure_of(&wanted, "deviance"), 1e-12);
	fitted_release(&got);
	fitted_release(&wanted);
	data_set_release(&data);
	data_set_release(&more);
}

/* Fewer rows than columns always separate, if no two rows that are the same differ in y. */
MI_TEST(fewer_rows_than_columns_separate)
{
	static const double rows[][3] = {{0, 1, 3}, {1, 2, 1}};

	check_separated(small_set(rows, 2), PERFECT, __LINE__);
}

MI_TEST(bad_values_are_named)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY, 1e101};
	static const char *const said[] = {"NaN", "infinite", "infinite", "beyond 1e100"};

	for (size_t i = 0; i < 4; i++)
	{
		data_set data = data_set_new(3, 2);
		fitted got;
		char message[100];

		memset(data.x, 0, 6 * sizeof(double));
		memset(data.y, 0, 3 * sizeof(double));
		data.x[3] = bad[i];
		got = fit_logistic(&data);
		snprintf(message, sizeof(message), "element 2 of the features is %s in row 2", said[i]);
		CHECK_INT_EQ(got.error.status, MI_OUT_OF_RANGE);
		CHECK_STR_EQ(got.error.message, message);
		fitted_release(&got);
		data_set_release(&data);
	}
}

MI_TEST(options_out_of_range_are_refused)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	const mi_algorithm *algorithm = &mi_logistic_regression_algorithm;

	CHECK(algorithm->check_params(&params) == NULL);
	params.tuning = -1.0;
	CHECK_STR_EQ(algorithm->check_params(&params), "l2 must be a number >= 0");
	params.tuning = NAN;
	CHECK_STR_EQ(algorithm->check_params(&params), "l2 must be a number >= 0");
	params.tuning = 0.0;
	params.max_iterations = 1.5;
	CHECK_STR_EQ(algorithm->check_params(&params), "max_iterations must be a whole number from 1 to 1000000");
	params.max_iterations = 5.0;
	params.tolerance = 0.0;
	CHECK_STR_EQ(algorithm->check_params(&params), "tolerance must be a number > 0");
	params.tolerance = 1e-6;
	params.confidence = 1.0;
	CHECK_STR_EQ(algorithm->check_params(&params), "confidence must lie between 0 and 1");
}

MI_TEST(an_end_before_the_maximum_is_said)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	data_set data;
	fitted got;

	if (!read_four_measurements(&data))
		return;
	params.max_iterations = 2.0;
	got = fit(&mi_logistic_regression_algorithm, &params, &data);
	CHECK_INT_EQ(figure_of(&got, "converged"), 0);
	CHECK_INT_EQ(figure_of(&got, "iterations"), 2);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(memory_is_limited)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	data_set data = data_set_new(10000, 3);
	fitted got;

	for (size_t row = 0; row < data.rows; row++)
	{
		data.y[row] = row % 2;
		memcpy(data.x + row * 3, (double[]){(double) row, 1.0, (double) (row % 7)}, 3 * sizeof(double));
	}
	got = fit_within(&mi_logistic_regression_algorithm, &params, &data, 64 * 1024);
	CHECK_INT_EQ(got.error.status, MI_BUDGET_EXCEEDED);
	CHECK_STR_EQ(got.error.message, "training data takes 316 kB of memory, the limit is 64 kB"); /* 79 × 128 × 4 × 8 */
	fitted_release(&got);
	got = fit_within(&mi_logistic_regression_algorithm, &params, &data, 316 * 1024);
	CHECK_INT_EQ(got.error.status, MI_OK);
	fitted_release(&got);
	data_set_release(&data);
}
