/*
 * Quantile regression against R's quantreg (test/reference/regressions.r prints the values), and against trying every
 * fit that goes through as many rows as it has coefficients.
 */
#include "fits.h"

#include "core/regression/quantile_regression.h"
#include "random_input.h"

#define TOLERANCE 1e-9

static fitted
fit_quantile(const data_set *data, double tau)
{
	mi_iterative_params params = default_params(&mi_quantile_regression_algorithm);

	params.tuning = tau;
	return fit(&mi_quantile_regression_algorithm, &params, data);
}

MI_TEST(breast_cancer_is_as_in_r)
{
	static const struct
	{
		double tau;
		double loss;
		double r1;
		reference expected[4];
	} cases[] = {
		{.05,
		 1363.42920661569,
		 0.88630074147143,
		 {{-589.651217299882, 5.93240438541883},
		  {86.750158252243, 0.245798347950979},
		  {0.108736499091564, 0.0606777374431715},
		  {-280.48576610378, 43.4640385091283}}},
		{.25,
		 5731.62217612502,
		 0.874302396435738,
		 {{-651.651419559657, 6.59833807593408},
		  {89.9695568198704, 0.429801618931951},
		  {0.430544520193146, 0.0685995690950283},
		  {-64.1281256267025, 25.8532582794153}}},
		{.5,
		 9376.02036625586,
		 0.866311051896239,
		 {{-706.885699899574, 13.2047902975659},
		  {93.1269565937925, 0.59606654784752},
		  {0.424716647640351, 0.341852291269478},
		  {235.539526030307, 108.113802313126}}},
		{.75,
		 9645.96744101087,
		 0.865915561812205,
		 {{-731.804080875171, 27.8718817494977},
		  {94.7058315057341, 1.11590524452364},
		  {0.823166136150734, 0.771889196372879},
		  {481.515752772035, 238.873340350478}}},
	};
	data_set data;

	if (!read_cancer(&data, (int[]){1, 2, 5}, 3, 4))
		return;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		fitted got = fit_quantile(&data, cases[i].tau);

		CHECK_COEFFICIENTS(&got, cases[i].expected, TOLERANCE);
		CHECK_NEAR(figure_of(&got, "loss"), cases[i].loss, 1e-12);
		CHECK_NEAR(figure_of(&got, "r1"), cases[i].r1, 1e-10);
		CHECK_INT_EQ(figure_of(&got, "converged"), 1);
		CHECK_INT_EQ(figure_of(&got, "df"), 565);
		fitted_release(&got);
	}
	data_set_release(&data);
}

