/*
 * What the regressions have in common that need their rows again and again: options, keeping of rows, the stored model,
 * prediction by a line of coefficients. Each of them is an mi_iterative_fitter and a row of the table of algorithms.
 */
#ifndef MI_ITERATIVE_REGRESSION_H
#define MI_ITERATIVE_REGRESSION_H

#include "../model/algorithm.h"
#include "design.h"
#include "linear_predictor.h"

typedef struct mi_iterative_params
{
	bool intercept;
	double tuning;     /* the algorithm's own number: l2, k or tau */
	double confidence; /* of conf_low … conf_high */
	double max_iterations;
	double tolerance;
	mi_names features; /* names of the array's elements; default x1, x2, … */
} mi_iterative_params;

#define MI_ITERATIVE_PARAM(field) offsetof(mi_iterative_params, field)

/*
 * Rows of an option table: those that all of them have, and those of the ones that iterate until they are told to stop.
 */
#define MI_ITERATIVE_OPTIONS \
	{"intercept", MI_OPTION_BOOLEAN, MI_OPTION_ANYWHERE, MI_ITERATIVE_PARAM(intercept), NULL, "true or false"}, \
		{"confidence", MI_OPTION_NUMBER,          MI_OPTION_ANYWHERE, MI_ITERATIVE_PARAM(confidence), \
		 NULL,         "a number between 0 and 1"}, \
	{ \
		"features", MI_OPTION_NAMES, MI_OPTION_IN_AGGREGATE, MI_ITERATIVE_PARAM(features), NULL, "an array of names" \
	}
#define MI_ITERATIVE_LIMIT_OPTIONS \
	{"max_iterations", \
	 MI_OPTION_NUMBER, \
	 MI_OPTION_ANYWHERE, \
	 MI_ITERATIVE_PARAM(max_iterations), \
	 NULL, \
	 "a whole number from 1 to 1000000"}, \
	{ \
		"tolerance", MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, MI_ITERATIVE_PARAM(tolerance), NULL, "a number > 0" \
	}

/* What is wrong with the options that all of them have, or NULL. */
extern const char *mi_iterative_check_params(const mi_iterative_params *params);

/* A fit under way. What it finds has one number per column of the design. */
typedef struct mi_iterative_fit
{
	const mi_iterative_params *params;
	const mi_design *design;
	const double *least_squares; /* triangle of the read columns and the target, rank + 1 wide */
	double *estimates;           /* NaN: collinear */
	double *std_errors;
	uint32_t iterations;
	bool converged;
	double effective_parameters; /* n less the degrees of freedom that are left; the rank at first */
	double figures[4];           /* the algorithm's own, for summary(); NaN at first */
} mi_iterative_fit;

typedef mi_status (*mi_iterative_fitter)(mi_iterative_fit *fit, mi_error *error);

/* As stored; then come the estimates and their standard errors. */
typedef struct mi_iterative_fixed
{
	uint64_t rows;
	uint32_t columns;
	uint32_t rank;
	uint32_t iterations;
	uint32_t max_iterations;
	uint8_t intercept; /* 0 or 1 */
	uint8_t converged; /* 0 or 1 */
	uint8_t reserved[6];
	double tuning;
	double confidence;
	double tolerance;
	double effective_parameters;
	double figures[4];
} mi_iterative_fixed;

typedef struct mi_iterative_model
{
	const mi_iterative_fixed *fixed;
	const double *estimates;
	const double *std_errors;
	mi_linear_predictor predictor;
	double degrees_of_freedom;
} mi_iterative_model;

static inline const mi_iterative_model *
mi_iterative_model_of(const mi_model *model)
{
	return model->decoded;
}

/* A training under way: the rows, and how much more memory for each of them the fit is going to need. */
typedef struct mi_iterative_trainer
{
	mi_frame rows; /* features, and then the target */
	double *row;
} mi_iterative_trainer;

/* For the table of algorithms; what each does is said there (model/algorithm.h). */
extern mi_status mi_iterative_train_begin(mi_training *training, mi_error *error);
extern mi_status
mi_iterative_train_add_row(mi_training *training, const double *values, double target, mi_error *error);
extern mi_status mi_iterative_train_finish(mi_training *training, const mi_contract *final, mi_iterative_fitter fitter,
										   size_t working_bytes_per_row, mi_writer *model, mi_error *error);
extern void mi_iterative_train_release(mi_training *training);
extern mi_frame *mi_iterative_held_rows(const mi_training *training);
extern mi_status mi_iterative_open(mi_model *model, mi_error *error);
extern void mi_iterative_close(mi_model *model);
extern double mi_iterative_predict(const mi_model *model, const double *values);
extern void
mi_iterative_explain(const mi_model *model, const double *values, double *contributions, double *base_value);
extern size_t mi_iterative_coefficient_count(const mi_model *model);

/* Student's t for the estimates of a regression, the normal distribution for those of probabilities. */
extern void mi_iterative_coefficient(const mi_model *model, size_t index, mi_coefficient *coefficient);

/* The members of to_json(); tuning is the name of the algorithm's own number. Limits: where they are options. */
extern void mi_iterative_describe(const mi_model *model, const char *tuning, mi_json *json);
extern void mi_iterative_describe_limits(const mi_model *model, mi_json *json);

#endif
