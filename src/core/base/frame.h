/*
 * Rows held in memory, column by column, in chunks, so that growing never copies and never doubles.
 *
 * The user's memory limit is enforced here. When a row does not fit any more, rows are only counted from then on: the
 * error at the end can then say how much memory would have been enough.
 */
#ifndef MI_FRAME_H
#define MI_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

#define MI_FRAME_CHUNK_ROWS 4096 /* unless asked for otherwise: small frames, of which there are many, want less */

typedef struct mi_frame
{
	size_t columns;
	size_t chunk_rows;
	size_t memory_limit; /* bytes */
	uint64_t rows;       /* seen, also those that did not fit */
	uint64_t rows_held;
	size_t chunk_count;
	size_t chunk_capacity;
	double **chunks; /* each chunk_rows × columns, column-major */
} mi_frame;

extern mi_frame mi_frame_new(size_t columns, size_t memory_limit);
extern mi_frame mi_frame_new_chunked(size_t columns, size_t chunk_rows, size_t memory_limit);
extern void mi_frame_add_row(mi_frame *frame, const double *values);
extern void mi_frame_get_row(const mi_frame *frame, uint64_t row, double *values);
extern void mi_frame_release(mi_frame *frame);

/*
 * MI_BUDGET_EXCEEDED, with the memory needed, when not every row was held, or when they and so many bytes of working
 * memory for each of them are beyond the limit together.
 */
extern mi_status mi_frame_check(const mi_frame *frame, mi_error *error);
extern mi_status mi_frame_check_working(const mi_frame *frame, size_t working_bytes_per_row, mi_error *error);

#endif
