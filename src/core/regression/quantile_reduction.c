/*
 * Reduction of quantile regressions; see quantile_reduction.h.
 */
#include "quantile_reduction.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/random.h"
#include "../base/sort.h"
#include "frisch_newton.h"
#include "quantile_basis.h"
#include "quantile_vertex.h"

/* Below it, all rows at once are no more work. */
#define FEW_ROWS 10000

#define BAND_PER_SAMPLE 0.8 /* rows near the fit that are kept one by one, beside those of the sample */
#define MOST_ROUNDS 10      /* of taking in rows that were on the other side */

size_t
mi_quantile_working_doubles(void)
{
	size_t most =
		MI_FRISCH_NEWTON_DOUBLES > MI_QUANTILE_VERTEX_DOUBLES ? MI_FRISCH_NEWTON_DOUBLES : MI_QUANTILE_VERTEX_DOUBLES;

	return most + 1; /* and the sides */
}

/* Rows of a design, as a design of their own. */
typedef struct subset
{
	mi_frame frame;
	mi_design design;
	uint64_t *rows; /* their numbers in the whole */
	double *y;
} subset;

static subset
subset_new(const mi_quantile_problem *problem, uint64_t *rows, size_t count)
{
	const mi_frame *whole = problem->design->frame;
	double *row = mi_allocate(whole->columns * sizeof(double));
	subset part = {
		.frame = mi_frame_new_chunked(whole->columns, MI_PLAIN_BLOCK_ROWS, SIZE_MAX),
		.design = *problem->design,
		.rows = rows,
		.y = mi_allocate(count * sizeof(double)),
	};

	for (size_t i = 0; i < count; i++)
	{
		if (i % MI_PLAIN_BLOCK_ROWS == 0)
			mi_check_interrupts();
		mi_frame_get_row(whole, rows[i], row);
		mi_frame_add_row(&part.frame, row);
		part.y[i] = problem->y[rows[i]];
	}
	mi_release(row);
	return part;
}

static void
subset_release(subset *part)
{
	mi_frame_release(&part->frame);
	mi_release(part->rows);
	mi_release(part->y);
}

/* A problem as it is. */
static mi_status
solve_whole(const mi_quantile_problem *problem, const double *fixed, double tau, double *b, uint64_t *basis,
			uint32_t *iterations, bool *optimal, mi_error *error)
{
	double *distance = mi_allocate(problem->design->frame->rows * sizeof(double));
	uint32_t exchanges = 0;

	*iterations += mi_frisch_newton(problem->design, problem->y, tau, fixed, problem->scale, b, distance);
	mi_quantile_vertex(problem->design, problem->y, tau, fixed, problem->least_squares, distance, basis, &exchanges,
					   optimal, error);
	*iterations += exchanges;
	mi_release(distance);
	return error->status;
}

/* So many of the rows, each set of them as likely as any other (Knuth, TAOCP vol. 2, 3.4.2, algorithm S). */
static uint64_t *
sample_rows(uint64_t rows, size_t wanted)
{
	uint64_t *sampled = mi_allocate(wanted * sizeof(uint64_t));
	size_t count = 0;
	mi_random random = mi_random_seed(1);

	for (uint64_t row = 0; count < wanted; row++)
		if (mi_random_below(&random, rows - row) < wanted - count)
			sampled[count++] = row;
	return sampled;
}

/* The fit of a sample, by the interior point method alone: where it ends is near enough. */
static void
fit_sample(const mi_quantile_problem *problem, double tau, size_t wanted, double *b, uint32_t *iterations)
{
	subset sample = subset_new(problem, sample_rows(problem->design->frame->rows, wanted), wanted);

	sample.design.frame = &sample.frame;
	*iterations += mi_frisch_newton(&sample.design, sample.y, tau, NULL, problem->scale, b, NULL);
	subset_release(&sample);
}

enum
{
	NEAR, /* one by one */
	ABOVE,
	BELOW
};

static void
find_residuals(const mi_quantile_problem *problem, const double *b, double *residuals)
{
	mi_design_block block = mi_design_block_new(problem->design);
	double fitted[MI_PLAIN_BLOCK_ROWS];

	for (size_t index = 0; index < mi_design_block_count(problem->design); index++)
	{
		mi_design_read(problem->design, index, &block);
		mi_design_apply(problem->design, &block, b, fitted);
		for (size_t row = 0; row < block.rows; row++)
			residuals[block.first + row] = problem->y[block.first + row] - fitted[row];
	}
	mi_release(block.columns);
}

/* Residuals in units of how sure the fit is at the row, the length of R'^-1 x. */
static void
divide_by_uncertainty(const mi_quantile_problem *problem, double *residuals)
{
	size_t rank = problem->design->rank;
	double *x = mi_allocate(rank * sizeof(double));

	for (uint64_t row = 0; row < problem->design->frame->rows; row++)
	{
		double squares = 0.0;

		if (row % MI_PLAIN_BLOCK_ROWS == 0)
			mi_check_interrupts();
		mi_design_row(problem->design, row, x);
		mi_plain_triangle_solve_transposed(problem->least_squares, rank + 1, rank, x);
		for (size_t k = 0; k < rank; k++)
			squares += x[k] * x[k];
		residuals[row] /= sqrt(squares);
	}
	mi_release(x);
}

