/*
 * Quantile regressions of many rows: the same as of all rows at once, with less work.
 */
#include "quantile_problems.h"

#include "core/regression/frisch_newton.h"
#include "core/regression/quantile_vertex.h"

#define MOST_COLUMNS 8

/* Rows in the order of the first feature; whole: targets with many ties, but for what tells them apart. */
static quantile_problem *
many_rows(test_random *random, size_t rows, size_t features, bool intercept, bool whole)
{
	data_set data = data_set_new(rows, features);
	quantile_problem *problem;

	for (size_t row = 0; row < rows; row++)
	{
		double *x = data.x + row * features;
		double noise = random_number(random) + random_number(random);

		data.y[row] = (1.2 + (double) row / (double) rows) * noise;
		for (size_t k = 0; k < features; k++)
		{
			x[k] = k == 0 ? (double) row / (double) rows : random_number(random) + 0.5;
			data.y[row] += x[k];
		}
		if (whole)
			data.y[row] = floor(20.0 * data.y[row]);
	}
	problem = problem_new(data, intercept);
	for (size_t row = 0; row < rows; row++)
		problem->y[row] += 1e-9 * problem->scale * random_number(random);
	return problem;
}

static mi_status
solve(const quantile_problem *problem, double tau, uint64_t *basis, uint32_t *iterations, bool *optimal)
{
	mi_quantile_problem asked = {&problem->design, problem->least_squares, problem->y, problem->scale};
	mi_error error = {0};

	*iterations = 0;
	*optimal = true;
	return mi_quantile_solve(&asked, tau, basis, iterations, optimal, &error);
}

static bool
is_optimum(const quantile_problem *problem, double tau, const uint64_t *basis)
{
	uint64_t rows = problem->frame.rows;
	double *distance = unit_allocate(rows * sizeof(double));
	uint64_t copy[MOST_COLUMNS];
	uint32_t exchanges = 0;
	bool optimal = false;
	mi_error error = {0};

	for (uint64_t row = 0; row < rows; row++)
		distance[row] = 1.0;
	for (size_t i = 0; i < problem->design.rank; i++)
		distance[basis[i]] = 0.0;
	mi_quantile_vertex(&problem->design, problem->y, tau, NULL, problem->least_squares, distance, copy, &exchanges,
					   &optimal, &error);
	free(distance);
	return optimal && exchanges == 0;
}

MI_TEST(it_is_the_solution_for_all_rows)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 12; round++)
	{
		quantile_problem *problem = many_rows(&random, 10001 + random_below(&random, 3000), 1 + (size_t) round % 4,
											  round % 2 > 0, round % 3 > 0);
		double tau = 0.5 + 0.48 * random_number(&random);
		uint64_t basis[MOST_COLUMNS];
		uint32_t iterations;
		bool optimal;

		CHECK_INT_EQ(solve(problem, tau, basis, &iterations, &optimal), MI_OK);
		CHECK(optimal);
		CHECK(is_optimum(problem, tau, basis));
		problem_release(problem);
	}
}

/* The sample is too small for some of these, or leaves rows on the wrong side: no features, and heavy tails. */
MI_TEST(a_sample_that_misleads_is_no_harm)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 40; round++)
	{
		size_t features = round % 4 == 0 ? 2 : 0;
		data_set data = data_set_new(10001, features);
		double tau = features > 0 ? 0.97 : 0.5;
		quantile_problem *problem;
		uint64_t basis[MOST_COLUMNS];
		uint32_t iterations;
		bool optimal;

		for (size_t row = 0; row < data.rows; row++)
		{
			data.y[row] = random_number(&random);
			for (size_t k = 0; k < features; k++)
				data.x[row * features + k] = exp(4.0 * random_number(&random));
			if (features > 0)
				data.y[row] = data.x[row * features] * exp(2.0 * data.y[row]);
		}
		problem = problem_new(data, true);
		CHECK_INT_EQ(solve(problem, tau, basis, &iterations, &optimal), MI_OK);
		CHECK(optimal);
		CHECK(is_optimum(problem, tau, basis));
		problem_release(problem);
	}
}

