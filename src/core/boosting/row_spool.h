/*
 * Rows on their way to be binned, in a spool.
 *
 * They lie in chunks of MI_SPOOL_ROWS rows, in each of them the extras and then column after column, so that who wants
 * one feature reads no other; in float, where that loses nothing in the chunk, else in double.
 */
#ifndef MI_ROW_SPOOL_H
#define MI_ROW_SPOOL_H

#include "../base/spool.h"

#include <stdbool.h>
#include <stdint.h>

#define MI_SPOOL_ROWS 1024

/* What a row has beside its features. */
enum mi_row_extra
{
	MI_ROW_TARGET,
	MI_ROW_WEIGHT,
	MI_ROW_HELD_BY, /* what decides whether it is held out */
	MI_ROW_EXTRAS
};

/* Where a chunk is. May be in shared memory. */
typedef struct mi_row_chunk
{
	mi_spool_position at;
	bool wide; /* its features are doubles */
} mi_row_chunk;

typedef struct mi_row_spool
{
	mi_spool *spool; /* NULL after release */
	uint32_t features;
	uint64_t rows; /* added */
	double *pending;
	uint32_t pending_rows; /* not written yet */
	mi_row_chunk *chunks;  /* written */
	size_t chunk_count;
	size_t chunk_room;
} mi_row_spool;

extern mi_row_spool mi_row_spool_create(uint32_t features);
extern size_t mi_row_spool_memory(uint32_t features); /* bytes that one has in memory */
extern void mi_row_spool_release(mi_row_spool *spool);

/* Answers whether the row has filled a chunk, which must be written then; until then its columns can be looked at. */
extern bool mi_row_spool_add(mi_row_spool *spool, const double *features, const double *extras);
extern const double *mi_row_spool_column(const mi_row_spool *spool, uint32_t feature);
extern void mi_row_spool_write(mi_row_spool *spool); /* the rows pending, if any */

/* One member's way to read. */
typedef struct mi_row_reader
{
	mi_spool *spool;
	const mi_row_chunk *chunks;
	uint64_t rows;
	double *column;
	float *narrow;
} mi_row_reader;

extern mi_row_reader mi_row_reader_new(mi_spool *spool, const mi_row_chunk *chunks, uint64_t rows);
extern void mi_row_reader_release(mi_row_reader *reader); /* not the spool */

/* Columns of a chunk, as many numbers as it has rows; good until the next one is read. */
extern uint32_t mi_row_reader_count(const mi_row_reader *reader, size_t chunk);
extern const double *mi_row_reader_extra(mi_row_reader *reader, size_t chunk, enum mi_row_extra extra);
extern const double *mi_row_reader_feature(mi_row_reader *reader, size_t chunk, uint32_t feature);

#endif
