/*
 * Recognition of sound files: whole ones, files cut off, and bytes that are nothing of the kind.
 */
#include "unit.h"

#include "core/audio/container.h"
#include "random_input.h"

static const uint8_t wave[] = {'R', 'I', 'F', 'F', 62,  0,   0,   0,   'W', 'A', 'V', 'E', 'f', 'm', 't', ' ',
							   16,  0,   0,   0,   1,   0,   1,   0,   64,  31,  0,   0,   128, 62,  0,   0,
							   2,   0,   16,  0,   'o', 'd', 'd', '!', 3,   0,   0,   0,   1,   2,   3,   0,
							   'd', 'a', 't', 'a', 6,   0,   0,   0,   1,   0,   2,   0,   3,   0};

/* Minimal and maximal block of 4,096, no frame sizes, 44,100 Hz, 2 channels, 16 bits, 4,097 samples, no MD5 sum. */
static const uint8_t flac[] = {'f', 'L', 'a', 'C', 0x80, 0,    0,    34,   0x10, 0, 0x10, 0,    0, 0,
							   0,   0,   0,   0,   0x0A, 0xC4, 0x42, 0xF0, 0,    0, 0x10, 0x01, 0, 0,
							   0,   0,   0,   0,   0,    0,    0,    0,    0,    0, 0,    0,    0, 0};

static mi_status
check(const uint8_t *bytes, size_t length, const char *message)
{
	mi_error error = {0};
	uint8_t *copy = malloc(length > 0 ? length : 1); /* of exactly this length, for the sanitizer */
	mi_status status;

	if (length > 0)
		memcpy(copy, bytes, length);
	status = mi_container_check(copy, length, &error);
	free(copy);
	CHECK_STR_EQ(error.message, message);
	return status;
}

MI_TEST(whole_files_pass)
{
	uint8_t streamed[sizeof(wave)];

	CHECK_INT_EQ(check(wave, sizeof(wave), ""), MI_OK);
	memcpy(streamed, wave, sizeof(wave));
	memset(streamed + 52, 0xFF, 4); /* the length was not known when the header was written */
	CHECK_INT_EQ(check(streamed, sizeof(wave), ""), MI_OK);
}

MI_TEST(files_cut_off_are_found)
{
	CHECK_INT_EQ(check(wave, sizeof(wave) - 1, "audio is cut off: its header promises 6 bytes of samples, 5 are there"),
				 MI_MALFORMED);
	CHECK_INT_EQ(check(wave, 50, "audio is cut off: the WAV file has no samples"), MI_MALFORMED);
	CHECK_INT_EQ(check(wave, 12, "audio is cut off: the WAV file has no samples"), MI_MALFORMED);
	CHECK_INT_EQ(check(flac, 41, "audio is cut off: the FLAC file has no samples"), MI_MALFORMED);
	CHECK_INT_EQ(check(wave, 0, "audio is empty"), MI_MALFORMED);
	CHECK_INT_EQ(check(wave, 11, "this is neither a WAV nor a FLAC file"), MI_MALFORMED);
}

MI_TEST(promises_that_cannot_be_kept_are_found)
{
	uint8_t boast[100] = {0};
	uint64_t length = UINT64_C(1) << 40;

	memcpy(boast, flac, sizeof(flac));
	CHECK_INT_EQ(check(boast, sizeof(boast), ""), MI_OK);
	memset(boast + 22, 0xFF, 4);
	CHECK_INT_EQ(check(boast, sizeof(boast),
					   "audio is cut off: its header promises 4294967295 samples, which do not fit in 100 bytes"),
				 MI_MALFORMED);

	memcpy(boast,
		   "RF64\xFF\xFF\xFF\xFFWAVE"
		   "ds64\x1C\0\0\0",
		   20);
	memcpy(boast + 28, &length, 8);
	memcpy(boast + 48, "data\xFF\xFF\xFF\xFF", 8);
	CHECK_INT_EQ(check(boast, sizeof(boast),
					   "audio is cut off: its header promises 1099511627776 bytes of samples, 44 are there"),
				 MI_MALFORMED);
}

MI_TEST(no_bytes_lead_beyond_the_end)
{
	test_random random = random_seeded("no_bytes_lead_beyond_the_end");

	for (int round = 0; round < 20000; round++)
	{
		size_t length = random_below(&random, 100);
		uint8_t *bytes = malloc(length > 0 ? length : 1);
		mi_error error = {0};

		for (size_t i = 0; i < length; i++)
			bytes[i] = (uint8_t) (random_below(&random, 4) == 0 ? random_bits(&random)
								  : i < sizeof(wave)            ? wave[i]
																: 0);
		if (length >= 12 && round % 2 == 0)
			memcpy(bytes, round % 4 == 0 ? "RIFF\xFF\xFF\xFF\xFFWAVE" : "RF64\xFF\xFF\xFF\xFFWAVE", 12);
		mi_container_check(bytes, length, &error);
		free(bytes);
	}
	CHECK(true);
}
