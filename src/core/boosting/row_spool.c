/*
 * Rows in a spool; see row_spool.h.
 */
#include "row_spool.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"

/* Doubles from one pending column to the next: no power of two, or a row's numbers would share a set of the cache. */
#define APART (MI_SPOOL_ROWS + 8)

/* ---- Writing ---- */

size_t
mi_row_spool_memory(uint32_t features)
{
	return (size_t) (MI_ROW_EXTRAS + features) * APART * sizeof(double);
}

mi_row_spool
mi_row_spool_create(uint32_t features)
{
	return (mi_row_spool){
		.spool = mi_spool_create(), .features = features, .pending = mi_allocate(mi_row_spool_memory(features))};
}

void
mi_row_spool_release(mi_row_spool *spool)
{
	mi_spool_release(spool->spool);
	mi_release(spool->pending);
	mi_release(spool->chunks);
	*spool = (mi_row_spool){0};
}

bool
mi_row_spool_add(mi_row_spool *spool, const double *features, const double *extras)
{
	double *into = spool->pending + spool->pending_rows;

	for (uint32_t i = 0; i < MI_ROW_EXTRAS; i++)
		into[(size_t) i * APART] = extras[i];
	into += (size_t) MI_ROW_EXTRAS * APART;
	for (uint32_t i = 0; i < spool->features; i++)
		into[(size_t) i * APART] = features[i];
	spool->rows++;
	return ++spool->pending_rows == MI_SPOOL_ROWS;
}

const double *
mi_row_spool_column(const mi_row_spool *spool, uint32_t feature)
{
	return spool->pending + (size_t) (MI_ROW_EXTRAS + feature) * APART;
}

/* Writes a column as floats; false when one of them is none. */
MI_VECTOR_CLONES static bool
narrow(const double *values, uint32_t count, float *into)
{
	uint32_t inexact = 0;

	for (uint32_t i = 0; i < count; i++)
	{
		float value = fabs(values[i]) <= 3e38 ? (float) values[i] : (float) NAN;

		inexact |= !((double) value == values[i] || isnan(values[i]));
		into[i] = value;
	}
	return inexact == 0;
}

static bool
all_narrow(const mi_row_spool *spool, uint32_t count)
{
	float values[MI_SPOOL_ROWS];

	for (uint32_t feature = 0; feature < spool->features; feature++)
		if (!narrow(mi_row_spool_column(spool, feature), count, values))
			return false;
	return true;
}

static void
note_chunk(mi_row_spool *spool, bool wide)
{
	if (spool->chunk_count == spool->chunk_room)
	{
		spool->chunk_room = spool->chunk_room > 0 ? 2 * spool->chunk_room : 64;
		spool->chunks = mi_reallocate(spool->chunks, spool->chunk_room * sizeof(mi_row_chunk));
	}
	spool->chunks[spool->chunk_count] = (mi_row_chunk){mi_spool_tell(spool->spool), wide};
}

void
mi_row_spool_write(mi_row_spool *spool)
{
	uint32_t count = spool->pending_rows;
	bool wide;

	if (count == 0)
		return;
	wide = !all_narrow(spool, count);
	note_chunk(spool, wide);
	for (uint32_t i = 0; i < MI_ROW_EXTRAS; i++)
		mi_spool_write(spool->spool, spool->pending + (size_t) i * APART, count * sizeof(double));
	for (uint32_t feature = 0; feature < spool->features; feature++)
	{
		const double *column = mi_row_spool_column(spool, feature);
		float values[MI_SPOOL_ROWS];

		if (!wide)
			narrow(column, count, values);
		mi_spool_write(spool->spool, wide ? (const void *) column : values,
					   count * (wide ? sizeof(double) : sizeof(float)));
	}
	spool->chunk_count++;
	spool->pending_rows = 0;
}

/* ---- Reading ---- */

mi_row_reader
mi_row_reader_new(mi_spool *spool, const mi_row_chunk *chunks, uint64_t rows)
{
	return (mi_row_reader){.spool = spool,
						   .chunks = chunks,
						   .rows = rows,
						   .column = mi_allocate(MI_SPOOL_ROWS * sizeof(double)),
						   .narrow = mi_allocate(MI_SPOOL_ROWS * sizeof(float))};
}

void
mi_row_reader_release(mi_row_reader *reader)
{
	mi_release(reader->column);
	mi_release(reader->narrow);
}

uint32_t
mi_row_reader_count(const mi_row_reader *reader, size_t chunk)
{
	uint64_t left = reader->rows - (uint64_t) chunk * MI_SPOOL_ROWS;

	return left < MI_SPOOL_ROWS ? (uint32_t) left : MI_SPOOL_ROWS;
}

const double *
mi_row_reader_extra(mi_row_reader *reader, size_t chunk, enum mi_row_extra extra)
{
	size_t size = mi_row_reader_count(reader, chunk) * sizeof(double);

	mi_spool_seek(reader->spool, reader->chunks[chunk].at, extra * size);
	mi_spool_read(reader->spool, reader->column, size);
	return reader->column;
}

const double *
mi_row_reader_feature(mi_row_reader *reader, size_t chunk, uint32_t feature)
{
	uint32_t count = mi_row_reader_count(reader, chunk);
	bool wide = reader->chunks[chunk].wide;
	size_t size = count * (wide ? sizeof(double) : sizeof(float));

	mi_spool_seek(reader->spool, reader->chunks[chunk].at, MI_ROW_EXTRAS * count * sizeof(double) + feature * size);
	mi_spool_read(reader->spool, wide ? (void *) reader->column : reader->narrow, size);
	for (uint32_t i = 0; !wide && i < count; i++)
		reader->column[i] = reader->narrow[i];
	return reader->column;
}
