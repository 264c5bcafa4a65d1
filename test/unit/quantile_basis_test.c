/*
 * Rows that a fit goes through: which are taken, the edges between such fits, and the fit itself.
 */
#include "quantile_problems.h"

/* So many rows of one feature, with targets that do not matter. */
static quantile_problem *
problem_of(const double *x, size_t rows)
{
	data_set data = data_set_new(rows, 1);

	for (size_t row = 0; row < rows; row++)
	{
		data.x[row] = x[row];
		data.y[row] = (double) (row % 3);
	}
	return problem_new(data, true);
}

MI_TEST(the_nearest_rows_are_taken_that_are_independent)
{
	const double x[] = {5, 5, 5, 7, 9};
	quantile_problem *problem = problem_of(x, 5);
	uint64_t basis[2];
	mi_error error = {0};

	CHECK_INT_EQ(
		mi_quantile_basis_find(&problem->design, problem->least_squares, (double[]){4, 1, 2, 9, 3}, basis, &error),
		MI_OK);
	CHECK(basis[0] == 1 && basis[1] == 4);
	CHECK_INT_EQ(mi_quantile_basis_find(&problem->design, problem->least_squares,
										(double[]){1, 1, INFINITY, INFINITY, INFINITY}, basis, &error),
				 MI_OK);
	CHECK(basis[0] == 0 && basis[1] == 3); /* of equal ones, the first */
	problem_release(problem);
}

/* The second row is a long way behind the first, or nearer, but beside it but for rounding. */
MI_TEST(rows_far_off_are_taken_when_those_nearer_depend_on_each_other)
{
	double x[3000];
	double distance[3000];
	quantile_problem *problem;
	uint64_t basis[2];
	mi_error error = {0};

	for (int row = 0; row < 3000; row++)
	{
		x[row] = 1.0;
		distance[row] = (row * 7) % 3000;
	}
	for (int row = 1400; row < 1600; row++)
		x[row] = 1.0 + 1e-5 * (double) (row % 2);
	for (int row = 2500; row < 3000; row++)
		x[row] = (double) (row % 5) - 1.0;
	for (int row = 2500; row < 3000; row++)
		distance[row] += 3000.0 * (row != 2718);
	distance[2718] = 2999.5;
	problem = problem_of(x, 3000);
	CHECK_INT_EQ(mi_quantile_basis_find(&problem->design, problem->least_squares, distance, basis, &error), MI_OK);
	CHECK(basis[0] == 0 && basis[1] == 2718);
	problem_release(problem);
}

/* Independence is a question of directions: beside one row far off, all others are short. */
MI_TEST(short_rows_are_as_good_as_long_ones)
{
	data_set data = data_set_new(11, 1);
	quantile_problem *problem;
	const double distance[11] = {3, 2, 1, 4, 5, 6, 7, 8, 9, 10, 11};
	uint64_t basis[1];
	mi_error error = {0};

	for (size_t row = 0; row < 11; row++)
	{
		data.x[row] = row == 10 ? 1e6 : 1.0;
		data.y[row] = (double) row;
	}
	problem = problem_new(data, false);
	CHECK_INT_EQ(mi_quantile_basis_find(&problem->design, problem->least_squares, distance, basis, &error), MI_OK);
	CHECK_INT_EQ(basis[0], 2);
	problem_release(problem);
}

static size_t largest_allocation;

static void *
count_allocation(size_t size)
{
	largest_allocation = size > largest_allocation ? size : largest_allocation;
	return unit_allocate(size);
}

MI_TEST(of_many_rows_only_the_nearest_are_looked_at)
{
	static const mi_host counting = {
		.allocate = count_allocation,
		.reallocate = unit_reallocate,
		.release = free,
		.check_interrupts = unit_check_interrupts,
		.report_progress = unit_report_progress,
	};
	test_random random = random_seeded(__func__);
	quantile_problem *problem = problem_random(&random, 10000, 2, true);
	double *distance = unit_allocate(10000 * sizeof(double));
	uint64_t basis[3];
	mi_error error = {0};

	for (size_t row = 0; row < 10000; row++)
		distance[row] = random_number(&random);
	mi_host_install(&counting);
	CHECK_INT_EQ(mi_quantile_basis_find(&problem->design, problem->least_squares, distance, basis, &error), MI_OK);
	CHECK(largest_allocation < 10000);
	free(distance);
	problem_release(problem);
}

MI_TEST(rows_that_all_depend_on_each_other_are_not_enough)
{
	const double x[] = {1, 1, 1, 2};
	const double distance[] = {1, 2, 3, 4};
	quantile_problem *problem = problem_of(x, 4);
	uint64_t basis[2];
	mi_error error = {0};

	problem->frame.rows = 3; /* the last one is not among those to choose from */
	CHECK_INT_EQ(mi_quantile_basis_find(&problem->design, problem->least_squares, distance, basis, &error),
				 MI_NUMERICAL_FAILURE);
	CHECK_STR_EQ(error.message, "the features are too nearly collinear");
	problem->frame.rows = 4;
	problem_release(problem);
}

/* Columns of which one is nearly another, as well. */
MI_TEST(edges_and_estimates_solve_the_rows)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 40; round++)
	{
		double near = round % 2 == 0 ? 1.0 : 1e-8;
		data_set data = data_set_new(30, 5);
		quantile_problem *problem;
		uint64_t basis[6] = {0};
		double distance[30];
		double edges[36];
		double targets[6];
		double b[6];
		mi_error error = {0};

		for (size_t row = 0; row < 30; row++)
		{
			double *x = data.x + row * 5;

			for (size_t k = 0; k < 5; k++)
				x[k] = random_number(&random);
			x[4] = x[3] + near * x[4];
			data.y[row] = distance[row] = random_number(&random);
		}
		problem = problem_new(data, true);
		CHECK_INT_EQ(problem->design.rank, 6);
		mi_quantile_basis_find(&problem->design, problem->least_squares, distance, basis, &error);
		for (size_t i = 0; i < 6; i++)
			targets[i] = random_number(&random);
		CHECK_INT_EQ(mi_quantile_basis_edges(&problem->design, problem->least_squares, basis, edges, &error), MI_OK);
		CHECK_INT_EQ(mi_quantile_basis_estimates(&problem->design, problem->least_squares, basis, targets, b, &error),
					 MI_OK);
		for (size_t i = 0; i < 6; i++)
		{
			double x[6];
			double sum = 0.0;
			double size = 0.0;

			mi_design_row(&problem->design, basis[i], x);
			for (size_t k = 0; k < 6; k++)
			{
				sum += x[k] * b[k];
				size += fabs(x[k] * b[k]);
			}
			CHECK(fabs(sum - targets[i]) <= 1e-15 * size);
			for (size_t place = 0; place < 6; place++)
			{
				double rise = 0.0;

				for (size_t k = 0; k < 6; k++)
					rise += x[k] * edges[place * 6 + k];
				CHECK(fabs(rise - (place == i)) <= 1e-11 / near);
			}
		}
		problem_release(problem);
	}
}

MI_TEST(a_row_twice_has_no_edges)
{
	const double x[] = {1, 2, 4};
	quantile_problem *problem = problem_of(x, 3);
	double edges[4];
	mi_error error = {0};

	CHECK_INT_EQ(mi_quantile_basis_edges(&problem->design, problem->least_squares, (uint64_t[]){1, 1}, edges, &error),
				 MI_NUMERICAL_FAILURE);
	CHECK_STR_EQ(error.message, "the rows that the fit goes through are not independent");
	problem_release(problem);
}
