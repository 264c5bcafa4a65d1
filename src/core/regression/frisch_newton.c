/*
 * Interior point method; see frisch_newton.h. Letters as in the paper's appendix, but for the sign of the estimates:
 *
 *     a, s = 1 - a   the primal variables and their slack
 *     z, w           their multipliers: w - z = y - X b
 *     q              1 / (z / a + w / s), the weights
 */
#include "frisch_newton.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/sort.h"

#define MOST_ITERATIONS 60  /* 10 to 25 are usual; rounding that stops it before is rare */
#define STEP_FRACTION .9995 /* of the way to the boundary */

/* Where the gap between primal and dual is this part of one row's residual, the order of the rows tells the vertex. */
#define LEAST_GAP 1e-6

#define CENTRING 0.01 /* how far from the boundary to start, in residuals */

typedef struct interior
{
	const mi_design *design;
	const double *y;
	double tau;
	const double *fixed; /* by column, or NULL */
	double *b;
	mi_design_block block;
	double *triangle; /* of the rows times the root of q */
	double *a;
	double *s;
	double *z;
	double *w;
	double *predicted; /* change of a by the predictor, and then */
	double *corrected; /* by the corrector */
	double *direction; /* by column: minus the change of b, as are those below */
	double *right;     /* by column */
	double *once;      /* by column: parts of the corrector's right side */
	double *times_mu;
	double primal_step;
	double dual_step;
} interior;

static double
weight_of(const interior *at, size_t row)
{
	return 1.0 / (at->z[row] / at->a[row] + at->w[row] / at->s[row]);
}

/* into += X' of a number a row. */
static void
add_products(const mi_design *design, const mi_design_block *block, const double *numbers, double *into)
{
	for (size_t k = 0; k < design->rank; k++)
		into[k] += mi_plain_dot(block->columns + k * MI_PLAIN_BLOCK_ROWS, numbers, block->padded);
}

/*
 * The starting point: a in the middle; the residuals split into z and w, after the intercept, if it is alone to say
 * where the quantile is, has moved to where the share tau of them is negative.
 */
static void
start(interior *at, double scale)
{
	size_t rows = (size_t) at->design->frame->rows;
	double fitted[MI_PLAIN_BLOCK_ROWS];
	double shift = 0.0;

	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->b, fitted);
		for (size_t row = 0; row < at->block.rows; row++)
			at->predicted[at->block.first + row] = at->y[at->block.first + row] - fitted[row];
	}
	if (at->design->intercept && at->fixed == NULL)
	{
		shift = mi_nth_smallest(at->predicted, rows, (size_t) (at->tau * (double) (rows - 1)));
		at->b[0] += shift;
	}
	for (size_t i = 0; i < rows; i++)
	{
		double residual = at->predicted[i] - shift;

		at->a[i] = 1.0 - at->tau;
		at->s[i] = at->tau;
		at->z[i] = fmax(-residual, 0.0) + CENTRING * scale;
		at->w[i] = fmax(residual, 0.0) + CENTRING * scale;
	}
}

/* The triangle of the weighted rows, and the predictor's right side: what X'a lacks, and X' q (z - w). */
static void
weigh(interior *at)
{
	size_t rank = at->design->rank;

	memset(at->triangle, 0, mi_triangle_size(rank) * sizeof(double));
	for (size_t k = 0; k < rank; k++)
		at->right[k] = at->fixed != NULL ? -at->fixed[k] : 0.0;
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		double numbers[MI_PLAIN_BLOCK_ROWS] = {0};
		double roots[MI_PLAIN_BLOCK_ROWS] = {0};

		mi_design_read(at->design, index, &at->block);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			size_t i = at->block.first + row;
			double q = weight_of(at, i);

			numbers[row] = 1.0 - at->tau - at->a[i] + q * (at->z[i] - at->w[i]);
			roots[row] = sqrt(q);
		}
		add_products(at->design, &at->block, numbers, at->right);
		for (size_t k = 0; k < rank; k++)
			for (size_t row = 0; row < at->block.padded; row++)
				at->block.columns[k * MI_PLAIN_BLOCK_ROWS + row] *= roots[row];
		mi_plain_triangle_fold(at->triangle, rank, at->block.columns, at->block.padded);
	}
}

