/*
 * Rounding of gradients and hessians to a grid of whole numbers, up or down by chance so that sums stay unbiased.
 *
 * Y. Shi et al., "Quantized training of gradient boosting decision trees", NeurIPS 2022. The grid is as fine as sums
 * over all rows allow in 32 bits: 5,000 steps for 400,000 rows, where the paper shows that 4 do.
 */
#ifndef MI_GRADIENT_GRID_H
#define MI_GRADIENT_GRID_H

#include <math.h>

#include "tree_growth.h"

/* Sets the scales, and view->packed of the member's own rows that are listed as the root's. The members meet in it. */
extern void mi_gradient_grid_fit(mi_tree_growth *growth);

/* Units of a number in fixed point of 64 bits, as many as sums over so many rows leave room for. */
static inline double
mi_fixed_point(double largest, double rows)
{
	return largest > 0.0 ? ldexp(1.0, 61 - (int) ceil(log2(largest * rows))) : 1.0;
}

#endif
