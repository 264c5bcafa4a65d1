/*
 * Quantile regressions for tests of their parts: rows, the design that reads them, and what is known of a fit by
 * looking at every row.
 */
#ifndef MI_TEST_QUANTILE_PROBLEMS_H
#define MI_TEST_QUANTILE_PROBLEMS_H

#include "core/regression/quantile_basis.h"
#include "core/regression/quantile_reduction.h"
#include "fits.h"
#include "random_input.h"

typedef struct quantile_problem
{
	mi_frame frame;
	mi_contract contract;
	mi_design design;
	double *least_squares;
	double *y;    /* residuals of least squares */
	double scale; /* their mean size */
} quantile_problem;

/* Takes the data over. */
static inline quantile_problem *
problem_new(data_set data, bool intercept)
{
	quantile_problem *problem = unit_allocate(sizeof(*problem));
	double *row = unit_allocate((data.features + 1) * sizeof(double));
	double *b;
	size_t rank;

	problem->frame = mi_frame_new_chunked(data.features + 1, MI_PLAIN_BLOCK_ROWS, SIZE_MAX);
	for (size_t i = 0; i < data.rows; i++)
	{
		memcpy(row, data.x + i * data.features, data.features * sizeof(double));
		row[data.features] = data.y[i];
		mi_frame_add_row(&problem->frame, row);
	}
	problem->contract = mi_contract_for_array((uint32_t) data.features, NULL);
	mi_design_new(&problem->design, &problem->frame, &problem->contract, &problem->contract, intercept,
				  &problem->least_squares);
	problem->y = data.y;
	problem->scale = 0.0;
	rank = problem->design.rank;
	b = unit_allocate(rank * sizeof(double));
	for (size_t k = 0; k < rank; k++)
		b[k] = problem->least_squares[mi_triangle_at(rank + 1, k, rank)];
	mi_plain_triangle_solve(problem->least_squares, rank + 1, rank, b);
	for (uint64_t i = 0; i < problem->frame.rows; i++)
	{
		mi_design_row(&problem->design, i, row);
		for (size_t k = 0; k < rank; k++)
			problem->y[i] -= row[k] * b[k];
		problem->scale += fabs(problem->y[i]) / (double) data.rows;
	}
	free(b);
	free(row);
	free(data.x);
	return problem;
}

/* Numbers without ties, so many features; the target depends on all of them, and varies as much besides. */
static inline quantile_problem *
problem_random(test_random *random, size_t rows, size_t features, bool intercept)
{
	data_set data = data_set_new(rows, features);

	for (size_t row = 0; row < rows; row++)
	{
		data.y[row] = random_number(random);
		for (size_t k = 0; k < features; k++)
		{
			data.x[row * features + k] = random_number(random) + 0.5;
			data.y[row] += data.x[row * features + k];
		}
	}
	return problem_new(data, intercept);
}

static inline void
problem_release(quantile_problem *problem)
{
	mi_design_release(&problem->design);
	mi_frame_release(&problem->frame);
	mi_contract_release(&problem->contract);
	mi_release(problem->least_squares);
	free(problem->y);
	free(problem);
}

/* The sum of rho. */
static inline double
problem_loss(const quantile_problem *problem, double tau, const double *b)
{
	double *x = unit_allocate(problem->design.rank * sizeof(double));
	double sum = 0.0;

	for (uint64_t row = 0; row < problem->frame.rows; row++)
	{
		double residual = problem->y[row];

		mi_design_row(&problem->design, row, x);
		for (size_t k = 0; k < problem->design.rank; k++)
			residual -= x[k] * b[k];
		sum += residual * (residual < 0.0 ? tau - 1.0 : tau);
	}
	free(x);
	return sum;
}

/* The sum of rho of the fit through the rows of a basis. */
static inline double
problem_loss_through(const quantile_problem *problem, double tau, const uint64_t *basis)
{
	size_t rank = problem->design.rank;
	double *targets = unit_allocate(2 * rank * sizeof(double));
	double *b = targets + rank;
	mi_error error = {0};
	double loss;

	for (size_t i = 0; i < rank; i++)
		targets[i] = problem->y[basis[i]];
	CHECK_INT_EQ(mi_quantile_basis_estimates(&problem->design, problem->least_squares, basis, targets, b, &error),
				 MI_OK);
	loss = problem_loss(problem, tau, b);
	free(targets);
	return loss;
}

#endif
