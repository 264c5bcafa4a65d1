/*
 * Rows in memory; see frame.h.
 */
#include "frame.h"

#include <string.h>

#include "host.h"

static size_t
chunk_bytes(const mi_frame *frame)
{
	return frame->columns * frame->chunk_rows * sizeof(double);
}

mi_frame
mi_frame_new(size_t columns, size_t memory_limit)
{
	return mi_frame_new_chunked(columns, MI_FRAME_CHUNK_ROWS, memory_limit);
}

mi_frame
mi_frame_new_chunked(size_t columns, size_t chunk_rows, size_t memory_limit)
{
	return (mi_frame){.columns = columns, .chunk_rows = chunk_rows, .memory_limit = memory_limit};
}

static void
add_chunk(mi_frame *frame)
{
	if (frame->chunk_count == frame->chunk_capacity)
	{
		frame->chunk_capacity = frame->chunk_capacity > 0 ? frame->chunk_capacity * 2 : 16;
		frame->chunks = frame->chunks == NULL ? mi_allocate(frame->chunk_capacity * sizeof(double *))
											  : mi_reallocate(frame->chunks, frame->chunk_capacity * sizeof(double *));
	}
	frame->chunks[frame->chunk_count++] = mi_allocate(chunk_bytes(frame));
}

void
mi_frame_add_row(mi_frame *frame, const double *values)
{
	size_t at = frame->rows % frame->chunk_rows;
	double *chunk;

	frame->rows++;
	if (frame->rows_held + 1 < frame->rows)
		return; /* over the limit already */
	if (at == 0)
	{
		if ((frame->chunk_count + 1) * chunk_bytes(frame) > frame->memory_limit)
			return;
		add_chunk(frame);
	}
	chunk = frame->chunks[frame->chunk_count - 1];
	for (size_t column = 0; column < frame->columns; column++)
		chunk[column * frame->chunk_rows + at] = values[column];
	frame->rows_held++;
}

void
mi_frame_get_row(const mi_frame *frame, uint64_t row, double *values)
{
	const double *chunk = frame->chunks[row / frame->chunk_rows];

	for (size_t column = 0; column < frame->columns; column++)
		values[column] = chunk[column * frame->chunk_rows + row % frame->chunk_rows];
}

mi_status
mi_frame_check(const mi_frame *frame, mi_error *error)
{
	return mi_frame_check_working(frame, 0, error);
}

mi_status
mi_frame_check_working(const mi_frame *frame, size_t working_bytes_per_row, mi_error *error)
{
	uint64_t chunks = (frame->rows + frame->chunk_rows - 1) / frame->chunk_rows;
	uint64_t needed = chunks * chunk_bytes(frame) + frame->rows * working_bytes_per_row;
	uint64_t needed_kb = (needed + 1023) / 1024;

	if (frame->rows_held == frame->rows && needed <= frame->memory_limit)
		return MI_OK;
	mi_fail(error, MI_BUDGET_EXCEEDED, "training data takes %llu kB of memory, the limit is %zu kB",
			(unsigned long long) needed_kb, frame->memory_limit / 1024);
	return mi_hint(error, "SET musicintel.training_memory = '%llukB', or train on fewer rows.",
				   (unsigned long long) needed_kb);
}

void
mi_frame_release(mi_frame *frame)
{
	for (size_t i = 0; i < frame->chunk_count; i++)
		mi_release(frame->chunks[i]);
	mi_release(frame->chunks);
	memset(frame, 0, sizeof(*frame));
}
