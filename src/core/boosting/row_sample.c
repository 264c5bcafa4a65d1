/*
 * Sampling of rows; see row_sample.h.
 */
#include "row_sample.h"

#include <stdbool.h>

#include "../base/host.h"
#include "../base/random.h"

#define INTERRUPT_EVERY 65536 /* rows; a fraction of a millisecond */

uint64_t
mi_row_sample_mark(uint64_t rows, const uint8_t *held_out, uint64_t wanted, uint64_t seed, uint8_t *sampled)
{
	mi_random random = mi_random_seed(seed);
	uint64_t left = wanted < rows ? wanted : rows;
	uint64_t count = 0;

	/* Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S): exactly so many, in order. */
	for (uint64_t i = 0; i < rows; i++)
	{
		bool takes = left == rows - i || (left > 0 && mi_random_below(&random, rows - i) < left);

		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		left -= takes;
		sampled[i] = takes && !held_out[i];
		count += sampled[i];
	}
	return count;
}
