/*
 * The k-th smallest of numbers, and their median, in time that is linear in their count.
 *
 * C. A. R. Hoare, Algorithm 65: FIND, Comm. ACM 4 (1961) 321-322, with three parts in place of two, so that many equal
 * numbers are no bad case, and a pivot that is the median of three.
 */
#ifndef MI_ORDER_STATISTIC_H
#define MI_ORDER_STATISTIC_H

#include <stddef.h>

/* Counts k from 0, and leaves the numbers in another order: none before the k-th is larger, none behind it smaller. */
extern double mi_order_statistic(double *values, size_t count, size_t k);

/* The middle one, or the mean of the middle two. */
extern double mi_median(double *values, size_t count);

#endif
