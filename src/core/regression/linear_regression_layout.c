/*
 * Layout of linear models; see linear_regression_layout.h.
 */
#include "linear_regression_layout.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "least_squares.h"
#include "ridge.h"

size_t
mi_linear_parameters_size(size_t columns, bool open)
{
	size_t tail = open ? MI_BLOCK_ROWS * (columns + 1) : 2 * columns;

	return sizeof(mi_linear_fixed) + (2 * mi_triangle_size(columns + 1) + tail) * sizeof(double);
}

mi_status
mi_linear_layout_of(mi_linear_layout *layout, const uint8_t *bytes, size_t length, mi_error *error)
{
	const mi_model_header *header = mi_model_header_of(bytes);
	mi_linear_fixed *fixed;
	double *numbers;
	size_t parameters_length;

	if (mi_model_check_header(bytes, length, error) != MI_OK)
		return error->status;
	if (header->algorithm != mi_linear_regression_algorithm.code)
		return mi_fail(error, MI_INVALID_ARGUMENT, "not a linear_regression model");
	parameters_length = length - sizeof(*header) - header->contract_length;
	fixed = (mi_linear_fixed *) (bytes + sizeof(*header) + header->contract_length);
	if (parameters_length < sizeof(*fixed) || fixed->columns > MI_LINEAR_MAX_COLUMNS ||
		parameters_length != mi_linear_parameters_size(fixed->columns, header->open) ||
		fixed->buffered >= MI_BLOCK_ROWS || (!header->open && fixed->buffered != 0) || fixed->rank > fixed->columns ||
		fixed->intercept > 1 || fixed->intercept > fixed->columns || fixed->l2_auto > 1 || fixed->robust > 4 ||
		fixed->reserved != 0 || !(fixed->l2 >= 0.0) || isinf(fixed->l2) ||
		!(fixed->confidence > 0.0 && fixed->confidence < 1.0))
		return mi_fail(error, MI_CORRUPT, "model is damaged: its parameters make no sense");

	numbers = (double *) (fixed + 1);
	memset(layout, 0, sizeof(*layout));
	layout->fixed = fixed;
	layout->triangle.columns = fixed->columns + 1;
	layout->triangle.hi = numbers;
	layout->triangle.lo = numbers + mi_triangle_size(fixed->columns + 1);
	numbers = layout->triangle.lo + mi_triangle_size(fixed->columns + 1);
	if (header->open)
		layout->buffer = numbers;
	else
	{
		layout->coefficients = numbers;
		layout->std_errors = numbers + fixed->columns;
	}
	return MI_OK;
}

size_t
mi_linear_design(const mi_contract *contract, bool intercept, mi_design_column *columns)
{
	size_t count = 0;
	bool keep_reference = !intercept;

	if (intercept)
	{
		if (columns != NULL)
			columns[count] = (mi_design_column){-1, -1};
		count++;
	}
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *feature = &contract->features[i];
		bool category = feature->kind == MI_FEATURE_CATEGORY;
		int levels = category ? (int) feature->level_count : 0;

		for (int level = category ? (keep_reference ? 0 : 1) : -1; level < levels; level++)
		{
			if (columns != NULL)
				columns[count] = (mi_design_column){(int) i, level};
			count++;
		}
		if (category)
			keep_reference = false;
	}
	return count;
}

mi_status
mi_linear_penalty(double *l2, const mi_linear_fixed *asked, mi_triangle triangle, mi_error *error)
{
	*l2 = asked->l2;
	if (!asked->l2_auto)
		return MI_OK;
	return mi_ridge_choose_l2(l2, triangle, asked->intercept, asked->rows, error);
}

mi_status
mi_linear_write_sealed(mi_writer *model, const mi_contract *contract, const mi_linear_fixed *asked,
					   mi_triangle triangle, const mi_least_squares *solution, double l2_used, const double *std_errors,
					   mi_error *error)
{
	mi_linear_fixed fixed = *asked;
	double degrees_of_freedom = (double) asked->rows - solution->effective_parameters;
	double sigma = degrees_of_freedom > 0.0 ? sqrt(solution->residual_sum_of_squares / degrees_of_freedom) : NAN;
	size_t triangle_bytes = mi_triangle_size(triangle.columns) * sizeof(double);

	fixed.buffered = 0;
	fixed.rank = (uint32_t) solution->rank;
	fixed.l2_used = l2_used;
	fixed.residual_sum_of_squares = solution->residual_sum_of_squares;
	fixed.total_sum_of_squares = solution->total_sum_of_squares;
	fixed.effective_parameters = solution->effective_parameters;

	mi_model_begin(model, &mi_linear_regression_algorithm, contract);
	mi_write(model, &fixed, sizeof(fixed));
	mi_write(model, triangle.hi, triangle_bytes);
	mi_write(model, triangle.lo, triangle_bytes);
	mi_write(model, solution->coefficients, solution->columns * sizeof(double));
	for (size_t column = 0; column < solution->columns; column++)
	{
		double std_error = std_errors != NULL ? std_errors[column] : sigma * solution->unscaled_errors[column];

		mi_write(model, &std_error, sizeof(std_error));
	}
	return mi_model_finish(model, error);
}

mi_status
mi_linear_check_value(double value, const char *name, uint64_t row, mi_error *error)
{
	if (fabs(value) <= MI_LINEAR_LARGEST_VALUE)
		return MI_OK;
	mi_fail(error, MI_OUT_OF_RANGE, "%s is %s in row %llu", name,
			isnan(value)   ? "NaN"
			: isinf(value) ? "infinite"
						   : "beyond 1e100",
			(unsigned long long) row);
	return mi_hint(error, "Leave such rows out with WHERE or FILTER, or make the value NULL.");
}