MI_TEST(without_an_intercept_as_well)
{
	static const reference expected[] = {
		{86.5861209969509, 1.58579307637568},
		{-8.40344516024884, 0.398325502246779},
		{-4258.6724557258, 158.932288599902},
	};
	mi_iterative_params params = default_params(&mi_quantile_regression_algorithm);
	data_set data;
	fitted got;

	if (!read_cancer(&data, (int[]){1, 2, 5}, 3, 4))
		return;
	params.intercept = false;
	got = fit(&mi_quantile_regression_algorithm, &params, &data);
	CHECK_COEFFICIENTS(&got, expected, TOLERANCE);
	CHECK_NEAR(figure_of(&got, "loss"), 22143.4095575361, 1e-12);
	CHECK(isnan(figure_of(&got, "r1"))); /* there is no fit without features to compare with */
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(longley_is_as_in_r)
{
	static const reference expected[] = {
		{-4356709.39552501, 933312.825514173},     {-7.39706120745113, 146.232015475926},
		{-0.0523760173996914, 0.0373310198671495}, {-2.24220095174884, 0.504048346841612},
		{-1.16763206419504, 0.258702147873536},    {-0.0684938991122811, 0.339528844791759},
		{2282.56034644684, 485.434234447799},
	};
	data_set data;
	fitted got;

	if (!read_longley(&data))
		return;
	got = fit_quantile(&data, 0.5);
	CHECK_COEFFICIENTS(&got, expected, 1e-7); /* nearly collinear: R's errors have no more digits */
	CHECK_NEAR(figure_of(&got, "loss"), 1219.38964077551, 1e-11);
	fitted_release(&got);
	data_set_release(&data);
}

/* ---- The best of all fits, by trying them ---- */

static double
loss_of(const data_set *data, const double b[3], double tau)
{
	double sum = 0.0;

	for (size_t row = 0; row < data->rows; row++)
	{
		const double *x = data->x + row * 2;
		double residual = data->y[row] - b[0] - b[1] * x[0] - b[2] * x[1];

		sum += residual * (residual < 0.0 ? tau - 1.0 : tau);
	}
	return sum;
}

static double
determinant(double a[3], double b[3], double c[3])
{
	return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
}

/* Through three rows, by Cramer's rule; false when they do not determine it. */
static bool
fit_through(const data_set *data, const size_t rows[3], double b[3])
{
	double ones[3] = {1.0, 1.0, 1.0};
	double x1[3];
	double x2[3];
	double y[3];
	double whole;

	for (int i = 0; i < 3; i++)
	{
		x1[i] = data->x[rows[i] * 2];
		x2[i] = data->x[rows[i] * 2 + 1];
		y[i] = data->y[rows[i]];
	}
	whole = determinant(ones, x1, x2);
	if (fabs(whole) < 1e-9)
		return false;
	b[0] = determinant(y, x1, x2) / whole;
	b[1] = determinant(ones, y, x2) / whole;
	b[2] = determinant(ones, x1, y) / whole;
	return true;
}

static double
least_loss(const data_set *data, double tau)
{
	double least = INFINITY;
	size_t rows[3];

	for (rows[0] = 0; rows[0] < data->rows; rows[0]++)
		for (rows[1] = rows[0] + 1; rows[1] < data->rows; rows[1]++)
			for (rows[2] = rows[1] + 1; rows[2] < data->rows; rows[2]++)
			{
				double b[3];

				if (fit_through(data, rows, b))
					least = fmin(least, loss_of(data, b, tau));
			}
	return least;
}

/* Numbers without ties, and whole numbers of which many are equal, as counts of plays are. */
MI_TEST(no_fit_is_better)
{
	test_random random = random_seeded(__func__);
	int unproved = 0;

	for (int round = 0; round < 120; round++)
	{
		data_set data = data_set_new(8 + random_below(&random, 20), 2);
		double tau = 0.02 + 0.96 * (0.5 + 0.5 * random_number(&random));
		bool counts = round % 2 == 1;
		fitted got;

		for (size_t row = 0; row < data.rows; row++)
		{
			data.x[row * 2] = counts ? (double) random_below(&random, 5) : random_number(&random);
			data.x[row * 2 + 1] = counts ? (double) random_below(&random, 4) : random_number(&random);
			data.y[row] = counts ? (double) random_below(&random, 6) : random_number(&random);
		}
		memcpy(data.x, (double[]){0, 0, 1, 0, 0, 1}, 6 * sizeof(double)); /* not collinear */
		got = fit_quantile(&data, tau);
		if (CHECK_INT_EQ(got.error.status, MI_OK))
		{
			double b[] = {coefficient_of(&got, 0).estimate, coefficient_of(&got, 1).estimate,
						  coefficient_of(&got, 2).estimate};
			double least = least_loss(&data, tau);

			CHECK(loss_of(&data, b, tau) <= least + 1e-9 * (1.0 + least));
			CHECK_NEAR(figure_of(&got, "loss"), loss_of(&data, b, tau), 1e-9);
			unproved += figure_of(&got, "converged") != 1;
		}
		fitted_release(&got);
		data_set_release(&data);
	}
	CHECK_INT_EQ(unproved, 0);
}

/* Small whole numbers in columns of which each is the one before it but for a billionth. */
MI_TEST(nearly_collinear_columns_of_counts_are_no_failure)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 1500; round++)
	{
		data_set data = data_set_new(7 + random_below(&random, 6), 4);
		double near = pow(10.0, -8.5 + 0.5 * random_number(&random));
		fitted got;

		for (size_t row = 0; row < data.rows; row++)
		{
			double *x = data.x + row * 4;

			data.y[row] = (double) random_below(&random, 2);
			x[0] = (double) random_below(&random, 2);
			for (size_t k = 1; k < 4; k++)
				x[k] = x[k - 1] + near * (double) random_below(&random, 2);
		}
		got = fit_quantile(&data, (double) (1 + random_below(&random, 9)) / 10.0);
		if (CHECK_INT_EQ(got.error.status, MI_OK))
			CHECK_INT_EQ(figure_of(&got, "converged"), 1);
		fitted_release(&got);
		data_set_release(&data);
	}
}

