/*
 * Quantile regression; see quantile_regression.h.
 */
#include "quantile_regression.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#include "../base/host.h"
#include "../base/random.h"
#include "../base/sort.h"
#include "quantile_basis.h"
#include "quantile_reduction.h"

static const mi_option options[] = {
	{"tau", MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, MI_ITERATIVE_PARAM(tuning), NULL, "a number between 0 and 1"},
	MI_ITERATIVE_OPTIONS,
	{NULL}};

/* Places of what summary() wants to know. */
enum
{
	FIGURE_LOSS,
	FIGURE_NULL_LOSS
};

static void
set_default_params(void *params)
{
	*(mi_iterative_params *) params = (mi_iterative_params){
		.intercept = true,
		.tuning = 0.5,
		.confidence = 0.95,
		.max_iterations = 1.0, /* the solution is exact: there is nothing to choose, these two only fill their places */
		.tolerance = 1.0,
	};
}

static const char *
check_params(const void *params)
{
	const mi_iterative_params *asked = params;

	if (!(asked->tuning > 0.0 && asked->tuning < 1.0))
		return "tau must lie between 0 and 1, both excluded";
	return mi_iterative_check_params(asked);
}

/*
 * Where a fit goes through is looked for not in the targets but in the residuals of least squares, to which every fit
 * is the same but for those of least squares: however large the targets are beside what they vary by, nothing that
 * tells fits apart is below their last digit.
 *
 * Equal rows, and counts as targets, make fits that are equally good, among which the exchange of rows could go in
 * circles. So these residuals are moved by random amounts, up to this part of their size; where the fit goes through is
 * found with them, the fit itself without.
 */
#define PERTURBATION 1e-9

/* Residuals this small beside the targets are nothing but rounding: the fit is exact. */
#define EXACT_FIT 1e-13

typedef struct quantile_fit
{
	const mi_design *design;
	const double *least_squares; /* of the columns and the targets */
	mi_design_block block;
	double *y;       /* residuals of least squares, moved */
	double scale;    /* mean size of a residual of least squares */
	uint64_t *basis; /* rows that the fit goes through */
	uint32_t iterations;
	bool optimal;
} quantile_fit;

static double
target_of(const mi_design *design, uint64_t row)
{
	const double *chunk = design->frame->chunks[row / MI_PLAIN_BLOCK_ROWS];

	return chunk[(design->frame->columns - 1) * MI_PLAIN_BLOCK_ROWS + row % MI_PLAIN_BLOCK_ROWS];
}

/* The sum of rho over the rows. */
static double
loss_of(quantile_fit *at, const double *b, double tau)
{
	double fitted[MI_PLAIN_BLOCK_ROWS];
	double total = 0.0;

	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		double sum = 0.0;

		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, b, fitted);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			double residual = at->block.target[row] - fitted[row];

			sum += residual * (residual < 0.0 ? tau - 1.0 : tau);
		}
		total += sum;
	}
	return total;
}

static void
least_squares_estimates(const quantile_fit *at, double *b)
{
	size_t rank = at->design->rank;

	for (size_t k = 0; k < rank; k++)
		b[k] = at->least_squares[mi_triangle_at(rank + 1, k, rank)];
	mi_plain_triangle_solve(at->least_squares, rank + 1, rank, b);
}

/* Moved residuals of least squares, and their scale; true when they are nothing, and so are those of every tau. */
static bool
prepare(quantile_fit *at)
{
	const mi_design *design = at->design;
	double *b = mi_allocate(design->rank * sizeof(double));
	double fitted[MI_PLAIN_BLOCK_ROWS];
	double n = (double) design->frame->rows;
	double squares = 0.0;
	mi_random random = mi_random_seed(0);

	least_squares_estimates(at, b);
	for (size_t index = 0; index < mi_design_block_count(design); index++)
	{
		double sizes = 0.0;

		mi_design_read(design, index, &at->block);
		mi_design_apply(design, &at->block, b, fitted);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			double target = at->block.target[row];

			at->y[at->block.first + row] = target - fitted[row];
			sizes += fabs(target - fitted[row]);
			squares += target * target;
		}
		at->scale += sizes / n;
	}
	mi_release(b);
	for (uint64_t row = 0; row < design->frame->rows; row++)
		at->y[row] += PERTURBATION * at->scale * (mi_random_uniform(&random) - 0.5);
	return design->frame->rows <= design->rank || at->scale <= EXACT_FIT * sqrt(squares / n);
}

