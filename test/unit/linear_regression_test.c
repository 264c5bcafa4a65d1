/*
 * Linear regression against NIST's certified answers, a brute-force oracle, and everything that can be wrong with a
 * row.
 */
#include "nist.h"

#include "core/regression/least_squares.h"
#include "core/regression/linear_regression.h"
#include "core/regression/linear_regression_layout.h"

static mi_linear_regression_params
default_params(void)
{
	mi_linear_regression_params params;

	mi_linear_regression_algorithm.set_default_params(&params);
	return params;
}

typedef struct fitted
{
	mi_writer bytes;
	mi_model model;
	mi_error error;
} fitted;

static void
seal_and_open(fitted *fit, mi_writer *state)
{
	uint8_t *sealed = NULL;
	size_t length = 0;

	CHECK_INT_EQ(mi_model_seal_state(state->bytes, state->length, &sealed, &length, &fit->error), MI_OK);
	fit->bytes.bytes = sealed;
	fit->bytes.length = length;
	CHECK_INT_EQ(mi_model_open(&fit->model, sealed, length, &fit->error), MI_OK);
}

static void
fit_release(fitted *fit)
{
	mi_model_close(&fit->model);
	mi_release(fit->bytes.bytes);
}

/* Rows from … to-1 of a problem in a fresh state. */
static mi_writer
state_of(const nist_problem *problem, int from, int to)
{
	mi_linear_regression_params params = default_params();
	mi_writer state = {0};
	mi_error error = {0};
	int features = problem->terms - problem->intercept;

	params.intercept = problem->intercept;
	CHECK_INT_EQ(mi_linear_state_create(&state, (uint32_t) features, &params, &error), MI_OK);
	for (int row = from; row < to; row++)
		CHECK_INT_EQ(mi_linear_state_add_row(state.bytes, state.length, problem->x[row], (size_t) features,
											 problem->y[row], &error),
					 MI_OK);
	return state;
}

static mi_coefficient
coefficient_of(const mi_model *model, size_t index)
{
	mi_coefficient result;

	model->algorithm->coefficient(model, index, &result);
	return result;
}

/* Worst log relative errors of the estimates and of the standard errors. */
static void
worst_digits(const nist_problem *problem, const mi_model *model, double *estimates, double *std_errors)
{
	*estimates = *std_errors = 15.0;
	for (int term = 0; term < problem->terms; term++)
	{
		mi_coefficient got = coefficient_of(model, (size_t) term);

		*estimates = fmin(*estimates, unit_lre(got.estimate, problem->estimate[term]));
		*std_errors = fmin(*std_errors, unit_lre(got.std_error, problem->std_error[term]));
	}
}

/* What each problem must reach: correct digits of the worst estimate and standard error. */
static const struct
{
	nist_problem problem;
	double estimate_digits;
	double std_error_digits;
} certified[] = {
	{{.name = "Norris", .degree = 1, .intercept = true}, 12, 12},
	{{.name = "NoInt1", .degree = 1, .intercept = false}, 13, 13},
	{{.name = "Longley", .degree = 0, .intercept = true}, 13, 13},
	{{.name = "Wampler1", .degree = 5, .intercept = true}, 12, 12},
	{{.name = "Wampler3", .degree = 5, .intercept = true}, 12, 13},
	{{.name = "Wampler5", .degree = 5, .intercept = true}, 12, 13},
	{{.name = "Filip", .degree = 10, .intercept = true}, 7, 7},
};

#define CERTIFIED_COUNT (sizeof(certified) / sizeof(certified[0]))

static void
check_certified(const nist_problem *problem, mi_writer *state, double estimate_digits, double std_error_digits,
				const char *how)
{
	fitted fit = {0};
	double estimates;
	double std_errors;
	const mi_linear_fixed *fixed;

	seal_and_open(&fit, state);
	worst_digits(problem, &fit.model, &estimates, &std_errors);
	printf("NIST %-8s %-12s correct digits: estimates %.1f, standard errors %.1f\n", problem->name, how, estimates,
		   std_errors);
	CHECK(estimates >= estimate_digits);
	CHECK(std_errors >= std_error_digits);
	fixed = (const mi_linear_fixed *) fit.model.parameters;
	CHECK_INT_EQ(fixed->rank, problem->terms);
	CHECK_LRE(sqrt(fixed->residual_sum_of_squares / (problem->rows - problem->terms)), problem->sigma,
			  std_error_digits);
	CHECK_LRE(1.0 - fixed->residual_sum_of_squares / fixed->total_sum_of_squares, problem->r_squared,
			  fmin(12, std_error_digits + 3));
	fit_release(&fit);
}

