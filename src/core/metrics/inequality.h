/*
 * How unequally something is shared out, in one pass: from the number of exposures x, their total, the sum of x ln x
 * and that of x².
 *
 * Theil's index, the mean of x/mean ln(x/mean): 0 when all are equal, ln n when one has everything (H. Theil, Economics
 * and Information Theory, 1967, chapter 4). Herfindahl and Hirschman's index, the sum of squared shares: 1/n to 1.
 *
 * Zeros count. Sums are kept in double-double numbers, so that it does not matter how rows are spread over workers.
 */
#ifndef MI_INEQUALITY_H
#define MI_INEQUALITY_H

#include <stdbool.h>

#include "../base/double_double.h"
#include "../base/status.h"

/* Squares of exposures up to this, and sums of them, are finite; those of totals from its inverse on do not vanish. */
#define MI_EXPOSURE_MAXIMUM 1e140

typedef struct mi_exposure_sums
{
	double count;
	mi_dd total;
	mi_dd log_moment; /* sum of x ln x */
	mi_dd squares;    /* sum of x² */
} mi_exposure_sums;

#define MI_EXPOSURE_SUMS_NUMBERS 7 /* as an array of doubles, in this order */

/* MI_OUT_OF_RANGE for what cannot be an exposure: negative, NaN, infinite or beyond the maximum. */
extern mi_status mi_check_exposure(double exposure, mi_error *error);

/* The exposure has been checked. */
extern void mi_exposure_sums_add(mi_exposure_sums *sums, double exposure);
extern void mi_exposure_sums_combine(mi_exposure_sums *into, const mi_exposure_sums *from);

/* False where there is no answer: a total of zero, for no row or nothing but zeros. */
extern bool mi_theil(const mi_exposure_sums *sums, double *result);
extern bool mi_herfindahl(const mi_exposure_sums *sums, double *result);

/* MI_OUT_OF_RANGE for a total so small that squares of its parts are lost. */
extern mi_status mi_check_squares(const mi_exposure_sums *sums, mi_error *error);

#endif
