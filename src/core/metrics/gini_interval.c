/*
 * Bootstrap of the Gini index; see gini_interval.h.
 */
#include "gini_interval.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "../base/host.h"
#include "../base/random.h"
#include "../base/sort.h"
#include "lorenz.h"

#define INTERRUPT_EVERY 65536 /* exposures */

mi_status
mi_check_bootstrap(double confidence, int64_t replicates, mi_error *error)
{
	if (!(confidence > 0.0 && confidence < 1.0))
		return mi_fail(error, MI_INVALID_ARGUMENT, "confidence must be above 0 and below 1, not %g", confidence);
	if (replicates < MI_BOOTSTRAP_MINIMUM || replicates > MI_BOOTSTRAP_MAXIMUM)
		return mi_fail(error, MI_INVALID_ARGUMENT, "replicates must be between %d and %d, not %lld",
					   MI_BOOTSTRAP_MINIMUM, MI_BOOTSTRAP_MAXIMUM, (long long) replicates);
	return MI_OK;
}

/* How often each of the exposures is drawn. */
static void
draw(mi_random *random, size_t count, uint32_t *times)
{
	memset(times, 0, count * sizeof(uint32_t));
	for (size_t i = 0; i < count; i++)
	{
		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		times[mi_random_below(random, count)]++;
	}
}

/* The Gini index, as in lorenz.h, of exposures that occur so many times each; NaN for a total of zero. */
static double
gini_of_drawn(const double *sorted, const uint32_t *times, size_t count)
{
	double area = 0.0;
	double total = 0.0;
	double poorer = 0.0;
	double n = (double) count;

	mi_check_interrupts();
	for (size_t i = 0; i < count; i++)
	{
		area += poorer * (n - poorer) * (i > 0 ? sorted[i] - sorted[i - 1] : 0.0);
		total += (double) times[i] * sorted[i];
		poorer += (double) times[i];
	}
	return area / (n * total);
}

/* Replicates in ascending order; and the estimate by the same steps, so that a replicate with its value equals it. */
static double *
replicate(const double *sorted, size_t count, const mi_bootstrap *bootstrap, double *estimate)
{
	mi_random random = mi_random_seed(bootstrap->seed);
	uint32_t *times = mi_allocate(count * sizeof(uint32_t));
	double *replicates = mi_allocate(bootstrap->replicates * sizeof(double));
	double *ascending;

	for (size_t i = 0; i < count; i++)
		times[i] = 1;
	*estimate = gini_of_drawn(sorted, times, count);
	for (uint32_t i = 0; i < bootstrap->replicates; i++)
		do
		{
			draw(&random, count, times);
			replicates[i] = gini_of_drawn(sorted, times, count);
		} while (isnan(replicates[i]));
	ascending = mi_sorted_copy(replicates, bootstrap->replicates);
	mi_release(times);
	mi_release(replicates);
	return ascending;
}

/*
 * The Gini index without one exposure, from sums over all: with W the sum of rank times exposure, it is
 * 2 W / (n * total) - (n + 1) / n, and leaving one out lowers the ranks of all above.
 */
static double
gini_without(double ranked_sum, double total, double sum_above, double exposure, double rank, double count)
{
	double ranked_rest = ranked_sum - rank * exposure - sum_above;

	return 2.0 * ranked_rest / ((count - 1.0) * (total - exposure)) - count / (count - 1.0);
}

double
mi_gini_acceleration(const double *sorted, size_t count)
{
	double n = (double) count;
	double ranked_sum = 0.0;
	double total = 0.0;
	double mean = 0.0;
	double squares = 0.0;
	double cubes = 0.0;

	for (size_t i = 0; i < count; i++)
	{
		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		total += sorted[i];
		ranked_sum += (double) (i + 1) * sorted[i];
	}
	for (int pass = 0; pass < 2; pass++)
	{
		double sum_above = total;

		for (size_t i = 0; i < count; i++)
		{
			double value;

			if (i % INTERRUPT_EVERY == 0)
				mi_check_interrupts();
			sum_above -= sorted[i];
			value = gini_without(ranked_sum, total, sum_above, sorted[i], (double) (i + 1), n);
			if (pass == 0)
				mean += value / n;
			else
			{
				squares += (mean - value) * (mean - value);
				cubes += (mean - value) * (mean - value) * (mean - value);
			}
		}
	}
	/* Not a number when all but one are zero, and nothing is left without that one. */
	return squares > 0.0 ? cubes / (6.0 * pow(squares, 1.5)) : 0.0;
}

/* The share of replicates below the estimate, ties by half, kept off 0 and 1, where its normal quantile is infinite. */
static double
share_below(const double *replicates, uint32_t count, double estimate)
{
	double below = 0.0;

	for (uint32_t i = 0; i < count; i++)
		below += replicates[i] < estimate ? 1.0 : replicates[i] == estimate ? 0.5 : 0.0;
	return fmin(fmax(below, 0.5), (double) count - 0.5) / (double) count;
}

/* Linear between order statistics, as R's quantile() of type 7. */
static double
quantile(const double *sorted, uint32_t count, double probability)
{
	double place = probability * (double) (count - 1);
	uint32_t at = (uint32_t) place;

	if (at + 1 >= count)
		return sorted[count - 1];
	return sorted[at] + (place - (double) at) * (sorted[at + 1] - sorted[at]);
}

/* Efron's corrected probability: which quantile of the replicates bounds this probability. */
static double
corrected(double probability, double bias, double acceleration)
{
	double from_bias = bias + gsl_cdf_ugaussian_Pinv(probability);
	double shrink = 1.0 - acceleration * from_bias;

	if (shrink <= 0.0)
		return acceleration > 0.0 ? 1.0 : 0.0; /* so skewed that the bound is beyond all replicates */
	return gsl_cdf_ugaussian_P(bias + from_bias / shrink);
}

bool
mi_gini_interval_of(const double *sorted, size_t count, const mi_bootstrap *bootstrap, mi_gini_interval *interval)
{
	const double tail = (1.0 - bootstrap->confidence) / 2.0;
	double acceleration;
	double bias;
	double estimate;
	double *replicates;

	interval->low = interval->high = NAN;
	if (!mi_gini(sorted, count, &interval->estimate))
		return false;
	if (count == 1)
		return true;
	replicates = replicate(sorted, count, bootstrap, &estimate);
	bias = gsl_cdf_ugaussian_Pinv(share_below(replicates, bootstrap->replicates, estimate));
	acceleration = mi_gini_acceleration(sorted, count);
	interval->low = quantile(replicates, bootstrap->replicates, corrected(tail, bias, acceleration));
	interval->high = quantile(replicates, bootstrap->replicates, corrected(1.0 - tail, bias, acceleration));
	mi_release(replicates);
	return true;
}
