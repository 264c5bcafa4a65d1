/*
 * The interior point method: where it ends, how soon, and whether its distances tell the rows of the exact solution.
 */
#include "quantile_problems.h"

#include "core/regression/frisch_newton.h"
#include "core/regression/quantile_vertex.h"

static quantile_problem *
any_problem(test_random *random, int round)
{
	return problem_random(random, 30 + random_below(random, 800), 1 + (size_t) round % 6, round % 4 > 0);
}

static double
any_tau(test_random *random)
{
	return 0.5 + 0.48 * random_number(random);
}

MI_TEST(it_ends_next_to_the_exact_solution)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 48; round++)
	{
		quantile_problem *problem = any_problem(&random, round);
		double tau = any_tau(&random);
		double *distance = unit_allocate(problem->frame.rows * sizeof(double));
		double b[8] = {0};
		uint64_t basis[8];
		uint32_t iterations = mi_frisch_newton(&problem->design, problem->y, tau, NULL, problem->scale, b, distance);
		uint32_t exchanges;
		bool optimal = false;
		mi_error error = {0};
		double least;

		CHECK(iterations < 40);
		mi_quantile_vertex(&problem->design, problem->y, tau, NULL, problem->least_squares, distance, basis, &exchanges,
						   &optimal, &error);
		CHECK(optimal);
		CHECK_INT_EQ(exchanges, 0);
		least = problem_loss_through(problem, tau, basis);
		CHECK(problem_loss(problem, tau, b) <= least + 2e-6 * problem->scale);
		free(distance);
		problem_release(problem);
	}
}

/* Half of the rows by what they add up to, on the sides that the fit of all has them on. */
MI_TEST(rows_whose_sides_are_known_count_by_their_sum)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 20; round++)
	{
		size_t rows = 200;
		quantile_problem *problem = problem_random(&random, rows, 3, round % 2 > 0);
		mi_frame *all = &problem->frame;
		mi_frame some = mi_frame_new_chunked(all->columns, MI_PLAIN_BLOCK_ROWS, SIZE_MAX);
		size_t rank = problem->design.rank;
		double tau = 0.5 + 0.2 * random_number(&random);
		double *y = unit_allocate(rows * sizeof(double));
		double fixed[4] = {0};
		double b[4] = {0};
		double again[4] = {0};

		mi_frisch_newton(&problem->design, problem->y, tau, NULL, problem->scale, b, NULL);
		for (uint64_t row = 0; row < rows; row++)
		{
			double values[4];
			double x[4];
			double residual = problem->y[row];

			mi_design_row(&problem->design, row, x);
			for (size_t k = 0; k < rank; k++)
				residual -= x[k] * b[k];
			if (fabs(residual) > 0.5)
				for (size_t k = 0; k < rank; k++)
					fixed[k] += x[k] * (residual < 0.0 ? tau - 1.0 : tau);
			else
			{
				mi_frame_get_row(all, row, values);
				y[some.rows] = problem->y[row];
				mi_frame_add_row(&some, values);
			}
		}
		CHECK(some.rows > 50 && some.rows < 150);
		problem->design.frame = &some;
		CHECK(mi_frisch_newton(&problem->design, y, tau, fixed, problem->scale, again, NULL) < 40);
		for (size_t k = 0; k < rank; k++)
			CHECK(fabs(again[k] - b[k]) <= 1e-4);
		mi_frame_release(&some);
		free(y);
		problem_release(problem);
	}
}

MI_TEST(it_takes_few_iterations)
{
	test_random random = {20240229}; /* always the same rows: how many it takes depends on them */
	uint32_t iterations = 0;

	for (int round = 0; round < 40; round++)
	{
		quantile_problem *problem = any_problem(&random, round);
		double b[8] = {0};

		iterations +=
			mi_frisch_newton(&problem->design, problem->y, (0.5 + round) / 40.0, NULL, problem->scale, b, NULL);
		problem_release(problem);
	}
	CHECK(iterations <= 385);
}