/* b of the tau-th regression quantile. */
static mi_status
solve(quantile_fit *at, double tau, double *b, mi_error *error)
{
	const mi_design *design = at->design;
	mi_quantile_problem problem = {design, at->least_squares, at->y, at->scale};
	double *targets = mi_allocate(design->rank * sizeof(double));

	if (mi_quantile_solve(&problem, tau, at->basis, &at->iterations, &at->optimal, error) == MI_OK)
	{
		for (size_t i = 0; i < design->rank; i++)
			targets[i] = target_of(design, at->basis[i]);
		mi_quantile_basis_estimates(design, at->least_squares, at->basis, targets, b, error);
	}
	mi_release(targets);
	return error->status;
}

/*
 * How far above and below tau to look for how dense the targets are: best for the error of a confidence interval of 95
 * % (P. Hall, S. J. Sheather, J. Royal Statistical Society B 50 (1988) 381-391), halved until both are quantiles.
 */
static double
bandwidth(double tau, double rows)
{
	double normal = gsl_cdf_ugaussian_Pinv(tau);
	double density = gsl_ran_ugaussian_pdf(normal);
	double width = pow(rows, -1.0 / 3.0) * pow(gsl_cdf_ugaussian_Pinv(0.975), 2.0 / 3.0) *
				   cbrt(1.5 * density * density / (2.0 * normal * normal + 1.0));

	while (tau - width <= 0.0 || tau + width >= 1.0)
		width /= 2.0;
	return width;
}

/*
 * The sandwich tau (1 - tau) D^-1 X'X D^-1, D = sum f x x', with f the density of each row's target at its quantile:
 * the difference of the probabilities over that of the quantiles, 2 width / x'(b_above - b_below). Where the quantiles
 * cross it is taken for 0; the tiny number that keeps it finite is quantreg's.
 */
static void
find_errors(quantile_fit *at, double tau, double width, const double *difference, double *std_errors)
{
	const mi_design *design = at->design;
	size_t rank = design->rank;
	double *triangle = mi_plain_triangle_new(rank + 1);
	double spread[MI_PLAIN_BLOCK_ROWS];

	for (size_t index = 0; index < mi_design_block_count(design); index++)
	{
		mi_design_read(design, index, &at->block);
		mi_design_apply(design, &at->block, difference, spread);
		for (size_t row = 0; row < at->block.padded; row++)
			spread[row] = sqrt(fmax(0.0, 2.0 * width / (spread[row] - sqrt(DBL_EPSILON))));
		for (size_t k = 0; k < rank; k++)
			for (size_t row = 0; row < at->block.padded; row++)
				at->block.columns[k * MI_PLAIN_BLOCK_ROWS + row] *= spread[row];
		memset(at->block.columns + rank * MI_PLAIN_BLOCK_ROWS, 0, at->block.padded * sizeof(double));
		mi_plain_triangle_fold(triangle, rank + 1, at->block.columns, at->block.padded);
	}
	mi_design_errors(design, triangle, at->least_squares, rank + 1, std_errors);
	for (size_t column = 0; column < design->columns; column++)
		std_errors[column] *= sqrt(tau * (1.0 - tau));
	mi_release(triangle);
}

/* The loss of the tau-th quantile of the targets alone: what features are measured against. */
static double
null_loss(const quantile_fit *at, double tau)
{
	uint64_t rows = at->design->frame->rows;
	double *targets = mi_allocate(rows * sizeof(double));
	double quantile;
	double sum = 0.0;

	for (uint64_t row = 0; row < rows; row++)
		targets[row] = target_of(at->design, row);
	quantile = mi_nth_smallest(targets, rows, (size_t) fmax(0.0, ceil(tau * (double) rows) - 1.0));
	for (uint64_t row = 0; row < rows; row++)
		sum += (targets[row] - quantile) * (targets[row] < quantile ? tau - 1.0 : tau);
	mi_release(targets);
	return sum;
}

