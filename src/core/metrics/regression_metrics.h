/*
 * How far predictions are from what happened. In one pass: mean absolute error, root mean squared error and
 * R² = 1 - sum of (actual - predicted)² / sum of (actual - mean of actual)².
 *
 * R² here compares with the plain mean, so that it is negative for predictions worse than that (scikit-learn's
 * r2_score). The mean and squares about it follow Welford; partial states combine as in T. F. Chan, G. H. Golub, R.
 * J. LeVeque, The American Statistician 37 (1983) 242-247.
 */
#ifndef MI_REGRESSION_METRICS_H
#define MI_REGRESSION_METRICS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct mi_regression_metrics
{
	double count;
	double sum_absolute_error;
	double sum_squared_error;
	double mean_actual;
	double squares_about_mean; /* sum of (actual - mean_actual)² */
} mi_regression_metrics;

#define MI_REGRESSION_METRICS_NUMBERS 5 /* as an array of doubles, in this order */

extern void mi_regression_metrics_add(mi_regression_metrics *metrics, double predicted, double actual);
extern void mi_regression_metrics_combine(mi_regression_metrics *into, const mi_regression_metrics *from);

/* False where there is no answer: no rows, or for R² an actual that never varies. */
extern bool mi_r_squared(const mi_regression_metrics *metrics, double *result);
extern bool mi_mean_absolute_error(const mi_regression_metrics *metrics, double *result);
extern bool mi_root_mean_squared_error(const mi_regression_metrics *metrics, double *result);

/*
 * The median of absolute errors, halfway between the middle two of an even number of them. NaN if there is one, which
 * has no place in an order. False without any. They lie in pieces of one length, the last of which need not be full.
 */
extern bool mi_median_absolute_error(const double *const *pieces, size_t piece_length, size_t count, double *result);

#endif