MI_TEST(estimates_and_errors_are_those_nist_certifies)
{
	for (size_t i = 0; i < CERTIFIED_COUNT; i++)
	{
		nist_problem problem = certified[i].problem;
		mi_writer state;

		if (!nist_read(&problem))
			continue;
		state = state_of(&problem, 0, problem.rows);
		check_certified(&problem, &state, certified[i].estimate_digits, certified[i].std_error_digits, "one pass");
		mi_release(state.bytes);
	}
}

/* Fit parts of "size" rows each apart, seal every one (as a stored model is), and merge them. */
static void
check_rollup(nist_problem *problem, int size, double estimate_digits, double std_error_digits)
{
	mi_writer merged = state_of(problem, 0, 0);
	mi_error error = {0};
	char how[32];

	for (int from = 0; from < problem->rows; from += size)
	{
		mi_writer part = state_of(problem, from, from + size < problem->rows ? from + size : problem->rows);
		uint8_t *sealed = NULL;
		size_t length = 0;

		CHECK_INT_EQ(mi_model_seal_state(part.bytes, part.length, &sealed, &length, &error), MI_OK);
		CHECK_INT_EQ(mi_linear_state_merge(merged.bytes, merged.length, sealed, length, &error), MI_OK);
		mi_release(sealed);
		mi_release(part.bytes);
	}
	snprintf(how, sizeof(how), "parts of %d", size);
	check_certified(problem, &merged, estimate_digits, std_error_digits, how);
	mi_release(merged.bytes);
}

MI_TEST(merging_parts_of_any_size_loses_no_digit)
{
	for (size_t i = 0; i < CERTIFIED_COUNT; i++)
	{
		nist_problem problem = certified[i].problem;

		if (!nist_read(&problem))
			continue;
		check_rollup(&problem, 1, certified[i].estimate_digits, certified[i].std_error_digits);
		check_rollup(&problem, 5, certified[i].estimate_digits, certified[i].std_error_digits);
	}
}

/* The worst honest problem keeps its distance from what is called collinear: see MI_COLLINEARITY_TOLERANCE. */
MI_TEST(filip_is_far_from_the_collinearity_tolerance)
{
	nist_problem problem = {.name = "Filip", .degree = 10, .intercept = true};
	mi_linear_layout layout;
	mi_writer state;
	mi_error error = {0};
	double smallest = 1.0;

	if (!nist_read(&problem))
		return;
	state = state_of(&problem, 0, problem.rows);
	CHECK_INT_EQ(mi_linear_layout_of(&layout, state.bytes, state.length, &error), MI_OK);
	mi_triangle_absorb(layout.triangle, layout.buffer, layout.fixed->buffered);
	for (size_t column = 0; column < 11; column++)
	{
		double squares = 0.0;

		for (size_t row = 0; row <= column; row++)
			squares += pow(mi_triangle_get(layout.triangle, row, column).hi, 2.0);
		smallest = fmin(smallest, fabs(mi_triangle_get(layout.triangle, column, column).hi) / sqrt(squares));
	}
	printf("Filip: what is left of its worst column is %.1e of it\n", smallest);
	CHECK(smallest > 100.0 * MI_COLLINEARITY_TOLERANCE);
	mi_release(state.bytes);
}