/* The fit, and those above and below it for the errors. */
static mi_status
fit_with_errors(quantile_fit *at, mi_iterative_fit *fit, double *b, mi_error *error)
{
	double tau = fit->params->tuning;
	size_t rank = at->design->rank;
	double width = bandwidth(tau, (double) at->design->frame->rows);
	double *above = mi_allocate(rank * sizeof(double));
	double *below = mi_allocate(rank * sizeof(double));

	if (solve(at, tau, b, error) == MI_OK)
		fit->iterations = at->iterations;
	if (error->status == MI_OK && solve(at, tau + width, above, error) == MI_OK &&
		solve(at, tau - width, below, error) == MI_OK)
	{
		for (size_t k = 0; k < rank; k++)
			above[k] -= below[k];
		find_errors(at, tau, width, above, fit->std_errors);
	}
	mi_release(above);
	mi_release(below);
	return error->status;
}

static mi_status
fit_quantile(mi_iterative_fit *fit, mi_error *error)
{
	const mi_design *design = fit->design;
	quantile_fit at = {
		.design = design,
		.least_squares = fit->least_squares,
		.block = mi_design_block_new(design),
		.y = mi_allocate(design->frame->rows * sizeof(double)),
		.basis = mi_allocate(design->rank * sizeof(uint64_t)),
		.optimal = true,
	};
	double *b = mi_allocate(design->rank * sizeof(double));

	for (size_t column = 0; column < design->columns; column++)
		fit->std_errors[column] = NAN;
	if (prepare(&at))
		least_squares_estimates(&at, b);
	else
		fit_with_errors(&at, fit, b, error);
	if (error->status == MI_OK)
	{
		fit->converged = at.optimal;
		fit->figures[FIGURE_LOSS] = loss_of(&at, b, fit->params->tuning);
		if (design->intercept)
			fit->figures[FIGURE_NULL_LOSS] = null_loss(&at, fit->params->tuning);
		mi_design_estimates(design, b, fit->estimates);
	}
	mi_release(at.block.columns);
	mi_release(at.y);
	mi_release(at.basis);
	mi_release(b);
	return error->status;
}

/* ---- The row in the table of algorithms ---- */

static mi_status
train_finish(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error)
{
	return mi_iterative_train_finish(training, final, fit_quantile, mi_quantile_working_doubles() * sizeof(double),
									 model, error);
}

/* R1: R. Koenker, J. A. F. Machado, J. American Statistical Association 94 (1999) 1296-1310. */
static void
summary(const mi_model *model, mi_json *json)
{
	const mi_iterative_model *quantile = mi_iterative_model_of(model);
	const mi_iterative_fixed *fixed = quantile->fixed;

	mi_json_integer(json, "n", fixed->rows);
	mi_json_number(json, "df", quantile->degrees_of_freedom);
	mi_json_integer(json, "rank", fixed->rank);
	mi_json_number(json, "tau", fixed->tuning);
	mi_json_number(json, "loss", fixed->figures[FIGURE_LOSS]);
	mi_json_number(json, "r1", 1.0 - fixed->figures[FIGURE_LOSS] / fixed->figures[FIGURE_NULL_LOSS]);
	mi_json_integer(json, "iterations", fixed->iterations);
	mi_json_boolean(json, "converged", fixed->converged);
}

static void
describe(const mi_model *model, mi_json *json)
{
	mi_iterative_describe(model, "tau", json);
}

const mi_algorithm mi_quantile_regression_algorithm = {
	.name = "quantile_regression",
	.code = 4,
	.task = MI_TASK_REGRESSION,
	.options = options,
	.params_size = sizeof(mi_iterative_params),
	.set_default_params = set_default_params,
	.check_params = check_params,
	.train_begin = mi_iterative_train_begin,
	.train_add_row = mi_iterative_train_add_row,
	.train_finish = train_finish,
	.train_release = mi_iterative_train_release,
	.held_rows = mi_iterative_held_rows,
	.open = mi_iterative_open,
	.close = mi_iterative_close,
	.predict = mi_iterative_predict,
	.explain = mi_iterative_explain,
	.coefficient_count = mi_iterative_coefficient_count,
	.coefficient = mi_iterative_coefficient,
	.summary = summary,
	.describe = describe,
};
