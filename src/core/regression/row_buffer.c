/*
 * States of regressions that need all rows; see row_buffer.h.
 */
#include "row_buffer.h"

#include <string.h>

#include "../base/host.h"

#define MAGIC UINT32_C(0x4D495257) /* "WRIM" in memory */
#define FORMAT 1

typedef struct row_buffer_header
{
	uint32_t host_word;
	uint32_t magic;
	uint16_t format;
	uint16_t algorithm;
	uint32_t contract_length; /* bytes */
	uint64_t rows;            /* seen, also those that did not fit into memory */
	uint64_t rows_held;
	double tuning;
	double confidence;
	double max_iterations;
	double tolerance;
	uint8_t intercept; /* 0 or 1 */
	uint8_t reserved[7];
} row_buffer_header;

static mi_frame *
rows_of(const mi_row_buffer *buffer)
{
	return &((mi_iterative_trainer *) buffer->training.state)->rows;
}

/* With the contract and the params in place. */
static mi_status
begin(mi_row_buffer *buffer, const mi_algorithm *algorithm, size_t memory_limit, mi_error *error)
{
	buffer->training = (mi_training){
		.algorithm = algorithm,
		.contract = &buffer->contract,
		.params = &buffer->params,
		.memory_limit = memory_limit,
	};
	return algorithm->train_begin(&buffer->training, error);
}

mi_status
mi_row_buffer_create(mi_row_buffer *buffer, const mi_algorithm *algorithm, const mi_iterative_params *params,
					 size_t feature_count, size_t memory_limit, mi_error *error)
{
	const char *const *names = params->features.count > 0 ? params->features.names : NULL;

	memset(buffer, 0, sizeof(*buffer));
	if (feature_count > MI_MAX_FEATURES)
		return mi_fail(error, MI_TOO_LARGE, "%s of %zu features: the limit is %d", algorithm->name, feature_count,
					   MI_MAX_FEATURES);
	if (names != NULL && params->features.count != feature_count)
		return mi_fail(error, MI_INVALID_ARGUMENT, "option \"features\" has %u names, the array has %zu elements",
					   (unsigned) params->features.count, feature_count);
	buffer->params = *params;
	buffer->params.features = (mi_names){0};
	buffer->contract = mi_contract_for_array((uint32_t) feature_count, names);
	return begin(buffer, algorithm, memory_limit, error);
}

void
mi_row_buffer_release(mi_row_buffer *buffer)
{
	if (buffer->training.state != NULL)
		buffer->training.algorithm->train_release(&buffer->training);
	mi_contract_release(&buffer->contract);
	memset(buffer, 0, sizeof(*buffer));
}

mi_status
mi_row_buffer_add_row(mi_row_buffer *buffer, const double *values, size_t count, double target, mi_error *error)
{
	if (count != buffer->contract.feature_count)
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "array of features has %zu elements in row %llu, %u in the rows before",
				count, (unsigned long long) rows_of(buffer)->rows + 1, (unsigned) buffer->contract.feature_count);
		return mi_hint(error, "Every row of a fit needs the same features.");
	}
	return buffer->training.algorithm->train_add_row(&buffer->training, values, target, error);
}

/* Options and features, as bytes: those of buffers that may be put together are the same. */
static mi_writer
description_of(const mi_row_buffer *buffer)
{
	const mi_iterative_params *params = &buffer->params;
	row_buffer_header header = {
		.magic = MAGIC,
		.format = FORMAT,
		.algorithm = buffer->training.algorithm->code,
		.tuning = params->tuning,
		.confidence = params->confidence,
		.max_iterations = params->max_iterations,
		.tolerance = params->tolerance,
		.intercept = params->intercept,
	};
	mi_writer description = {0};

	mi_write(&description, &header, sizeof(header));
	mi_contract_pack(&buffer->contract, &description);
	header.contract_length = (uint32_t) (description.length - sizeof(header));
	memcpy(description.bytes, &header, sizeof(header));
	return description;
}

static bool
same_description(const mi_row_buffer *a, const mi_row_buffer *b)
{
	mi_writer one = description_of(a);
	mi_writer other = description_of(b);
	bool same = one.length == other.length && memcmp(one.bytes, other.bytes, one.length) == 0;

	mi_release(one.bytes);
	mi_release(other.bytes);
	return same;
}

mi_status
mi_row_buffer_append(mi_row_buffer *into, const mi_row_buffer *from, mi_error *error)
{
	mi_frame *rows = rows_of(into);
	const mi_frame *more = rows_of(from);
	double *row;

	if (!same_description(into, from))
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "states cannot be put together: they differ in features or options");
		return mi_hint(error, "Options must be the same in every row of a fit.");
	}
	row = mi_allocate(more->columns * sizeof(double));
	for (uint64_t at = 0; at < more->rows_held; at++)
	{
		if (at % MI_PLAIN_BLOCK_ROWS == 0)
			mi_check_interrupts();
		mi_frame_get_row(more, at, row);
		mi_frame_add_row(rows, row);
	}
	mi_release(row);
	rows->rows += more->rows - more->rows_held;
	return MI_OK;
}

