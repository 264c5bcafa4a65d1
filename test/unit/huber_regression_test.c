/*
 * Huber regression against R's MASS::rlm (test/reference/regressions.r prints the values).
 */
#include "fits.h"

#include "core/regression/huber_regression.h"
#include "random_input.h"

#define TOLERANCE 1e-11 /* the same steps are taken, and as many of them */

static fitted
fit_huber(const data_set *data)
{
	mi_iterative_params params = default_params(&mi_huber_regression_algorithm);

	return fit(&mi_huber_regression_algorithm, &params, data);
}

MI_TEST(breast_cancer_is_as_in_r)
{
	static const reference expected[] = {
		{-706.228484750279, 12.3934966359517},
		{94.2244738563598, 0.447480829037913},
		{0.475423660962789, 0.361368110300961},
		{124.526962044618, 106.114313736173},
	};
	data_set data;
	fitted got;

	if (!read_cancer(&data, (int[]){1, 2, 5}, 3, 4))
		return;
	got = fit_huber(&data);
	CHECK_COEFFICIENTS(&got, expected, TOLERANCE);
	CHECK_NEAR(figure_of(&got, "sigma"), 35.0096597077515, TOLERANCE);
	CHECK_INT_EQ(figure_of(&got, "iterations"), 9);
	CHECK_INT_EQ(figure_of(&got, "downweighted"), 99);
	CHECK_INT_EQ(figure_of(&got, "converged"), 1);
	CHECK_INT_EQ(figure_of(&got, "df"), 565);
	/* R: 2 * pt(-94.2244738563598 / 0.447480829037913, 565), qt(.975, 565) */
	CHECK_NEAR(coefficient_of(&got, 2).p_value, 0.188834701563, 1e-9);
	CHECK_NEAR(coefficient_of(&got, 2).conf_high, 0.475423660962789 + 1.96417155059 * 0.361368110300961, 1e-9);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(without_an_intercept_as_well)
{
	static const reference expected[] = {
		{88.8062641699125, 1.20197675289172},
		{-8.31418889734829, 0.873056066094337},
		{-4546.1304682118, 182.21328084805},
	};
	mi_iterative_params params = default_params(&mi_huber_regression_algorithm);
	data_set data;
	fitted got;

	if (!read_cancer(&data, (int[]){1, 2, 5}, 3, 4))
		return;
	params.intercept = false;
	got = fit(&mi_huber_regression_algorithm, &params, &data);
	CHECK_COEFFICIENTS(&got, expected, TOLERANCE);
	CHECK_INT_EQ(figure_of(&got, "downweighted"), 93);
	fitted_release(&got);
	data_set_release(&data);
}

/* rlm too stops after 20 steps, and warns. */
MI_TEST(longley_does_not_converge_in_r_either)
{
	static const reference expected[] = {
		{-3636724.83702205, 862282.781217475},     {-7.41269047799191, 82.2315837686711},
		{-0.0361894807864344, 0.0324326799557633}, {-2.00485236928949, 0.472966077140094},
		{-1.06099317960358, 0.207503023016562},    {-0.0720199823806312, 0.218929206140578},
		{1910.68082251384, 441.085215765108},
	};
	data_set data;
	fitted got;

	if (!read_longley(&data))
		return;
	got = fit_huber(&data);
	CHECK_COEFFICIENTS(&got, expected, 1e-7); /* six nearly collinear columns: R's own least squares are no better */
	CHECK_NEAR(figure_of(&got, "sigma"), 141.54116190473, 1e-7);
	CHECK_INT_EQ(figure_of(&got, "iterations"), 20);
	CHECK_INT_EQ(figure_of(&got, "converged"), 0);
	fitted_release(&got);
	data_set_release(&data);
}

/* A hundred on a line, and ten far off on one side: least squares goes after them, this does not. */
MI_TEST(a_few_wild_rows_do_not_carry_the_fit_away)
{
	test_random random = random_seeded(__func__);
	data_set data = data_set_new(110, 1);
	fitted got;

	for (size_t row = 0; row < data.rows; row++)
	{
		data.x[row] = (double) (row * 37 % 100);
		data.y[row] = row < 100 ? 2.0 * data.x[row] + random_number(&random) : 1e6;
	}
	got = fit_huber(&data);
	CHECK(fabs(coefficient_of(&got, 1).estimate - 2.0) < 0.05);
	CHECK(figure_of(&got, "downweighted") >= 10);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(an_exact_line_has_no_scale)
{
	data_set data = data_set_new(20, 1);
	fitted got;

	for (size_t row = 0; row < data.rows; row++)
	{
		data.x[row] = (double) row;
		data.y[row] = 7.0;
	}
	got = fit_huber(&data);
	CHECK_NEAR(coefficient_of(&got, 0).estimate, 7.0, 1e-12);
	CHECK(fabs(coefficient_of(&got, 1).estimate) < 1e-12);
	CHECK_INT_EQ(figure_of(&got, "converged"), 1);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(few_rows_and_collinear_columns)
{
	data_set data = data_set_new(2, 3);
	fitted got;

	memcpy(data.x, (double[]){1, 5, 2, 3, 5, 6}, 6 * sizeof(double));
	memcpy(data.y, (double[]){4, 10}, 2 * sizeof(double));
	got = fit_huber(&data);
	CHECK_INT_EQ(got.error.status, MI_OK);
	CHECK_NEAR(coefficient_of(&got, 0).estimate, 1.0, 1e-12);
	CHECK_NEAR(coefficient_of(&got, 1).estimate, 3.0, 1e-12);
	CHECK(isnan(coefficient_of(&got, 1).std_error));
	CHECK(isnan(coefficient_of(&got, 2).estimate) && isnan(coefficient_of(&got, 3).estimate));
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(options_out_of_range_are_refused)
{
	mi_iterative_params params = default_params(&mi_huber_regression_algorithm);

	CHECK(mi_huber_regression_algorithm.check_params(&params) == NULL);
	params.tuning = 0.0;
	CHECK_STR_EQ(mi_huber_regression_algorithm.check_params(&params), "k must be a number > 0");
}
