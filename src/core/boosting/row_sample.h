/*
 * A sample of spooled rows, column by column, as many columns at a time as there is room for.
 */
#ifndef MI_ROW_SAMPLE_H
#define MI_ROW_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "row_spool.h"

typedef struct mi_row_sample
{
	mi_row_spool *rows;
	const uint8_t *held_out; /* rows that are not to be looked at */
	uint64_t wanted;         /* rows */
	uint64_t seed;
	double *room;
	size_t room_size; /* bytes; when it is too small for a column, the sample is smaller */
	size_t held;      /* rows, after reading */
	double *row;      /* its own */
} mi_row_sample;

/* Reads columns from first on; answers how many. The same rows each time. */
extern uint32_t mi_row_sample_read(mi_row_sample *sample, uint32_t first, uint32_t end);

/* The n-th of those read. */
extern double *mi_row_sample_column(const mi_row_sample *sample, uint32_t n);
extern void mi_row_sample_release(mi_row_sample *sample);

#endif
