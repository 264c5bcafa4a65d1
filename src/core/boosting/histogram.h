/*
 * Histograms of a leaf: for every bin of every feature the sum of its rows' gradients and of their hessians.
 *
 * Sums are integers, so that nothing depends on the order of additions. Quantized: a row's gradient and hessian,
 * rounded to a grid, are packed into 64 bits, the gradient in the high half, so that one addition sums both; there is
 * no overflow as long as sums stay below 2^31 and 2^32, which the grid sees to. Else they are in fixed point, 64 bits
 * each, which is finer than the floats that gradients are.
 *
 * A feature has MI_BINS_MAX entries, features lie one after the other. What a member builds from its rows, its scratch
 * histogram, is of bundles of features (feature_bundles.h), with an entry for every combination of their bins.
 */
#ifndef MI_HISTOGRAM_H
#define MI_HISTOGRAM_H

#include "leaf_rows.h"

/*
 * Adds the listed rows, which are the member's own, in units of the scales: packed ones are in the view already. Checks
 * for interrupts.
 */
extern void mi_histogram_build(const mi_boosting_view *view, const mi_gradient *gradients, double gradient_scale,
							   double hessian_scale, mi_row_list list, void *scratch);

/* Zeros, in a scratch histogram. */
extern void mi_histogram_clear(const mi_boosting_view *view, void *scratch);

/* into = the sum of all members' scratch histograms, of the features in the groups that the member searches. */
extern void mi_histogram_reduce(const mi_boosting_view *view, void *into);

/* from -= what, in these groups: the sibling's. */
extern void mi_histogram_subtract(const mi_boosting_view *view, void *from, const void *what);

static inline void *
mi_scratch_histogram(const mi_boosting_view *view, unsigned member)
{
	return view->scratch + member * view->histogram_size;
}

static inline void *
mi_leaf_histogram(const mi_boosting_view *view, uint32_t leaf)
{
	return view->leaf_histograms + leaf * view->histogram_size;
}

#endif
