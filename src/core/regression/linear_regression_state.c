/*
 * The aggregate's state: an open model that takes rows and merges; see linear_regression.h.
 *
 * Any user may hand these functions bytes of his own (CREATE AGGREGATE with an INITCOND), so every entry finds the
 * parts by mi_linear_layout_of, which checks dimensions against the exact length. The numbers themselves can be
 * anything: they are only ever added and multiplied.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/host.h"
#include "least_squares.h"
#include "linear_regression_layout.h"

static mi_status
too_many_columns(size_t columns, mi_error *error)
{
	mi_fail(error, MI_TOO_LARGE, "linear regression with %zu columns: the limit is %d", columns, MI_LINEAR_MAX_COLUMNS);
	return mi_hint(error, "Intercept and levels of categories count as columns.");
}

/* Appends open parameters with an empty triangle and buffer, and marks the model as open. */
static void
append_open_parameters(mi_writer *state, const mi_linear_fixed *fixed)
{
	size_t size = mi_linear_parameters_size(fixed->columns, true) - sizeof(*fixed);
	void *zeros = mi_allocate_zeroed(size);

	mi_write(state, fixed, sizeof(*fixed));
	mi_write(state, zeros, size);
	mi_release(zeros);
	((mi_model_header *) state->bytes)->open = 1;
}

mi_status
mi_linear_state_create(mi_writer *state, uint32_t feature_count, const mi_linear_regression_params *params,
					   mi_error *error)
{
	mi_contract contract;
	mi_linear_fixed fixed = {
		.l2 = params->l2.word == MI_NO_WORD ? params->l2.number : 0.0,
		.l2_auto = params->l2.word != MI_NO_WORD,
		.confidence = params->confidence,
		.intercept = params->intercept,
		.columns = feature_count + params->intercept,
	};

	if ((size_t) feature_count + params->intercept > MI_LINEAR_MAX_COLUMNS || feature_count > MI_MAX_FEATURES)
		return too_many_columns((size_t) feature_count + params->intercept, error);
	if (fixed.columns == 0)
		return mi_fail(error, MI_INVALID_ARGUMENT, "no feature and no intercept: nothing to fit");
	if (mi_contract_check_names(params->features.names, params->features.count, feature_count, error) != MI_OK)
		return error->status;
	contract = mi_contract_for_array(feature_count, params->features.count > 0 ? params->features.names : NULL);
	mi_model_begin(state, &mi_linear_regression_algorithm, &contract);
	append_open_parameters(state, &fixed);
	mi_contract_release(&contract);
	return MI_OK;
}

static mi_status
not_open(mi_error *error)
{
	return mi_fail(error, MI_INVALID_ARGUMENT, "not the state of an aggregate");
}

static void
flush(mi_linear_layout *layout)
{
	mi_triangle_absorb(layout->triangle, layout->buffer, layout->fixed->buffered);
	layout->fixed->buffered = 0;
}

static mi_status
bad_value(const double *values, size_t count, double target, uint64_t row, mi_error *error)
{
	for (size_t i = 0; i < count; i++)
	{
		char name[48];

		snprintf(name, sizeof(name), "element %zu of the features", i + 1);
		if (mi_linear_check_value(values[i], name, row, error) != MI_OK)
			return error->status;
	}
	return mi_linear_check_value(target, "the target", row, error);
}

mi_status
mi_linear_state_add_row(uint8_t *state, size_t length, const double *values, size_t count, double target,
						mi_error *error)
{
	mi_linear_layout layout;
	double *row;
	double largest;

	if (mi_linear_layout_of(&layout, state, length, error) != MI_OK)
		return error->status;
	if (layout.buffer == NULL)
		return not_open(error);
	if (count != layout.fixed->columns - layout.fixed->intercept)
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "array of features has %zu elements in row %llu, %u in the rows before",
				count, (unsigned long long) layout.fixed->rows + 1,
				(unsigned) (layout.fixed->columns - layout.fixed->intercept));
		return mi_hint(error, "Every row of a fit needs the same features.");
	}

	row = layout.buffer + layout.fixed->buffered * (layout.fixed->columns + 1);
	if (layout.fixed->intercept)
		*row++ = 1.0;
	largest = fabs(target);
	for (size_t i = 0; i < count; i++)
	{
		row[i] = values[i];
		largest = fabs(values[i]) <= largest ? largest : fabs(values[i]); /* a NaN stays, as does what follows it */
	}
	row[count] = target;
	if (!(largest <= MI_LINEAR_LARGEST_VALUE) || isnan(target))
		if (bad_value(values, count, target, layout.fixed->rows + 1, error) != MI_OK)
			return error->status;
	layout.fixed->rows++;
	if (++layout.fixed->buffered == MI_BLOCK_ROWS)
	{
		layout.fixed->buffered = 0;
		mi_triangle_absorb(layout.triangle, layout.buffer, MI_BLOCK_ROWS);
	}
	return MI_OK;
}

