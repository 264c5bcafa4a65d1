/*
 * States of fits that need all rows; see row_buffer.h.
 */
#include "row_buffer.h"

#include <string.h>

#include "../base/host.h"
#include "../base/packed_params.h"

#define MAGIC UINT32_C(0x4D495257) /* "WRIM" in memory */
#define FORMAT 2

#define CHUNK_ROWS 128 /* held at a time: there may be many small groups, and they want little */

typedef struct row_buffer_header
{
	uint32_t host_word;
	uint32_t magic;
	uint16_t format;
	uint16_t algorithm;
	uint32_t options_length;  /* bytes, a multiple of 8 */
	uint32_t contract_length; /* bytes */
	uint8_t target;           /* mi_feature_kind */
	uint8_t reserved[3];
	uint64_t rows; /* seen, also those that did not fit into memory */
	uint64_t rows_held;
} row_buffer_header;

static bool
training_holds_rows(const mi_row_buffer *buffer)
{
	return buffer->algorithm->held_rows != NULL;
}

static mi_frame *
rows_of(const mi_row_buffer *buffer)
{
	return training_holds_rows(buffer) ? buffer->algorithm->held_rows(&buffer->training) : (mi_frame *) &buffer->rows;
}

/* With the contract and the params in place. */
static mi_status
begin(mi_row_buffer *buffer, mi_feature_kind target, size_t memory_limit, mi_error *error)
{
	buffer->contract.null_policy = buffer->algorithm->null_policy;
	buffer->rows = mi_frame_new_chunked((size_t) buffer->contract.feature_count + 1, CHUNK_ROWS, memory_limit);
	buffer->training = (mi_training){
		.algorithm = buffer->algorithm,
		.contract = &buffer->contract,
		.params = buffer->params,
		.memory_limit = memory_limit,
		.target = {.kind = target},
		.roles = {.weight = 1.0},
	};
	return training_holds_rows(buffer) ? buffer->algorithm->train_begin(&buffer->training, error) : MI_OK;
}

/* From bytes: the only way that params come in, so that all they point to is their own. */
static bool
read_params(mi_row_buffer *buffer, const mi_algorithm *algorithm, mi_reader *reader)
{
	buffer->algorithm = algorithm;
	buffer->params = mi_allocate_zeroed(algorithm->params_size);
	algorithm->set_default_params(buffer->params);
	return mi_params_unpack(algorithm->options, MI_OPTION_IN_AGGREGATE, buffer->params, reader) &&
		   algorithm->check_params(buffer->params) == NULL;
}

static void
copy_params(mi_row_buffer *buffer, const mi_algorithm *algorithm, const void *params)
{
	mi_writer packed = {0};
	mi_reader reader;

	mi_params_pack(algorithm->options, MI_OPTION_IN_AGGREGATE, params, &packed);
	reader = mi_reader_over(packed.bytes, packed.length);
	read_params(buffer, algorithm, &reader);
	mi_release(packed.bytes);
}

/* Names of the elements by the option "features". */
static mi_names
names_of(const mi_algorithm *algorithm, const void *params)
{
	const mi_option *option = mi_options_find(algorithm->options, "features");
	mi_names names = {0};

	if (option != NULL)
		memcpy(&names, (const char *) params + option->offset, sizeof(names));
	return names;
}

mi_status
mi_row_buffer_create(mi_row_buffer *buffer, const mi_algorithm *algorithm, const void *params, mi_feature_kind target,
					 size_t feature_count, size_t memory_limit, mi_error *error)
{
	mi_names names = names_of(algorithm, params);

	memset(buffer, 0, sizeof(*buffer));
	if (feature_count > MI_MAX_FEATURES)
		return mi_fail(error, MI_TOO_LARGE, "%s of %zu features: the limit is %d", algorithm->name, feature_count,
					   MI_MAX_FEATURES);
	if (mi_contract_check_names(names.names, names.count, (uint32_t) feature_count, error) != MI_OK)
		return error->status;
	copy_params(buffer, algorithm, params);
	buffer->contract = mi_contract_for_array((uint32_t) feature_count, names.count > 0 ? names.names : NULL);
	return begin(buffer, target, memory_limit, error);
}

