/*
 * Leverage against closed forms: 1/n + (x - mean)² / S for one number, 1/n_g within groups, x² / (S + l2) for ridge.
 */
#include "unit.h"

#include <gsl/gsl_errno.h>

#include "core/regression/leverage.h"
#include "models.h"

__attribute__((constructor)) static void
switch_gsl_handler_off(void)
{
	gsl_set_error_handler_off();
}

/* Followers of artists: seven orders of magnitude beside the column of ones. */
static const double followers[] = {265997.0,   117116492.0, 6687304.0, 7337242.0,
								   18395396.0, 40607447.0,  19796.0,   124370422.0};
#define ROWS 8

static double
leverage_by_hand(double x, const double *all, double count)
{
	double mean = 0.0;
	double squares = 0.0;

	for (size_t i = 0; i < ROWS; i++)
		mean += all[i] / count;
	for (size_t i = 0; i < ROWS; i++)
		squares += (all[i] - mean) * (all[i] - mean);
	return 1.0 / count + (x - mean) * (x - mean) / squares;
}

/* Columns: one, followers, extra times followers; the target. */
static mi_triangle
triangle_of(double extra, size_t columns)
{
	mi_triangle triangle = mi_triangle_new(columns + 1);

	for (size_t i = 0; i < ROWS; i++)
	{
		double row[] = {1.0, followers[i], extra * followers[i], 0.0};

		row[columns] = (double) (i * i);
		mi_triangle_absorb(triangle, row, 1);
	}
	return triangle;
}

MI_TEST(one_number)
{
	mi_triangle triangle = triangle_of(0.0, 2);
	mi_leverage *leverage = mi_leverage_new(triangle, true, 0.0);
	double sum = 0.0;

	for (size_t i = 0; i < ROWS; i++)
	{
		double got;

		leverage->design_row[0] = 1.0;
		leverage->design_row[1] = followers[i];
		got = mi_leverage_of_row(leverage);
		CHECK_NEAR(got, leverage_by_hand(followers[i], followers, ROWS), 1e-12);
		sum += got;
	}
	CHECK_NEAR(sum, 2.0, 1e-12); /* the number of parameters */
	mi_leverage_release(leverage);
	mi_triangle_release(&triangle);
}

MI_TEST(collinear_columns_do_not_count)
{
	mi_triangle triangle = triangle_of(3.0, 3);
	mi_leverage *leverage = mi_leverage_new(triangle, true, 0.0);

	for (size_t i = 0; i < ROWS; i++)
	{
		leverage->design_row[0] = 1.0;
		leverage->design_row[1] = followers[i];
		leverage->design_row[2] = 3.0 * followers[i];
		CHECK_NEAR(mi_leverage_of_row(leverage), leverage_by_hand(followers[i], followers, ROWS), 1e-12);
	}
	mi_leverage_release(leverage);
	mi_triangle_release(&triangle);
}

MI_TEST(ridge_has_less)
{
	const double x[] = {1.5, -2.25, 0.5, 3.0};
	const double l2 = 2.5;
	double squares = 1.5 * 1.5 + 2.25 * 2.25 + 0.5 * 0.5 + 3.0 * 3.0;
	mi_triangle triangle = mi_triangle_new(2);
	mi_leverage *leverage;

	for (size_t i = 0; i < 4; i++)
		mi_triangle_absorb(triangle, (double[]){x[i], 2.0 * x[i] + 0.125}, 1);
	leverage = mi_leverage_new(triangle, false, l2);
	for (size_t i = 0; i < 4; i++)
	{
		leverage->design_row[0] = x[i];
		CHECK_NEAR(mi_leverage_of_row(leverage), x[i] * x[i] / (squares + l2), 1e-12);
	}
	mi_leverage_release(leverage);
	mi_triangle_release(&triangle);
}

/* A model of one category: each row has one over the number of rows of its level, the reference level included. */
MI_TEST(levels_of_a_category)
{
	static const mi_feature features[] = {{.name = "genre", .kind = MI_FEATURE_CATEGORY}};
	static const char *const genres[] = {"pop", "folk", "pop", "rock", "pop", "rock"};
	const double expected[] = {1.0, 1.0 / 3.0, 1.0 / 2.0}; /* folk, pop, rock */
	mi_linear_regression_params params = default_linear_params();
	training_run run;
	mi_writer bytes = {0};
	mi_model model;
	mi_error error = {0};

	CHECK_INT_EQ(trainer_begin(&run, features, 1, &params, SIZE_MAX), MI_OK);
	for (size_t i = 0; i < 6; i++)
	{
		cell row = {0.0, genres[i]};

		trainer_add(&run, &row, 10.0 * (double) i);
	}
	CHECK_INT_EQ(trainer_finish(&run, &bytes), MI_OK);
	trainer_release(&run);
	if (CHECK_INT_EQ(mi_model_open(&model, bytes.bytes, bytes.length, &error), MI_OK))
	{
		model.algorithm->prepare_leverage(&model);
		model.algorithm->prepare_leverage(&model); /* a second time changes nothing */
		for (size_t level = 0; level < 3; level++)
			CHECK_NEAR(model.algorithm->leverage(&model, (double[]){(double) level}), expected[level], 1e-12);
		mi_model_close(&model);
	}
	mi_release(bytes.bytes);
}
