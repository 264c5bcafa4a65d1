/*
 * Random input for tests that must hold for any input. The seed is another in every run and is printed; the environment
 * variable MI_SEED repeats a run.
 *
 * S. Vigna's splitmix64: every seed, 0 included, gives a good stream.
 */
#ifndef MI_TEST_RANDOM_INPUT_H
#define MI_TEST_RANDOM_INPUT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct test_random
{
	uint64_t state;
} test_random;

static inline test_random
random_seeded(const char *what)
{
	const char *given = getenv("MI_SEED");
	struct timespec now = {0};
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t) now.tv_sec ^ ((uint64_t) now.tv_nsec << 20);
	printf("%s: MI_SEED=%llu\n", what, (unsigned long long) seed);
	return (test_random){seed};
}

static inline uint64_t
random_bits(test_random *random)
{
	uint64_t bits = random->state += UINT64_C(0x9E3779B97F4A7C15);

	bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
	return bits ^ (bits >> 31);
}

/* 0 … bound - 1; bound far below 2^64, so that the bias does not matter. */
static inline size_t
random_below(test_random *random, size_t bound)
{
	return (size_t) (random_bits(random) % bound);
}

/* -1 … 1 */
static inline double
random_number(test_random *random)
{
	return (double) (int64_t) random_bits(random) * 0x1p-63;
}

/* Any double: NaN, infinities, denormals and all. */
static inline double
random_double_bits(test_random *random)
{
	uint64_t bits = random_bits(random);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* For qsort(), of doubles. */
static inline int
ascending(const void *a, const void *b)
{
	double x = *(const double *) a;
	double y = *(const double *) b;

	return (x > y) - (x < y);
}

#endif