void
mi_row_buffer_release(mi_row_buffer *buffer)
{
	if (buffer->training.state != NULL)
		buffer->algorithm->train_release(&buffer->training);
	if (buffer->params != NULL)
		mi_params_release(buffer->algorithm->options, MI_OPTION_IN_AGGREGATE, buffer->params);
	mi_release(buffer->params);
	mi_contract_release(&buffer->contract);
	mi_frame_release(&buffer->rows);
	memset(buffer, 0, sizeof(*buffer));
}

static mi_status
take_row(mi_row_buffer *buffer, const double *row, mi_error *error)
{
	if (training_holds_rows(buffer))
		return buffer->algorithm->train_add_row(&buffer->training, row, row[buffer->contract.feature_count], error);
	mi_frame_add_row(&buffer->rows, row);
	return MI_OK;
}

mi_status
mi_row_buffer_add_row(mi_row_buffer *buffer, const double *values, size_t count, double target, mi_error *error)
{
	double *row;

	if (count != buffer->contract.feature_count)
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "array of features has %zu elements in row %llu, %u in the rows before",
				count, (unsigned long long) rows_of(buffer)->rows + 1, (unsigned) buffer->contract.feature_count);
		return mi_hint(error, "Every row of a fit needs the same features.");
	}
	row = mi_allocate((count + 1) * sizeof(double));
	memcpy(row, values, count * sizeof(double));
	row[count] = target;
	take_row(buffer, row, error);
	mi_release(row);
	return error->status;
}

/* Options and features, as bytes behind a header: those of buffers that may be put together are the same. */
static mi_writer
description_of(const mi_row_buffer *buffer)
{
	row_buffer_header header = {
		.magic = MAGIC,
		.format = FORMAT,
		.algorithm = buffer->algorithm->code,
		.target = (uint8_t) buffer->training.target.kind,
	};
	mi_writer description = {0};

	mi_write(&description, &header, sizeof(header));
	mi_params_pack(buffer->algorithm->options, MI_OPTION_IN_AGGREGATE, buffer->params, &description);
	mi_write_padding(&description, 8);
	header.options_length = (uint32_t) (description.length - sizeof(header));
	mi_contract_pack(&buffer->contract, &description);
	header.contract_length = (uint32_t) (description.length - sizeof(header) - header.options_length);
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

/* Room for the next row of a frame, and the next row in it. */
static void
get_row(const mi_frame *rows, uint64_t at, double *row)
{
	if (at % CHUNK_ROWS == 0)
		mi_check_interrupts();
	mi_frame_get_row(rows, at, row);
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
		get_row(more, at, row);
		mi_frame_add_row(rows, row);
	}
	mi_release(row);
	rows->rows += more->rows - more->rows_held;
	return MI_OK;
}

/* A training from begin to finish on the rows held here. */
static mi_status
train(mi_row_buffer *buffer, mi_writer *model, mi_error *error)
{
	const mi_algorithm *algorithm = buffer->algorithm;
	mi_training training = buffer->training;
	double *row = mi_allocate(buffer->rows.columns * sizeof(double));

	algorithm->train_begin(&training, error);
	for (uint64_t at = 0; at < buffer->rows.rows_held && error->status == MI_OK; at++)
	{
		get_row(&buffer->rows, at, row);
		algorithm->train_add_row(&training, row, row[buffer->contract.feature_count], error);
	}
	mi_release(row);
	if (error->status == MI_OK)
		algorithm->train_finish(&training, &buffer->contract, model, error);
	if (training.state != NULL)
		algorithm->train_release(&training);
	return error->status;
}

