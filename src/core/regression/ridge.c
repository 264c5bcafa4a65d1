/*
 * Choosing the ridge penalty; see ridge.h.
 */
#include "ridge.h"

#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>

#include "../base/host.h"

#define GRID_POINTS 100 /* over the span of the singular values and four decades to each side */
#define GRID_MARGIN 1e4
#define GOLDEN_STEPS 60 /* each keeps .618 of the bracket: to double precision in the logarithm */

typedef struct ridge_spectrum
{
	size_t count;
	double *values;  /* s_i, descending */
	double *targets; /* z_i */
	double rest;     /* rho² */
	double rows;
	double intercept; /* 1 or 0 */
} ridge_spectrum;

static double
score(const ridge_spectrum *spectrum, double log_l2)
{
	double l2 = exp(log_l2);
	double residuals = spectrum->rest;
	double freedom = spectrum->intercept;

	for (size_t i = 0; i < spectrum->count; i++)
	{
		double squared = spectrum->values[i] * spectrum->values[i];
		double shrunk = l2 / (squared + l2) * spectrum->targets[i];

		residuals += shrunk * shrunk;
		freedom += squared / (squared + l2);
	}
	return spectrum->rows * residuals / ((spectrum->rows - freedom) * (spectrum->rows - freedom));
}

/* The best of a grid, then golden section between its neighbours: the score may have more than one valley. */
static double
minimise(const ridge_spectrum *spectrum)
{
	const double golden = (sqrt(5.0) - 1.0) / 2.0;
	double largest = spectrum->values[0] * spectrum->values[0];
	double smallest = spectrum->values[spectrum->count - 1] * spectrum->values[spectrum->count - 1];
	double low = log(fmax(smallest, largest * 1e-16) / GRID_MARGIN);
	double step = (log(largest * GRID_MARGIN) - low) / GRID_POINTS;
	double best = low;
	double high;

	for (int i = 1; i <= GRID_POINTS; i++)
		if (score(spectrum, low + i * step) < score(spectrum, best))
			best = low + i * step;
	low = best - step;
	high = best + step;
	for (int i = 0; i < GOLDEN_STEPS; i++)
	{
		double left = high - golden * (high - low);
		double right = low + golden * (high - low);

		if (score(spectrum, left) < score(spectrum, right))
			high = right;
		else
			low = left;
	}
	return exp((low + high) / 2.0);
}

/* Singular values of the centred columns, which are the triangle's rows below the intercept's, and U'z. */
static int
decompose(ridge_spectrum *spectrum, mi_triangle triangle, size_t first)
{
	size_t count = spectrum->count;
	double *memory = mi_allocate_zeroed((2 * count * count + 2 * count) * sizeof(double));
	gsl_matrix_view u = gsl_matrix_view_array(memory, count, count);
	gsl_matrix_view v = gsl_matrix_view_array(memory + count * count, count, count);
	gsl_vector_view work = gsl_vector_view_array(memory + 2 * count * count, count);
	gsl_vector_view z = gsl_vector_view_array(memory + 2 * count * count + count, count);
	gsl_vector_view values = gsl_vector_view_array(spectrum->values, count);
	gsl_vector_view targets = gsl_vector_view_array(spectrum->targets, count);
	int status;

	for (size_t row = 0; row < count; row++)
	{
		for (size_t column = row; column < count; column++)
			gsl_matrix_set(&u.matrix, row, column, mi_triangle_get(triangle, first + row, first + column).hi);
		gsl_vector_set(&z.vector, row, mi_triangle_get(triangle, first + row, first + count).hi);
	}
	status = gsl_linalg_SV_decomp(&u.matrix, &v.matrix, &values.vector, &work.vector);
	if (status == GSL_SUCCESS)
		status = gsl_blas_dgemv(CblasTrans, 1.0, &u.matrix, &z.vector, 0.0, &targets.vector);
	mi_release(memory);
	return status;
}

mi_status
mi_ridge_choose_l2(double *l2, mi_triangle triangle, bool intercept, uint64_t rows, mi_error *error)
{
	size_t first = intercept ? 1 : 0;
	ridge_spectrum spectrum = {
		.count = triangle.columns - 1 - first, .rows = (double) rows, .intercept = (double) first};
	mi_status status = MI_OK;

	if (spectrum.count == 0 || rows < 3)
	{
		mi_fail(error, MI_NO_DATA, "too little data to choose l2 by cross-validation");
		return mi_hint(error, "It takes a feature and at least three rows. Give l2 as a number.");
	}
	if (spectrum.count > MI_RIDGE_AUTO_MAX_COLUMNS)
	{
		mi_fail(error, MI_TOO_LARGE, "l2 \"auto\" is offered up to %d columns, here are %zu", MI_RIDGE_AUTO_MAX_COLUMNS,
				spectrum.count);
		return mi_hint(error, "Give l2 as a number.");
	}
	spectrum.rest = pow(mi_triangle_get(triangle, triangle.columns - 1, triangle.columns - 1).hi, 2.0);
	spectrum.values = mi_allocate(spectrum.count * sizeof(double));
	spectrum.targets = mi_allocate(spectrum.count * sizeof(double));
	if (decompose(&spectrum, triangle, first) != GSL_SUCCESS)
		status = mi_fail(error, MI_NUMERICAL_FAILURE, "the singular value decomposition did not converge");
	else
		*l2 = spectrum.values[0] > 0.0 ? minimise(&spectrum) : 0.0;
	mi_release(spectrum.values);
	mi_release(spectrum.targets);
	return status;
}
