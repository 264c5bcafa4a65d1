/*
 * Seeding and normal numbers; see random.h.
 */
#include "random.h"

#include <math.h>

/* S. Vigna, splitmix64: a counter put through a bijective hash. */
static uint64_t
splitmix64(uint64_t *counter)
{
	uint64_t bits = *counter += UINT64_C(0x9E3779B97F4A7C15);

	bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
	return bits ^ (bits >> 31);
}

mi_random
mi_random_seed(uint64_t seed)
{
	mi_random random;

	for (int i = 0; i < 4; i++)
		random.state[i] = splitmix64(&seed);
	return random;
}

double
mi_random_normal(mi_random *random)
{
	double x;
	double y;
	double square;

	do
	{
		x = 2.0 * mi_random_uniform(random) - 1.0;
		y = 2.0 * mi_random_uniform(random) - 1.0;
		square = x * x + y * y;
	} while (square >= 1.0 || square == 0.0);
	return x * sqrt(-2.0 * log(square) / square);
}
