/*
 * A seeded generator of random numbers: xoshiro256**, 256 bits of state, period 2^256 - 1.
 *
 * D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM Trans. Math. Softw. 47 (2021), 36:1-32.
 * The state is filled by splitmix64 from a seed of 64 bits, as its authors advise: every seed, 0 included, gives a good
 * stream, and seeds that are near each other give streams that have nothing in common.
 *
 * The same seed gives the same integers and uniform numbers on every machine. Normal numbers go through log(), whose
 * last bit is the C library's.
 */
#ifndef MI_RANDOM_H
#define MI_RANDOM_H

#include <stdint.h>

typedef struct mi_random
{
	uint64_t state[4];
} mi_random;

extern mi_random mi_random_seed(uint64_t seed);

/* Uniform in 0 … 2^64 - 1. */
static inline uint64_t
mi_random_next(mi_random *random)
{
	uint64_t *state = random->state;
	uint64_t scrambled = state[1] * 5;
	uint64_t shifted = state[1] << 17;

	scrambled = ((scrambled << 7) | (scrambled >> 57)) * 9;
	state[2] ^= state[0];
	state[3] ^= state[1];
	state[1] ^= state[2];
	state[0] ^= state[3];
	state[2] ^= shifted;
	state[3] = (state[3] << 45) | (state[3] >> 19);
	return scrambled;
}

/* Uniform in [0, 1): a multiple of 2^-53. */
static inline double
mi_random_uniform(mi_random *random)
{
	return (double) (mi_random_next(random) >> 11) * 0x1p-53;
}

__extension__ typedef unsigned __int128 mi_uint128;

/*
 * Uniform in 0 … bound - 1, every value exactly as likely as any other; bound is not 0.
 *
 * D. Lemire, "Fast random integer generation in an interval", ACM Trans. Model. Comput. Simul. 29 (2019), 3:1-12: the
 * high half of a product, drawn again for the few low halves that would favour some values.
 */
static inline uint64_t
mi_random_below(mi_random *random, uint64_t bound)
{
	mi_uint128 product = (mi_uint128) mi_random_next(random) * bound;

	if ((uint64_t) product < bound)
	{
		uint64_t unfair = -bound % bound; /* 2^64 mod bound */

		while ((uint64_t) product < unfair)
			product = (mi_uint128) mi_random_next(random) * bound;
	}
	return (uint64_t) (product >> 64);
}

/*
 * Normal with mean 0 and variance 1, by the polar method (G. Marsaglia, T. A. Bray, SIAM Review 6 (1964), 260-264). Of
 * the two numbers that it makes one is dropped, so that the state is the generator's alone.
 */
extern double mi_random_normal(mi_random *random);

#endif