/* Hundreds of rows are the same, so that fits are equally good, wherever the targets are. */
MI_TEST(equal_rows_are_told_apart)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 20; round++)
	{
		data_set data = data_set_new(2000, 1);
		fitted got;

		for (size_t row = 0; row < data.rows; row++)
		{
			data.x[row] = (double) random_below(&random, 2);
			data.y[row] = (double) random_below(&random, 2) + (round % 2 > 0 ? 1e13 : 0.0);
		}
		got = fit_quantile(&data, 0.5 + 0.45 * random_number(&random));
		CHECK_INT_EQ(figure_of(&got, "converged"), 1);
		fitted_release(&got);
		data_set_release(&data);
	}
}

/* What is found does not depend on where the targets are, as long as doubles tell them apart. */
MI_TEST(targets_far_from_zero_are_solved_as_well)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 300; round++)
	{
		data_set data = data_set_new(10 + random_below(&random, 40), 2);
		double tau = 0.5 + 0.48 * random_number(&random);
		double loss;
		fitted got;

		for (size_t row = 0; row < data.rows; row++)
		{
			data.x[row * 2] = (double) random_below(&random, 5);
			data.x[row * 2 + 1] = (double) random_below(&random, 4);
			data.y[row] = (double) random_below(&random, 6);
		}
		memcpy(data.x, (double[]){0, 0, 1, 0, 0, 1}, 6 * sizeof(double)); /* not collinear */
		got = fit_quantile(&data, tau);
		loss = figure_of(&got, "loss");
		fitted_release(&got);
		for (size_t row = 0; row < data.rows; row++)
			data.y[row] += 1e12;
		got = fit_quantile(&data, tau);
		CHECK_INT_EQ(figure_of(&got, "converged"), 1);
		CHECK(fabs(figure_of(&got, "loss") - loss) < 1e-3 * (double) data.rows);
		fitted_release(&got);
		data_set_release(&data);
	}
}

/*
 * More rows than are solved at once. At the optimum no more of them are below the fit than tau n, no more above it than
 * (1 - tau) n: of all rows, and of those of each level (Koenker and Bassett 1978, theorem 3.4).
 */
MI_TEST(many_rows_are_solved_exactly_too)
{
	test_random random = random_seeded(__func__);
	static const double taus[] = {0.03, 0.5, 0.9};

	for (size_t i = 0; i < 3; i++)
	{
		data_set data = data_set_new(30000, 2);
		double below[2] = {0};
		double above[2] = {0};
		double count[2] = {0};
		fitted got;

		for (size_t row = 0; row < data.rows; row++)
		{
			data.x[row * 2] = random_number(&random);
			data.x[row * 2 + 1] = random_below(&random, 2);
			data.y[row] = 3.0 * data.x[row * 2] + data.x[row * 2 + 1] +
						  (1.5 + data.x[row * 2]) * random_number(&random) * random_number(&random);
			if (i == 1)
				data.y[row] = floor(10.0 * data.y[row]); /* ties */
		}
		got = fit_quantile(&data, taus[i]);
		CHECK_INT_EQ(figure_of(&got, "converged"), 1);
		for (size_t row = 0; row < data.rows; row++)
		{
			size_t level = (size_t) data.x[row * 2 + 1];
			double residual = data.y[row] - got.model.algorithm->predict(&got.model, data.x + row * 2);

			count[level]++;
			below[level] += residual < -1e-9;
			above[level] += residual > 1e-9;
		}
		for (int level = 0; level < 2; level++)
			CHECK(below[level] <= taus[i] * count[level] + 1e-6 &&
				  above[level] <= (1.0 - taus[i]) * count[level] + 1e-6);
		fitted_release(&got);
		data_set_release(&data);
	}
}

MI_TEST(an_exact_plane_is_found_for_every_tau)
{
	test_random random = random_seeded(__func__);
	data_set data = data_set_new(40, 2);
	fitted got;

	for (size_t row = 0; row < data.rows; row++)
	{
		data.x[row * 2] = random_number(&random);
		data.x[row * 2 + 1] = random_number(&random);
		data.y[row] = 1.0 + 2.0 * data.x[row * 2] - 3.0 * data.x[row * 2 + 1];
	}
	got = fit_quantile(&data, 0.9);
	CHECK_NEAR(coefficient_of(&got, 0).estimate, 1.0, 1e-12);
	CHECK_NEAR(coefficient_of(&got, 1).estimate, 2.0, 1e-12);
	CHECK_NEAR(coefficient_of(&got, 2).estimate, -3.0, 1e-12);
	CHECK(isnan(coefficient_of(&got, 2).std_error));
	fitted_release(&got);
	data_set_release(&data);
}

