/*
 * The leverage of a row, h = x' (X'X)^-1 x: how much its own target draws its own fitted value, between 0 and 1 for a
 * row of the fit, with the number of parameters as their sum. A residual has standard deviation sigma sqrt(1 - h)
 * (Cook & Weisberg, Residuals and Influence in Regression, 1982, ch. 2). With a penalty, h = x' (X'X + l2 I)^-1 x.
 */
#ifndef MI_LEVERAGE_H
#define MI_LEVERAGE_H

#include <stdbool.h>

#include "least_squares.h"

typedef struct mi_leverage
{
	mi_least_squares solution;
	double *design_row; /* solution.columns: to be filled in before each question */
} mi_leverage;

/* Solves the triangle once. intercept and l2: see mi_least_squares_solve. */
extern mi_leverage *mi_leverage_new(mi_triangle triangle, bool intercept, double l2);

/* Of the row that stands in design_row. Collinear columns do not count. */
extern double mi_leverage_of_row(const mi_leverage *leverage);

extern void mi_leverage_release(mi_leverage *leverage);

#endif
