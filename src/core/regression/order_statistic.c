/*
 * Selection; see order_statistic.h.
 */
#include "order_statistic.h"

#include <math.h>

#include "../base/host.h"

static double
median_of_three(double a, double b, double c)
{
	return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

static void
swap(double *a, double *b)
{
	double moved = *a;

	*a = *b;
	*b = moved;
}

double
mi_order_statistic(double *values, size_t count, size_t k)
{
	size_t low = 0;
	size_t high = count; /* the k-th is from low up to before high */

	while (high - low > 1)
	{
		double pivot = median_of_three(values[low], values[low + (high - low) / 2], values[high - 1]);
		size_t below = low; /* up to here, smaller */
		size_t above = high;

		mi_check_interrupts();
		for (size_t at = low; at < above;)
		{
			if (values[at] < pivot)
				swap(&values[at++], &values[below++]);
			else if (values[at] > pivot)
				swap(&values[at], &values[--above]);
			else
				at++;
		}
		if (k < below)
			high = below;
		else if (k >= above)
			low = above;
		else
			return pivot;
	}
	return values[low];
}

double
mi_median(double *values, size_t count)
{
	double upper = mi_order_statistic(values, count, count / 2);
	double lower;

	if (count % 2 == 1)
		return upper;
	lower = values[0];
	for (size_t at = 1; at < count / 2; at++)
		lower = fmax(lower, values[at]);
	return 0.5 * (lower + upper);
}
