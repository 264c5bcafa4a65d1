/*
 * Sampling of rows; see row_sample.h.
 */
#include "row_sample.h"

#include "../base/host.h"
#include "../base/random.h"

#define INTERRUPT_EVERY 4096 /* rows */

uint32_t
mi_row_sample_read(mi_row_sample *sample, uint32_t first, uint32_t end)
{
	uint64_t room = sample->room_size / sizeof(double);
	uint64_t wanted = sample->wanted < sample->rows->rows ? sample->wanted : sample->rows->rows;
	mi_random random = mi_random_seed(sample->seed);
	uint64_t left;
	uint32_t columns;

	if (wanted > room)
		wanted = room;
	columns = room / wanted < end - first ? (uint32_t) (room / wanted) : end - first;
	if (sample->row == NULL)
		sample->row = mi_allocate((sample->rows->features + MI_ROW_EXTRAS) * sizeof(double));
	sample->held = 0;
	left = wanted;
	mi_row_spool_rewind(sample->rows);
	/* Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S): exactly so many, in order. */
	for (uint64_t i = 0; i < sample->rows->rows && left > 0; i++)
	{
		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		mi_row_spool_read(sample->rows, sample->row);
		if (left < sample->rows->rows - i && mi_random_below(&random, sample->rows->rows - i) >= left)
			continue;
		left--;
		if (sample->held_out[i])
			continue;
		for (uint32_t column = 0; column < columns; column++)
			sample->room[column * wanted + sample->held] = sample->row[first + column];
		sample->held++;
	}
	return columns;
}

double *
mi_row_sample_column(const mi_row_sample *sample, uint32_t n)
{
	uint64_t room = sample->room_size / sizeof(double);
	uint64_t wanted = sample->wanted < sample->rows->rows ? sample->wanted : sample->rows->rows;

	return sample->room + n * (wanted < room ? wanted : room);
}

void
mi_row_sample_release(mi_row_sample *sample)
{
	mi_release(sample->row);
}
