/*
 * Rows held for a fit that needs them all at once, as the state of its aggregate: features and target of every row, and
 * the same as flat bytes, in which they travel between servers' processes and may come from anyone.
 *
 * Flat: row_buffer_header, the packed options, the packed contract, and then the rows held, features first, target
 * last. Numbers are little-endian, and may lie anywhere: they are copied, not used in place.
 */
#ifndef MI_ROW_BUFFER_H
#define MI_ROW_BUFFER_H

#include "../base/frame.h"
#include "algorithm.h"

/* It points into itself: not to be moved. */
typedef struct mi_row_buffer
{
	const mi_algorithm *algorithm;
	void *params;
	mi_contract contract;
	mi_training training; /* under way from the beginning where that holds the rows, else begun by the fit */
	mi_frame rows;        /* else here */
} mi_row_buffer;

/* For arrays of feature_count elements, and targets that are numbers or booleans. Copies the params. */
extern mi_status
mi_row_buffer_create(mi_row_buffer *buffer, const mi_algorithm *algorithm, const void *params, mi_feature_kind target,
					 size_t feature_count, size_t memory_limit, mi_error *error);
extern void mi_row_buffer_release(mi_row_buffer *buffer);

/* MI_OUT_OF_RANGE, or MI_INVALID_ARGUMENT for another number of elements, names the row. */
extern mi_status
mi_row_buffer_add_row(mi_row_buffer *buffer, const double *values, size_t count, double target, mi_error *error);

/* All rows of another one behind those that are there; the features and the options must be the same. */
extern mi_status mi_row_buffer_append(mi_row_buffer *into, const mi_row_buffer *from, mi_error *error);

/* The fitted model; the rows stay. */
extern mi_status mi_row_buffer_fit(mi_row_buffer *buffer, mi_writer *model, mi_error *error);

/* Flat bytes; the first four are the host's. Expanding trusts nothing: MI_CORRUPT, and the buffer is not there. */
extern size_t mi_row_buffer_flat_size(const mi_row_buffer *buffer);
extern void mi_row_buffer_flatten(const mi_row_buffer *buffer, uint8_t *bytes);
extern mi_status mi_row_buffer_expand(mi_row_buffer *buffer, const mi_algorithm *algorithm, const uint8_t *bytes,
									  size_t length, size_t memory_limit, mi_error *error);

/* The algorithm that flat bytes say they are of; NULL when they do not say it, or when its aggregate holds no rows. */
extern const mi_algorithm *mi_row_buffer_algorithm(const uint8_t *bytes, size_t length);

#endif
