/*
 * The sample of rows that bins are found from: so many of those that are not held out, drawn by chance.
 */
#ifndef MI_ROW_SAMPLE_H
#define MI_ROW_SAMPLE_H

#include <stdint.h>

/* Marks rows of the sample with 1, the others with 0; answers how many it has. */
extern uint64_t
mi_row_sample_mark(uint64_t rows, const uint8_t *held_out, uint64_t wanted, uint64_t seed, uint8_t *sampled);

#endif
