/*
 * The Lorenz curve: the share of the total that the poorest part of the population holds (M. O. Lorenz, Publ. Amer.
 * Statist. Assoc. 9 (1905), 209-219). Between people it is a straight line: a fraction of one holds that fraction.
 *
 * The Gini index is twice the area between the curve and the diagonal, for n exposures in ascending order
 *
 *     G = sum over i < n of i (n - i) (x[i+1] - x[i]) / (n * total)
 *
 * which is half the mean absolute difference over the mean (C. Gini, 1912) in a form where nothing cancels: 0 when all
 * are equal, 1 - 1/n when one has everything. No factor n/(n - 1) is put to it.
 *
 * All functions take exposures in ascending order, zeros included. False where there is no answer: a total of zero.
 */
#ifndef MI_LORENZ_H
#define MI_LORENZ_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/status.h"

extern bool mi_gini(const double *sorted, size_t count, double *result);

/* What the poorest and the richest fraction hold; 0 <= fraction <= 1. */
extern bool mi_lorenz_share(const double *sorted, size_t count, double fraction, double *result);
extern bool mi_top_share(const double *sorted, size_t count, double fraction, double *result);

/* The curve at 0, 1/intervals, 2/intervals … 1: intervals + 1 shares. */
extern bool mi_lorenz_curve(const double *sorted, size_t count, size_t intervals, double *shares);

extern mi_status mi_check_fraction(double fraction, mi_error *error); /* MI_INVALID_ARGUMENT outside of 0 to 1 */

#endif
