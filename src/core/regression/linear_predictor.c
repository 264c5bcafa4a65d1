/*
 * Lines of coefficients; see linear_predictor.h.
 */
#include "linear_predictor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "../base/host.h"

/* The name of a design column, however long, in memory of its own. */
static char *
term_name(const mi_contract *contract, mi_design_column column)
{
	const char *feature = column.feature < 0 ? "(intercept)" : contract->features[column.feature].name;
	const char *level = column.level < 0 ? "" : contract->features[column.feature].levels[column.level];
	size_t size = strlen(feature) + strlen(level) + 2; /* "=" and the end */
	char *term = mi_allocate(size);

	snprintf(term, size, "%s%s%s", feature, column.level < 0 ? "" : "=", level);
	return term;
}

mi_linear_predictor
mi_linear_predictor_new(const mi_contract *contract, bool intercept, const double *coefficients)
{
	size_t columns = mi_linear_design(contract, intercept, NULL);
	mi_linear_predictor predictor = {
		.columns = columns,
		.design = mi_allocate(columns * sizeof(mi_design_column)),
		.terms = mi_allocate(columns * sizeof(char *)),
		.slopes = mi_allocate(columns * sizeof(double)),
		.first_column = mi_allocate(contract->feature_count * sizeof(size_t)),
		.has_reference = mi_allocate(contract->feature_count),
	};

	mi_linear_design(contract, intercept, predictor.design);
	for (uint32_t i = 0; i < contract->feature_count; i++)
		predictor.has_reference[i] = contract->features[i].kind == MI_FEATURE_CATEGORY;
	for (size_t column = columns; column-- > 0;) /* so that a feature's first one is set last */
	{
		mi_design_column stands_for = predictor.design[column];

		predictor.terms[column] = term_name(contract, stands_for);
		predictor.slopes[column] = isnan(coefficients[column]) ? 0.0 : coefficients[column];
		if (stands_for.feature < 0)
		{
			predictor.intercept = predictor.slopes[column];
			continue;
		}
		predictor.first_column[stands_for.feature] = column;
		if (stands_for.level == 0)
			predictor.has_reference[stands_for.feature] = 0;
	}
	return predictor;
}

void
mi_linear_predictor_release(mi_linear_predictor *predictor)
{
	for (size_t column = 0; column < predictor->columns; column++)
		mi_release(predictor->terms[column]);
	mi_release(predictor->terms);
	mi_release(predictor->design);
	mi_release(predictor->slopes);
	mi_release(predictor->first_column);
	mi_release(predictor->has_reference);
}

/* What a feature of this value adds. */
static double
contribution(const mi_linear_predictor *predictor, const mi_contract *contract, uint32_t feature, double value)
{
	size_t column = predictor->first_column[feature];

	if (contract->features[feature].kind != MI_FEATURE_CATEGORY)
		return predictor->slopes[column] * value;
	if (value >= predictor->has_reference[feature])
		return predictor->slopes[column + (size_t) value - predictor->has_reference[feature]];
	return 0.0;
}

double
mi_linear_predictor_value(const mi_linear_predictor *predictor, const mi_contract *contract, const double *values)
{
	double sum = predictor->intercept;

	for (uint32_t i = 0; i < contract->feature_count; i++)
		sum += contribution(predictor, contract, i, values[i]);
	return sum;
}

double
mi_linear_predictor_explain(const mi_linear_predictor *predictor, const mi_contract *contract, const double *values,
							double *contributions)
{
	for (uint32_t i = 0; i < contract->feature_count; i++)
		contributions[i] = contribution(predictor, contract, i, values[i]);
	return predictor->intercept;
}

void
mi_linear_coefficient(mi_coefficient *result, double estimate, double std_error, double confidence, double freedom)
{
	double upper = 0.5 + confidence / 2.0;
	double quantile;

	result->estimate = estimate;
	result->std_error = std_error;
	result->statistic = result->p_value = result->conf_low = result->conf_high = NAN;
	if (!isfinite(std_error))
		return;
	if (std_error > 0.0)
	{
		double size;

		result->statistic = estimate / std_error;
		size = fabs(result->statistic);
		result->p_value = 2.0 * (isinf(freedom) ? gsl_cdf_ugaussian_Q(size) : gsl_cdf_tdist_Q(size, freedom));
	}
	quantile = isinf(freedom) ? gsl_cdf_ugaussian_Pinv(upper) : gsl_cdf_tdist_Pinv(upper, freedom);
	result->conf_low = estimate - std_error * quantile;
	result->conf_high = estimate + (estimate - result->conf_low);
}

void
mi_linear_describe_coefficients(const mi_linear_predictor *predictor, const double *estimates, const double *std_errors,
								mi_json *json)
{
	mi_json_begin_array(json, "coefficients");
	for (size_t column = 0; column < predictor->columns; column++)
	{
		mi_json_begin_object(json, NULL);
		mi_json_string(json, "term", predictor->terms[column]);
		mi_json_number(json, "estimate", estimates[column]);
		mi_json_number(json, "std_error", std_errors[column]);
		mi_json_end_object(json);
	}
	mi_json_end_array(json);
}
