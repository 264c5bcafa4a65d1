/*
 * Rows that a quantile regression goes through; see quantile_basis.h.
 */
#include "quantile_basis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/host.h"
#include "../base/sort.h"

/*
 * What must be left of a row besides those before it, as a part of it. Where columns are nearly collinear, rounding
 * leaves up to 1e-5 of a row that depends on the others. In orthogonal coordinates the squares of all rows add up to
 * the rank, those of what is left of them to what is missing of it, so that some row has 1/sqrt(rank) left: enough rows
 * are found unless they are only some of those that least_squares is of.
 */
#define LEAST_INDEPENDENCE 1e-3

/* A row in coordinates in which the columns are orthogonal. */
static void
orthogonal_row(const mi_design *design, const double *least_squares, uint64_t row, double *x)
{
	mi_design_row(design, row, x);
	mi_plain_triangle_solve_transposed(least_squares, design->rank + 1, design->rank, x);
}

typedef struct candidate
{
	double distance;
	uint64_t row;
} candidate;

static int
compare_candidates(const void *a, const void *b)
{
	const candidate *one = a;
	const candidate *other = b;

	if (one->distance != other->distance)
		return one->distance < other->distance ? -1 : 1;
	return one->row < other->row ? -1 : one->row > other->row;
}

static double
dot(const double *a, const double *b, size_t count)
{
	double sum = 0.0;

	for (size_t i = 0; i < count; i++)
		sum += a[i] * b[i];
	return sum;
}

/* Takes a row's parts along the "taken" orthonormal rows out of it; the length that is left. */
static double
what_is_left(double *x, const double *taken, size_t taken_count, size_t rank)
{
	for (size_t k = 0; k < taken_count; k++)
	{
		double part = dot(x, taken + k * rank, rank);

		for (size_t i = 0; i < rank; i++)
			x[i] -= part * taken[k * rank + i];
	}
	return sqrt(dot(x, x, rank));
}

/* Goes through candidates in their order and takes those that are independent of what was taken; how many those are. */
static size_t
take_independent(const mi_design *design, const double *least_squares, const candidate *candidates, size_t count,
				 uint64_t *basis)
{
	size_t rank = design->rank;
	double *taken = mi_allocate(rank * rank * sizeof(double));
	size_t taken_count = 0;

	for (size_t i = 0; i < count && taken_count < rank; i++)
	{
		double *x = taken + taken_count * rank;
		double length;
		double left;

		mi_check_interrupts();
		orthogonal_row(design, least_squares, candidates[i].row, x);
		length = sqrt(dot(x, x, rank));
		left = what_is_left(x, taken, taken_count, rank);
		if (!(left > LEAST_INDEPENDENCE * length))
			continue;
		for (size_t k = 0; k < rank; k++)
			x[k] /= left;
		basis[taken_count++] = candidates[i].row;
	}
	mi_release(taken);
	return taken_count;
}

/* More and more rows of the smallest distances, until there are enough independent ones. */
mi_status
mi_quantile_basis_find(const mi_design *design, const double *least_squares, const double *distance, uint64_t *basis,
					   mi_error *error)
{
	size_t rows = (size_t) design->frame->rows;
	size_t count = 0;

	for (size_t wanted = 4 * design->rank + 16; count < rows; wanted *= 8)
	{
		double farthest = wanted < rows ? mi_nth_smallest(distance, rows, wanted - 1) : INFINITY;
		candidate *candidates;
		size_t taken;

		count = 0;
		for (size_t row = 0; row < rows; row++)
			count += distance[row] <= farthest;
		candidates = mi_allocate(count * sizeof(candidate));
		count = 0;
		for (size_t row = 0; row < rows; row++)
			if (distance[row] <= farthest)
				candidates[count++] = (candidate){distance[row], row};
		qsort(candidates, count, sizeof(candidate), compare_candidates);
		taken = take_independent(design, least_squares, candidates, count, basis);
		mi_release(candidates);
		if (taken == design->rank)
			return MI_OK;
	}
	mi_fail(error, MI_NUMERICAL_FAILURE, "the features are too nearly collinear");
	return mi_hint(error, "Leave out a feature that the others nearly determine, or centre those of large values.");
}

