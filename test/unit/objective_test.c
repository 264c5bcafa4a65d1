/*
 * Objectives: gradients are the slopes of the losses, first scores their minima.
 */
#include "core/boosting/objective.h"
#include "core/base/vector_exp.h"
#include "random_input.h"
#include "unit.h"

static mi_objective
objective(mi_objective_code code)
{
	return (mi_objective){.code = code, .alpha = 0.3, .max_delta_step = 0.7};
}

/* The loss of one row at a margin, and what it says of it. */
static double
loss_at(mi_objective_code code, double target, const double *margins, unsigned outputs, mi_gradient *gradients)
{
	mi_objective asked = objective(code);
	double zeros[4] = {0};
	mi_objective_rows rows = {.count = 1,
							  .apart = 1,
							  .outputs = outputs,
							  .targets = &target,
							  .scores = margins,
							  .base_scores = zeros,
							  .gradients = gradients};

	mi_objective_gradients(&asked, &rows);
	return rows.loss;
}

static const struct
{
	mi_objective_code code;
	unsigned outputs;
	double factor;  /* of the slope in the gradient: regression's is that of half the loss */
	double hessian; /* of the curvature in the hessian; 0: it is 1 whatever the loss */
} cases[] = {
	{MI_OBJECTIVE_BINARY, 1, 1.0, 1.0},
	{MI_OBJECTIVE_REGRESSION, 1, 0.5, 0.5},
	{MI_OBJECTIVE_L1, 1, 1.0, 0.0},
	{MI_OBJECTIVE_QUANTILE, 1, 1.0, 0.0},
	{MI_OBJECTIVE_POISSON, 1, 1.0, 2.01375270747047652}, /* exp(.7) */
	{MI_OBJECTIVE_MULTICLASS, 3, 1.0, 1.5},
};

MI_TEST(gradients_are_slopes_and_hessians_are_curvatures)
{
	test_random random = random_seeded("gradients_are_slopes_and_hessians_are_curvatures");

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
		for (int trial = 0; trial < 100; trial++)
		{
			unsigned outputs = cases[c].outputs;
			double target = (double) random_below(&random, outputs > 1 ? outputs : 2);
			double margins[3];
			mi_gradient at[3];
			mi_gradient other[3];

			for (unsigned k = 0; k < outputs; k++)
				margins[k] = 4.0 * random_number(&random);
			loss_at(cases[c].code, target, margins, outputs, at);
			for (unsigned k = 0; k < outputs; k++)
			{
				double step = 1e-4;
				double middle = margins[k];
				double here = loss_at(cases[c].code, target, margins, outputs, other);
				double above;
				double below;

				margins[k] = middle + step;
				above = loss_at(cases[c].code, target, margins, outputs, other);
				margins[k] = middle - step;
				below = loss_at(cases[c].code, target, margins, outputs, other);
				margins[k] = middle;
				if (cases[c].hessian == 0.0 && fabs(middle - target) < 2.0 * step)
					continue; /* the kink */
				CHECK(fabs(at[k].gradient - cases[c].factor * (above - below) / (2.0 * step)) < 1e-5);
				if (cases[c].hessian == 0.0)
					CHECK(at[k].hessian == 1.0f);
				else
					CHECK(fabs(at[k].hessian - cases[c].hessian * (above - 2.0 * here + below) / (step * step)) < 1e-4);
			}
		}
}

MI_TEST(a_sure_and_wrong_prediction_is_finite)
{
	double margin = 800.0;
	mi_gradient at;

	CHECK_NEAR(loss_at(MI_OBJECTIVE_BINARY, 0.0, &margin, 1, &at), -log(1e-15), 1e-12);
	CHECK(at.gradient == 1.0f && at.hessian == 0.0f);
	margin = -800.0;
	CHECK_NEAR(loss_at(MI_OBJECTIVE_BINARY, 0.0, &margin, 1, &at), 0.0, 1e-300);
}

/* Sums over many rows go another way than one row alone: weights, rows held out, blocks. */
MI_TEST(losses_of_rows_add_up)
{
	test_random random = random_seeded("losses_of_rows_add_up");
	enum
	{
		ROWS = 1500
	};
	static double targets[ROWS];
	static double scores[ROWS];
	static float weights[ROWS];
	static uint8_t held_out[ROWS];
	static mi_gradient gradients[ROWS];
	double base = 0.25;
	double plain = 0.0;
	double weighted = 0.0;
	double weighted_held_out = 0.0;
	mi_objective binary = objective(MI_OBJECTIVE_BINARY);
	mi_objective_rows rows = {.count = ROWS,
							  .apart = ROWS,
							  .outputs = 1,
							  .targets = targets,
							  .scores = scores,
							  .base_scores = &base,
							  .gradients = gradients};

	for (int i = 0; i < ROWS; i++)
	{
		double loss;

		targets[i] = (double) random_below(&random, 2);
		scores[i] = 20.0 * random_number(&random);
		weights[i] = (float) random_below(&random, 4);
		held_out[i] = random_below(&random, 3) == 0;
		loss = log1p(exp(targets[i] != 0.0 ? -(scores[i] + base) : scores[i] + base));
		plain += loss;
		*(held_out[i] ? &weighted_held_out : &weighted) += weights[i] * loss;
	}
	mi_objective_gradients(&binary, &rows);
	CHECK_NEAR(rows.loss, plain, 1e-12);
	rows.weights = weights;
	rows.held_out = held_out;
	mi_objective_gradients(&binary, &rows);
	CHECK_NEAR(rows.loss, weighted, 1e-12);
	CHECK_NEAR(rows.held_out_loss, weighted_held_out, 1e-12);
	for (int i = 0; i < ROWS; i++)
		if (weights[i] == 0.0f)
			CHECK(gradients[i].gradient == 0.0f && gradients[i].hessian == 0.0f);
}

