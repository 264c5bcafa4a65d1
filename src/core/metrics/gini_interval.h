/*
 * A bootstrap confidence interval of the Gini index: bias-corrected and accelerated (BCa), B. Efron, J. Amer. Statist.
 * Assoc. 82 (1987), 171-185; Efron, Tibshirani, An Introduction to the Bootstrap, 1993, section 14.3.
 *
 * The Gini index of a sample is biased downwards and its distribution skewed, the more so the heavier the tail of the
 * exposures: the plain percentile interval lies too low, which this one corrects for by two numbers, from where the
 * estimate lies among the replicates and from the skewness of its jackknife values. With a tail as heavy as that of
 * plays per artist, no bootstrap interval keeps its level exactly.
 *
 * A replicate draws n exposures with replacement, which is to count how often each was drawn: what is sorted once stays
 * sorted, and a replicate costs O(n). One whose total is zero has no Gini index and is drawn again.
 */
#ifndef MI_GINI_INTERVAL_H
#define MI_GINI_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/status.h"

#define MI_BOOTSTRAP_MINIMUM 100    /* replicates: fewer cannot tell where the tails are */
#define MI_BOOTSTRAP_MAXIMUM 100000 /* a fixed limit to what a typing error can cost */

typedef struct mi_bootstrap
{
	double confidence; /* between 0 and 1 */
	uint32_t replicates;
	uint64_t seed;
} mi_bootstrap;

typedef struct mi_gini_interval
{
	double estimate;
	double low; /* NaN, as high, for a single exposure, of which nothing can be learned */
	double high;
} mi_gini_interval;

extern mi_status mi_check_bootstrap(double confidence, int64_t replicates, mi_error *error);

/* Exposures in ascending order. False where there is no estimate: a total of zero. */
extern bool
mi_gini_interval_of(const double *sorted, size_t count, const mi_bootstrap *bootstrap, mi_gini_interval *interval);

/* The acceleration: a sixth of the skewness of the jackknife values; 0 when those are all equal. */
extern double mi_gini_acceleration(const double *sorted, size_t count);

#endif
