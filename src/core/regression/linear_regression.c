/*
 * Linear regression as a row of the table of algorithms: options, and what can be asked of a fitted model.
 */
#include "linear_regression.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "../base/host.h"
#include "leverage.h"
#include "linear_predictor.h"
#include "linear_regression_layout.h"
#include "linear_regression_train.h"

static const char *const l2_words[] = {"auto", NULL};
static const char *const robust_words[] = {"HC0", "HC1", "HC2", "HC3", NULL};

#define PARAM(field) offsetof(mi_linear_regression_params, field)

static const mi_option options[] = {
	{"intercept", MI_OPTION_BOOLEAN, MI_OPTION_ANYWHERE, PARAM(intercept), NULL, "true or false"},
	{"l2", MI_OPTION_NUMBER_OR_WORD, MI_OPTION_ANYWHERE, PARAM(l2), l2_words, "a number >= 0, or \"auto\""},
	{"confidence", MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, PARAM(confidence), NULL, "a number between 0 and 1"},
	{"robust", MI_OPTION_WORD, MI_OPTION_IN_TRAIN, PARAM(robust), robust_words,
	 "one of \"HC0\", \"HC1\", \"HC2\", \"HC3\""},
	{"features", MI_OPTION_NAMES, MI_OPTION_IN_AGGREGATE, PARAM(features), NULL, "an array of names"},
	{NULL}};

static void
set_default_params(void *params)
{
	*(mi_linear_regression_params *) params = (mi_linear_regression_params){
		.intercept = true,
		.l2 = {0.0, MI_NO_WORD},
		.confidence = 0.95,
		.robust = MI_NO_WORD,
	};
}

static const char *
check_params(const void *params)
{
	const mi_linear_regression_params *asked = params;

	if (asked->l2.word == MI_NO_WORD && !(asked->l2.number >= 0.0 && isfinite(asked->l2.number)))
		return "l2 must be a number >= 0, or \"auto\"";
	if (!(asked->confidence > 0.0 && asked->confidence < 1.0))
		return "confidence must lie between 0 and 1";
	if (asked->robust != MI_NO_WORD && (asked->l2.word != MI_NO_WORD || asked->l2.number > 0.0))
		return "robust standard errors are defined for l2 = 0 only";
	return NULL;
}

/* What open makes of the bytes: the parts in place, and what predict needs at hand. */
typedef struct linear_model
{
	mi_linear_layout layout;
	mi_linear_predictor predictor;
	double degrees_of_freedom;
	double sigma;
	mi_leverage *leverage; /* once it was asked for; else NULL */
} linear_model;

static void
close_model(mi_model *model)
{
	linear_model *linear = model->decoded;

	mi_linear_predictor_release(&linear->predictor);
	mi_leverage_release(linear->leverage);
	mi_release(linear);
}

static mi_status
open_model(mi_model *model, mi_error *error)
{
	mi_linear_layout layout;
	linear_model *linear;

	if (mi_linear_layout_of(&layout, model->bytes, model->length, error) != MI_OK)
		return error->status;
	if (mi_linear_design(&model->contract, layout.fixed->intercept, NULL) != layout.fixed->columns)
		return mi_fail(error, MI_CORRUPT, "model is damaged: features and columns do not match");
	linear = mi_allocate_zeroed(sizeof(*linear));
	linear->layout = layout;
	linear->predictor = mi_linear_predictor_new(&model->contract, layout.fixed->intercept, layout.coefficients);
	linear->degrees_of_freedom = (double) layout.fixed->rows - layout.fixed->effective_parameters;
	linear->sigma = linear->degrees_of_freedom > 0.0
						? sqrt(layout.fixed->residual_sum_of_squares / linear->degrees_of_freedom)
						: NAN;
	model->decoded = linear;
	return MI_OK;
}

static double
predict(const mi_model *model, const double *values)
{
	const linear_model *linear = model->decoded;

	return mi_linear_predictor_value(&linear->predictor, &model->contract, values);
}

static void
explain(const mi_model *model, const double *values, double *contributions, double *base_value)
{
	const linear_model *linear = model->decoded;

	*base_value = mi_linear_predictor_explain(&linear->predictor, &model->contract, values, contributions);
}

static void
prepare_leverage(const mi_model *model)
{
	linear_model *linear = model->decoded;
	const mi_linear_fixed *fixed = linear->layout.fixed;

	if (linear->leverage == NULL)
		linear->leverage = mi_leverage_new(linear->layout.triangle, fixed->intercept, fixed->l2_used);
}

