/*
 * Exact solutions by the exchange of rows.
 */
#include "quantile_problems.h"

#include "core/regression/quantile_vertex.h"

#define MOST_COLUMNS 16

typedef struct solution
{
	uint64_t basis[MOST_COLUMNS];
	uint32_t exchanges;
	bool optimal;
	mi_status status;
} solution;

static solution
solve_with(const quantile_problem *problem, const double *y, double tau, const double *fixed, const double *distance)
{
	uint64_t rows = problem->design.frame->rows;
	double *copy = unit_allocate(rows * sizeof(double)); /* it is used up */
	solution found = {0};
	mi_error error = {0};

	memcpy(copy, distance, rows * sizeof(double));
	found.status = mi_quantile_vertex(&problem->design, y, tau, fixed, problem->least_squares, copy, found.basis,
									  &found.exchanges, &found.optimal, &error);
	free(copy);
	return found;
}

static solution
solve(const quantile_problem *problem, double tau, const double *distance)
{
	return solve_with(problem, problem->y, tau, NULL, distance);
}

static double *
random_distances(test_random *random, uint64_t rows)
{
	double *distance = unit_allocate(rows * sizeof(double));

	for (uint64_t row = 0; row < rows; row++)
		distance[row] = random_number(random);
	return distance;
}

static double
any_tau(test_random *random)
{
	return 0.5 + 0.48 * random_number(random);
}

static bool
in_basis(const solution *found, size_t rank, uint64_t row)
{
	for (size_t i = 0; i < rank; i++)
		if (found->basis[i] == row)
			return true;
	return false;
}

static bool
same_basis(const solution *one, const solution *other, size_t rank)
{
	for (size_t i = 0; i < rank; i++)
		if (!in_basis(one, rank, other->basis[i]))
			return false;
	return true;
}

/* Whatever it starts from, it comes to the same rows, in few exchanges, since each of them passes many rows. */
MI_TEST(all_starts_lead_to_the_same_rows)
{
	test_random random = random_seeded(__func__);
	uint32_t most = 0;

	for (int round = 0; round < 60; round++)
	{
		quantile_problem *problem =
			problem_random(&random, 40 + random_below(&random, 500), 1 + (size_t) round % 9, round % 2 > 0);
		size_t rank = problem->design.rank;
		double tau = round % 5 > 0 ? any_tau(&random) : round % 2 > 0 ? 1e-9 : 1.0 - 1e-9;
		double *distance = random_distances(&random, problem->frame.rows);
		double *other = random_distances(&random, problem->frame.rows);
		solution found = solve(problem, tau, distance);
		solution again = solve(problem, tau, other);

		CHECK(found.optimal && again.optimal);
		CHECK(same_basis(&found, &again, rank));
		CHECK(found.exchanges <= 8 * rank);
		most = found.exchanges > most ? found.exchanges : most;
		for (uint64_t row = 0; row < problem->frame.rows; row++)
			other[row] = !in_basis(&found, rank, row);
		again = solve(problem, tau, other);
		CHECK(again.optimal);
		CHECK_INT_EQ(again.exchanges, 0);
		free(distance);
		free(other);
		problem_release(problem);
	}
	CHECK(most > 20);
}

/* Without features it is the quantile itself, found with one exchange: the way goes past all rows between. */
MI_TEST(without_features_it_is_the_row_of_that_rank)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 40; round++)
	{
		quantile_problem *problem = problem_random(&random, 5 + random_below(&random, 300), 0, true);
		uint64_t rows = problem->frame.rows;
		double tau = (0.5 + (double) random_below(&random, rows)) / (double) rows;
		double *distance = random_distances(&random, rows);
		solution found = solve(problem, tau, distance);
		size_t below = 0;

		for (uint64_t row = 0; row < rows; row++)
			below += problem->y[row] < problem->y[found.basis[0]];
		CHECK(found.optimal);
		CHECK_INT_EQ(below, (size_t) (tau * (double) rows));
		CHECK(found.exchanges <= 1);
		free(distance);
		problem_release(problem);
	}
}

/* A thousand exchanges and more, which leave rounding errors, and the same rows as from a start next to them. */
MI_TEST(a_long_way_ends_at_the_same_rows)
{
	test_random random = random_seeded(__func__);
	quantile_problem *problem = problem_random(&random, 3000, 14, true);
	double *distance = random_distances(&random, problem->frame.rows);
	solution found = solve(problem, 0.3, distance);
	solution again;

	CHECK(found.optimal);
	CHECK(found.exchanges > 60);
	for (uint64_t row = 0; row < problem->frame.rows; row++)
		distance[row] = !in_basis(&found, 15, row);
	again = solve(problem, 0.3, distance);
	CHECK_INT_EQ(again.exchanges, 0);
	free(distance);
	problem_release(problem);
}

/*
 * Whole numbers, and tau of tenths: many fits are equally good, the way from one to the other is level, and sums that
 * are 0 come out as a little more or less. What moves the targets is far below that, as in quantile_regression.c.
 */
