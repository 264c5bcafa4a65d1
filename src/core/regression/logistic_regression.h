/*
 * Logistic regression: P(y) = 1 / (1 + exp(-(b0 + b1 x1 + … + bp xp))), by maximum likelihood, or with a ridge penalty:
 * maximise log-likelihood - l2/2 (b1² + … + bp²).
 *
 * Newton's method as iteratively reweighted least squares (P. McCullagh, J. A. Nelder, Generalized Linear Models, 2nd
 * ed., 2.5), each step by orthogonal reduction of the weighted rows: with mu = P(y), w = mu (1 - mu), the correction d
 * of the estimates minimises ‖sqrt(w) X d - (y - mu) / sqrt(w)‖² + l2 ‖b + d‖². It ends when the step is below a
 * tolerance in units of standard errors (Newton's decrement; S. Boyd, L. Vandenberghe, Convex Optimization, 9.5).
 *
 * Separation: when a line, or plane, has all true rows on one side and all others on the other side, or on it, there
 * is no maximum (A. Albert, J. A. Anderson, Biometrika 71 (1984) 1-10). It is an error that says so.
 */
#ifndef MI_LOGISTIC_REGRESSION_H
#define MI_LOGISTIC_REGRESSION_H

#include "iterative_regression.h"

/* Takes mi_iterative_params, whose tuning is l2. */
extern const mi_algorithm mi_logistic_regression_algorithm;

#endif
