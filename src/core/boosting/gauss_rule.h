/*
 * Gauss's rule of integration from 0 to 1: with n points, exact for polynomials up to degree 2 n - 1.
 */
#ifndef MI_GAUSS_RULE_H
#define MI_GAUSS_RULE_H

#include <stdint.h>

/* Points, strictly between 0 and 1 and ascending, and weights, which are positive and sum to 1; count of each. */
extern void mi_gauss_rule(uint32_t count, double *points, double *weights);

#endif
