/*
 * Quantile regression: the b that minimises the sum of rho(y - x'b), rho(r) = r (tau - (r < 0)); tau = .5 is the
 * regression of the median, or of least absolute deviations.
 *
 * R. Koenker, G. Bassett, Econometrica 46 (1978) 33-50. An interior point method comes near to the solution
 * (frisch_newton.h), and exchanges of rows then arrive at it exactly (quantile_vertex.h). Standard errors are those of
 * W. Hendricks, R. Koenker, J. American Statistical Association 87 (1992) 58-68, "nid" of R's quantreg, which allow the
 * spread to differ from row to row: they take two more fits, a bandwidth above and below tau.
 */
#ifndef MI_QUANTILE_REGRESSION_H
#define MI_QUANTILE_REGRESSION_H

#include "iterative_regression.h"

/* Takes mi_iterative_params, whose tuning is tau. */
extern const mi_algorithm mi_quantile_regression_algorithm;

#endif
