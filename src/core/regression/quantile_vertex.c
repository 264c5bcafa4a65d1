/*
 * Vertices of quantile regressions; see quantile_vertex.h.
 */
#include "quantile_vertex.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "quantile_basis.h"

#define DUAL_TOLERANCE 1e-8      /* of the multipliers of the basis, which lie between tau - 1 and tau */
#define EXCHANGES_PER_COLUMN 200 /* from a good start it takes a few altogether */

/*
 * What rounding makes of x'edge, for a row or a sum over rows, beside the sizes of the numbers of the longest edge.
 * Where columns are nearly collinear, these are many orders of magnitude larger than what they add up to.
 */
#define ROUNDING (30.0 * DBL_EPSILON)

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
	double *edges;     /* of the basis (quantile_basis.h): basis × columns */
	double longest;    /* the sum of the sizes of its numbers, of the longest edge so far */
	double *residuals; /* by row */
	double *along;     /* by row: x'direction */
	kink *kinks;
	double *x;         /* by column, as are those below: a row */
	double *gradient;  /* sum over the other rows of x psi(residual) */
	double *direction; /* in which b moves */
} vertex;

static void
note_length(vertex *at, const double *edge)
{
	double sum = 0.0;

	for (size_t k = 0; k < at->rank; k++)
		sum += fabs(edge[k]);
	at->longest = fmax(at->longest, sum);
}

static double
dot(const double *a, const double *b, size_t count)
{
	double sum = 0.0;

	for (size_t k = 0; k < count; k++)
		sum += a[k] * b[k];
	return sum;
}

/* At the basis: its edges, and the residuals of all rows. */
static mi_status
begin(vertex *at, mi_error *error)
{
	size_t rank = at->rank;
	double fitted[MI_PLAIN_BLOCK_ROWS];

	for (size_t i = 0; i < rank; i++)
	{
		at->in_basis[at->basis[i]] = 1;
		at->x[i] = at->y[at->basis[i]];
	}
	if (mi_quantile_basis_edges(at->design, at->least_squares, at->basis, at->edges, error) != MI_OK ||
		mi_quantile_basis_estimates(at->design, at->least_squares, at->basis, at->x, at->direction, error) != MI_OK)
		return error->status;
	for (size_t place = 0; place < rank; place++)
		note_length(at, at->edges + place * rank);
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
 * The multipliers v of the basis make it stationary: sum over the others of x psi(r) + sum over the basis of x v = 0,
 * with psi = tau above the fit and tau - 1 below it. The place where v is farthest out of tau - 1 … tau, or the rank.
 */
static size_t
find_leaving(vertex *at, double *slope, double *sign)
{
	size_t rank = at->rank;
	size_t leaving = rank;
	double worst = fmax(DUAL_TOLERANCE * fmin(at->tau, 1.0 - at->tau), ROUNDING * at->longest);

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
	for (size_t place = 0; place < rank; place++)
	{
		const double *edge = at->edges + place * rank;
		double multiplier = -dot(at->gradient, edge, rank);
		double above = multiplier - at->tau;
		double below = at->tau - 1.0 - multiplier;
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
		at->direction[k] = sign * at->edges[leaving * at->rank + k];
	for (size_t index = 0; index < mi_design_block_count(at->design); index++)
	{
		double along[MI_PLAIN_BLOCK_ROWS];

		mi_design_read(at->design, index, &at->block);
		mi_design_apply(at->design, &at->block, at->direction, along);
		memcpy(at->along + at->block.first, along, at->block.rows * sizeof(double));
	}
}

/*
 * The first kink from which on the way no longer falls: kinks are parted in three about one of them, and the part that
 * it is in again. Slopes of whole numbers add up to 0 where two fits are equally good, or in another order to a little
 * less; then the last kink of the parts before it is the answer. NULL when there is no kink.
 */
static const kink *
last_kink_down(kink *kinks, size_t count, double slope)
{
	size_t low = 0;
	size_t high = count;
	const kink *found = NULL;

	while (low < high)
	{
		double pivot = kinks[low + (high - low) / 2].at;
		size_t below = low;
		size_t above = high;
		double slope_below = 0.0;
		double slope_at = 0.0;

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
		else
		{
			found = &kinks[below];
			slope += slope_below + slope_at;
			low = above;
		}
	}
	return found;
}

/* The row that the fit comes to go through; one that it nears by no more than rounding says cannot be that. */
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
		if (!at->in_basis[row] && fabs(along) > ROUNDING * at->longest && (along < 0.0) == (residual < 0.0))
			at->kinks[count++] = (kink){residual / along, fabs(along), row};
	}
	return last_kink_down(at->kinks, count, slope);
}

