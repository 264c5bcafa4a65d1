/*
 * Solving a triangle; see least_squares.h. All but the ridge covariance is in double-double: for a problem of condition
 * number k, errors are of size k² * 2^-104 rather than k² * 2^-53.
 */
#include "least_squares.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"

/* Rounding errors of double-double arithmetic, relative to a column's length: 2^-104 times a margin for their sum. */
#define NOISE 1e-28

static double
square(double x)
{
	return x * x;
}

/* Length of every column of X and of the target, from the triangle. */
static double *
column_lengths(mi_triangle triangle)
{
	double *lengths = mi_allocate_zeroed(triangle.columns * sizeof(double));

	for (size_t row = 0; row < triangle.columns; row++)
		for (size_t column = row; column < triangle.columns; column++)
			lengths[column] = hypot(lengths[column], mi_triangle_get(triangle, row, column).hi);
	return lengths;
}

/*
 * Take a collinear column out: its row, which is rounding noise on the diagonal but may carry something of the columns
 * after it, is folded into the rows below. It carries nothing where all of it is noise of double-double arithmetic, as
 * when there are fewer rows of data than columns.
 */
static void
drop_row(mi_triangle triangle, size_t row, const double *lengths)
{
	size_t at = mi_triangle_at(triangle.columns, row, row);
	size_t count = triangle.columns - row;
	double *tail = mi_allocate_zeroed(2 * triangle.columns * sizeof(double));
	bool carries = false;

	for (size_t i = 1; i < count; i++)
		carries = carries || fabs(triangle.hi[at + i]) > NOISE * lengths[row + i];
	memcpy(tail + row, triangle.hi + at, count * sizeof(double));
	memcpy(tail + triangle.columns + row, triangle.lo + at, count * sizeof(double));
	memset(triangle.hi + at, 0, count * sizeof(double));
	memset(triangle.lo + at, 0, count * sizeof(double));
	if (carries)
		mi_triangle_absorb_row(triangle, tail, tail + triangle.columns, row + 1);
	mi_release(tail);
}

/* Finds the kept columns and leaves the triangle as if the others had never been there. */
static void
find_rank(mi_least_squares *solution, mi_triangle triangle)
{
	double *lengths = column_lengths(triangle);

	for (size_t column = 0; column < solution->columns; column++)
	{
		mi_check_interrupts();
		if (fabs(mi_triangle_get(triangle, column, column).hi) > MI_COLLINEARITY_TOLERANCE * lengths[column])
			solution->kept[solution->rank++] = column;
		else
			drop_row(triangle, column, lengths);
	}
	mi_release(lengths);
}

static void
substitute_back(mi_least_squares *solution, mi_triangle triangle)
{
	mi_dd *values = mi_allocate(solution->rank * sizeof(mi_dd));

	for (size_t row = solution->rank; row-- > 0;)
	{
		size_t column = solution->kept[row];
		mi_dd value = mi_triangle_get(triangle, column, solution->columns);

		for (size_t later = row + 1; later < solution->rank; later++)
			value = mi_dd_multiply_add(value, mi_dd_negate(values[later]),
									   mi_triangle_get(triangle, column, solution->kept[later]));
		values[row] = mi_dd_divide(value, mi_triangle_get(triangle, column, column));
		solution->coefficients[column] = mi_dd_value(values[row]);
	}
	mi_release(values);
}

/* into <- into + factor * from, over double-doubles held as two arrays. */
MI_VECTOR_CLONES static void
add_row_multiple(double *restrict into_hi, double *restrict into_lo, mi_dd factor, const double *restrict from_hi,
				 const double *restrict from_lo, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		mi_dd sum = mi_dd_multiply_add((mi_dd){into_hi[i], into_lo[i]}, factor, (mi_dd){from_hi[i], from_lo[i]});

		into_hi[i] = sum.hi;
		into_lo[i] = sum.lo;
	}
}

/* W = R^-1 over the kept columns, from the last row up: W_i = (e_i - sum over k > i of R_ik W_k) / R_ii. */
static void
invert(mi_least_squares *solution, mi_triangle triangle)
{
	size_t rank = solution->rank;
	double *hi = solution->inverse;
	double *lo = mi_allocate_zeroed(rank * rank * sizeof(double));

	for (size_t row = rank; row-- > 0;)
	{
		size_t column = solution->kept[row];
		mi_dd pivot = mi_triangle_get(triangle, column, column);

		mi_check_interrupts();
		mi_report_progress(MI_PHASE_SOLVING, rank - row, rank);
		hi[row * rank + row] = 1.0;
		for (size_t later = row + 1; later < rank; later++)
			add_row_multiple(hi + row * rank + later, lo + row * rank + later,
							 mi_dd_negate(mi_triangle_get(triangle, column, solution->kept[later])),
							 hi + later * rank + later, lo + later * rank + later, rank - later);
		for (size_t k = row; k < rank; k++)
		{
			mi_dd quotient = mi_dd_divide((mi_dd){hi[row * rank + k], lo[row * rank + k]}, pivot);

			hi[row * rank + k] = quotient.hi;
			lo[row * rank + k] = quotient.lo;
		}
	}
	mi_release(lo);
}