MI_TEST(of_few_rows_it_is_that_of_both_methods)
{
	test_random random = random_seeded(__func__);

	for (int round = 0; round < 20; round++)
	{
		quantile_problem *problem = many_rows(&random, 500, 3, true, true);
		double *distance = unit_allocate(500 * sizeof(double));
		double b[MOST_COLUMNS] = {0};
		uint64_t basis[MOST_COLUMNS];
		uint64_t expected[MOST_COLUMNS];
		uint32_t iterations;
		uint32_t expected_iterations =
			mi_frisch_newton(&problem->design, problem->y, 0.4, NULL, problem->scale, b, distance);
		uint32_t exchanges = 0;
		bool optimal;
		mi_error error = {0};

		mi_quantile_vertex(&problem->design, problem->y, 0.4, NULL, problem->least_squares, distance, expected,
						   &exchanges, &optimal, &error);
		solve(problem, 0.4, basis, &iterations, &optimal);
		CHECK_INT_EQ(iterations, expected_iterations + exchanges);
		CHECK_BYTES_EQ(basis, expected, problem->design.rank * sizeof(uint64_t));
		free(distance);
		problem_release(problem);
	}
}

/* No plane lies above all others: with a tau that is no probability the way has no end. */
MI_TEST(no_solution_is_said_and_not_forgotten)
{
	test_random random = random_seeded(__func__);
	quantile_problem *problem = problem_random(&random, 50, 1, false);
	mi_quantile_problem asked = {&problem->design, problem->least_squares, problem->y, problem->scale};
	uint64_t basis[2];
	uint32_t iterations = 0;
	bool optimal = true;
	mi_error error = {0};

	CHECK_INT_EQ(mi_quantile_solve(&asked, 1.5, basis, &iterations, &optimal, &error), MI_OK);
	CHECK(!optimal);
	CHECK_INT_EQ(mi_quantile_solve(&asked, 0.5, basis, &iterations, &optimal, &error), MI_OK);
	CHECK(!optimal);
	problem_release(problem);
}

/* ---- Less work: how many blocks of rows are read ---- */

static uint64_t checks; /* for interrupts: one a block, and few besides */

static void
count_check(void)
{
	checks++;
}

static void
install_counting_host(void)
{
	static const mi_host counting = {
		.allocate = unit_allocate,
		.reallocate = unit_reallocate,
		.release = free,
		.check_interrupts = count_check,
		.report_progress = unit_report_progress,
	};

	mi_host_install(&counting);
}

MI_TEST(it_reads_the_rows_a_few_times_only)
{
	test_random random = {20240229}; /* always the same rows: how much work it is depends on them */
	double passes = 0.0;
	double passes_at_once = 0.0;
	uint32_t iterations_of_all = 0;

	install_counting_host();
	for (int round = 0; round < 8; round++)
	{
		quantile_problem *problem = many_rows(&random, 20000, 1 + (size_t) round % 4, round % 2 > 0, round % 3 > 0);
		double blocks = (double) mi_design_block_count(&problem->design);
		double tau = ((double) round + 0.5) / 8.0;
		uint64_t basis[MOST_COLUMNS];
		double b[MOST_COLUMNS] = {0};
		uint32_t iterations;
		bool optimal;

		checks = 0;
		CHECK_INT_EQ(solve(problem, tau, basis, &iterations, &optimal), MI_OK);
		passes += (double) checks / blocks;
		iterations_of_all += iterations;
		checks = 0;
		mi_frisch_newton(&problem->design, problem->y, tau, NULL, problem->scale, b, NULL);
		passes_at_once += (double) checks / blocks;
		problem_release(problem);
	}
	CHECK(passes <= 0.25 * passes_at_once);
	CHECK(iterations_of_all >= 220 && iterations_of_all <= 250);
}
