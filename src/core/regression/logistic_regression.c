/*
 * Logistic regression; see logistic_regression.h.
 */
#include "logistic_regression.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "logistic_separation.h"

static const mi_option options[] = {
	{"l2", MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, MI_ITERATIVE_PARAM(tuning), NULL, "a number >= 0"},
	MI_ITERATIVE_OPTIONS,
	MI_ITERATIVE_LIMIT_OPTIONS,
	{NULL}};

/* Places of what summary() wants to know. */
enum
{
	FIGURE_LOG_LIKELIHOOD,
	FIGURE_NULL_LOG_LIKELIHOOD
};

static void
set_default_params(void *params)
{
	*(mi_iterative_params *) params = (mi_iterative_params){
		.intercept = true,
		.confidence = 0.95,
		.max_iterations = 100.0, /* 4 to 9 are usual; features of many orders of magnitude take some tens */
		.tolerance = 1e-8,       /* the step after it would be of 1e-16 standard errors */
	};
}

static const char *
check_params(const void *params)
{
	const mi_iterative_params *asked = params;

	if (!(asked->tuning >= 0.0 && isfinite(asked->tuning)))
		return "l2 must be a number >= 0";
	return mi_iterative_check_params(asked);
}

/* A weight below this is taken for it: the step is the shorter for it, where it goes to stays the same. */
#define LEAST_WEIGHT 2.2e-16

/* Halvings of a step that made the fit worse; each is a pass over the rows. */
#define MOST_HALVINGS 30

/* From this iteration on, a step is looked at as a direction that separates. Sound fits have ended by then. */
#define SEPARATION_FROM 8

/* Where the iteration stands. */
typedef struct newton
{
	const mi_design *design;
	double l2;
	mi_design_block block;
	double *triangle; /* of the weighted rows; its last column is their right side */
	double *penalised;
	double *b;    /* per read column, as are those below */
	double *step; /* to be added */
	double log_likelihood;
	double objective; /* what is maximised */
	uint64_t wrong;   /* rows on the wrong side of the line, or on it */
	double decrement; /* length of the step in standard errors */
} newton;

/*
 * For the rows of a block whose linear predictors are in eta: the weighted rows and their right sides. What is added up
 * are log-likelihoods, log(1 / (1 + exp(-|eta|))) of rows on the right side, -|eta| more for those on the wrong one:
 * of a block, as the logarithm of the product of factors between 1 and 2.
 */
static void
weigh(newton *at, const double *eta)
{
	mi_design_block *block = &at->block;
	double *right = block->columns + at->design->rank * MI_PLAIN_BLOCK_ROWS;
	double roots[MI_PLAIN_BLOCK_ROWS] = {0};
	double product = 1.0;
	double wrong_side = 0.0;

	for (size_t row = 0; row < block->rows; row++)
	{
		double small = exp(-fabs(eta[row]));
		double odds = 1.0 / (1.0 + small);
		double mean = eta[row] >= 0.0 ? odds : small * odds;
		double root = sqrt(fmax(small * odds * odds, LEAST_WEIGHT));
		/* y - mu, without cancellation where mu is near 1 */
		double residual = block->target[row] != 0.0 ? (eta[row] >= 0.0 ? small * odds : odds) : -mean;
		double margin = block->target[row] != 0.0 ? eta[row] : -eta[row];

		product *= 1.0 + small;
		wrong_side += fmin(margin, 0.0);
		at->wrong += !(margin > 0.0);
		roots[row] = root;
		right[row] = residual / root;
	}
	for (size_t k = 0; k < at->design->rank; k++)
	{
		double *column = block->columns + k * MI_PLAIN_BLOCK_ROWS;

		for (size_t row = 0; row < block->padded; row++)
			column[row] *= roots[row];
	}
	at->log_likelihood += wrong_side - log(product);
}

/* One pass over the rows: the triangle, the likelihood and the rows on the wrong side, all at b. */
static void
pass(newton *at)
{
	double eta[MI_PLAIN_BLOCK_ROWS];
	size_t width = at->design->rank + 1;
	double squares = 0.0;

	memset(at->triangle, 0, mi_triangle_size(width) * sizeof(double));
	at->log_likelihood = 0.0;
	at->wrong = 0;
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->b, eta);
		weigh(at, eta);
		mi_plain_triangle_fold(at->triangle, width, at->block.columns, at->block.padded);
	}
	for (size_t k = 0; k < at->design->rank; k++)
		if (at->design->meaning[at->design->kept[k]].feature >= 0)
			squares += pow(at->b[k] / at->design->scales[at->design->kept[k]], 2.0);
	at->objective = at->log_likelihood - 0.5 * at->l2 * squares;
}

