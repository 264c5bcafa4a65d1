/*
 * Coefficients and their covariance from a triangle: min ‖y - X b‖² + l2 ‖b‖² (the intercept is not penalised).
 *
 * A column is called collinear, and its coefficient NaN, when what the columns before it leave of it is shorter than
 * MI_COLLINEARITY_TOLERANCE times its own length; the fit is then that without the column.
 */
#ifndef MI_LEAST_SQUARES_H
#define MI_LEAST_SQUARES_H

#include <stdbool.h>
#include <stddef.h>

#include "triangle.h"

/*
 * Inputs are doubles, each off by up to 1.1e-16 of itself, so that what is left of a column that is a sum of others
 * comes out near 1e-16 of its length, times the cancellation in the sum. Filip, the most nearly collinear of NIST's
 * problems, leaves 5e-8 (test/unit/linear_regression_test.c). A larger value rejects polynomials that can be fitted;
 * a smaller one reports rounding noise as coefficients.
 */
#define MI_COLLINEARITY_TOLERANCE 1e-11

typedef struct mi_least_squares
{
	size_t columns; /* of X, the intercept included */
	size_t rank;
	double *coefficients;    /* columns; NaN: collinear */
	double *unscaled_errors; /* columns; square root of the diagonal of Cov(b) / sigma²; NaN: collinear */
	size_t *kept;            /* rank; the columns that are not collinear, ascending */
	double *inverse;         /* rank × rank, row-major: the inverse of the triangle over the kept columns */
	double residual_sum_of_squares;
	double total_sum_of_squares; /* about the mean when there is an intercept, else about zero */
	double effective_parameters; /* trace of the hat matrix: the rank, when l2 is 0 */
} mi_least_squares;

/* intercept: the triangle's first column is all ones. */
extern void mi_least_squares_solve(mi_least_squares *solution, mi_triangle triangle, bool intercept, double l2);
extern void mi_least_squares_release(mi_least_squares *solution);

#endif