/* The sides of all rows, but for so many of which the fit of the sample says least surely; uses residuals up. */
static void
find_sides(const mi_quantile_problem *problem, size_t kept, double *residuals, uint8_t *sides)
{
	size_t rows = (size_t) problem->design->frame->rows;
	double farthest;

	divide_by_uncertainty(problem, residuals);
	for (size_t row = 0; row < rows; row++)
	{
		sides[row] = residuals[row] < 0.0 ? BELOW : ABOVE;
		residuals[row] = fabs(residuals[row]);
	}
	farthest = mi_nth_smallest(residuals, rows, kept - 1);
	for (size_t row = 0; row < rows; row++)
		if (residuals[row] <= farthest)
			sides[row] = NEAR;
}

/* The rows that are near, and of the others the sum of x psi. */
static uint64_t *
part_rows(const mi_quantile_problem *problem, double tau, const uint8_t *sides, double *fixed, size_t *count)
{
	const mi_design *design = problem->design;
	mi_design_block block = mi_design_block_new(design);
	uint64_t *near = mi_allocate(design->frame->rows * sizeof(uint64_t));

	*count = 0;
	memset(fixed, 0, design->rank * sizeof(double));
	for (size_t index = 0; index < mi_design_block_count(design); index++)
	{
		double psi[MI_PLAIN_BLOCK_ROWS] = {0};

		mi_design_read(design, index, &block);
		for (size_t row = 0; row < block.rows; row++)
		{
			uint8_t side = sides[block.first + row];

			if (side == NEAR)
				near[(*count)++] = block.first + row;
			else
				psi[row] = side == ABOVE ? tau : tau - 1.0;
		}
		for (size_t k = 0; k < design->rank; k++)
			fixed[k] += mi_plain_dot(block.columns + k * MI_PLAIN_BLOCK_ROWS, psi, block.padded);
	}
	mi_release(block.columns);
	return near;
}

/* Takes in rows that are not on their side; how many those are. */
static size_t
take_in(const double *residuals, uint64_t rows, uint8_t *sides)
{
	size_t count = 0;

	for (uint64_t row = 0; row < rows; row++)
		if ((sides[row] == ABOVE && residuals[row] < 0.0) || (sides[row] == BELOW && residuals[row] > 0.0))
		{
			sides[row] = NEAR;
			count++;
		}
	return count;
}

/*
 * The exact fit of the rows that are near, given the others' sides. False when there is none: too few rows are near to
 * balance the others, so that the way downwards has no end.
 */
static bool
fit_near(const mi_quantile_problem *problem, double tau, const uint8_t *sides, double *b, uint64_t *basis,
		 uint32_t *iterations)
{
	size_t rank = problem->design->rank;
	double *fixed = mi_allocate(2 * rank * sizeof(double));
	double *targets = fixed + rank;
	size_t count;
	uint64_t *near = part_rows(problem, tau, sides, fixed, &count);
	subset part = subset_new(problem, near, count);
	mi_quantile_problem reduced = *problem;
	mi_error error = {0};
	bool optimal = false;

	part.design.frame = &part.frame;
	reduced.design = &part.design;
	reduced.y = part.y;
	if (solve_whole(&reduced, fixed, tau, b, basis, iterations, &optimal, &error) == MI_OK && optimal)
	{
		for (size_t i = 0; i < rank; i++)
			targets[i] = part.y[basis[i]];
		optimal = mi_quantile_basis_estimates(&part.design, problem->least_squares, basis, targets, b, &error) == MI_OK;
		for (size_t i = 0; i < rank; i++)
			basis[i] = near[basis[i]];
	}
	subset_release(&part);
	mi_release(fixed);
	return optimal;
}

/* With a sample of so many rows; false when that was too few. */
static bool
solve_reduced(const mi_quantile_problem *problem, double tau, size_t sampled, uint64_t *basis, uint32_t *iterations)
{
	uint64_t rows = problem->design->frame->rows;
	double *b = mi_allocate_zeroed(problem->design->rank * sizeof(double));
	double *residuals = mi_allocate(rows * sizeof(double));
	uint8_t *sides = mi_allocate(rows);
	size_t wrong = 1;

	fit_sample(problem, tau, sampled, b, iterations);
	find_residuals(problem, b, residuals);
	find_sides(problem, (size_t) (BAND_PER_SAMPLE * (double) sampled), residuals, sides);
	for (int round = 0; wrong > 0 && round < MOST_ROUNDS; round++)
	{
		if (!fit_near(problem, tau, sides, b, basis, iterations))
			break;
		find_residuals(problem, b, residuals);
		wrong = take_in(residuals, rows, sides);
	}
	mi_release(b);
	mi_release(residuals);
	mi_release(sides);
	return wrong == 0;
}

mi_status
mi_quantile_solve(const mi_quantile_problem *problem, double tau, uint64_t *basis, uint32_t *iterations, bool *optimal,
				  mi_error *error)
{
	double rows = (double) problem->design->frame->rows;
	double sampled = pow(((double) problem->design->rank + 1.0) * rows, 2.0 / 3.0);
	double *b;
	bool is_optimal = false;

	for (; rows > FEW_ROWS && sampled < 0.25 * rows; sampled *= 2.0)
		if (solve_reduced(problem, tau, (size_t) sampled, basis, iterations))
			return MI_OK;
	b = mi_allocate_zeroed(problem->design->rank * sizeof(double));
	solve_whole(problem, NULL, tau, b, basis, iterations, &is_optimal, error);
	*optimal = *optimal && is_optimal;
	mi_release(b);
	return error->status;
}
