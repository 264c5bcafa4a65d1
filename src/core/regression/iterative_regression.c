/*
 * Regressions over held rows; see iterative_regression.h.
 */
#include "iterative_regression.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/host.h"

#define MOST_ITERATIONS 1000000

const char *
mi_iterative_check_params(const mi_iterative_params *params)
{
	if (!(params->confidence > 0.0 && params->confidence < 1.0))
		return "confidence must lie between 0 and 1";
	if (!(params->max_iterations >= 1.0 && params->max_iterations <= MOST_ITERATIONS) ||
		floor(params->max_iterations) != params->max_iterations)
		return "max_iterations must be a whole number from 1 to 1000000";
	if (!(params->tolerance > 0.0 && isfinite(params->tolerance)))
		return "tolerance must be a number > 0";
	return NULL;
}

/* ---- Training ---- */

static mi_status
too_many_columns(const mi_training *training, size_t columns, mi_error *error)
{
	mi_fail(error, MI_TOO_LARGE, "%s with %zu columns: the limit is %d", training->algorithm->name, columns,
			MI_LINEAR_MAX_COLUMNS);
	return mi_hint(error, "Intercept and levels of categories count as columns.");
}

mi_status
mi_iterative_train_begin(mi_training *training, mi_error *error)
{
	const mi_iterative_params *params = training->params;
	const mi_contract *contract = training->contract;
	mi_iterative_trainer *trainer = mi_allocate(sizeof(*trainer));

	trainer->rows =
		mi_frame_new_chunked((size_t) contract->feature_count + 1, MI_PLAIN_BLOCK_ROWS, training->memory_limit);
	trainer->row = mi_allocate(((size_t) contract->feature_count + 1) * sizeof(double));
	training->state = trainer;
	if (contract->feature_count == 0 && !params->intercept)
		return mi_fail(error, MI_INVALID_ARGUMENT, "no feature and no intercept: nothing to fit");
	return MI_OK;
}

static mi_status
bad_feature(const mi_training *training, uint32_t feature, double value, uint64_t row, mi_error *error)
{
	char name[128];

	if (training->contract->named)
		snprintf(name, sizeof(name), "column \"%s\"", training->contract->features[feature].name);
	else
		snprintf(name, sizeof(name), "element %u of the features", (unsigned) feature + 1);
	return mi_linear_check_value(value, name, row, error);
}

mi_status
mi_iterative_train_add_row(mi_training *training, const double *values, double target, mi_error *error)
{
	mi_iterative_trainer *trainer = training->state;
	uint32_t count = training->contract->feature_count;

	for (uint32_t i = 0; i < count; i++)
	{
		if (!(fabs(values[i]) <= MI_LINEAR_LARGEST_VALUE))
			return bad_feature(training, i, values[i], trainer->rows.rows + 1, error);
		trainer->row[i] = values[i];
	}
	trainer->row[count] = target;
	if (mi_linear_check_value(target, "the target", trainer->rows.rows + 1, error) != MI_OK)
		return error->status;
	mi_frame_add_row(&trainer->rows, trainer->row);
	return MI_OK;
}

void
mi_iterative_train_release(mi_training *training)
{
	mi_iterative_trainer *trainer = training->state;

	mi_frame_release(&trainer->rows);
	mi_release(trainer->row);
	mi_release(trainer);
}

mi_frame *
mi_iterative_held_rows(const mi_training *training)
{
	return &((mi_iterative_trainer *) training->state)->rows;
}

static mi_status
write_model(const mi_training *training, const mi_contract *final, const mi_iterative_fit *fit, mi_writer *model,
			mi_error *error)
{
	const mi_iterative_params *params = fit->params;
	size_t columns = fit->design->columns;
	mi_iterative_fixed fixed = {
		.rows = fit->design->frame->rows,
		.columns = (uint32_t) columns,
		.rank = (uint32_t) fit->design->rank,
		.iterations = fit->iterations,
		.max_iterations = (uint32_t) params->max_iterations,
		.intercept = params->intercept,
		.converged = fit->converged,
		.tuning = params->tuning,
		.confidence = params->confidence,
		.tolerance = params->tolerance,
		.effective_parameters = fit->effective_parameters,
	};

	memcpy(fixed.figures, fit->figures, sizeof(fixed.figures));
	mi_model_begin(model, training->algorithm, final);
	mi_write(model, &fixed, sizeof(fixed));
	mi_write(model, fit->estimates, columns * sizeof(double));
	mi_write(model, fit->std_errors, columns * sizeof(double));
	return mi_model_finish(model, error);
}

