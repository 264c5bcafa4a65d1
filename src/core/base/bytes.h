/*
 * Little-endian bytes in and out: a writer that grows, a reader that never runs past the end, and a checksum.
 *
 * A reader that meets anything impossible turns "failed" on and answers zeros from then on, so that a decoder can
 * read a whole structure and check once. Counts are checked against the bytes that are left before anything is
 * allocated.
 */
#ifndef MI_BYTES_H
#define MI_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "models are read in place and are little-endian: this library does not run on big-endian machines"
#endif

typedef struct mi_writer
{
	uint8_t *bytes;
	size_t length;
	size_t capacity;
} mi_writer;

extern void mi_write(mi_writer *writer, const void *bytes, size_t length);
extern void mi_write_u8(mi_writer *writer, uint8_t value);
extern void mi_write_u32(mi_writer *writer, uint32_t value);
extern void mi_write_string(mi_writer *writer, const char *text);  /* length, bytes; no terminator */
extern void mi_write_padding(mi_writer *writer, size_t alignment); /* zeros up to a multiple */

typedef struct mi_reader
{
	const uint8_t *bytes;
	size_t length;
	size_t position;
	bool failed;
} mi_reader;

extern mi_reader mi_reader_over(const uint8_t *bytes, size_t length);
extern const uint8_t *mi_read(mi_reader *reader, size_t length); /* NULL past the end */
extern uint8_t mi_read_u8(mi_reader *reader);
extern uint32_t mi_read_u32(mi_reader *reader);
extern char *mi_read_string(mi_reader *reader); /* allocated copy; an embedded zero byte fails */

/* A count of things that take at least item_size bytes each; fails when they cannot all be there. */
extern uint32_t mi_read_count(mi_reader *reader, size_t item_size);

/*
 * 64-bit checksum that any single changed word changes: every step is a bijection of the running value. It finds
 * damage, not malice; whoever decodes still checks every number.
 */
extern uint64_t mi_checksum(const uint8_t *bytes, size_t length, uint64_t seed);

static inline size_t
mi_align8(size_t length)
{
	return (length + 7) & ~(size_t) 7;
}

#endif