static void
solve(interior *at)
{
	size_t rank = at->design->rank;

	memcpy(at->direction, at->right, rank * sizeof(double));
	mi_plain_triangle_solve_transposed(at->triangle, rank, rank, at->direction);
	mi_plain_triangle_solve(at->triangle, rank, rank, at->direction);
}

/* How far a value may go along a change before it is 0, if that is nearer than so far. */
static double
nearer(double value, double change, double so_far)
{
	return change < 0.0 && value < so_far * -change ? value / -change : so_far;
}

typedef struct changes
{
	double a;
	double z;
	double w;
} changes;

/* What the predictor, or the corrector after it, makes of a row, given x'direction. */
static changes
predictor_changes(const interior *at, size_t i, double along)
{
	double a = weight_of(at, i) * (along - at->z[i] + at->w[i]);

	return (changes){a, -at->z[i] * (1.0 + a / at->a[i]), -at->w[i] * (1.0 - a / at->s[i])};
}

/* Second-order terms of the predictor: products of changes, over a and s. */
static changes
second_order(const interior *at, size_t i)
{
	double a = at->predicted[i];

	return (changes){0.0, a * -at->z[i] * (1.0 + a / at->a[i]) / at->a[i],
					 -a * -at->w[i] * (1.0 - a / at->s[i]) / at->s[i]};
}

static changes
corrector_changes(const interior *at, size_t i, double mu, double a)
{
	changes second = second_order(at, i);

	return (changes){a, -at->z[i] + (mu - at->z[i] * a) / at->a[i] - second.z,
					 -at->w[i] + (mu + at->w[i] * a) / at->s[i] - second.w};
}

static void
limit_steps(interior *at, size_t i, changes by)
{
	at->primal_step = nearer(at->a[i], by.a, at->primal_step);
	at->primal_step = nearer(at->s[i], -by.a, at->primal_step);
	at->dual_step = nearer(at->z[i], by.z, at->dual_step);
	at->dual_step = nearer(at->w[i], by.w, at->dual_step);
}

static void
begin_steps(interior *at)
{
	at->primal_step = at->dual_step = 1.0 / STEP_FRACTION;
}

static void
end_steps(interior *at)
{
	at->primal_step *= STEP_FRACTION;
	at->dual_step *= STEP_FRACTION;
}

static void
predict(interior *at)
{
	double along[MI_PLAIN_BLOCK_ROWS];

	begin_steps(at);
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->direction, along);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			changes by = predictor_changes(at, at->block.first + row, along[row]);

			at->predicted[at->block.first + row] = by.a;
			limit_steps(at, at->block.first + row, by);
		}
	}
	end_steps(at);
}

/*
 * How far the predictor's steps would close the gap says how much of the barrier, mu, to keep (Mehrotra); the right
 * side of the corrector is that of the predictor and X' of q (mu (1/s - 1/a) + the second-order terms).
 */
static double
find_mu(interior *at)
{
	size_t rank = at->design->rank;
	double gap = 0.0;
	double left = 0.0;
	double mu;

	memset(at->once, 0, rank * sizeof(double));
	memset(at->times_mu, 0, rank * sizeof(double));
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		double once[MI_PLAIN_BLOCK_ROWS] = {0};
		double times_mu[MI_PLAIN_BLOCK_ROWS] = {0};

		mi_design_read(at->design, index, &at->block);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			size_t i = at->block.first + row;
			changes second = second_order(at, i);
			double q = weight_of(at, i);
			double a = at->predicted[i];
			double z = at->z[i] - at->dual_step * at->z[i] * (1.0 + a / at->a[i]);
			double w = at->w[i] - at->dual_step * at->w[i] * (1.0 - a / at->s[i]);

			gap += at->z[i] * at->a[i] + at->w[i] * at->s[i];
			left += z * (at->a[i] + at->primal_step * a) + w * (at->s[i] - at->primal_step * a);
			once[row] = q * (second.z - second.w);
			times_mu[row] = q * (1.0 / at->s[i] - 1.0 / at->a[i]);
		}
		add_products(at->design, &at->block, once, at->once);
		add_products(at->design, &at->block, times_mu, at->times_mu);
	}
	mu = gap * pow(left / gap, 3.0) / (2.0 * (double) at->design->frame->rows);
	for (size_t k = 0; k < rank; k++)
		at->right[k] += at->once[k] + mu * at->times_mu[k];
	return mu;
}

