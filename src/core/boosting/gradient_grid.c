/*
 * Gradients as whole numbers; see gradient_grid.h.
 */
#include "gradient_grid.h"

#include <math.h>

#include "../base/host.h"
#include "row_choice.h"

#define FINEST 32767.0 /* steps; more would not show in a float's gradient */

static double
largest_told(const mi_boosting_view *view, bool of_hessians)
{
	double largest = 0.0;

	for (unsigned member = 0; member < view->team->size; member++)
		largest = fmax(largest, of_hessians ? view->block->told[member].largest_hessian
											: view->block->told[member].largest_gradient);
	return largest;
}

static void
tell_largest(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	float gradient = 0.0f;
	float hessian = 0.0f;

	for (uint64_t row = view->first_row; row < view->end_row; row++)
	{
		float size = fabsf(growth->gradients[row].gradient);

		if (row % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		if (!(size <= gradient)) /* not a number is more than any */
			gradient = isnan(size) ? INFINITY : size;
		if (!(growth->gradients[row].hessian <= hessian))
			hessian = isnan(growth->gradients[row].hessian) ? INFINITY : growth->gradients[row].hessian;
	}
	view->block->told[view->team->rank].largest_gradient = gradient;
	view->block->told[view->team->rank].largest_hessian = hessian;
}

static void
pack(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	double per_gradient = 1.0 / growth->gradient_scale;
	double per_hessian = 1.0 / growth->hessian_scale;

	for (uint64_t row = view->first_row; row < view->end_row; row++)
	{
		uint64_t chance = mi_mix(growth->key ^ row);
		double up = (double) (chance >> 32) * 0x1p-32;
		double hessian_up = (double) (uint32_t) chance * 0x1p-32;
		double gradient = floor(growth->gradients[row].gradient * per_gradient + up);
		double hessian = floor(growth->gradients[row].hessian * per_hessian + hessian_up);

		if (row % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		view->packed[row] = (int64_t) ((uint64_t) (int64_t) gradient << 32) + (int64_t) hessian;
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
	if (growth->overflowed || !view->block->growth.quantized)
		return;
	if (gradient > 0.0)
		growth->gradient_scale = gradient / steps(0x1p31, rows);
	if (hessian > 0.0 && !counts)
		growth->hessian_scale = hessian / steps(0x1p32, rows);
	pack(growth);
}
