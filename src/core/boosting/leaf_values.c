/*
 * Values of leaves; see leaf_values.h.
 */
#include "leaf_values.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "gradient_grid.h"
#include "leaf_rows.h"

/* ---- Newton steps: sums in fixed point, which do not depend on the order of rows ---- */

static int64_t *
sums_of(const mi_boosting_view *view, unsigned member, uint32_t leaf)
{
	return &view->leaf_sums[2 * (member * view->block->growth.num_leaves + leaf)];
}

static void
sum_own(const mi_tree_growth *growth, double gradient_point, double hessian_point)
{
	const mi_boosting_view *view = growth->view;

	int64_t *sums = sums_of(view, view->team->rank, 0);

	memset(sums, 0, 2 * growth->leaf_count * sizeof(int64_t));
	for (uint64_t row = view->first_row; row < view->end_row; row++)
	{
		uint32_t leaf = view->leaf_of[row];

		if (row % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		if (leaf == MI_NO_LEAF)
			continue;
		sums[2 * (size_t) leaf] += (int64_t) (growth->gradients[row].gradient * gradient_point);
		sums[2 * (size_t) leaf + 1] += (int64_t) (growth->gradients[row].hessian * hessian_point);
	}
}

static void
find_newton_steps(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	double rows = (double) view->block->rows;
	double largest_gradient = 0.0;
	double largest_hessian = 0.0;
	double gradient_point;
	double hessian_point;

	for (unsigned member = 0; member < view->team->size; member++)
	{
		largest_gradient = fmax(largest_gradient, view->block->told[member].largest_gradient);
		largest_hessian = fmax(largest_hessian, view->block->told[member].largest_hessian);
	}
	gradient_point = mi_fixed_point(largest_gradient, rows);
	hessian_point = mi_fixed_point(largest_hessian, rows);
	sum_own(growth, gradient_point, hessian_point);
	mi_team_meet(view->team);
	if (view->team->rank != 0)
		return;
	for (uint32_t leaf = 0; leaf < growth->leaf_count; leaf++)
	{
		const mi_growing_leaf *grown = &growth->leaves[leaf];
		int64_t gradient = 0;
		int64_t hessian = 0;
		mi_growth_params params = view->block->growth;

		for (unsigned member = 0; member < view->team->size; member++)
		{
			gradient += sums_of(view, member, leaf)[0];
			hessian += sums_of(view, member, leaf)[1];
		}
		params.lambda_l2 += grown->extra_l2;
		view->leaf_values[leaf] =
			mi_leaf_value(&params, (double) gradient / gradient_point, (double) hessian / hessian_point, &grown->sums);
	}
}

/* ---- Quantiles: each leaf is one member's ---- */

static double
residual_quantile(const mi_tree_growth *growth, uint32_t leaf, double quantile)
{
	const mi_boosting_view *view = growth->view;
	const mi_boosting_block *block = view->block;
	size_t count = 0;
	size_t room = (size_t) growth->leaves[leaf].sums.rows;
	double *residuals = mi_allocate((room > 0 ? room : 1) * sizeof(double));
	float *weights = view->weights != NULL ? mi_allocate((room > 0 ? room : 1) * sizeof(float)) : NULL;
	double result;

	mi_check_interrupts();
	for (unsigned member = 0; member < view->team->size; member++)
	{
		mi_row_list list = mi_leaf_rows(view, member, leaf);

		for (uint32_t i = 0; i < list.count; i++, count++)
		{
			uint32_t row = list.rows[i];

			residuals[count] = view->targets[row] - (view->scores[row] + block->base_scores[0]);
			if (weights != NULL)
				weights[count] = view->weights[row];
		}
	}
	result = mi_weighted_quantile(residuals, weights, count, quantile);
	mi_release(residuals);
	mi_release(weights);
	return fmin(fmax(result, growth->leaves[leaf].sums.lowest), growth->leaves[leaf].sums.highest);
}

void
mi_leaf_values_find(const mi_tree_growth *growth)
{
	const mi_boosting_view *view = growth->view;
	double quantile;

	if (mi_objective_renews_leaves(&view->block->objective, &quantile))
		for (uint32_t leaf = view->team->rank; leaf < growth->leaf_count; leaf += view->team->size)
			view->leaf_values[leaf] = residual_quantile(growth, leaf, quantile);
	else if (view->block->growth.quantized)
		find_newton_steps(growth);
	else if (view->team->rank == 0)
		for (uint32_t leaf = 0; leaf < growth->leaf_count; leaf++)
			view->leaf_values[leaf] = growth->leaves[leaf].value;
	mi_team_meet(view->team);
}