static void
correct(interior *at, double mu)
{
	double along[MI_PLAIN_BLOCK_ROWS];

	begin_steps(at);
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->direction, along);
		for (size_t row = 0; row < at->block.rows; row++)
		{
			size_t i = at->block.first + row;
			changes second = second_order(at, i);
			double a = weight_of(at, i) * (along[row] - at->z[i] + at->w[i] - mu * (1.0 / at->s[i] - 1.0 / at->a[i]) -
										   second.z + second.w);

			at->corrected[i] = a;
			limit_steps(at, i, corrector_changes(at, i, mu, a));
		}
	}
	end_steps(at);
}

/* Takes the steps; the gap that is left. */
static double
move(interior *at, double mu)
{
	double gap = 0.0;

	for (size_t k = 0; k < at->design->rank; k++)
		at->b[k] -= at->dual_step * at->direction[k];
	for (size_t i = 0; i < at->design->frame->rows; i++)
	{
		changes by = corrector_changes(at, i, mu, at->corrected[i]);

		if (i % MI_PLAIN_BLOCK_ROWS == 0)
			mi_check_interrupts();
		at->a[i] += at->primal_step * by.a;
		at->s[i] -= at->primal_step * by.a;
		at->z[i] += at->dual_step * by.z;
		at->w[i] += at->dual_step * by.w;
		gap += at->z[i] * at->a[i] + at->w[i] * at->s[i];
	}
	return gap;
}

static uint32_t
iterate(interior *at, double scale)
{
	uint32_t iterations = 0;
	double gap;

	do
	{
		double mu;

		mi_report_progress(MI_PHASE_SOLVING, iterations, MOST_ITERATIONS);
		weigh(at);
		solve(at);
		predict(at);
		mu = find_mu(at);
		solve(at);
		correct(at, mu);
		gap = move(at, mu);
		iterations++;
	} while (gap > LEAST_GAP * scale && iterations < MOST_ITERATIONS);
	return iterations;
}

uint32_t
mi_frisch_newton(const mi_design *design, const double *y, double tau, const double *fixed, double scale, double *b,
				 double *distance)
{
	size_t rows = (size_t) design->frame->rows;
	size_t rank = design->rank;
	double *by_row = mi_allocate(6 * rows * sizeof(double));
	double *by_column = mi_allocate(4 * rank * sizeof(double));
	interior at = {
		.design = design,
		.y = y,
		.tau = tau,
		.fixed = fixed,
		.b = b,
		.block = mi_design_block_new(design),
		.triangle = mi_allocate(mi_triangle_size(rank) * sizeof(double)),
		.a = by_row,
		.s = by_row + rows,
		.z = by_row + 2 * rows,
		.w = by_row + 3 * rows,
		.predicted = by_row + 4 * rows,
		.corrected = by_row + 5 * rows,
		.direction = by_column,
		.right = by_column + rank,
		.once = by_column + 2 * rank,
		.times_mu = by_column + 3 * rank,
	};
	uint32_t iterations;

	start(&at, scale);
	iterations = iterate(&at, scale);
	for (size_t i = 0; distance != NULL && i < rows; i++)
	{
		double inside = fmin(at.a[i], at.s[i]); /* of its bounds, where the fit goes through the row */

		distance[i] = isnan(inside) ? INFINITY : -inside;
	}
	mi_release(by_row);
	mi_release(by_column);
	mi_release(at.block.columns);
	mi_release(at.triangle);
	return iterations;
}
