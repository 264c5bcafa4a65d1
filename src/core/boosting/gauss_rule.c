/*
 * The roots of the Legendre polynomial by Newton's method; see gauss_rule.h.
 *
 * W. H. Press et al., "Numerical Recipes", 3rd edition (2007), section 4.6.1: the i-th root of degree n is near
 * cos(pi (i + 3/4) / (n + 1/2)), and its weight on -1 … 1 is 2 / ((1 - x²) P'(x)²).
 */
#include "gauss_rule.h"

#include <math.h>

#define MI_MOST_STEPS 20 /* of Newton's method; four are enough */
#define MI_SMALL_STEP 1e-15

/* The Legendre polynomial of this degree at x, by Bonnet's recursion. */
static double
legendre(uint32_t degree, double x, double *slope)
{
	double before = 0.0;
	double here = 1.0;

	for (uint32_t i = 1; i <= degree; i++)
	{
		double next = ((2.0 * i - 1.0) * x * here - (i - 1.0) * before) / i;

		before = here;
		here = next;
	}
	*slope = degree * (x * here - before) / (x * x - 1.0);
	return here;
}

void
mi_gauss_rule(uint32_t count, double *points, double *weights)
{
	for (uint32_t i = 0; i < (count + 1) / 2; i++)
	{
		double root = cos(M_PI * (i + 0.75) / (count + 0.5));
		double step = 1.0;
		double slope;

		for (int round = 0; round < MI_MOST_STEPS && fabs(step) > MI_SMALL_STEP; round++)
		{
			step = legendre(count, root, &slope) / slope;
			root -= step;
		}
		legendre(count, root, &slope);
		points[i] = (1.0 - root) / 2.0;
		points[count - 1 - i] = (1.0 + root) / 2.0;
		weights[i] = weights[count - 1 - i] = 1.0 / ((1.0 - root * root) * slope * slope);
	}
}
