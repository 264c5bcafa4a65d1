/*
 * Huber regression; see huber_regression.h.
 */
#include "huber_regression.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/sort.h"

static const mi_option options[] = {
	{"k", MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, MI_ITERATIVE_PARAM(tuning), NULL, "a number > 0"},
	MI_ITERATIVE_OPTIONS,
	MI_ITERATIVE_LIMIT_OPTIONS,
	{NULL}};

/* Places of what summary() wants to know. */
enum
{
	FIGURE_SIGMA,
	FIGURE_DOWNWEIGHTED
};

static void
set_default_params(void *params)
{
	*(mi_iterative_params *) params = (mi_iterative_params){
		.intercept = true,
		.tuning = 1.345, /* 95 % efficient when the errors are normal after all */
		.confidence = 0.95,
		.max_iterations = 20.0, /* this and the next are rlm's */
		.tolerance = 1e-4,
	};
}

static const char *
check_params(const void *params)
{
	const mi_iterative_params *asked = params;

	if (!(asked->tuning > 0.0 && isfinite(asked->tuning)))
		return "k must be a number > 0";
	return mi_iterative_check_params(asked);
}

#define NORMAL_MEDIAN 0.6745 /* of |z|, z standard normal: as rlm rounds it */

typedef struct reweighting
{
	const mi_design *design;
	double k;
	mi_design_block block;
	double *triangle;
	double *b;
	double *step;
	double *residuals; /* at b, one a row */
	double *sizes;     /* of them, on the way to their median */
	double scale;
} reweighting;

static double
weight(const reweighting *at, double residual)
{
	double size = fabs(residual / at->scale);

	return size > at->k ? at->k / size : 1.0;
}

/* Residuals at b, and by how much all of them together have changed, relative to what they were. */
static double
find_residuals(reweighting *at)
{
	double fitted[MI_PLAIN_BLOCK_ROWS];
	double changes = 0.0;
	double squares = 0.0;

	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		double *residuals = at->residuals + index * MI_PLAIN_BLOCK_ROWS;
		double block_changes = 0.0;
		double block_squares = 0.0;

		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->b, fitted);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			double residual = at->block.target[row] - fitted[row];
			double change = residuals[row] - residual;

			block_changes += change * change;
			block_squares += residuals[row] * residuals[row];
			residuals[row] = residual;
		}
		changes += block_changes;
		squares += block_squares;
	}
	return sqrt(changes / fmax(1e-20, squares));
}

static void
find_scale(reweighting *at)
{
	size_t rows = (size_t) at->design->frame->rows;

	for (size_t row = 0; row < rows; row++)
		at->sizes[row] = fabs(at->residuals[row]);
	at->scale = mi_median_of_pieces((const double *const[]){at->sizes}, rows, rows) / NORMAL_MEDIAN;
}

/* Weighted least squares for the correction of b: rows and residuals, both times the root of the weight. */
static void
correct(reweighting *at)
{
	const mi_design *design = at->design;
	size_t rank = design->rank;

	memset(at->triangle, 0, mi_triangle_size(rank + 1) * sizeof(double));
	for (size_t index = 0; index < mi_design_block_count(design); index++)
	{
		const double *residuals = at->residuals + index * MI_PLAIN_BLOCK_ROWS;
		double roots[MI_PLAIN_BLOCK_ROWS] = {0};

		mi_design_read(design, index, &at->block);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			roots[row] = sqrt(weight(at, residuals[row]));
			at->block.columns[rank * MI_PLAIN_BLOCK_ROWS + row] = roots[row] * residuals[row];
		}
		for (size_t k = 0; k < rank; k++)
			for (size_t row = 0; row < at->block.padded; row++)
				at->block.columns[k * MI_PLAIN_BLOCK_ROWS + row] *= roots[row];
		mi_plain_triangle_fold(at->triangle, rank + 1, at->block.columns, at->block.padded);
	}
	for (size_t k = 0; k < rank; k++)
		at->step[k] = at->triangle[mi_triangle_at(rank + 1, k, rank)];
	mi_plain_triangle_solve(at->triangle, rank + 1, rank, at->step);
	for (size_t k = 0; k < rank; k++)
		at->b[k] += at->step[k];
}

