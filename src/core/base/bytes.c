/*
 * Bytes in and out; see bytes.h.
 */
#include "bytes.h"

#include <string.h>

#include "host.h"

#define MI_WRITER_FIRST_CAPACITY 256 /* enough for a small contract; doubles from there */

void
mi_write(mi_writer *writer, const void *bytes, size_t length)
{
	if (length == 0)
		return;
	if (length > writer->capacity - writer->length)
	{
		size_t capacity = writer->capacity > 0 ? writer->capacity : MI_WRITER_FIRST_CAPACITY;

		while (length > capacity - writer->length)
			capacity *= 2;
		writer->bytes = writer->bytes == NULL ? mi_allocate(capacity) : mi_reallocate(writer->bytes, capacity);
		writer->capacity = capacity;
	}
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

void
mi_write_u8(mi_writer *writer, uint8_t value)
{
	mi_write(writer, &value, sizeof(value));
}

void
mi_write_u32(mi_writer *writer, uint32_t value)
{
	mi_write(writer, &value, sizeof(value));
}

void
mi_write_string(mi_writer *writer, const char *text)
{
	size_t length = strlen(text);

	mi_write_u32(writer, (uint32_t) length);
	mi_write(writer, text, length);
}

void
mi_write_padding(mi_writer *writer, size_t alignment)
{
	while (writer->length % alignment != 0)
		mi_write_u8(writer, 0);
}

mi_reader
mi_reader_over(const uint8_t *bytes, size_t length)
{
	return (mi_reader){.bytes = bytes, .length = length};
}

const uint8_t *
mi_read(mi_reader *reader, size_t length)
{
	const uint8_t *bytes;

	if (reader->failed || length > reader->length - reader->position)
	{
		reader->failed = true;
		return NULL;
	}
	bytes = reader->bytes + reader->position;
	reader->position += length;
	return bytes;
}

uint8_t
mi_read_u8(mi_reader *reader)
{
	const uint8_t *bytes = mi_read(reader, 1);

	return bytes == NULL ? 0 : *bytes;
}

uint32_t
mi_read_u32(mi_reader *reader)
{
	uint32_t value = 0;
	const uint8_t *bytes = mi_read(reader, sizeof(value));

	if (bytes != NULL)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

uint32_t
mi_read_count(mi_reader *reader, size_t item_size)
{
	uint32_t count = mi_read_u32(reader);

	if (count > (reader->length - reader->position) / item_size)
		reader->failed = true;
	return reader->failed ? 0 : count;
}

char *
mi_read_string(mi_reader *reader)
{
	uint32_t length = mi_read_count(reader, 1);
	const uint8_t *bytes = mi_read(reader, length);
	char *text;

	if (bytes == NULL)
		length = 0;
	else if (memchr(bytes, '\0', length) != NULL)
	{
		reader->failed = true;
		length = 0;
	}
	text = mi_allocate((size_t) length + 1);
	if (length > 0)
		memcpy(text, bytes, length);
	text[length] = '\0';
	return text;
}

uint64_t
mi_checksum(const uint8_t *bytes, size_t length, uint64_t seed)
{
	const uint64_t multiplier = UINT64_C(0x9E3779B97F4A7C15); /* odd, so that multiplying is a bijection */
	uint64_t sum = seed ^ (length * multiplier);

	while (length > 0)
	{
		uint64_t word = 0;
		size_t taken = length < sizeof(word) ? length : sizeof(word);

		memcpy(&word, bytes, taken);
		sum = (sum ^ word) * multiplier;
		sum ^= sum >> 32;
		bytes += taken;
		length -= taken;
	}
	return sum;
}