/* The basis with one row for another: the edges after it (Sherman and Morrison), and the residuals. */
static void
exchange(vertex *at, size_t leaving, double sign, kink entering)
{
	size_t rank = at->rank;
	double *left = at->edges + leaving * rank;
	double pivot;

	mi_design_row(at->design, entering.row, at->x);
	pivot = dot(at->x, left, rank);
	for (size_t k = 0; k < rank; k++)
		left[k] /= pivot;
	for (size_t place = 0; place < rank; place++)
	{
		double *edge = at->edges + place * rank;
		double rise = dot(at->x, edge, rank);

		for (size_t k = 0; place != leaving && k < rank; k++)
			edge[k] -= rise * left[k];
		note_length(at, edge);
	}
	for (uint64_t row = 0; row < at->design->frame->rows; row++)
		if (!at->in_basis[row])
			at->residuals[row] -= entering.at * at->along[row];
	/* Rows at one point must not enter in turn for ever: the one that leaves is on its side however short the way. */
	at->residuals[at->basis[leaving]] = -sign * fmax(entering.at, DBL_MIN);
	at->in_basis[at->basis[leaving]] = 0;
	at->in_basis[entering.row] = 1;
	at->basis[leaving] = entering.row;
}

static void
descend(vertex *at, uint32_t *exchanges, bool *optimal)
{
	uint32_t most = (uint32_t) (EXCHANGES_PER_COLUMN * at->rank);

	for (*exchanges = 0;; (*exchanges)++)
	{
		double slope = 0.0;
		double sign = 0.0;
		size_t leaving;
		const kink *entering;

		mi_report_progress(MI_PHASE_SOLVING, *exchanges, 0);
		leaving = find_leaving(at, &slope, &sign);
		*optimal = leaving == at->rank;
		if (*optimal || *exchanges == most)
			break;
		find_direction(at, leaving, sign);
		entering = find_entering(at, slope);
		if (entering == NULL)
			break; /* downwards without end: fixed is more than the rows can balance */
		exchange(at, leaving, sign, *entering);
	}
}

mi_status
mi_quantile_vertex(const mi_design *design, const double *y, double tau, const double *fixed,
				   const double *least_squares, double *distance, uint64_t *basis, uint32_t *exchanges, bool *optimal,
				   mi_error *error)
{
	size_t rows = (size_t) design->frame->rows;
	size_t rank = design->rank;
	double *by_column = mi_allocate(3 * rank * sizeof(double));
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
		.edges = mi_allocate(rank * rank * sizeof(double)),
		.residuals = mi_allocate(rows * sizeof(double)),
		.along = distance,
		.kinks = mi_allocate(rows * sizeof(kink)),
		.x = by_column,
		.gradient = by_column + rank,
		.direction = by_column + 2 * rank,
	};

	if (mi_quantile_basis_find(design, least_squares, distance, basis, error) == MI_OK && begin(&at, error) == MI_OK)
		descend(&at, exchanges, optimal);
	mi_release(by_column);
	mi_release(at.block.columns);
	mi_release(at.in_basis);
	mi_release(at.edges);
	mi_release(at.residuals);
	mi_release(at.kinks);
	return error->status;
}
