/*
 * Robust linear regression by Huber's M-estimate: rows count in full up to k times the scale of the residuals, and less
 * and less beyond, weight = min(1, k / |residual / scale|); the scale is the median of |residual| over .6745, taken
 * anew at each iteration of reweighted least squares.
 *
 * P. J. Huber, Annals of Mathematical Statistics 35 (1964) 73-101; Robust Statistics (1981), 7.6 for the standard
 * errors. Start, order of steps, end and errors are those of rlm (W. N. Venables, B. D. Ripley, Modern Applied
 * Statistics with S, 4th ed., 6.5, package MASS), so that the figures are too.
 */
#ifndef MI_HUBER_REGRESSION_H
#define MI_HUBER_REGRESSION_H

#include "iterative_regression.h"

/* Takes mi_iterative_params, whose tuning is k. */
extern const mi_algorithm mi_huber_regression_algorithm;

#endif
