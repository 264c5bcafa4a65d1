/*
 * Vertices of quantile regressions; see quantile_vertex.h.
 */
#include "quantile_vertex.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "quantile_basis.h"

#define DUAL_TOLERANCE 1e-8      /* of the multipliers of the basis, which lie between tau - 1 and tau */
#define EXCHANGES_PER_COLUMN 200 /* from a good start it takes a few altogether */
#define EXCHANGES_PER_INVERSE 50 /* then it is computed anew, since each exchange adds rounding errors */

/* A row whose residual changes its sign at this point along an edge, and how much steeper the way gets there. */
typedef struct kink
{
	double at;
	double slope;
	uint64_t row;
} kink;

typedef struct vertex
{
	const mi_design *design;
	const double *y;
	double tau;
	const double *fixed; /* by column, or NULL */
	const double *least_squares;
	size_t rank;
	mi_design_block block;
	uint64_t *basis;
	uint8_t *in_basis; /* by row */
	double *inverse;   /* of the basis's rows in orthogonal coordinates: columns × basis */
	double *residuals; /* by row */
	double *along;     /* by row: x'direction */
	kink *kinks;
	double *x;           /* by column, as are all below: a row in orthogonal coordinates */
	double *gradient;    /* sum over the other rows of x psi(residual) */
	double *multipliers; /* by place in the basis */
	double *direction;
} vertex;

/* The inverse, and from it the residuals of all rows. */
static mi_status
begin(vertex *at, mi_error *error)
{
	size_t rank = at->rank;
	double fitted[MI_PLAIN_BLOCK_ROWS];

	for (size_t i = 0; i < rank; i++)
		at->x[i] = at->y[at->basis[i]];
	if (mi_quantile_basis_invert(at->design, at->least_squares, at->basis, at->inverse, error) != MI_OK ||
		mi_quantile_basis_estimates(at->design, at->least_squares, at->basis, at->x, at->direction, error) != MI_OK)
		return error->status;
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->direction, fitted);
		for (size_t row = 0; row < at->block.rows; row++)
			at->residuals[at->block.first + row] = at->y[at->block.first + row] - fitted[row];
	}
	return MI_OK;
}

/* ---- One exchange ---- */

/*
 * The multipliers v of the basis that make it stationary, sum over the others of x psi(r) + sum over the basis of x v =
 * 0 with psi = tau above the fit and tau - 1 below it; the place where one is farthest out of tau - 1 … tau, or the
 * rank.
 */
static size_t
find_leaving(vertex *at, double *slope, double *sign)
{
	size_t rank = at->rank;
	size_t leaving = rank;
	double worst = DUAL_TOLERANCE;

	for (size_t k = 0; k < rank; k++)
		at->gradient[k] = at->fixed != NULL ? at->fixed[k] : 0.0;
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		double psi[MI_PLAIN_BLOCK_ROWS] = {0};

		mi_design_read(at->design, index, &at->block);
		for (size_t row = 0; row < at->block.rows; row++)
			if (!at->in_basis[at->block.first + row])
				psi[row] = at->residuals[at->block.first + row] < 0.0 ? at->tau - 1.0 : at->tau;
		for (size_t k = 0; k < rank; k++)
			at->gradient[k] += mi_plain_dot(at->block.columns + k * MI_PLAIN_BLOCK_ROWS, psi, at->block.padded);
	}
	mi_plain_triangle_solve_transposed(at->least_squares, rank + 1, rank, at->gradient);
	memset(at->multipliers, 0, rank * sizeof(double));
	for (size_t k = 0; k < rank; k++)
		for (size_t place = 0; place < rank; place++)
			at->multipliers[place] -= at->gradient[k] * at->inverse[k * rank + place];
	for (size_t place = 0; place < rank; place++)
	{
		double above = at->multipliers[place] - at->tau;
		double below = at->tau - 1.0 - at->multipliers[place];
		double out = fmax(above, below);

		if (out <= worst)
			continue;
		worst = out;
		leaving = place;
		*slope = -out;
		*sign = below > above ? 1.0 : -1.0; /* the fit rises, or falls, at the row that leaves */
	}
	return leaving;
}

/* The edge on which the fit leaves one row and goes through the others still, and what it does to all other rows. */
static void
find_direction(vertex *at, size_t leaving, double sign)
{
	for (size_t k = 0; k < at->rank; k++)
		at->direction[k] = sign * at->inverse[k * at->rank + leaving];
	mi_plain_triangle_solve(at->least_squares, at->rank + 1, at->rank, at->direction);
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		double along[MI_PLAIN_BLOCK_ROWS];

		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->direction, along);
		memcpy(at->along + at->block.first, along, at->block.rows * sizeof(double));
	}
}

