/*
 * b0 + b1 x1 + … over the features of a contract: what every model that is a line of coefficients has in common:
 * evaluating it, and naming its terms.
 */
#ifndef MI_LINEAR_PREDICTOR_H
#define MI_LINEAR_PREDICTOR_H

#include "../model/algorithm.h"
#include "linear_regression_layout.h"

typedef struct mi_linear_predictor
{
	size_t columns;
	mi_design_column *design;
	char **terms; /* by design column: "feature", "feature=level" or "(intercept)" */
	double intercept;
	double *slopes;         /* by design column; 0 where collinear */
	size_t *first_column;   /* by feature: design column of its value, or of its first level that has one */
	uint8_t *has_reference; /* by feature: 1 for a category whose level 0 has no column */
} mi_linear_predictor;

/* coefficients: one per column of the contract's design, NaN where collinear. */
extern mi_linear_predictor
mi_linear_predictor_new(const mi_contract *contract, bool intercept, const double *coefficients);
extern void mi_linear_predictor_release(mi_linear_predictor *predictor);

/* values: one number per feature, for a category its level's. */
extern double
mi_linear_predictor_value(const mi_linear_predictor *predictor, const mi_contract *contract, const double *values);

/* What each feature adds to that value, a category by its level; the rest is the intercept, which is answered. */
extern double mi_linear_predictor_explain(const mi_linear_predictor *predictor, const mi_contract *contract,
										  const double *values, double *contributions);

/*
 * One line of coefficients(): Student's t with so many degrees of freedom, the normal distribution when they are
 * infinite. No test where there is no standard error.
 */
extern void
mi_linear_coefficient(mi_coefficient *result, double estimate, double std_error, double confidence, double freedom);

/* The array "coefficients" of to_json(): term, estimate, std_error. */
extern void mi_linear_describe_coefficients(const mi_linear_predictor *predictor, const double *estimates,
											const double *std_errors, mi_json *json);

#endif