MI_TEST(level_ways_are_no_end)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 300; round++)
	{
		size_t features = 1 + (size_t) round % 3;
		data_set data = data_set_new(10 + random_below(&random, 60), features);
		quantile_problem *problem;

		for (size_t row = 0; row < data.rows; row++)
		{
			for (size_t k = 0; k < features; k++)
				data.x[row * features + k] = (double) random_below(&random, 3);
			data.y[row] = (double) random_below(&random, 3) + 1e-9 * random_number(&random);
		}
		problem = problem_new(data, true);
		for (int start = 0; start < 10; start++)
		{
			double *distance = random_distances(&random, data.rows);

			CHECK(solve(problem, (double) (1 + random_below(&random, 9)) / 10.0, distance).optimal);
			free(distance);
		}
		problem_release(problem);
	}
}

/* Many rows at few points, which nothing tells apart. */
MI_TEST(rows_at_one_point_do_not_take_turns_for_ever)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 100; round++)
	{
		data_set data = data_set_new(60, 1);
		quantile_problem *problem;
		double *distance = random_distances(&random, data.rows);

		for (size_t row = 0; row < data.rows; row++)
		{
			data.x[row] = (double) (row % 2);
			data.y[row] = (double) (row % 3);
		}
		problem = problem_new(data, round % 4 > 0);
		CHECK(solve(problem, any_tau(&random), distance).optimal);
		free(distance);
		problem_release(problem);
	}
}

/* Some rows, and of the others the sum of x psi: "some" gets the former, fixed the latter. */
static double *
take_out(const quantile_problem *problem, const bool *out, double tau, const solution *fit, mi_frame *some,
		 double *fixed)
{
	size_t rank = problem->design.rank;
	double *y = unit_allocate(problem->frame.rows * sizeof(double));
	double b[MOST_COLUMNS];
	double x[MOST_COLUMNS];
	double targets[MOST_COLUMNS];
	mi_error error = {0};

	for (size_t i = 0; i < rank; i++)
		targets[i] = problem->y[fit->basis[i]];
	mi_quantile_basis_estimates(&problem->design, problem->least_squares, fit->basis, targets, b, &error);
	*some = mi_frame_new_chunked(problem->frame.columns, MI_PLAIN_BLOCK_ROWS, SIZE_MAX);
	memset(fixed, 0, rank * sizeof(double));
	for (uint64_t row = 0; row < problem->frame.rows; row++)
	{
		double residual = problem->y[row];

		if (!out[row])
		{
			y[some->rows] = residual;
			mi_frame_get_row(&problem->frame, row, x);
			mi_frame_add_row(some, x);
			continue;
		}
		mi_design_row(&problem->design, row, x);
		for (size_t k = 0; k < rank; k++)
			residual -= x[k] * b[k];
		for (size_t k = 0; k < rank; k++)
			fixed[k] += x[k] * (residual < 0.0 ? tau - 1.0 : tau);
	}
	return y;
}

MI_TEST(rows_whose_sides_are_known_count_by_their_sum)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 30; round++)
	{
		quantile_problem *problem = problem_random(&random, 200, 3, round % 2 > 0);
		size_t rank = problem->design.rank;
		double tau = any_tau(&random);
		double *distance = random_distances(&random, 200);
		solution whole = solve(problem, tau, distance);
		solution found;
		bool out[200];
		double fixed[4];
		mi_frame some;
		double *y;
		uint64_t number = 0;

		for (size_t row = 0; row < 200; row++)
			out[row] = random_below(&random, 2) == 0 && !in_basis(&whole, rank, row);
		y = take_out(problem, out, tau, &whole, &some, fixed);
		problem->design.frame = &some;
		found = solve_with(problem, y, tau, fixed, distance);
		CHECK(found.optimal);
		for (size_t row = 0; row < 200; row++)
			if (!out[row])
				CHECK_INT_EQ(in_basis(&found, rank, number++), in_basis(&whole, rank, row));
		mi_frame_release(&some);
		free(y);
		free(distance);
		problem_release(problem);
	}
}

MI_TEST(rows_that_cannot_balance_the_others_have_no_solution)
{
	test_random random = random_seeded(__func__);
	quantile_problem *problem = problem_random(&random, 50, 1, true);
	double *distance = random_distances(&random, 50);
	double fixed[2] = {26.0, 0.0}; /* all rows together make up for 25 */
	solution found = solve_with(problem, problem->y, 0.5, fixed, distance);

	CHECK_INT_EQ(found.status, MI_OK);
	CHECK(!found.optimal);
	fixed[0] = 24.0;
	CHECK(solve_with(problem, problem->y, 0.5, fixed, distance).optimal);
	fixed[0] = -26.0;
	CHECK(!solve_with(problem, problem->y, 0.5, fixed, distance).optimal);
	free(distance);
	problem_release(problem);
}