mi_status
mi_row_buffer_fit(mi_row_buffer *buffer, mi_writer *model, mi_error *error)
{
	return buffer->training.algorithm->train_finish(&buffer->training, &buffer->contract, model, error);
}

size_t
mi_row_buffer_flat_size(const mi_row_buffer *buffer)
{
	const mi_frame *rows = rows_of(buffer);
	mi_writer description = description_of(buffer);
	size_t size = description.length + (size_t) rows->rows_held * rows->columns * sizeof(double);

	mi_release(description.bytes);
	return size;
}

void
mi_row_buffer_flatten(const mi_row_buffer *buffer, uint8_t *bytes)
{
	const mi_frame *rows = rows_of(buffer);
	mi_writer description = description_of(buffer);
	row_buffer_header header;
	double *row = mi_allocate(rows->columns * sizeof(double));

	memcpy(&header, description.bytes, sizeof(header));
	header.rows = rows->rows;
	header.rows_held = rows->rows_held;
	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), description.bytes + sizeof(header), description.length - sizeof(header));
	bytes += description.length;
	for (uint64_t at = 0; at < rows->rows_held; at++)
	{
		mi_frame_get_row(rows, at, row);
		memcpy(bytes, row, rows->columns * sizeof(double));
		bytes += rows->columns * sizeof(double);
	}
	mi_release(row);
	mi_release(description.bytes);
}

static mi_status
damaged(mi_error *error)
{
	return mi_fail(error, MI_CORRUPT, "not the state of an aggregate");
}

const mi_algorithm *
mi_row_buffer_algorithm(const uint8_t *bytes, size_t length)
{
	row_buffer_header header;

	if (length < sizeof(header))
		return NULL;
	memcpy(&header, bytes, sizeof(header));
	return header.magic == MAGIC && header.format == FORMAT ? mi_algorithm_by_code(header.algorithm) : NULL;
}

/* Everything but the rows: whether the header is one, and the length that it says. */
static bool
read_description(mi_row_buffer *buffer, const mi_algorithm *algorithm, const uint8_t *bytes, size_t length,
				 row_buffer_header *header, mi_error *error)
{
	static const uint8_t zeros[sizeof(header->reserved)];
	size_t rows_length;
	size_t row_bytes;

	if (mi_row_buffer_algorithm(bytes, length) != algorithm)
		return false;
	memcpy(header, bytes, sizeof(*header));
	if (header->intercept > 1 || memcmp(header->reserved, zeros, sizeof(zeros)) != 0 ||
		header->rows_held > header->rows || header->contract_length > length - sizeof(*header))
		return false;
	buffer->params = (mi_iterative_params){
		.intercept = header->intercept,
		.tuning = header->tuning,
		.confidence = header->confidence,
		.max_iterations = header->max_iterations,
		.tolerance = header->tolerance,
	};
	if (algorithm->check_params(&buffer->params) != NULL ||
		mi_contract_unpack(&buffer->contract, bytes + sizeof(*header), header->contract_length, error) != MI_OK)
		return false;
	rows_length = length - sizeof(*header) - header->contract_length;
	row_bytes = ((size_t) buffer->contract.feature_count + 1) * sizeof(double);
	return !buffer->contract.named && !mi_contract_has_categories(&buffer->contract) && rows_length % row_bytes == 0 &&
		   rows_length / row_bytes == header->rows_held;
}

mi_status
mi_row_buffer_expand(mi_row_buffer *buffer, const mi_algorithm *algorithm, const uint8_t *bytes, size_t length,
					 size_t memory_limit, mi_error *error)
{
	row_buffer_header header;
	size_t features;
	double *row;

	memset(buffer, 0, sizeof(*buffer));
	if (!read_description(buffer, algorithm, bytes, length, &header, error) ||
		begin(buffer, algorithm, memory_limit, error) != MI_OK)
	{
		mi_row_buffer_release(buffer);
		return damaged(error);
	}
	features = buffer->contract.feature_count;
	row = mi_allocate((features + 1) * sizeof(double));
	bytes += sizeof(header) + header.contract_length;
	for (uint64_t at = 0; at < header.rows_held && error->status == MI_OK; at++)
	{
		if (at % MI_PLAIN_BLOCK_ROWS == 0)
			mi_check_interrupts();
		memcpy(row, bytes, (features + 1) * sizeof(double));
		bytes += (features + 1) * sizeof(double);
		if (algorithm->task == MI_TASK_BINARY && row[features] != 0.0 && row[features] != 1.0)
			damaged(error);
		else
			algorithm->train_add_row(&buffer->training, row, row[features], error);
	}
	mi_release(row);
	rows_of(buffer)->rows += header.rows - header.rows_held;
	if (error->status != MI_OK)
		mi_row_buffer_release(buffer);
	return error->status;
}