mi_status
mi_row_buffer_fit(mi_row_buffer *buffer, mi_writer *model, mi_error *error)
{
	if (training_holds_rows(buffer))
		return buffer->algorithm->train_finish(&buffer->training, &buffer->contract, model, error);
	if (mi_frame_check(&buffer->rows, error) != MI_OK)
		return error->status;
	return train(buffer, model, error);
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
		get_row(rows, at, row);
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
	const mi_algorithm *algorithm;
	row_buffer_header header;

	if (length < sizeof(header))
		return NULL;
	memcpy(&header, bytes, sizeof(header));
	if (header.magic != MAGIC || header.format != FORMAT)
		return NULL;
	algorithm = mi_algorithm_by_code(header.algorithm);
	return algorithm != NULL && algorithm->merge_state == NULL ? algorithm : NULL;
}

/* Whether an algorithm's aggregate takes targets of this kind. */
static bool
takes_target(const mi_algorithm *algorithm, uint8_t kind)
{
	if (kind == MI_FEATURE_BOOLEAN)
		return algorithm->task != MI_TASK_MULTICLASS;
	return kind == MI_FEATURE_NUMBER && (algorithm->task == MI_TASK_REGRESSION || algorithm->task == MI_TASK_BY_MODEL);
}

/* Everything but the rows: whether the header is one, and the length that it says. */
static bool
read_description(mi_row_buffer *buffer, const mi_algorithm *algorithm, const uint8_t *bytes, size_t length,
				 row_buffer_header *header, mi_error *error)
{
	static const uint8_t zeros[sizeof(header->reserved)];
	const uint8_t *contract_bytes;
	mi_reader reader;
	size_t rest = length - sizeof(*header);
	size_t row_bytes;

	if (mi_row_buffer_algorithm(bytes, length) != algorithm)
		return false;
	memcpy(header, bytes, sizeof(*header));
	if (memcmp(header->reserved, zeros, sizeof(zeros)) != 0 || !takes_target(algorithm, header->target) ||
		header->rows_held > header->rows || header->options_length > rest ||
		header->contract_length > rest - header->options_length)
		return false;
	reader = mi_reader_over(bytes + sizeof(*header), header->options_length);
	if (!read_params(buffer, algorithm, &reader) || mi_align8(reader.position) != header->options_length)
		return false;
	contract_bytes = bytes + sizeof(*header) + header->options_length;
	if (mi_contract_unpack(&buffer->contract, contract_bytes, header->contract_length, error) != MI_OK)
		return false;
	rest -= (size_t) header->options_length + header->contract_length;
	row_bytes = ((size_t) buffer->contract.feature_count + 1) * sizeof(double);
	return !buffer->contract.named && buffer->contract.null_policy == algorithm->null_policy &&
		   !mi_contract_has_categories(&buffer->contract) && rest % row_bytes == 0 &&
		   rest / row_bytes == header->rows_held;
}

mi_status
mi_row_buffer_expand(mi_row_buffer *buffer, const mi_algorithm *algorithm, const uint8_t *bytes, size_t length,
					 size_t memory_limit, mi_error *error)
{
	row_buffer_header header;
	size_t row_bytes;
	double *row;

	memset(buffer, 0, sizeof(*buffer));
	if (!read_description(buffer, algorithm, bytes, length, &header, error) ||
		begin(buffer, (mi_feature_kind) header.target, memory_limit, error) != MI_OK)
	{
		mi_row_buffer_release(buffer);
		return damaged(error);
	}
	row_bytes = ((size_t) buffer->contract.feature_count + 1) * sizeof(double);
	row = mi_allocate(row_bytes);
	bytes += sizeof(header) + header.options_length + header.contract_length;
	for (uint64_t at = 0; at < header.rows_held && error->status == MI_OK; at++)
	{
		double target;

		if (at % CHUNK_ROWS == 0)
			mi_check_interrupts();
		memcpy(row, bytes + at * row_bytes, row_bytes);
		target = row[buffer->contract.feature_count];
		if (header.target == MI_FEATURE_BOOLEAN && target != 0.0 && target != 1.0)
			damaged(error);
		else
			take_row(buffer, row, error);
	}
	mi_release(row);
	rows_of(buffer)->rows += header.rows - header.rows_held;
	if (error->status != MI_OK)
		mi_row_buffer_release(buffer);
	return error->status;
}
