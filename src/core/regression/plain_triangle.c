/*
 * Orthogonal reduction in plain double; see plain_triangle.h.
 */
#include "plain_triangle.h"

#include <math.h>

#include "../base/host.h"
#include "../base/vector.h"

/* Of a wide matrix, one column of a block takes as long as a whole block of a narrow one. */
#define COLUMNS_PER_CHECK 256

double *
mi_plain_triangle_new(size_t columns)
{
	return mi_allocate_zeroed(mi_triangle_size(columns) * sizeof(double));
}

/* The lanes are added up pairwise. */
MI_ALWAYS_INLINE double
dot(const double *restrict a, const double *restrict b, size_t rows)
{
	double sums[MI_LANES] = {0};

	for (size_t row = 0; row < rows; row += MI_LANES)
		for (size_t lane = 0; lane < MI_LANES; lane++)
			sums[lane] += a[row + lane] * b[row + lane];
	for (size_t half = MI_LANES / 2; half > 0; half /= 2)
		for (size_t lane = 0; lane < half; lane++)
			sums[lane] += sums[lane + half];
	return sums[0];
}

MI_ALWAYS_INLINE void
add_multiple(double *restrict b, double factor, const double *restrict a, size_t rows)
{
	for (size_t row = 0; row < rows; row++)
		b[row] += factor * a[row];
}

/*
 * Apply H = I - tau [1; v] [1; v]' to every column after the pivot: column k of the triangle's row is heads[k], of the
 * block it lies k + 1 columns behind v.
 */
MI_VECTOR_CLONES static void
reflect(double *heads, double *v, size_t count, double tau, size_t rows)
{
	double *column = v;

	for (size_t k = 0; k < count; k++)
	{
		double step;

		column += MI_PLAIN_BLOCK_ROWS;
		step = tau * (heads[k] + dot(v, column, rows));
		heads[k] -= step;
		add_multiple(column, -step, v, rows);
	}
}

MI_VECTOR_CLONES double
mi_plain_dot(const double *a, const double *b, size_t rows)
{
	return dot(a, b, rows);
}

MI_VECTOR_CLONES void
mi_plain_add_multiple(double *b, double factor, const double *a, size_t rows)
{
	add_multiple(b, factor, a, rows);
}

void
mi_plain_triangle_fold(double *triangle, size_t columns, double *block, size_t rows)
{
	for (size_t pivot = 0; pivot < columns; pivot++)
	{
		double *row = triangle + mi_triangle_at(columns, pivot, pivot);
		double *v = block + pivot * MI_PLAIN_BLOCK_ROWS;
		double squares = mi_plain_dot(v, v, rows);
		double beta;
		double head;

		if (columns > COLUMNS_PER_CHECK)
			mi_check_interrupts();
		if (squares == 0.0)
			continue; /* nothing below the diagonal */
		beta = sqrt(row[0] * row[0] + squares);
		if (row[0] > 0.0)
			beta = -beta; /* no cancellation in the head */
		head = row[0] - beta;
		for (size_t at = 0; at < rows; at++)
			v[at] /= head;
		row[0] = beta;
		reflect(row + 1, v, columns - pivot - 1, -head / beta, rows);
	}
}

void
mi_plain_triangle_solve(const double *triangle, size_t columns, size_t count, double *x)
{
	for (size_t row = count; row-- > 0;)
	{
		const double *from = triangle + mi_triangle_at(columns, row, row);

		for (size_t later = row + 1; later < count; later++)
			x[row] -= from[later - row] * x[later];
		x[row] = from[0] != 0.0 ? x[row] / from[0] : 0.0;
	}
}

void
mi_plain_triangle_solve_transposed(const double *triangle, size_t columns, size_t count, double *x)
{
	for (size_t row = 0; row < count; row++)
	{
		const double *from = triangle + mi_triangle_at(columns, row, row);

		x[row] = from[0] != 0.0 ? x[row] / from[0] : 0.0;
		for (size_t later = row + 1; later < count; later++)
			x[later] -= from[later - row] * x[row];
	}
}

void
mi_plain_triangle_multiply(const double *triangle, size_t columns, size_t count, const double *x, double *y)
{
	for (size_t row = 0; row < count; row++)
	{
		const double *from = triangle + mi_triangle_at(columns, row, row);

		y[row] = 0.0;
		for (size_t later = row; later < count; later++)
			y[row] += from[later - row] * x[later];
	}
}
