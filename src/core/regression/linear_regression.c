/*
 * Linear regression as a row of the table of algorithms: options, and what can be asked of a fitted model.
 */
#include "linear_regression.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "../base/host.h"
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
	mi_design_column *design;
	double intercept;
	double *slopes;         /* by design column; 0 where collinear */
	size_t *first_column;   /* by feature: design column of its value, or of its first level that has one */
	uint8_t *has_reference; /* by feature: 1 for a category whose level 0 has no column */
	double degrees_of_freedom;
	double sigma;
} linear_model;

static void
prepare_prediction(linear_model *linear, const mi_contract *contract)
{
	for (uint32_t i = 0; i < contract->feature_count; i++)
		linear->has_reference[i] = contract->features[i].kind == MI_FEATURE_CATEGORY;
	for (size_t column = linear->layout.fixed->columns; column-- > 0;) /* so that a feature's first one is set last */
	{
		double coefficient = linear->layout.coefficients[column];
		mi_design_column stands_for = linear->design[column];

		linear->slopes[column] = isnan(coefficient) ? 0.0 : coefficient;
		if (stands_for.feature < 0)
		{
			linear->intercept = linear->slopes[column];
			continue;
		}
		linear->first_column[stands_for.feature] = column;
		if (stands_for.level == 0)
			linear->has_reference[stands_for.feature] = 0;
	}
}

static void
close_model(mi_model *model)
{
	linear_model *linear = model->decoded;

	mi_release(linear->design);
	mi_release(linear->slopes);
	mi_release(linear->first_column);
	mi_release(linear->has_reference);
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
	linear->design = mi_allocate(layout.fixed->columns * sizeof(mi_design_column));
	linear->slopes = mi_allocate(layout.fixed->columns * sizeof(double));
	linear->first_column = mi_allocate(model->contract.feature_count * sizeof(size_t));
	linear->has_reference = mi_allocate(model->contract.feature_count);
	linear->degrees_of_freedom = (double) layout.fixed->rows - layout.fixed->effective_parameters;
	linear->sigma = linear->degrees_of_freedom > 0.0
						? sqrt(layout.fixed->residual_sum_of_squares / linear->degrees_of_freedom)
						: NAN;
	mi_linear_design(&model->contract, layout.fixed->intercept, linear->design);
	prepare_prediction(linear, &model->contract);
	model->decoded = linear;
	return MI_OK;
}

static double
predict(const mi_model *model, const double *values)
{
	const linear_model *linear = model->decoded;
	double sum = linear->intercept;

	for (uint32_t i = 0; i < model->contract.feature_count; i++)
	{
		size_t column = linear->first_column[i];

		if (model->contract.features[i].kind != MI_FEATURE_CATEGORY)
			sum += linear->slopes[column] * values[i];
		else if (values[i] >= linear->has_reference[i])
			sum += linear->slopes[column + (size_t) values[i] - linear->has_reference[i]];
	}
	return sum;
}

static size_t
coefficient_count(const mi_model *model)
{
	const linear_model *linear = model->decoded;

	return linear->layout.fixed->columns;
}

static void
name_term(const mi_contract *contract, mi_design_column column, char *term, size_t size)
{
	const mi_feature *feature;

	if (column.feature < 0)
	{
		snprintf(term, size, "(intercept)");
		return;
	}
	feature = &contract->features[column.feature];
	if (column.level < 0)
		snprintf(term, size, "%s", feature->name);
	else
		snprintf(term, size, "%s=%s", feature->name, feature->levels[column.level]);
}

static void
coefficient(const mi_model *model, size_t index, mi_coefficient *result)
{
	const linear_model *linear = model->decoded;
	double estimate = linear->layout.coefficients[index];
	double std_error = linear->layout.std_errors[index];
	double confidence = linear->layout.fixed->confidence;

	*result = (mi_coefficient){
		.estimate = estimate,
		.std_error = std_error,
		.statistic = NAN,
		.p_value = NAN,
		.conf_low = NAN,
		.conf_high = NAN,
	};
	name_term(&model->contract, linear->design[index], result->term, sizeof(result->term));
	if (!isfinite(std_error))
		return;
	if (std_error > 0.0)
	{
		result->statistic = estimate / std_error;
		result->p_value = 2.0 * gsl_cdf_tdist_Q(fabs(result->statistic), linear->degrees_of_freedom);
	}
	result->conf_low = estimate - std_error * gsl_cdf_tdist_Pinv(0.5 + confidence / 2.0, linear->degrees_of_freedom);
	result->conf_high = estimate + (estimate - result->conf_low);
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
	mi_json_begin_array(json, "coefficients");
	for (size_t column = 0; column < fixed->columns; column++)
	{
		char term[512];

		name_term(&model->contract, linear->design[column], term, sizeof(term));
		mi_json_begin_object(json, NULL);
		mi_json_string(json, "term", term);
		mi_json_number(json, "estimate", linear->layout.coefficients[column]);
		mi_json_number(json, "std_error", linear->layout.std_errors[column]);
		mi_json_end_object(json);
	}
	mi_json_end_array(json);
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
	.coefficient_count = coefficient_count,
	.coefficient = coefficient,
	.summary = summary,
	.describe = describe,
};