mi_status
mi_linear_state_thaw(mi_writer *state, const uint8_t *model, size_t length, mi_error *error)
{
	mi_linear_layout from;
	mi_linear_layout into;
	mi_linear_fixed fixed;
	size_t triangle_bytes;

	if (mi_linear_layout_of(&from, model, length, error) != MI_OK)
		return error->status;
	if (from.fixed->robust != 0)
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "a model with robust standard errors cannot take more rows");
		return mi_hint(error, "They need all rows at once: train again over the whole window.");
	}
	fixed = (mi_linear_fixed){
		.rows = from.fixed->rows,
		.l2 = from.fixed->l2,
		.l2_auto = from.fixed->l2_auto,
		.confidence = from.fixed->confidence,
		.columns = from.fixed->columns,
		.intercept = from.fixed->intercept,
	};
	mi_write(state, model, sizeof(mi_model_header) + mi_model_header_of(model)->contract_length);
	((mi_model_header *) state->bytes)->checksum = 0;
	append_open_parameters(state, &fixed);
	if (mi_linear_layout_of(&into, state->bytes, state->length, error) != MI_OK)
		return error->status;
	triangle_bytes = mi_triangle_size(fixed.columns + 1) * sizeof(double);
	memcpy(into.triangle.hi, from.triangle.hi, triangle_bytes);
	memcpy(into.triangle.lo, from.triangle.lo, triangle_bytes);
	if (from.buffer != NULL)
	{
		into.fixed->buffered = from.fixed->buffered;
		memcpy(into.buffer, from.buffer, from.fixed->buffered * (fixed.columns + 1) * sizeof(double));
	}
	return MI_OK;
}

/* Names the first difference that makes two fits impossible to merge. */
static mi_status
check_mergeable(const mi_linear_layout *a, const uint8_t *a_bytes, const mi_linear_layout *b, const uint8_t *b_bytes,
				mi_error *error)
{
	const mi_model_header *a_header = mi_model_header_of(a_bytes);
	const mi_model_header *b_header = mi_model_header_of(b_bytes);
	const char *difference = NULL;

	if (a->fixed->columns != b->fixed->columns || a_header->contract_length != b_header->contract_length ||
		memcmp(a_header + 1, b_header + 1, a_header->contract_length) != 0)
		difference = "features";
	else if (a->fixed->intercept != b->fixed->intercept)
		difference = "intercept";
	else if (a->fixed->l2_auto != b->fixed->l2_auto || a->fixed->l2 != b->fixed->l2)
		difference = "l2";
	else if (a->fixed->confidence != b->fixed->confidence)
		difference = "confidence";
	else if (a->fixed->robust != 0 || b->fixed->robust != 0)
		difference = "robust";
	if (difference == NULL)
		return MI_OK;
	mi_fail(error, MI_INVALID_ARGUMENT, "models cannot be merged: they differ in \"%s\"", difference);
	return mi_hint(error,
				   "Only classical fits of the same features (names, kinds, levels) with the same options merge.");
}

mi_status
mi_linear_state_merge(uint8_t *into, size_t into_length, const uint8_t *from, size_t from_length, mi_error *error)
{
	mi_linear_layout target;
	mi_linear_layout source;

	if (mi_linear_layout_of(&target, into, into_length, error) != MI_OK ||
		mi_linear_layout_of(&source, from, from_length, error) != MI_OK ||
		check_mergeable(&target, into, &source, from, error) != MI_OK)
		return error->status;
	if (target.buffer == NULL)
		return not_open(error);
	flush(&target);
	mi_triangle_merge(target.triangle, source.triangle);
	if (source.buffer != NULL)
		mi_triangle_absorb(target.triangle, source.buffer, source.fixed->buffered);
	target.fixed->rows += source.fixed->rows;
	return MI_OK;
}

/* The algorithm's seal_state: works on copies, since a window function finalises one state many times. */
mi_status
mi_linear_state_seal(const uint8_t *state, size_t length, mi_writer *sealed, mi_error *error)
{
	mi_linear_layout layout;
	mi_contract contract;
	mi_triangle triangle;
	mi_least_squares solution;
	double l2;

	if (mi_linear_layout_of(&layout, state, length, error) != MI_OK)
		return error->status;
	if (layout.buffer == NULL)
		return not_open(error);
	if (mi_contract_unpack(&contract, state + sizeof(mi_model_header), mi_model_header_of(state)->contract_length,
						   error) != MI_OK)
		return error->status;
	triangle = mi_triangle_copy(layout.triangle);
	mi_triangle_absorb(triangle, layout.buffer, layout.fixed->buffered);
	if (mi_linear_design(&contract, layout.fixed->intercept, NULL) != layout.fixed->columns)
		mi_fail(error, MI_CORRUPT, "model is damaged: features and columns do not match");
	else if (mi_linear_penalty(&l2, layout.fixed, triangle, error) == MI_OK)
	{
		mi_least_squares_solve(&solution, triangle, layout.fixed->intercept, l2);
		mi_linear_write_sealed(sealed, &contract, layout.fixed, triangle, &solution, l2, NULL, error);
		mi_least_squares_release(&solution);
	}
	mi_triangle_release(&triangle);
	mi_contract_release(&contract);
	return error->status;
}