/* The triangle with the penalty's rows, sqrt(l2) (b + d), folded in, as many at a time as a block has. */
static void
penalise(newton *at)
{
	const mi_design *design = at->design;
	size_t width = design->rank + 1;
	double *rows = at->block.columns;

	memcpy(at->penalised, at->triangle, mi_triangle_size(width) * sizeof(double));
	for (size_t first = 0; at->l2 > 0.0 && first < design->rank; first += MI_PLAIN_BLOCK_ROWS)
	{
		memset(rows, 0, width * MI_PLAIN_BLOCK_ROWS * sizeof(double));
		for (size_t k = first; k < design->rank && k < first + MI_PLAIN_BLOCK_ROWS; k++)
		{
			double weight = sqrt(at->l2) / design->scales[design->kept[k]];

			if (design->meaning[design->kept[k]].feature < 0)
				continue; /* the intercept is free */
			rows[k * MI_PLAIN_BLOCK_ROWS + k - first] = weight;
			rows[design->rank * MI_PLAIN_BLOCK_ROWS + k - first] = -weight * at->b[k];
		}
		mi_plain_triangle_fold(at->penalised, width, rows, MI_PLAIN_BLOCK_ROWS);
	}
}

static void
solve(newton *at)
{
	size_t width = at->design->rank + 1;

	penalise(at);
	at->decrement = 0.0;
	for (size_t k = 0; k < at->design->rank; k++)
	{
		at->step[k] = at->penalised[mi_triangle_at(width, k, at->design->rank)];
		at->decrement = hypot(at->decrement, at->step[k]);
	}
	mi_plain_triangle_solve(at->penalised, width, at->design->rank, at->step);
}

/* The likelihood without features: of the share of true rows, or of a half without an intercept. */
static mi_status
fit_null(mi_iterative_fit *fit, double *share, mi_error *error)
{
	const mi_design *design = fit->design;
	double n = (double) design->frame->rows;
	double hits = 0.0;

	for (size_t index = 0; index < design->frame->chunk_count; index++)
	{
		uint64_t rest = design->frame->rows - (uint64_t) index * MI_PLAIN_BLOCK_ROWS;
		const double *target = design->frame->chunks[index] + (design->frame->columns - 1) * MI_PLAIN_BLOCK_ROWS;

		for (size_t row = 0; row < MI_PLAIN_BLOCK_ROWS && row < rest; row++)
			hits += target[row];
	}
	if (hits == 0.0 || hits == n)
	{
		mi_fail(error, MI_NO_DATA, "the target is %s in every row: there is nothing to tell apart",
				hits == 0.0 ? "false" : "true");
		return mi_hint(error, "Logistic regression needs rows of both kinds.");
	}
	*share = design->intercept ? hits / n : 0.5;
	fit->figures[FIGURE_NULL_LOG_LIKELIHOOD] = hits * log(*share) + (n - hits) * log1p(-*share);
	return MI_OK;
}

/*
 * No slopes, and the intercept of the share. All weights are equal there, so that least squares has done the first step
 * from there already.
 */
static void
start(newton *at, const mi_iterative_fit *fit, double share)
{
	size_t rank = at->design->rank;
	double weight = share * (1.0 - share);

	memset(at->b, 0, rank * sizeof(double));
	if (!at->design->intercept)
		return;
	if (at->l2 == 0.0)
	{
		for (size_t k = 0; k < rank; k++)
			at->b[k] = fit->least_squares[mi_triangle_at(rank + 1, k, rank)] / weight;
		mi_plain_triangle_solve(fit->least_squares, rank + 1, rank, at->b);
		at->b[0] -= share / weight;
	}
	at->b[0] += log(share / (1.0 - share));
}

static mi_status
iterate(newton *at, mi_iterative_fit *fit, mi_error *error)
{
	size_t rank = at->design->rank;
	double before = -INFINITY;
	int halvings = 0;
	mi_separation found = MI_SEPARATION_NONE;

	while (!fit->converged && fit->iterations < fit->params->max_iterations)
	{
		mi_report_progress(MI_PHASE_SOLVING, fit->iterations, 0);
		pass(at);
		if (!(at->objective >= before - 1e-12 * fabs(before)) && halvings++ < MOST_HALVINGS)
		{
			for (size_t k = 0; k < rank; k++)
				at->b[k] -= at->step[k] *= 0.5;
			continue;
		}
		halvings = 0;
		before = at->objective;
		if (at->l2 == 0.0 && at->wrong == 0)
			return mi_separated(MI_SEPARATION_PERFECT, error);
		solve(at);
		fit->iterations++;
		if (at->l2 == 0.0 && fit->iterations >= SEPARATION_FROM)
			found = mi_separation_along(at->design, &at->block, at->step);
		if (found != MI_SEPARATION_NONE)
			return mi_separated(found, error);
		for (size_t k = 0; k < rank; k++)
			at->b[k] += at->step[k];
		fit->converged = at->decrement <= fit->params->tolerance;
	}
	return MI_OK;
}

