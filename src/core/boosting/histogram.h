/*
 * Histograms of a leaf: for every bin of every feature the sum of its rows' gradients and of their hessians.
 *
 * Integers: a row's gradient and hessian, rounded to a grid, are packed into 64 bits, the gradient in the high half, so
 * that one addition sums both: no overflow as long as sums stay below 2^31 and 2^32, which the grid sees to, and
 * nothing depends on the order of additions. Or two doubles a bin.
 *
 * A feature has MI_BINS_MAX entries, features lie one after the other.
 */
#ifndef MI_HISTOGRAM_H
#define MI_HISTOGRAM_H

#include "leaf_rows.h"

/*
 * Sums of the rows listed, features of groups first … end - 1; the rest of the histogram is left alone. Checks for
 * interrupts.
 */
extern void mi_histogram_build(const mi_boosting_view *view, const mi_gradient *gradients, mi_row_list list,
							   uint32_t first_group, uint32_t end_group, void *histogram);

/* Zeros in these groups. */
extern void mi_histogram_clear(const mi_boosting_view *view, uint32_t first_group, uint32_t end_group, void *histogram);

/* into = Σ of all members' scratch histograms, in these groups. */
extern void mi_histogram_reduce(const mi_boosting_view *view, uint32_t first_group, uint32_t end_group, void *into);

/* from -= what, in these groups: the sibling's. */
extern void mi_histogram_subtract(const mi_boosting_view *view, uint32_t first_group, uint32_t end_group, void *from,
								  const void *what);

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
