/*
 * The Lorenz curve; see lorenz.h.
 */
#include "lorenz.h"

#include "../base/double_double.h"
#include "../base/host.h"

#define INTERRUPT_EVERY 65536 /* exposures */

/* A walk up the curve: the sum of the first few exposures. */
typedef struct lorenz_walk
{
	const double *sorted;
	size_t count;
	size_t passed;
	mi_dd sum;
} lorenz_walk;

static void
go_to(lorenz_walk *walk, size_t place)
{
	for (; walk->passed < place; walk->passed++)
	{
		if (walk->passed % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		walk->sum = mi_dd_add(walk->sum, mi_dd_from(walk->sorted[walk->passed]));
	}
}

/* The sum up to a place between exposures, of which the last is held in part. */
static mi_dd
sum_up_to(lorenz_walk *walk, double place)
{
	size_t whole = (size_t) place < walk->count ? (size_t) place : walk->count;
	double part = place - (double) whole;

	go_to(walk, whole);
	if (whole == walk->count || part <= 0.0)
		return walk->sum;
	return mi_dd_add(walk->sum, mi_dd_two_product(part, walk->sorted[whole]));
}

static mi_dd
total_of(const double *sorted, size_t count)
{
	lorenz_walk whole = {.sorted = sorted, .count = count};

	go_to(&whole, count);
	return whole.sum;
}

bool
mi_gini(const double *sorted, size_t count, double *result)
{
	mi_dd area = {0.0, 0.0};
	mi_dd total = total_of(sorted, count);
	double n = (double) count;

	for (size_t i = 1; i < count; i++)
	{
		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		/* Products of two counts below 2^27 are exact. */
		area = mi_dd_add(area, mi_dd_two_product((double) i * (n - (double) i), sorted[i] - sorted[i - 1]));
	}
	*result = mi_dd_value(area) / (n * mi_dd_value(total));
	return mi_dd_value(total) > 0.0;
}

bool
mi_lorenz_share(const double *sorted, size_t count, double fraction, double *result)
{
	lorenz_walk poorest = {.sorted = sorted, .count = count};
	mi_dd sum = sum_up_to(&poorest, fraction * (double) count);

	go_to(&poorest, count);
	*result = mi_dd_value(mi_dd_divide(sum, poorest.sum));
	return mi_dd_value(poorest.sum) > 0.0;
}

bool
mi_top_share(const double *sorted, size_t count, double fraction, double *result)
{
	lorenz_walk poorest = {.sorted = sorted, .count = count};
	mi_dd sum = sum_up_to(&poorest, (double) count - fraction * (double) count);

	go_to(&poorest, count);
	*result = mi_dd_value(mi_dd_divide(mi_dd_subtract(poorest.sum, sum), poorest.sum));
	return mi_dd_value(poorest.sum) > 0.0;
}

bool
mi_lorenz_curve(const double *sorted, size_t count, size_t intervals, double *shares)
{
	lorenz_walk upwards = {.sorted = sorted, .count = count};
	mi_dd total = total_of(sorted, count);

	for (size_t i = 0; i <= intervals; i++)
	{
		mi_dd sum = sum_up_to(&upwards, (double) i * (double) count / (double) intervals);

		shares[i] = mi_dd_value(mi_dd_divide(sum, total));
	}
	return mi_dd_value(total) > 0.0;
}

mi_status
mi_check_fraction(double fraction, mi_error *error)
{
	if (!(fraction >= 0.0 && fraction <= 1.0))
		return mi_fail(error, MI_INVALID_ARGUMENT, "fraction must be between 0 and 1, not %g", fraction);
	return MI_OK;
}