/* The trace of the hat matrix, ‖R (R_penalised)^-1‖²: as many parameters as the penalty leaves free. */
static double
effective_parameters(const newton *at)
{
	size_t rank = at->design->rank;
	double *row = mi_allocate(rank * sizeof(double));
	double sum = 0.0;

	for (size_t k = 0; k < rank; k++)
	{
		mi_check_interrupts();
		for (size_t i = 0; i < rank; i++)
			row[i] = i < k ? 0.0 : at->triangle[mi_triangle_at(rank + 1, k, i)];
		mi_plain_triangle_solve_transposed(at->penalised, rank + 1, rank, row);
		for (size_t i = 0; i < rank; i++)
			sum += row[i] * row[i];
	}
	mi_release(row);
	return fmin(sum, (double) rank);
}

static mi_status
fit_logistic(mi_iterative_fit *fit, mi_error *error)
{
	const mi_design *design = fit->design;
	size_t triangle_size = mi_triangle_size(design->rank + 1);
	newton at = {.design = design, .l2 = fit->params->tuning};
	double share = 0.5;

	if (fit_null(fit, &share, error) != MI_OK)
		return error->status;
	at.block = mi_design_block_new(design);
	at.triangle = mi_allocate(triangle_size * sizeof(double));
	at.penalised = mi_allocate(triangle_size * sizeof(double));
	at.b = mi_allocate(design->rank * sizeof(double));
	at.step = mi_allocate_zeroed(design->rank * sizeof(double));
	start(&at, fit, share);
	if (iterate(&at, fit, error) == MI_OK)
	{
		fit->figures[FIGURE_LOG_LIKELIHOOD] = at.log_likelihood;
		if (at.l2 > 0.0)
			fit->effective_parameters = effective_parameters(&at);
		mi_design_estimates(design, at.b, fit->estimates);
		mi_design_errors(design, at.penalised, at.triangle, design->rank + 1, fit->std_errors);
	}
	mi_release(at.block.columns);
	mi_release(at.triangle);
	mi_release(at.penalised);
	mi_release(at.b);
	mi_release(at.step);
	return error->status;
}

/* ---- The row in the table of algorithms ---- */

static mi_status
train_finish(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error)
{
	return mi_iterative_train_finish(training, final, fit_logistic, 0, model, error);
}

static double
predict(const mi_model *model, const double *values)
{
	return 1.0 / (1.0 + exp(-mi_iterative_predict(model, values)));
}

/* Log-odds. */
static void
margins(const mi_model *model, const double *values, double *margin)
{
	*margin = mi_iterative_predict(model, values);
}

/* As R's glm: deviances are -2 log-likelihoods, that of the data itself being 0. */
static void
summary(const mi_model *model, mi_json *json)
{
	const mi_iterative_model *logistic = mi_iterative_model_of(model);
	const mi_iterative_fixed *fixed = logistic->fixed;
	double log_likelihood = fixed->figures[FIGURE_LOG_LIKELIHOOD];
	double null_log_likelihood = fixed->figures[FIGURE_NULL_LOG_LIKELIHOOD];
	double parameters = fixed->effective_parameters;

	mi_json_integer(json, "n", fixed->rows);
	mi_json_number(json, "df", logistic->degrees_of_freedom);
	mi_json_integer(json, "rank", fixed->rank);
	mi_json_number(json, "null_deviance", -2.0 * null_log_likelihood);
	mi_json_number(json, "deviance", -2.0 * log_likelihood);
	mi_json_number(json, "log_likelihood", log_likelihood);
	mi_json_number(json, "aic", 2.0 * parameters - 2.0 * log_likelihood);
	mi_json_number(json, "bic", log((double) fixed->rows) * parameters - 2.0 * log_likelihood);
	mi_json_number(json, "mcfadden_r_squared", 1.0 - log_likelihood / null_log_likelihood);
	mi_json_number(json, "l2", fixed->tuning);
	mi_json_integer(json, "iterations", fixed->iterations);
	mi_json_boolean(json, "converged", fixed->converged);
}

static void
describe(const mi_model *model, mi_json *json)
{
	mi_iterative_describe_limits(model, json);
	mi_iterative_describe(model, "l2", json);
}

const mi_algorithm mi_logistic_regression_algorithm = {
	.name = "logistic_regression",
	.code = 2,
	.task = MI_TASK_BINARY,
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
	.predict = predict,
	.margins = margins,
	.explain = mi_iterative_explain,
	.coefficient_count = mi_iterative_coefficient_count,
	.coefficient = mi_iterative_coefficient,
	.summary = summary,
	.describe = describe,
};