static void
iterate(reweighting *at, mi_iterative_fit *fit)
{
	while (!fit->converged && fit->iterations < fit->params->max_iterations)
	{
		mi_report_progress(MI_PHASE_SOLVING, fit->iterations, 0);
		find_scale(at);
		if (at->scale == 0.0) /* more than half of the rows are fitted exactly */
		{
			fit->converged = true;
			break;
		}
		correct(at);
		fit->iterations++;
		fit->converged = find_residuals(at) <= fit->params->tolerance;
	}
}

/*
 * What (X'X)^-1 is to be multiplied with, and rooted: Huber's (7.6.13), with the mean of psi' and the correction kappa
 * for the number of parameters.
 */
static double
error_factor(const reweighting *at, mi_iterative_fit *fit)
{
	double n = (double) at->design->frame->rows;
	double p = (double) at->design->rank;
	double squares = 0.0;
	double inside = 0.0; /* rows of full weight: psi' is 1 there, else 0 */
	double mean;
	double variance;

	for (uint64_t row = 0; row < at->design->frame->rows; row++)
	{
		double psi = at->residuals[row] * weight(at, at->residuals[row]);

		squares += psi * psi;
		inside += fabs(at->residuals[row] / at->scale) <= at->k;
	}
	fit->figures[FIGURE_SIGMA] = at->scale;
	fit->figures[FIGURE_DOWNWEIGHTED] = at->scale > 0.0 ? n - inside : NAN;
	mean = inside / n;
	variance = n * mean * (1.0 - mean) / (n - 1.0);
	return n > p ? sqrt(squares / (n - p)) * (1.0 + p * variance / (n * mean * mean)) / mean : NAN;
}

static mi_status
fit_huber(mi_iterative_fit *fit, mi_error *error)
{
	const mi_design *design = fit->design;
	size_t rank = design->rank;
	size_t rows = mi_design_block_count(design) * MI_PLAIN_BLOCK_ROWS;
	reweighting at = {.design = design, .k = fit->params->tuning};
	double factor;

	(void) error; /* nothing goes wrong that is not said by "converged" */
	at.block = mi_design_block_new(design);
	at.triangle = mi_allocate(mi_triangle_size(rank + 1) * sizeof(double));
	at.b = mi_allocate(rank * sizeof(double));
	at.step = mi_allocate(rank * sizeof(double));
	at.residuals = mi_allocate_zeroed(rows * sizeof(double));
	at.sizes = mi_allocate(rows * sizeof(double));
	for (size_t k = 0; k < rank; k++)
		at.b[k] = fit->least_squares[mi_triangle_at(rank + 1, k, rank)];
	mi_plain_triangle_solve(fit->least_squares, rank + 1, rank, at.b);
	find_residuals(&at);
	iterate(&at, fit);

	mi_design_estimates(design, at.b, fit->estimates);
	mi_design_errors(design, fit->least_squares, fit->least_squares, rank + 1, fit->std_errors);
	factor = error_factor(&at, fit);
	for (size_t column = 0; column < design->columns; column++)
		fit->std_errors[column] *= factor;
	mi_release(at.block.columns);
	mi_release(at.triangle);
	mi_release(at.b);
	mi_release(at.step);
	mi_release(at.residuals);
	mi_release(at.sizes);
	return MI_OK;
}

/* ---- The row in the table of algorithms ---- */

static mi_status
train_finish(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error)
{
	return mi_iterative_train_finish(training, final, fit_huber, 2 * sizeof(double), model, error);
}

static void
summary(const mi_model *model, mi_json *json)
{
	const mi_iterative_model *huber = mi_iterative_model_of(model);
	const mi_iterative_fixed *fixed = huber->fixed;

	mi_json_integer(json, "n", fixed->rows);
	mi_json_number(json, "df", huber->degrees_of_freedom);
	mi_json_integer(json, "rank", fixed->rank);
	mi_json_number(json, "sigma", fixed->figures[FIGURE_SIGMA]);
	mi_json_number(json, "downweighted", fixed->figures[FIGURE_DOWNWEIGHTED]);
	mi_json_number(json, "k", fixed->tuning);
	mi_json_integer(json, "iterations", fixed->iterations);
	mi_json_boolean(json, "converged", fixed->converged);
}

static void
describe(const mi_model *model, mi_json *json)
{
	mi_iterative_describe_limits(model, json);
	mi_iterative_describe(model, "k", json);
}

const mi_algorithm mi_huber_regression_algorithm = {
	.name = "huber_regression",
	.code = 3,
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