mi_status
mi_iterative_train_finish(mi_training *training, const mi_contract *final, mi_iterative_fitter fitter,
						  size_t working_bytes_per_row, mi_writer *model, mi_error *error)
{
	const mi_iterative_trainer *trainer = training->state;
	const mi_iterative_params *params = training->params;
	size_t columns = mi_linear_design(final, params->intercept, NULL);
	mi_iterative_fit fit = {.params = params, .figures = {NAN, NAN, NAN, NAN}};
	mi_design design;
	double *least_squares;

	if (columns > MI_LINEAR_MAX_COLUMNS)
		return too_many_columns(training, columns, error);
	if (trainer->rows.rows == 0)
		return mi_fail(error, MI_NO_DATA, "%s without a row to learn from", training->algorithm->name);
	if (mi_frame_check_working(&trainer->rows, working_bytes_per_row, error) != MI_OK)
		return error->status;
	mi_design_new(&design, &trainer->rows, final, training->contract, params->intercept, &least_squares);
	fit.design = &design;
	fit.least_squares = least_squares;
	fit.effective_parameters = (double) design.rank;
	fit.estimates = mi_allocate(columns * sizeof(double));
	fit.std_errors = mi_allocate(columns * sizeof(double));
	if (fitter(&fit, error) == MI_OK)
		write_model(training, final, &fit, model, error);
	mi_release(fit.estimates);
	mi_release(fit.std_errors);
	mi_release(least_squares);
	mi_design_release(&design);
	return error->status;
}

/* ---- The stored model ---- */

/* Whether the numbers that describe the fit are such as training writes. */
static bool
makes_sense(const mi_algorithm *algorithm, const mi_iterative_fixed *fixed)
{
	static const uint8_t zeros[sizeof(fixed->reserved)];
	mi_iterative_params params = {
		.intercept = fixed->intercept,
		.tuning = fixed->tuning,
		.confidence = fixed->confidence,
		.max_iterations = fixed->max_iterations,
		.tolerance = fixed->tolerance,
	};

	return fixed->columns <= MI_LINEAR_MAX_COLUMNS && fixed->rank <= fixed->columns && fixed->intercept <= 1 &&
		   fixed->converged <= 1 && memcmp(fixed->reserved, zeros, sizeof(zeros)) == 0 &&
		   fixed->effective_parameters >= 0.0 && fixed->effective_parameters <= fixed->columns &&
		   algorithm->check_params(&params) == NULL;
}

mi_status
mi_iterative_open(mi_model *model, mi_error *error)
{
	const mi_iterative_fixed *fixed = (const mi_iterative_fixed *) model->parameters;
	mi_iterative_model *iterative;

	if (model->parameters_length < sizeof(*fixed) || !makes_sense(model->algorithm, fixed) ||
		model->parameters_length != sizeof(*fixed) + 2 * fixed->columns * sizeof(double))
		return mi_fail(error, MI_CORRUPT, "model is damaged: its parameters make no sense");
	if (mi_linear_design(&model->contract, fixed->intercept, NULL) != fixed->columns)
		return mi_fail(error, MI_CORRUPT, "model is damaged: features and columns do not match");
	iterative = mi_allocate(sizeof(*iterative));
	iterative->fixed = fixed;
	iterative->estimates = (const double *) (fixed + 1);
	iterative->std_errors = iterative->estimates + fixed->columns;
	iterative->predictor = mi_linear_predictor_new(&model->contract, fixed->intercept, iterative->estimates);
	iterative->degrees_of_freedom = (double) fixed->rows - fixed->effective_parameters;
	model->decoded = iterative;
	return MI_OK;
}

void
mi_iterative_close(mi_model *model)
{
	mi_iterative_model *iterative = model->decoded;

	mi_linear_predictor_release(&iterative->predictor);
	mi_release(iterative);
}

double
mi_iterative_predict(const mi_model *model, const double *values)
{
	return mi_linear_predictor_value(&mi_iterative_model_of(model)->predictor, &model->contract, values);
}

void
mi_iterative_explain(const mi_model *model, const double *values, double *contributions, double *base_value)
{
	*base_value =
		mi_linear_predictor_explain(&mi_iterative_model_of(model)->predictor, &model->contract, values, contributions);
}

size_t
mi_iterative_coefficient_count(const mi_model *model)
{
	return mi_iterative_model_of(model)->fixed->columns;
}

void
mi_iterative_coefficient(const mi_model *model, size_t index, mi_coefficient *coefficient)
{
	const mi_iterative_model *iterative = mi_iterative_model_of(model);

	coefficient->term = iterative->predictor.terms[index];
	mi_linear_coefficient(coefficient, iterative->estimates[index], iterative->std_errors[index],
						  iterative->fixed->confidence,
						  model->algorithm->task == MI_TASK_BINARY ? INFINITY : iterative->degrees_of_freedom);
}

void
mi_iterative_describe_limits(const mi_model *model, mi_json *json)
{
	const mi_iterative_fixed *fixed = mi_iterative_model_of(model)->fixed;

	mi_json_integer(json, "max_iterations", fixed->max_iterations);
	mi_json_number(json, "tolerance", fixed->tolerance);
}

void
mi_iterative_describe(const mi_model *model, const char *tuning, mi_json *json)
{
	const mi_iterative_model *iterative = mi_iterative_model_of(model);
	const mi_iterative_fixed *fixed = iterative->fixed;

	mi_json_boolean(json, "intercept", fixed->intercept);
	mi_json_number(json, tuning, fixed->tuning);
	mi_json_number(json, "confidence", fixed->confidence);
	mi_json_integer(json, "rows", fixed->rows);
	mi_json_integer(json, "iterations", fixed->iterations);
	mi_json_boolean(json, "converged", fixed->converged);
	mi_linear_describe_coefficients(&iterative->predictor, iterative->estimates, iterative->std_errors, json);
}