/* Cov(b) / sigma² = W W', whose diagonal is the squared length of the rows of W. */
static void
ordinary_errors(mi_least_squares *solution)
{
	size_t rank = solution->rank;

	for (size_t row = 0; row < rank; row++)
	{
		double length = 0.0;

		for (size_t k = row; k < rank; k++)
			length = hypot(length, solution->inverse[row * rank + k]);
		solution->unscaled_errors[solution->kept[row]] = length;
	}
	solution->effective_parameters = (double) rank;
}

/*
 * With a penalty, R~'R~ = R'R + l2 I and W = R~^-1: Cov(b) / sigma² = A A' with A = W (R W)', and the hat matrix has
 * the trace ‖R W‖² (Frobenius).
 */
static void
ridge_errors(mi_least_squares *solution, mi_triangle unpenalised)
{
	size_t rank = solution->rank;
	double *product = mi_allocate_zeroed(rank * rank * sizeof(double)); /* (R W)', lower triangle */

	solution->effective_parameters = 0.0;
	for (size_t row = 0; row < rank; row++)
	{
		mi_check_interrupts();
		for (size_t k = row; k < rank; k++)
		{
			double factor = mi_triangle_get(unpenalised, solution->kept[row], solution->kept[k]).hi;

			for (size_t column = k; column < rank; column++)
				product[column * rank + row] += factor * solution->inverse[k * rank + column];
		}
		for (size_t column = row; column < rank; column++)
			solution->effective_parameters += square(product[column * rank + row]);
	}
	for (size_t row = 0; row < rank; row++)
	{
		double squares = 0.0;

		mi_check_interrupts();
		for (size_t column = 0; column < rank; column++)
		{
			double element = 0.0;

			for (size_t k = row > column ? row : column; k < rank; k++)
				element += solution->inverse[row * rank + k] * product[k * rank + column];
			squares += square(element);
		}
		solution->unscaled_errors[solution->kept[row]] = sqrt(squares);
	}
	mi_release(product);
}

/* ‖z - R b‖² + rho²: with a penalty the corner of the solved triangle holds l2 ‖b‖² as well. */
static double
ridge_residuals(const mi_least_squares *solution, mi_triangle unpenalised)
{
	double sum = square(mi_triangle_get(unpenalised, solution->columns, solution->columns).hi);

	for (size_t row = 0; row < solution->columns; row++)
	{
		mi_dd residual = mi_triangle_get(unpenalised, row, solution->columns);

		for (size_t column = row; column < solution->columns; column++)
			if (!isnan(solution->coefficients[column]))
				residual = mi_dd_multiply_add(residual, mi_dd_from(-solution->coefficients[column]),
											  mi_triangle_get(unpenalised, row, column));
		sum += square(residual.hi);
	}
	return sum;
}

static double
total_sum_of_squares(mi_triangle triangle, bool intercept)
{
	double sum = 0.0;

	for (size_t row = intercept ? 1 : 0; row < triangle.columns; row++)
		sum += square(mi_triangle_get(triangle, row, triangle.columns - 1).hi);
	return sum;
}

/* Adds the rows sqrt(l2) e_j of the penalty for every column but intercept and target. */
static void
add_penalty(mi_triangle triangle, bool intercept, double l2)
{
	mi_triangle penalty = mi_triangle_new(triangle.columns);

	for (size_t column = intercept ? 1 : 0; column + 1 < triangle.columns; column++)
		penalty.hi[mi_triangle_at(triangle.columns, column, column)] = sqrt(l2);
	mi_triangle_merge(triangle, penalty);
	mi_triangle_release(&penalty);
}

void
mi_least_squares_solve(mi_least_squares *solution, mi_triangle triangle, bool intercept, double l2)
{
	size_t columns = triangle.columns - 1;
	mi_triangle working = mi_triangle_copy(triangle);

	memset(solution, 0, sizeof(*solution));
	solution->columns = columns;
	solution->coefficients = mi_allocate(columns * sizeof(double));
	solution->unscaled_errors = mi_allocate(columns * sizeof(double));
	for (size_t column = 0; column < columns; column++)
		solution->coefficients[column] = solution->unscaled_errors[column] = NAN;
	solution->kept = mi_allocate(columns * sizeof(size_t));

	if (l2 > 0.0)
		add_penalty(working, intercept, l2);
	find_rank(solution, working);
	solution->inverse = mi_allocate_zeroed(solution->rank * solution->rank * sizeof(double));
	substitute_back(solution, working);
	invert(solution, working);
	solution->total_sum_of_squares = total_sum_of_squares(triangle, intercept);
	if (l2 > 0.0)
	{
		ridge_errors(solution, triangle);
		solution->residual_sum_of_squares = ridge_residuals(solution, triangle);
	}
	else
	{
		ordinary_errors(solution);
		solution->residual_sum_of_squares = square(mi_triangle_get(working, columns, columns).hi);
	}
	mi_triangle_release(&working);
}

void
mi_least_squares_release(mi_least_squares *solution)
{
	mi_release(solution->coefficients);
	mi_release(solution->unscaled_errors);
	mi_release(solution->kept);
	mi_release(solution->inverse);
	memset(solution, 0, sizeof(*solution));
}