static double
leverage(const mi_model *model, const double *values)
{
	const linear_model *linear = model->decoded;

	for (size_t i = 0; i < linear->layout.fixed->columns; i++)
	{
		mi_design_column column = linear->predictor.design[i];

		if (column.feature < 0)
			linear->leverage->design_row[i] = 1.0;
		else if (column.level < 0)
			linear->leverage->design_row[i] = values[column.feature];
		else
			linear->leverage->design_row[i] = values[column.feature] == column.level;
	}
	return mi_leverage_of_row(linear->leverage);
}

static size_t
coefficient_count(const mi_model *model)
{
	const linear_model *linear = model->decoded;

	return linear->layout.fixed->columns;
}

static void
coefficient(const mi_model *model, size_t index, mi_coefficient *result)
{
	const linear_model *linear = model->decoded;

	result->term = linear->predictor.terms[index];
	mi_linear_coefficient(result, linear->layout.coefficients[index], linear->layout.std_errors[index],
						  linear->layout.fixed->confidence, linear->degrees_of_freedom);
}

/*
 * The usual figures (R's lm, AIC, BIC): the F test is of all slopes at once; the likelihood is the normal one, with
 * sigma as one more parameter. What has no value (no degrees of freedom, a constant target, an exact fit) is null.
 */
static void
summary(const mi_model *model, mi_json *json)
{
	const linear_model *linear = model->decoded;
	const mi_linear_fixed *fixed = linear->layout.fixed;
	double n = (double) fixed->rows;
	double rss = fixed->residual_sum_of_squares;
	double tss = fixed->total_sum_of_squares;
	double slopes = fixed->effective_parameters - fixed->intercept;
	double r_squared = tss > 0.0 ? 1.0 - rss / tss : NAN;
	double f_statistic = (tss - rss) / slopes / (linear->sigma * linear->sigma);
	double log_likelihood = -0.5 * n * (log(2.0 * M_PI) + log(rss / n) + 1.0);
	double parameters = fixed->effective_parameters + 1.0;

	mi_json_integer(json, "n", fixed->rows);
	mi_json_number(json, "df", linear->degrees_of_freedom);
	mi_json_integer(json, "rank", fixed->rank);
	mi_json_number(json, "r_squared", r_squared);
	mi_json_number(json, "adj_r_squared",
				   1.0 - (1.0 - r_squared) * (n - fixed->intercept) / linear->degrees_of_freedom);
	mi_json_number(json, "sigma", linear->sigma);
	mi_json_number(json, "rss", rss);
	mi_json_number(json, "f_statistic", f_statistic);
	mi_json_number(json, "f_p_value",
				   isfinite(f_statistic) && slopes > 0.0 && f_statistic >= 0.0
					   ? gsl_cdf_fdist_Q(f_statistic, slopes, linear->degrees_of_freedom)
					   : NAN);
	mi_json_number(json, "log_likelihood", log_likelihood);
	mi_json_number(json, "aic", 2.0 * parameters - 2.0 * log_likelihood);
	mi_json_number(json, "bic", log(n) * parameters - 2.0 * log_likelihood);
	mi_json_number(json, "l2", fixed->l2_used);
}

static void
describe(const mi_model *model, mi_json *json)
{
	const linear_model *linear = model->decoded;
	const mi_linear_fixed *fixed = linear->layout.fixed;

	mi_json_boolean(json, "intercept", fixed->intercept);
	mi_json_number(json, "confidence", fixed->confidence);
	mi_json_number(json, "l2", fixed->l2_used);
	mi_json_boolean(json, "l2_auto", fixed->l2_auto);
	mi_json_string(json, "std_errors", fixed->robust == 0 ? "classical" : robust_words[fixed->robust - 1]);
	mi_json_integer(json, "rows", fixed->rows);
	mi_linear_describe_coefficients(&linear->predictor, linear->layout.coefficients, linear->layout.std_errors, json);
}

const mi_algorithm mi_linear_regression_algorithm = {
	.name = "linear_regression",
	.code = 1,
	.task = MI_TASK_REGRESSION,
	.options = options,
	.params_size = sizeof(mi_linear_regression_params),
	.set_default_params = set_default_params,
	.check_params = check_params,
	.train_begin = mi_linear_train_begin,
	.train_add_row = mi_linear_train_add_row,
	.train_finish = mi_linear_train_finish,
	.train_release = mi_linear_train_release,
	.open = open_model,
	.close = close_model,
	.thaw_state = mi_linear_state_thaw,
	.merge_state = mi_linear_state_merge,
	.seal_state = mi_linear_state_seal,
	.predict = predict,
	.explain = explain,
	.prepare_leverage = prepare_leverage,
	.leverage = leverage,
	.coefficient_count = coefficient_count,
	.coefficient = coefficient,
	.summary = summary,
	.describe = describe,
};
