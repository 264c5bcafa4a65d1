/*
 * The generator against published outputs, and its distributions against their moments.
 */
#include "unit.h"

#include "core/base/random.h"

/*
 * First outputs of the authors' xoshiro256starstar.c from the state {1, 2, 3, 4}, as the rand_xoshiro crate and others
 * quote them in their tests.
 */
MI_TEST(xoshiro256_starstar_gives_the_published_outputs)
{
	static const uint64_t expected[] = {
		11520,
		0,
		1509978240,
		1215971899390074240,
		1216172134540287360,
		607988272756665600,
		UINT64_C(16172922978634559625),
		8476171486693032832,
		UINT64_C(10595114339597558777),
		2904607092377533576,
	};
	mi_random random = {{1, 2, 3, 4}};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		CHECK(mi_random_next(&random) == expected[i]);
}

/* The first outputs of splitmix64.c for the seed 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64"). */
MI_TEST(the_state_is_filled_by_splitmix64)
{
	mi_random random = mi_random_seed(1234567);

	CHECK(random.state[0] == UINT64_C(6457827717110365317));
	CHECK(random.state[1] == UINT64_C(3203168211198807973));
	CHECK(random.state[2] == UINT64_C(9817491932198370423));
	CHECK(random.state[3] == UINT64_C(4593380528125082431));
}

MI_TEST(the_same_seed_gives_the_same_stream)
{
	mi_random a = mi_random_seed(0);
	mi_random b = mi_random_seed(0);
	mi_random c = mi_random_seed(1);
	int same_seed = 0;
	int other_seed = 0;

	for (int i = 0; i < 1000; i++)
	{
		uint64_t bits = mi_random_next(&a);

		same_seed += bits == mi_random_next(&b);
		other_seed += bits == mi_random_next(&c);
	}
	CHECK_INT_EQ(same_seed, 1000);
	CHECK_INT_EQ(other_seed, 0);
}

/* A million draws: mean within 5 standard errors, 5 / sqrt(12e6) = .0014, and never 1. */
MI_TEST(uniform_numbers_are_in_the_unit_interval)
{
	mi_random random = mi_random_seed(2);
	double sum = 0.0;
	double least = 1.0;
	double greatest = 0.0;

	for (int i = 0; i < 1000000; i++)
	{
		double u = mi_random_uniform(&random);

		sum += u;
		least = fmin(least, u);
		greatest = fmax(greatest, u);
	}
	CHECK(fabs(sum / 1e6 - 0.5) < 0.0015);
	CHECK(least >= 0.0 && least < 1e-4 && greatest < 1.0 && greatest > 1.0 - 1e-4);
}

/*
 * Chi-squared of 700,000 draws below 7, and below a bound of 3/4 of 2^64, where a plain remainder would draw the lower
 * third twice as often. 6 and 2 degrees of freedom: above 33.1 and 23.0 one time in 100,000.
 */
MI_TEST(integers_below_a_bound_are_equally_likely)
{
	mi_random random = mi_random_seed(3);
	const uint64_t large = UINT64_C(3) << 62;
	double counts[7] = {0};
	double thirds[3] = {0};
	double chi_squared = 0.0;
	int beyond = 0;

	for (int i = 0; i < 700000; i++)
		counts[mi_random_below(&random, 7)]++;
	for (int i = 0; i < 7; i++)
		chi_squared += (counts[i] - 1e5) * (counts[i] - 1e5) / 1e5;
	CHECK(chi_squared < 33.1);

	for (int i = 0; i < 300000; i++)
	{
		uint64_t drawn = mi_random_below(&random, large);

		if (drawn >= large)
			beyond++;
		else
			thirds[drawn >> 62]++;
	}
	chi_squared = 0.0;
	for (int i = 0; i < 3; i++)
		chi_squared += (thirds[i] - 1e5) * (thirds[i] - 1e5) / 1e5;
	CHECK(chi_squared < 23.0);
	CHECK_INT_EQ(beyond, 0);
	CHECK_INT_EQ(mi_random_below(&random, 1), 0);
}

/* Moments of a million normal draws, within 5 standard errors: 0, 1, 0, 3, and P(|z| > 1.959964) = .05. */
MI_TEST(normal_numbers_have_normal_moments)
{
	mi_random random = mi_random_seed(4);
	double sums[4] = {0};
	double outside = 0.0;

	for (int i = 0; i < 1000000; i++)
	{
		double z = mi_random_normal(&random);
		double power = 1.0;

		for (int k = 0; k < 4; k++)
			sums[k] += power *= z;
		outside += fabs(z) > 1.959963984540054;
	}
	CHECK(fabs(sums[0] / 1e6) < 0.005);
	CHECK(fabs(sums[1] / 1e6 - 1.0) < 5 * sqrt(2) / 1000);
	CHECK(fabs(sums[2] / 1e6) < 5 * sqrt(15) / 1000);
	CHECK(fabs(sums[3] / 1e6 - 3.0) < 5 * sqrt(96) / 1000);
	CHECK(fabs(outside / 1e6 - 0.05) < 5 * sqrt(0.05 * 0.95) / 1000);
}
