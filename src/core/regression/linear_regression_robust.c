/*
 * Robust standard errors; see linear_regression_robust.h.
 */
#include "linear_regression_robust.h"

#include <math.h>

#include "../base/host.h"

mi_sandwich
mi_sandwich_new(const mi_least_squares *solution, mi_robust kind, uint64_t rows)
{
	return (mi_sandwich){
		.solution = solution,
		.kind = kind,
		.rows = rows,
		.meat = mi_allocate_zeroed(solution->rank * solution->rank * sizeof(double)),
		.projected = mi_allocate(solution->rank * sizeof(double)),
	};
}

/*
 * A row of leverage 1 (the only one of its level, say) is met exactly whatever its target: its residual is 0 and says
 * nothing of the spread. What is left of 0 / 0 after rounding would be noise, so it does not count.
 */
#define FULL_LEVERAGE (1.0 - 1e-10)

static double
weight(const mi_sandwich *sandwich, double leverage)
{
	double rest = 1.0 - leverage;

	if (leverage > FULL_LEVERAGE)
		return 0.0;

	switch (sandwich->kind)
	{
		case MI_ROBUST_HC0:
			return 1.0;
		case MI_ROBUST_HC1:
			return (double) sandwich->rows / ((double) sandwich->rows - sandwich->solution->effective_parameters);
		case MI_ROBUST_HC2:
			return 1.0 / rest;
		case MI_ROBUST_HC3:
			return 1.0 / (rest * rest);
	}
	return NAN;
}

void
mi_sandwich_add_row(mi_sandwich *sandwich, const double *design_row, double target)
{
	const mi_least_squares *solution = sandwich->solution;
	size_t rank = solution->rank;
	double residual = target;
	double leverage = 0.0;
	double factor;

	for (size_t k = 0; k < rank; k++)
		residual -= solution->coefficients[solution->kept[k]] * design_row[solution->kept[k]];
	for (size_t column = 0; column < rank; column++)
	{
		double sum = 0.0;

		for (size_t k = 0; k <= column; k++)
			sum += solution->inverse[k * rank + column] * design_row[solution->kept[k]];
		sandwich->projected[column] = sum;
		leverage += sum * sum;
	}
	factor = weight(sandwich, leverage) * residual * residual;
	for (size_t row = 0; row < rank; row++)
		for (size_t column = row; column < rank; column++)
			sandwich->meat[row * rank + column] += factor * sandwich->projected[row] * sandwich->projected[column];
}

void
mi_sandwich_finish(mi_sandwich *sandwich, double *std_errors)
{
	const mi_least_squares *solution = sandwich->solution;
	size_t rank = solution->rank;

	for (size_t column = 0; column < solution->columns; column++)
		std_errors[column] = NAN;
	for (size_t k = 0; k < rank; k++)
	{
		const double *row = solution->inverse + k * rank;
		double variance = 0.0;

		mi_check_interrupts();
		for (size_t i = k; i < rank; i++)
		{
			variance += row[i] * row[i] * sandwich->meat[i * rank + i];
			for (size_t j = i + 1; j < rank; j++)
				variance += 2.0 * row[i] * row[j] * sandwich->meat[i * rank + j];
		}
		std_errors[solution->kept[k]] = sqrt(variance);
	}
	mi_release(sandwich->meat);
	mi_release(sandwich->projected);
}
