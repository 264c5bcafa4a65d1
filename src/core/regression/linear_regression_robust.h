/*
 * Heteroscedasticity-consistent standard errors (the sandwich), which stay right when the spread of the residuals
 * differs from row to row: Cov(b) = W (sum of w_i e_i² u_i u_i') W', with W = R^-1, u_i = W' x_i and so leverage h_i
 * = ‖u_i‖².
 *
 * w_i: HC0 1, HC1 n/(n-p), HC2 1/(1-h_i), HC3 1/(1-h_i)².
 * H. White, Econometrica 48 (1980) 817-838; J. G. MacKinnon, H. White, J. Econometrics 29 (1985) 305-325.
 */
#ifndef MI_LINEAR_REGRESSION_ROBUST_H
#define MI_LINEAR_REGRESSION_ROBUST_H

#include "least_squares.h"
#include "linear_regression.h"

typedef struct mi_sandwich
{
	const mi_least_squares *solution;
	mi_robust kind;
	uint64_t rows;     /* n, for HC1 */
	double *meat;      /* rank × rank, upper part */
	double *projected; /* u_i */
} mi_sandwich;

extern mi_sandwich mi_sandwich_new(const mi_least_squares *solution, mi_robust kind, uint64_t rows);
extern void mi_sandwich_add_row(mi_sandwich *sandwich, const double *design_row, double target);

/* One standard error per column of the design, NaN where collinear. Releases the sandwich. */
extern void mi_sandwich_finish(mi_sandwich *sandwich, double *std_errors);

#endif