/* Two hundred rows over three columns, the third twice the first plus the second (exactly: they are integers). */
MI_TEST(a_collinear_column_is_named_and_the_others_are_as_without_it)
{
	mi_linear_regression_params params = default_params();
	mi_writer with = {0};
	mi_writer without = {0};
	mi_error error = {0};
	fitted fit_with = {0};
	fitted fit_without = {0};

	mi_linear_state_create(&with, 4, &params, &error);
	mi_linear_state_create(&without, 3, &params, &error);
	for (int row = 0; row < 200; row++)
	{
		double a = (row * 37) % 101;
		double b = (row * 53) % 89;
		double c = (row * 71) % 97;
		double y = 3.0 * a - 2.0 * b + 0.5 * c + (row * 29) % 13;

		CHECK_INT_EQ(mi_linear_state_add_row(with.bytes, with.length, (double[]){a, b, 2 * a + b, c}, 4, y, &error),
					 MI_OK);
		CHECK_INT_EQ(mi_linear_state_add_row(without.bytes, without.length, (double[]){a, b, c}, 3, y, &error), MI_OK);
	}
	seal_and_open(&fit_with, &with);
	seal_and_open(&fit_without, &without);
	CHECK(isnan(coefficient_of(&fit_with.model, 3).estimate));
	CHECK(isnan(coefficient_of(&fit_with.model, 3).std_error));
	CHECK_STR_EQ(coefficient_of(&fit_with.model, 3).term, "x3");
	for (size_t i = 0; i < 4; i++)
	{
		size_t other = i < 3 ? i : i + 1;

		CHECK_NEAR(coefficient_of(&fit_with.model, other).estimate, coefficient_of(&fit_without.model, i).estimate,
				   1e-13);
		CHECK_NEAR(coefficient_of(&fit_with.model, other).std_error, coefficient_of(&fit_without.model, i).std_error,
				   1e-13);
	}
	CHECK_NEAR(fit_with.model.algorithm->predict(&fit_with.model, (double[]){5, 7, 17, 11}),
			   fit_without.model.algorithm->predict(&fit_without.model, (double[]){5, 7, 11}), 1e-13);
	fit_release(&fit_with);
	fit_release(&fit_without);
	mi_release(with.bytes);
	mi_release(without.bytes);
}

/*
 * By hand: x = 1, 2, 3, y = 2, 3, 7, l2 = 1: centred Sxx = 2, Sxy = 5, so b = 5 / (2 + 1), and trace of the hat
 * matrix = 1 + 2/3.
 */
MI_TEST(ridge_shrinks_as_worked_by_hand)
{
	mi_linear_regression_params params = default_params();
	mi_writer state = {0};
	mi_error error = {0};
	fitted fit = {0};
	const double y[] = {2, 3, 7};
	double rss = 0.0;

	params.l2.number = 1.0;
	mi_linear_state_create(&state, 1, &params, &error);
	for (int row = 0; row < 3; row++)
		mi_linear_state_add_row(state.bytes, state.length, (double[]){row + 1.0}, 1, y[row], &error);
	seal_and_open(&fit, &state);
	CHECK_NEAR(coefficient_of(&fit.model, 1).estimate, 5.0 / 3.0, 1e-15);
	CHECK_NEAR(coefficient_of(&fit.model, 0).estimate, 4.0 - 10.0 / 3.0, 1e-14);
	for (int row = 0; row < 3; row++)
		rss += pow(y[row] - (4.0 - 10.0 / 3.0 + 5.0 / 3.0 * (row + 1)), 2.0);
	CHECK_NEAR(((const mi_linear_fixed *) fit.model.parameters)->residual_sum_of_squares, rss, 1e-14);
	CHECK_NEAR(((const mi_linear_fixed *) fit.model.parameters)->effective_parameters, 1.0 + 2.0 / 3.0, 1e-14);
	/* sigma² / (Sxx + l2)² * Sxx is the variance of the slope */
	CHECK_NEAR(coefficient_of(&fit.model, 1).std_error, sqrt(rss / (3.0 - 5.0 / 3.0) * 2.0) / 3.0, 1e-14);
	fit_release(&fit);
	mi_release(state.bytes);
}

/* The oracle: n RSS / (n - trace)² of one feature, from its closed form. */
static double
cross_validation_score(double sxx, double sxy, double syy, double n, double l2)
{
	double slope = sxy / (sxx + l2);
	double rss = syy - 2.0 * slope * sxy + slope * slope * sxx;

	return n * rss / pow(n - 1.0 - sxx / (sxx + l2), 2.0);
}

MI_TEST(automatic_ridge_minimises_the_cross_validation_score)
{
	mi_linear_regression_params params = default_params();
	mi_writer state = {0};
	mi_error error = {0};
	fitted fit = {0};
	const double x[] = {1, 2, 3, 4, 5, 6, 7, 8};
	const double y[] = {1.0, -1.5, 2.0, 1.5, 0.7, 3.1, 1.2, 3.9};
	double n = 8;
	double sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
	double chosen;

	params.l2.word = 0;
	mi_linear_state_create(&state, 1, &params, &error);
	for (int row = 0; row < 8; row++)
	{
		mi_linear_state_add_row(state.bytes, state.length, &x[row], 1, y[row], &error);
		sx += x[row];
		sy += y[row];
		sxx += x[row] * x[row];
		sxy += x[row] * y[row];
		syy += y[row] * y[row];
	}
	sxx -= sx * sx / n;
	sxy -= sx * sy / n;
	syy -= sy * sy / n;
	seal_and_open(&fit, &state);
	chosen = ((const mi_linear_fixed *) fit.model.parameters)->l2_used;
	CHECK(chosen > 0.0);
	for (double factor = 1e-3; factor < 1e3; factor *= 1.1)
		CHECK(cross_validation_score(sxx, sxy, syy, n, chosen) <=
			  cross_validation_score(sxx, sxy, syy, n, chosen * factor) * (1.0 + 1e-12));
	fit_release(&fit);
	mi_release(state.bytes);
}

