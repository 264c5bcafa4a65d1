/*
 * Any bytes as the state of an aggregate that holds its rows. An input is a list of changes (where, what) to a sound
 * state, and where to cut it, or the fuzzer would spend its life guessing headers; what comes of it is refused, or made
 * flat again, put together with itself, and released.
 */
#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "core/model/row_buffer.h"

#define ROWS 5
#define FEATURES 2
#define CHANGE 3 /* bytes of one: place, low byte first, and value */

/* A state of the algorithm, with its default options. */
static mi_writer
sound_state(const mi_algorithm *algorithm)
{
	void *params = mi_allocate_zeroed(algorithm->params_size);
	mi_row_buffer buffer;
	mi_writer flat = {0};
	mi_error error = {0};

	algorithm->set_default_params(params);
	mi_row_buffer_create(&buffer, algorithm, params, MI_FEATURE_BOOLEAN, FEATURES, SIZE_MAX, &error);
	for (int row = 0; row < ROWS; row++)
		mi_row_buffer_add_row(&buffer, (double[]){row, row % 3}, FEATURES, row % 2, &error);
	assert(error.status == MI_OK);
	flat.length = mi_row_buffer_flat_size(&buffer);
	flat.bytes = mi_allocate(flat.length);
	mi_row_buffer_flatten(&buffer, flat.bytes);
	mi_row_buffer_release(&buffer);
	mi_release(params);
	return flat;
}

static void
use(mi_row_buffer *buffer)
{
	mi_error error = {0};
	size_t length = mi_row_buffer_flat_size(buffer);
	uint8_t *flat = mi_allocate(length);
	mi_row_buffer again;

	mi_row_buffer_flatten(buffer, flat);
	if (mi_row_buffer_expand(&again, buffer->algorithm, flat, length, SIZE_MAX, &error) == MI_OK)
	{
		mi_row_buffer_append(buffer, &again, &error);
		mi_row_buffer_release(&again);
	}
	mi_release(flat);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t codes[] = {2, 3, 4, 5}; /* of algorithms whose aggregates hold rows */
	static mi_writer sound[sizeof(codes) / sizeof(codes[0])];
	const mi_algorithm *algorithm;
	mi_row_buffer buffer;
	mi_writer *from;
	uint8_t *bytes;
	size_t length;
	mi_error error = {0};

	if (size < 2)
		return 0;
	from = &sound[data[0] % (sizeof(codes) / sizeof(codes[0]))];
	algorithm = mi_algorithm_by_code(codes[from - sound]);
	if (from->bytes == NULL)
		*from = sound_state(algorithm);
	length = from->length - (data[1] < from->length ? data[1] : 0);
	bytes = memcpy(mi_allocate(from->length), from->bytes, from->length);
	bytes = mi_reallocate(bytes, length); /* of exactly this size: the sanitizer sees its end */
	for (size_t at = 2; at + CHANGE <= size; at += CHANGE)
		bytes[(data[at] | (size_t) data[at + 1] << 8) % length] = data[at + 2];
	if (mi_row_buffer_expand(&buffer, algorithm, bytes, length, SIZE_MAX, &error) == MI_OK)
	{
		use(&buffer);
		mi_row_buffer_release(&buffer);
	}
	mi_release(bytes);
	return 0;
}