MI_TEST(base_scores_are_the_best_constants)
{
	double targets[] = {0, 1, 1, 0, 1, 1, 0, 1};
	double counts[] = {0, 3, 7, 2, 0, 9, 11, 4};
	double classes[] = {0, 2, 1, 2, 2, 0, 2, 1};
	float weights[] = {1, 2, 1, 1, 0, 1, 3, 1};
	double scores[3];
	mi_objective asked;
	mi_objective_rows rows = {.count = 8, .outputs = 1, .targets = targets};

	asked = objective(MI_OBJECTIVE_BINARY);
	mi_objective_base_scores(&asked, &rows, scores);
	CHECK_NEAR(scores[0], log(5.0 / 3.0), 1e-14);
	rows.weights = weights;
	mi_objective_base_scores(&asked, &rows, scores);
	CHECK_NEAR(scores[0], log(5.0 / 5.0), 1e-14);
	rows = (mi_objective_rows){.count = 8, .outputs = 1, .targets = counts};
	asked = objective(MI_OBJECTIVE_REGRESSION);
	mi_objective_base_scores(&asked, &rows, scores);
	CHECK_NEAR(scores[0], 4.5, 1e-14);
	asked = objective(MI_OBJECTIVE_POISSON);
	mi_objective_base_scores(&asked, &rows, scores);
	CHECK_NEAR(scores[0], log(4.5), 1e-14);
	asked = objective(MI_OBJECTIVE_L1);
	mi_objective_base_scores(&asked, &rows, scores);
	CHECK_NEAR(scores[0], 3.5, 1e-14);
	asked = objective(MI_OBJECTIVE_QUANTILE);
	mi_objective_base_scores(&asked, &rows, scores);
	CHECK_NEAR(scores[0], 2.1, 1e-14); /* R: quantile(c(0,3,7,2,0,9,11,4), .3) */
	rows = (mi_objective_rows){.count = 8, .outputs = 3, .targets = classes};
	asked = objective(MI_OBJECTIVE_MULTICLASS);
	mi_objective_base_scores(&asked, &rows, scores);
	CHECK_NEAR(scores[0], log(0.25), 1e-14);
	CHECK_NEAR(scores[2], log(0.5), 1e-14);
}

MI_TEST(quantiles_are_those_of_sorted_values)
{
	test_random random = random_seeded("quantiles_are_those_of_sorted_values");

	for (int trial = 0; trial < 300; trial++)
	{
		double values[60];
		double sorted[240];
		float weights[60];
		size_t count = 1 + random_below(&random, 60);
		double quantile = (double) (1 + random_below(&random, 99)) / 100.0;
		size_t copies = 0;
		double place;
		size_t at;

		for (size_t i = 0; i < count; i++)
		{
			values[i] = trial % 2 == 0 ? random_number(&random) : floor(5.0 * random_number(&random));
			weights[i] = (float) (1 + random_below(&random, 4));
			for (float n = 0; n < weights[i]; n++)
				sorted[copies++] = values[i];
		}
		qsort(sorted, copies, sizeof(double), ascending);
		at = (size_t) ceil(quantile * (double) copies - 1e-9) - 1;
		if (fabs(quantile * (double) copies - rint(quantile * (double) copies)) > 1e-9) /* else rounding decides */
			CHECK(mi_weighted_quantile(values, weights, count, quantile) == sorted[at]);
		memcpy(sorted, values, count * sizeof(double));
		qsort(sorted, count, sizeof(double), ascending);
		place = quantile * (double) (count - 1);
		at = (size_t) place;
		CHECK_NEAR(mi_weighted_quantile(values, NULL, count, quantile),
				   sorted[at] + (place - (double) at) * (sorted[at + (at + 1 < count)] - sorted[at]), 1e-12);
	}
}

MI_TEST(the_vectorised_exponential_is_the_library_s)
{
	double worst = 0.0;

	for (double x = 0.0; x > -707.0; x -= 0.0137)
		worst = fmax(worst, fabs(mi_exp_of_negative(x) / exp(x) - 1.0));
	CHECK(worst < 4e-16);
	CHECK(mi_exp_of_negative(-1000.0) == 0.0 && mi_exp_of_negative(0.0) == 1.0);
}