MI_TEST(few_rows_and_constant_columns_have_decided_answers)
{
	mi_linear_regression_params params = default_params();
	mi_writer state = {0};
	mi_error error = {0};
	fitted fit = {0};

	mi_linear_state_create(&state, 2, &params, &error);
	mi_linear_state_add_row(state.bytes, state.length, (double[]){4, 5}, 2, 7, &error);
	seal_and_open(&fit, &state);
	CHECK_NEAR(coefficient_of(&fit.model, 0).estimate, 7.0, 0.0); /* one row: only the intercept is known */
	CHECK(isnan(coefficient_of(&fit.model, 1).estimate));
	CHECK(isnan(coefficient_of(&fit.model, 0).std_error));
	fit_release(&fit);

	for (int row = 0; row < 10; row++)
		mi_linear_state_add_row(state.bytes, state.length, (double[]){4, row}, 2, 7 + row, &error);
	memset(&fit, 0, sizeof(fit));
	seal_and_open(&fit, &state);
	CHECK(isnan(coefficient_of(&fit.model, 1).estimate)); /* constant: the intercept's job */
	CHECK(isfinite(coefficient_of(&fit.model, 2).estimate));
	fit_release(&fit);
	mi_release(state.bytes);
}

MI_TEST(bad_rows_are_refused_with_their_place)
{
	mi_linear_regression_params params = default_params();
	mi_writer state = {0};
	mi_writer before = {0};
	mi_error error = {0};

	mi_linear_state_create(&state, 2, &params, &error);
	mi_linear_state_add_row(state.bytes, state.length, (double[]){1, 2}, 2, 3, &error);
	mi_write(&before, state.bytes, state.length);

	CHECK_INT_EQ(mi_linear_state_add_row(state.bytes, state.length, (double[]){1, NAN}, 2, 3, &error), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "element 2 of the features is NaN in row 2");
	CHECK_INT_EQ(mi_linear_state_add_row(state.bytes, state.length, (double[]){-INFINITY, 2}, 2, 3, &error),
				 MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "element 1 of the features is infinite in row 2");
	CHECK_INT_EQ(mi_linear_state_add_row(state.bytes, state.length, (double[]){1, 2}, 2, NAN, &error), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "the target is NaN in row 2");
	CHECK_INT_EQ(mi_linear_state_add_row(state.bytes, state.length, (double[]){NAN, 1e300}, 2, 3, &error),
				 MI_OUT_OF_RANGE);
	CHECK_INT_EQ(mi_linear_state_add_row(state.bytes, state.length, (double[]){1, 2e100}, 2, 3, &error),
				 MI_OUT_OF_RANGE);
	CHECK_STR_EQ(error.message, "element 2 of the features is beyond 1e100 in row 2");
	CHECK_INT_EQ(mi_linear_state_add_row(state.bytes, state.length, (double[]){1}, 1, 3, &error), MI_INVALID_ARGUMENT);

	memset(&error, 0, sizeof(error));
	CHECK_INT_EQ(mi_linear_state_create(&before, MI_LINEAR_MAX_COLUMNS, &params, &error), MI_TOO_LARGE);
	mi_release(state.bytes);
	mi_release(before.bytes);
}

MI_TEST(models_that_differ_do_not_merge)
{
	mi_linear_regression_params params = default_params();
	mi_writer a = {0};
	mi_writer b = {0};
	mi_writer c = {0};
	mi_error error = {0};

	mi_linear_state_create(&a, 2, &params, &error);
	mi_linear_state_create(&b, 3, &params, &error);
	params.l2.number = 1.0;
	mi_linear_state_create(&c, 2, &params, &error);
	CHECK_INT_EQ(mi_linear_state_merge(a.bytes, a.length, b.bytes, b.length, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "models cannot be merged: they differ in \"features\"");
	CHECK_INT_EQ(mi_linear_state_merge(a.bytes, a.length, c.bytes, c.length, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "models cannot be merged: they differ in \"l2\"");
	mi_release(a.bytes);
	mi_release(b.bytes);
	mi_release(c.bytes);
}