/* The first kink from which on the way no longer falls, found by parting them as in order_statistic.c. */
static const kink *
last_kink_down(kink *kinks, size_t count, double slope)
{
	size_t low = 0;
	size_t high = count;

	while (low < high)
	{
		double pivot = kinks[low + (high - low) / 2].at;
		size_t below = low;
		size_t above = high;
		double slope_below = 0.0;
		double slope_at = 0.0;
		const kink *steepest = NULL;

		mi_check_interrupts();
		for (size_t at = low; at < above;)
		{
			kink moved = kinks[at];

			if (moved.at < pivot)
			{
				slope_below += moved.slope;
				kinks[at++] = kinks[below];
				kinks[below++] = moved;
			}
			else if (moved.at > pivot)
			{
				kinks[at] = kinks[--above];
				kinks[above] = moved;
			}
			else
			{
				slope_at += moved.slope;
				at++;
			}
		}
		if (slope + slope_below >= 0.0)
			high = below;
		else if (slope + slope_below + slope_at >= 0.0)
		{
			for (size_t at = below; at < above; at++)
				if (steepest == NULL || kinks[at].slope > steepest->slope)
					steepest = &kinks[at];
			return steepest;
		}
		else
		{
			slope += slope_below + slope_at;
			low = above;
		}
	}
	return NULL;
}

static const kink *
find_entering(vertex *at, double slope)
{
	size_t count = 0;

	for (uint64_t row = 0; row < at->design->frame->rows; row++)
	{
		double residual = at->residuals[row];
		double along = at->along[row];

		if (row % MI_PLAIN_BLOCK_ROWS == 0)
			mi_check_interrupts();
		if (!at->in_basis[row] && ((along > 0.0 && residual >= 0.0) || (along < 0.0 && residual < 0.0)))
			at->kinks[count++] = (kink){residual / along, fabs(along), row};
	}
	return last_kink_down(at->kinks, count, slope);
}

/*
 * The basis with one row for another: the inverse after a change of one row (Sherman and Morrison), and the residuals.
 */
static void
exchange(vertex *at, size_t leaving, double sign, kink entering)
{
	size_t rank = at->rank;
	double pivot;

	mi_quantile_orthogonal_row(at->design, at->least_squares, entering.row, at->x);
	memset(at->multipliers, 0, rank * sizeof(double)); /* now the entering row in terms of the basis */
	for (size_t k = 0; k < rank; k++)
		for (size_t place = 0; place < rank; place++)
			at->multipliers[place] += at->x[k] * at->inverse[k * rank + place];
	pivot = at->multipliers[leaving];
	for (size_t k = 0; k < rank; k++)
	{
		double factor = at->inverse[k * rank + leaving] / pivot;

		for (size_t place = 0; place < rank; place++)
			at->inverse[k * rank + place] -= factor * at->multipliers[place];
		at->inverse[k * rank + leaving] = factor;
	}
	for (uint64_t row = 0; row < at->design->frame->rows; row++)
		if (!at->in_basis[row])
			at->residuals[row] -= entering.at * at->along[row];
	at->residuals[at->basis[leaving]] = -sign * entering.at;
	at->residuals[entering.row] = 0.0;
	at->in_basis[at->basis[leaving]] = 0;
	at->in_basis[entering.row] = 1;
	at->basis[leaving] = entering.row;
}

static mi_status
descend(vertex *at, uint32_t *exchanges, bool *optimal, mi_error *error)
{
	uint32_t most = (uint32_t) (EXCHANGES_PER_COLUMN * at->rank);

	*optimal = false;
	for (*exchanges = 0; *exchanges < most; (*exchanges)++)
	{
		double slope = 0.0;
		double sign = 0.0;
		size_t leaving;
		const kink *entering;

		mi_report_progress(MI_PHASE_SOLVING, *exchanges, 0);
		if (*exchanges % EXCHANGES_PER_INVERSE == 0 && begin(at, error) != MI_OK)
			return error->status;
		leaving = find_leaving(at, &slope, &sign);
		if (leaving == at->rank)
		{
			*optimal = true;
			break;
		}
		find_direction(at, leaving, sign);
		entering = find_entering(at, slope);
		if (entering == NULL)
			break; /* only rounding errors lead downwards for ever */
		exchange(at, leaving, sign, *entering);
	}
	return MI_OK;
}

mi_status
mi_quantile_vertex(const mi_design *design, const double *y, double tau, const double *fixed,
				   const double *least_squares, double *distance, uint64_t *basis, uint32_t *exchanges, bool *optimal,
				   mi_error *error)
{
	size_t rows = (size_t) design->frame->rows;
	size_t rank = design->rank;
	double *by_column = mi_allocate(4 * rank * sizeof(double));
	vertex at = {
		.design = design,
		.y = y,
		.tau = tau,
		.fixed = fixed,
		.least_squares = least_squares,
		.rank = rank,
		.block = mi_design_block_new(design),
		.basis = basis,
		.in_basis = mi_allocate_zeroed(rows),
		.inverse = mi_allocate(rank * rank * sizeof(double)),
		.residuals = mi_allocate(rows * sizeof(double)),
		.along = distance,
		.kinks = mi_allocate(rows * sizeof(kink)),
		.x = by_column,
		.gradient = by_column + rank,
		.multipliers = by_column + 2 * rank,
		.direction = by_column + 3 * rank,
	};

	if (mi_quantile_basis_find(design, least_squares, distance, at.residuals, basis, error) == MI_OK)
	{
		for (size_t i = 0; i < rank; i++)
			at.in_basis[basis[i]] = 1;
		descend(&at, exchanges, optimal, error);
	}
	mi_release(by_column);
	mi_release(at.block.columns);
	mi_release(at.in_basis);
	mi_release(at.inverse);
	mi_release(at.residuals);
	mi_release(at.kinks);
	return error->status;
}