/* Gauss and Jordan with the largest pivot of a column; false when there is none. Destroys the matrix. */
static bool
invert(double *matrix, double *inverse, size_t size)
{
	memset(inverse, 0, size * size * sizeof(double));
	for (size_t i = 0; i < size; i++)
		inverse[i * size + i] = 1.0;
	for (size_t pivot = 0; pivot < size; pivot++)
	{
		size_t best = pivot;
		double value;

		mi_check_interrupts();
		for (size_t row = pivot + 1; row < size; row++)
			if (fabs(matrix[row * size + pivot]) > fabs(matrix[best * size + pivot]))
				best = row;
		value = matrix[best * size + pivot];
		if (value == 0.0)
			return false;
		for (size_t k = 0; k < size; k++)
		{
			double moved = matrix[best * size + k];
			double moved_too = inverse[best * size + k];

			matrix[best * size + k] = matrix[pivot * size + k];
			matrix[pivot * size + k] = moved / value;
			inverse[best * size + k] = inverse[pivot * size + k];
			inverse[pivot * size + k] = moved_too / value;
		}
		for (size_t row = 0; row < size; row++)
		{
			double factor = matrix[row * size + pivot];

			if (row == pivot)
				continue;
			for (size_t k = 0; k < size; k++)
			{
				matrix[row * size + k] -= factor * matrix[pivot * size + k];
				inverse[row * size + k] -= factor * inverse[pivot * size + k];
			}
		}
	}
	return true;
}

/* B~' with the rows in orthogonal coordinates as columns: B = B~ R, and the edges are the columns of R^-1 B~^-1. */
mi_status
mi_quantile_basis_edges(const mi_design *design, const double *least_squares, const uint64_t *basis, double *edges,
						mi_error *error)
{
	size_t rank = design->rank;
	double *matrix = mi_allocate(rank * rank * sizeof(double));
	double *x = mi_allocate(rank * sizeof(double));
	bool done;

	for (size_t i = 0; i < rank; i++)
	{
		mi_check_interrupts();
		orthogonal_row(design, least_squares, basis[i], x);
		for (size_t k = 0; k < rank; k++)
			matrix[k * rank + i] = x[k];
	}
	done = invert(matrix, edges, rank);
	for (size_t i = 0; i < rank; i++)
	{
		mi_check_interrupts();
		mi_plain_triangle_solve(least_squares, rank + 1, rank, edges + i * rank);
	}
	mi_release(matrix);
	mi_release(x);
	return done ? MI_OK
				: mi_fail(error, MI_NUMERICAL_FAILURE, "the rows that the fit goes through are not independent");
}

/* Solved once, and once more for what rounding has left. */
mi_status
mi_quantile_basis_estimates(const mi_design *design, const double *least_squares, const uint64_t *basis,
							const double *targets, double *b, mi_error *error)
{
	size_t rank = design->rank;
	double *edges = mi_allocate(rank * rank * sizeof(double));
	double *rest = mi_allocate(2 * rank * sizeof(double));
	double *x = rest + rank;

	memset(b, 0, rank * sizeof(double));
	if (mi_quantile_basis_edges(design, least_squares, basis, edges, error) == MI_OK)
		for (int pass = 0; pass < 2; pass++)
		{
			for (size_t i = 0; i < rank; i++)
			{
				mi_design_row(design, basis[i], x);
				rest[i] = targets[i] - dot(x, b, rank);
			}
			for (size_t i = 0; i < rank; i++)
				for (size_t k = 0; k < rank; k++)
					b[k] += rest[i] * edges[i * rank + k];
		}
	mi_release(edges);
	mi_release(rest);
	return error->status;
}
