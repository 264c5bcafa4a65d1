/*
 * Recognition of sound files; see container.h.
 */
#include "container.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/bytes.h"

/* Written where the length was not known yet; programs differ in how much they round it down. */
#define LENGTH_UNKNOWN 0x7FFFF000u

/* In RF64: look into the chunk ds64, which comes first. */
#define LENGTH_ELSEWHERE 0xFFFFFFFFu

#define FLAC_INFO_OFFSET 18     /* "fLaC", a header of 4, and 10 bytes of STREAMINFO before the rate */
#define FLAC_FRAME_BYTES_MIN 11 /* header, one constant subframe, footer */
#define FLAC_FRAME_SAMPLES_MAX 65536

static bool
has_name(const uint8_t *bytes, const char *name)
{
	return memcmp(bytes, name, 4) == 0;
}

static mi_status
check_promise(uint64_t promised, size_t there, mi_error *error)
{
	if (promised <= there)
		return MI_OK;
	mi_fail(error, MI_MALFORMED, "audio is cut off: its header promises %llu bytes of samples, %zu are there",
			(unsigned long long) promised, there);
	return mi_hint(error, "The file was not written or not uploaded to its end.");
}

/* RIFF is a list of chunks: a name of 4 bytes, a length of 4, the content, padded to an even length. */
static mi_status
check_wave(const uint8_t *bytes, size_t length, bool is_rf64, mi_error *error)
{
	mi_reader reader = mi_reader_over(bytes, length);
	uint64_t data_length = LENGTH_ELSEWHERE;

	mi_read(&reader, 12);
	while (reader.length - reader.position >= 8)
	{
		const uint8_t *name = mi_read(&reader, 4);
		uint32_t size = mi_read_u32(&reader);
		size_t left = reader.length - reader.position;

		if (has_name(name, "data"))
		{
			if (is_rf64 && size == LENGTH_ELSEWHERE)
				return check_promise(data_length, left, error);
			return check_promise(size >= LENGTH_UNKNOWN ? 0 : size, left, error);
		}
		if (has_name(name, "ds64") && size >= 16 && left >= 16)
			memcpy(&data_length, reader.bytes + reader.position + 8, sizeof(data_length));
		mi_read(&reader, (size_t) size + (size & 1));
		if (reader.failed)
			break;
	}
	return mi_fail(error, MI_MALFORMED, "audio is cut off: the WAV file has no samples");
}

/* STREAMINFO ends with 20 bits of rate, 3 of channels, 5 of bits a sample, 36 of the number of samples, an MD5 sum. */
static mi_status
check_flac(const uint8_t *bytes, size_t length, mi_error *error)
{
	uint64_t samples = 0;
	uint64_t possible = (uint64_t) length / FLAC_FRAME_BYTES_MIN * FLAC_FRAME_SAMPLES_MAX;

	if (length < FLAC_INFO_OFFSET + 8 + 16)
		return mi_fail(error, MI_MALFORMED, "audio is cut off: the FLAC file has no samples");
	for (size_t i = 0; i < 8; i++)
		samples = samples << 8 | bytes[FLAC_INFO_OFFSET + i];
	samples &= (UINT64_C(1) << 36) - 1;
	if (samples <= possible)
		return MI_OK;
	return mi_fail(error, MI_MALFORMED,
				   "audio is cut off: its header promises %llu samples, which do not fit in %zu bytes",
				   (unsigned long long) samples, length);
}

mi_status
mi_container_check(const uint8_t *bytes, size_t length, mi_error *error)
{
	if (length == 0)
		return mi_fail(error, MI_MALFORMED, "audio is empty");
	if (length >= 12 && (has_name(bytes, "RIFF") || has_name(bytes, "RF64")) && has_name(bytes + 8, "WAVE"))
		return check_wave(bytes, length, has_name(bytes, "RF64"), error);
	if (length >= 4 && has_name(bytes, "fLaC"))
		return check_flac(bytes, length, error);
	mi_fail(error, MI_MALFORMED, "this is neither a WAV nor a FLAC file");
	return mi_hint(error, "Convert other formats first, for instance with ffmpeg -i song.mp3 song.flac.");
}
