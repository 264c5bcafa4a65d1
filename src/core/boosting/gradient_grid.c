/*
 * Gradients as whole numbers; see gradient_grid.h.
 */
#include "gradient_grid.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"
#include "leaf_rows.h"
#include "row_choice.h"

#define FINEST 32767.0 /* steps; more would not show in a float's gradient */

/* As floats' bits, in the order of the numbers when none is negative; infinity and what is no number are above. */
typedef struct largest_bits
{
	uint32_t gradient;
	uint32_t hessian;
} largest_bits;

MI_VECTOR_CLONES static largest_bits
largest_of(const mi_gradient *gradients, size_t count)
{
	uint32_t gradient = 0;
	uint32_t hessian = 0;

	for (size_t i = 0; i < count; i++)
	{
		uint32_t bits[2];

		memcpy(bits, &gradients[i], sizeof(bits));
		bits[0] &= UINT32_C(0x7fffffff);
		gradient = bits[0] > gradient ? bits[0] : gradient;
		hessian = bits[1] > hessian ? bits[1] : hessian;
	}
	return (largest_bits){gradient, hessian};
}

static double
number_of(uint32_t bits)
{
	float number;

	memcpy(&number, &bits, sizeof(number));
	return isnan(number) ? INFINITY : number;
}

static double
largest_told(const mi_boosting_view *view, bool of_hessians)
{
	double largest = 0.0;

	for (unsigned member = 0; member < view->team->size; member++)
		largest = fmax(largest, of_hessians ? view->block->told[member].largest_hessian
											: view->block->told[member].largest_gradient);
	return largest;
}

/* How many rows from here on are in the same chunk, up to the end of the member's own. */
static size_t
chunk_at(const mi_boosting_view *view, uint64_t row)
{
	return view->end_row - row < MI_BOOSTING_CHUNK ? (size_t) (view->end_row - row) : MI_BOOSTING_CHUNK;
}

static largest_bits
larger_of(largest_bits a, largest_bits b)
{
	return (largest_bits){a.gradient > b.gradient ? a.gradient : b.gradient,
						  a.hessian > b.hessian ? a.hessian : b.hessian};
}

static largest_bits
largest_of_all(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	largest_bits largest = {0, 0};

	for (uint64_t row = view->first_row; row < view->end_row; row += MI_BOOSTING_CHUNK)
	{
		mi_check_interrupts();
		largest = larger_of(largest, largest_of(growth->gradients + row, chunk_at(view, row)));
	}
	return largest;
}

static largest_bits
largest_of_listed(const mi_tree_growth *growth, mi_row_list list)
{
	largest_bits largest = {0, 0};

	for (uint32_t i = 0; i < list.count; i++)
	{
		if (i % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		largest = larger_of(largest, largest_of(growth->gradients + list.rows[i], 1));
	}
	return largest;
}

/* Of the rows that the tree learns from: those held out or left out by chance have no say. */
static void
tell_largest(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	mi_row_list list = mi_leaf_rows(view, view->team->rank, 0);
	bool all = list.count == view->end_row - view->first_row;
	largest_bits largest = all ? largest_of_all(growth) : largest_of_listed(growth, list);

	view->block->told[view->team->rank].largest_gradient = number_of(largest.gradient);
	view->block->told[view->team->rank].largest_hessian = number_of(largest.hessian);
}

/* A double whose low bits are those of the whole number that is nearest, when it is added; and its own bits. */
#define ROUNDER 0x1.8p52
#define ROUNDER_BITS UINT64_C(0x4338000000000000)

static inline uint64_t
rounded(double value)
{
	double shifted = value + ROUNDER;
	uint64_t bits;

	memcpy(&bits, &shifted, sizeof(bits));
	return bits - ROUNDER_BITS;
}

/* 32 random bits as a number from -.5 to .5, neither included: added before rounding, they make it go either way. */
static inline double
chance_of(uint64_t bits)
{
	double number;

	bits = bits << 20 | UINT64_C(0x3ff0000000000000);
	memcpy(&number, &bits, sizeof(number));
	return number - (1.5 - 0x1p-33);
}

MI_VECTOR_CLONES static void
pack_rows(const mi_gradient *gradients, uint64_t first, size_t count, uint64_t key, double per_gradient,
		  double per_hessian, int64_t *packed)
{
	for (size_t i = 0; i < count; i++)
	{
		uint64_t chance = mi_mix(key ^ (first + i));
		uint64_t gradient = rounded(gradients[i].gradient * per_gradient + chance_of(chance >> 32));
		uint64_t hessian = rounded(gradients[i].hessian * per_hessian + chance_of(chance & UINT32_MAX));

		packed[i] = (int64_t) ((gradient << 32) + hessian);
	}
}

static void
pack(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;

	for (uint64_t row = view->first_row; row < view->end_row; row += MI_BOOSTING_CHUNK)
	{
		mi_check_interrupts();
		pack_rows(growth->gradients + row, row, chunk_at(view, row), growth->key, 1.0 / growth->gradient_scale,
				  1.0 / growth->hessian_scale, view->packed + (row - view->first_row));
	}
}

/* Steps that sums over all rows leave room for, a step being spared for what rounding adds. */
static double
steps(double limit, double rows)
{
	return fmax(1.0, fmin(FINEST, floor(limit / rows) - 1.0));
}

void
mi_gradient_grid_fit(mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	double rows = (double) view->block->rows;
	bool counts = mi_objective_hessian_is_constant(view->block->objective.code) && !view->block->weighted;
	double gradient;
	double hessian;

	growth->gradient_scale = 1.0;
	growth->hessian_scale = 1.0;
	tell_largest(growth);
	mi_team_meet(view->team);
	gradient = largest_told(view, false);
	hessian = largest_told(view, true);
	growth->overflowed = isinf(gradient) || isinf(hessian);
	if (growth->overflowed)
		return;
	if (!view->block->growth.quantized)
	{
		growth->gradient_scale = 1.0 / mi_fixed_point(gradient, rows);
		growth->hessian_scale = 1.0 / mi_fixed_point(hessian, rows);
		return;
	}
	if (gradient > 0.0)
		growth->gradient_scale = gradient / steps(0x1p31, rows);
	if (hessian > 0.0 && !counts)
		growth->hessian_scale = hessian / steps(0x1p32, rows);
	pack(growth);
}