/* All but a few rows on a plane: least squares misses it, the median does not. */
MI_TEST(the_median_ignores_what_less_than_half_of_the_rows_say)
{
	test_random random = random_seeded(__func__);
	data_set data = data_set_new(60, 1);
	fitted got;

	for (size_t row = 0; row < data.rows; row++)
	{
		data.x[row] = random_number(&random);
		data.y[row] = row < 40 ? 5.0 - data.x[row] : 100.0 + 50.0 * random_number(&random);
	}
	got = fit_quantile(&data, 0.5);
	CHECK_NEAR(coefficient_of(&got, 0).estimate, 5.0, 1e-9);
	CHECK_NEAR(coefficient_of(&got, 1).estimate, -1.0, 1e-9);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(few_rows_and_collinear_columns)
{
	data_set data = data_set_new(2, 3);
	fitted got;

	memcpy(data.x, (double[]){1, 5, 2, 3, 5, 6}, 6 * sizeof(double));
	memcpy(data.y, (double[]){4, 10}, 2 * sizeof(double));
	got = fit_quantile(&data, 0.5);
	CHECK_INT_EQ(got.error.status, MI_OK);
	CHECK_NEAR(coefficient_of(&got, 0).estimate, 1.0, 1e-12);
	CHECK_NEAR(coefficient_of(&got, 1).estimate, 3.0, 1e-12);
	CHECK(isnan(coefficient_of(&got, 1).std_error));
	CHECK(isnan(coefficient_of(&got, 2).estimate) && isnan(coefficient_of(&got, 3).estimate));
	fitted_release(&got);
	data_set_release(&data);
}

/* As many rows as coefficients, which rounding keeps from being hit exactly: columns are nearly collinear. */
MI_TEST(as_many_rows_as_columns_have_no_errors)
{
	test_random random = random_seeded(__func__);
	data_set data = data_set_new(4, 3);
	fitted got;

	for (size_t row = 0; row < 4; row++)
	{
		double *x = data.x + row * 3;

		data.y[row] = random_number(&random);
		x[0] = random_number(&random);
		x[1] = x[0] + 1e-8 * random_number(&random);
		x[2] = x[1] + 1e-8 * random_number(&random);
	}
	got = fit_quantile(&data, 0.5);
	CHECK_INT_EQ(figure_of(&got, "rank"), 4);
	CHECK_INT_EQ(figure_of(&got, "iterations"), 0);
	CHECK(isnan(coefficient_of(&got, 1).std_error));
	CHECK(figure_of(&got, "loss") < 1e-4);
	fitted_release(&got);
	data_set_release(&data);
}

/* Nothing is left to be fitted: every prediction is 0, which is proved. */
MI_TEST(a_feature_of_zeros_without_an_intercept)
{
	mi_iterative_params params = default_params(&mi_quantile_regression_algorithm);
	data_set data = data_set_new(3, 1);
	fitted got;

	memset(data.x, 0, 3 * sizeof(double));
	memcpy(data.y, (double[]){1, 2, -4}, 3 * sizeof(double));
	params.intercept = false;
	got = fit(&mi_quantile_regression_algorithm, &params, &data);
	CHECK_INT_EQ(got.error.status, MI_OK);
	CHECK_NEAR(figure_of(&got, "loss"), 3.5, 1e-15);
	CHECK_INT_EQ(figure_of(&got, "converged"), 1);
	CHECK_INT_EQ(figure_of(&got, "rank"), 0);
	fitted_release(&got);
	data_set_release(&data);
}

MI_TEST(tau_lies_between_0_and_1)
{
	static const double taus[] = {0.0, 1.0, -0.1, 1.5, NAN, INFINITY};
	mi_iterative_params params = default_params(&mi_quantile_regression_algorithm);

	CHECK(mi_quantile_regression_algorithm.check_params(&params) == NULL);
	for (size_t i = 0; i < sizeof(taus) / sizeof(taus[0]); i++)
	{
		params.tuning = taus[i];
		CHECK_STR_EQ(mi_quantile_regression_algorithm.check_params(&params),
					 "tau must lie between 0 and 1, both excluded");
	}
}
