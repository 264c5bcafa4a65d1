/*
 * Fits of arrays for tests, by any algorithm of the table, and reading of the data that they are tried on.
 */
#ifndef MI_TEST_FITS_H
#define MI_TEST_FITS_H

#include <gsl/gsl_errno.h>

#include "core/base/frame.h"
#include "core/model/algorithm.h"
#include "core/regression/iterative_regression.h"
#include "unit.h"

__attribute__((constructor)) static void
switch_gsl_handler_off(void)
{
	gsl_set_error_handler_off();
}

/* Rows of so many features each, one after the other, and their targets. */
typedef struct data_set
{
	size_t rows;
	size_t features;
	double *x;
	double *y;
} data_set;

static inline data_set
data_set_new(size_t rows, size_t features)
{
	return (data_set){rows, features, unit_allocate(rows * features * sizeof(double)),
					  unit_allocate(rows * sizeof(double))};
}

static inline void
data_set_release(data_set *data)
{
	free(data->x);
	free(data->y);
}

/*
 * Numbers of a file without quotes: skips the lines before the first one that begins with a number and has "columns" of
 * them. Answers NULL when the file is absent, which is said.
 */
static inline double *
read_numbers(const char *name, size_t columns, size_t *rows)
{
	FILE *file = unit_open_data(name);
	double *numbers = NULL;
	char line[4096];

	*rows = 0;
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
	{
		double *row;
		char *at = line;
		size_t count = 0;

		numbers = unit_reallocate(numbers, (*rows + 1) * columns * sizeof(double));
		row = numbers + *rows * columns;
		for (; count < columns; count++)
		{
			char *end;

			row[count] = strtod(at, &end);
			if (end == at)
				break;
			at = end + (*end == ',');
		}
		*rows += count == columns;
	}
	if (file != NULL)
		fclose(file);
	return numbers;
}

/* The 569 rows of the breast cancer set: 30 measurements and whether it is benign; false when the data is absent. */
#define CANCER_COLUMNS 31

/* features: which measurements, from 1; the target is one too, or 31 for whether it is benign. */
static inline bool
read_cancer(data_set *data, const int *features, size_t feature_count, int target)
{
	size_t rows;
	double *numbers = read_numbers("reference/clustering/breast_cancer.csv", CANCER_COLUMNS, &rows);

	if (numbers == NULL)
		return false;
	CHECK_INT_EQ(rows, 569);
	*data = data_set_new(rows, feature_count);
	for (size_t row = 0; row < rows; row++)
	{
		for (size_t i = 0; i < feature_count; i++)
			data->x[row * feature_count + i] = numbers[row * CANCER_COLUMNS + (size_t) features[i] - 1];
		data->y[row] = numbers[row * CANCER_COLUMNS + (size_t) target - 1];
	}
	free(numbers);
	return true;
}

static inline bool
read_longley(data_set *data)
{
	size_t rows;
	double *numbers = read_numbers("reference/nist/Longley.dat", 7, &rows);

	if (numbers == NULL)
		return false;
	CHECK_INT_EQ(rows, 16);
	*data = data_set_new(rows, 6);
	for (size_t row = 0; row < rows; row++)
	{
		data->y[row] = numbers[row * 7];
		memcpy(data->x + row * 6, numbers + row * 7 + 1, 6 * sizeof(double));
	}
	free(numbers);
	return true;
}

static inline mi_iterative_params
default_params(const mi_algorithm *algorithm)
{
	mi_iterative_params params;

	algorithm->set_default_params(&params);
	return params;
}

/* A fitted model, opened, or what went wrong. */
typedef struct fitted
{
	mi_writer bytes;
	mi_model model;
	mi_error error;
} fitted;

static inline fitted
fit_within(const mi_algorithm *algorithm, const mi_iterative_params *params, const data_set *data, size_t memory_limit)
{
	mi_contract contract = mi_contract_for_array((uint32_t) data->features, NULL);
	mi_training training = {
		.algorithm = algorithm,
		.contract = &contract,
		.params = params,
		.memory_limit = memory_limit,
	};
	fitted fit = {0};

	algorithm->train_begin(&training, &fit.error);
	for (size_t row = 0; row < data->rows && fit.error.status == MI_OK; row++)
		algorithm->train_add_row(&training, data->x + row * data->features, data->y[row], &fit.error);
	if (fit.error.status == MI_OK && algorithm->train_finish(&training, &contract, &fit.bytes, &fit.error) == MI_OK)
		mi_model_open(&fit.model, fit.bytes.bytes, fit.bytes.length, &fit.error);
	algorithm->train_release(&training);
	mi_contract_release(&contract);
	return fit;
}

static inline fitted
fit(const mi_algorithm *algorithm, const mi_iterative_params *params, const data_set *data)
{
	return fit_within(algorithm, params, data, SIZE_MAX);
}

static inline void
fitted_release(fitted *fit)
{
	if (fit->model.algorithm != NULL)
		mi_model_close(&fit->model);
	mi_release(fit->bytes.bytes);
}

static inline mi_coefficient
coefficient_of(const fitted *fit, size_t index)
{
	mi_coefficient coefficient;

	fit->model.algorithm->coefficient(&fit->model, index, &coefficient);
	return coefficient;
}

/* A member of summary(), as a number. */
static inline double
figure_of(const fitted *fit, const char *name)
{
	mi_json json = {0};
	char key[64];
	const char *text;
	double figure = NAN;

	mi_json_begin_object(&json, NULL);
	fit->model.algorithm->summary(&fit->model, &json);
	mi_json_end_object(&json);
	text = mi_json_finish(&json);
	snprintf(key, sizeof(key), "\"%s\":", name);
	text = strstr(text, key);
	if (CHECK(text != NULL))
		text += strlen(key) + strspn(text + strlen(key), " ");
	if (text != NULL && strncmp(text, "true", 4) == 0)
		figure = 1.0;
	else if (text != NULL && strncmp(text, "false", 5) == 0)
		figure = 0.0;
	else if (text != NULL && strncmp(text, "null", 4) != 0)
		figure = strtod(text, NULL);
	mi_release(json.text.bytes);
	return figure;
}

/* Estimates and standard errors side by side, as the reference prints them. */
typedef struct reference
{
	double estimate;
	double std_error;
} reference;

#define CHECK_COEFFICIENTS(fit, expected, tolerance) \
	check_coefficients(fit, expected, sizeof(expected) / sizeof((expected)[0]), tolerance, __LINE__)

static inline void
check_coefficients(const fitted *fit, const reference *expected, size_t count, double tolerance, int line)
{
	if (!unit_check(fit->error.status == MI_OK, __FILE__, line, "fit failed: %s", fit->error.message) ||
		!CHECK_INT_EQ(fit->model.algorithm->coefficient_count(&fit->model), count))
		return;
	for (size_t i = 0; i < count; i++)
	{
		mi_coefficient actual = coefficient_of(fit, i);

		unit_check_near(actual.estimate, expected[i].estimate, tolerance, actual.term, __FILE__, line);
		unit_check_near(actual.std_error, expected[i].std_error, tolerance, "std_error", __FILE__, line);
	}
}

#endif
