/*
 * Leverage from a triangle; see leverage.h. X'X = R'R, so with W = R^-1 it is the squared length of W' x.
 */
#include "leverage.h"

#include "../base/host.h"

mi_leverage *
mi_leverage_new(mi_triangle triangle, bool intercept, double l2)
{
	mi_leverage *leverage = mi_allocate(sizeof(*leverage));

	mi_least_squares_solve(&leverage->solution, triangle, intercept, l2);
	leverage->design_row = mi_allocate(leverage->solution.columns * sizeof(double));
	return leverage;
}

double
mi_leverage_of_row(const mi_leverage *leverage)
{
	const mi_least_squares *solution = &leverage->solution;
	double squares = 0.0;

	for (size_t column = 0; column < solution->rank; column++)
	{
		double sum = 0.0;

		for (size_t k = 0; k <= column; k++)
			sum += solution->inverse[k * solution->rank + column] * leverage->design_row[solution->kept[k]];
		squares += sum * sum;
	}
	return squares;
}

void
mi_leverage_release(mi_leverage *leverage)
{
	if (leverage == NULL)
		return;
	mi_least_squares_release(&leverage->solution);
	mi_release(leverage->design_row);
	mi_release(leverage);
}
