/*
 * audio_features(bytea): figures of a recording, from the bytes of a WAV or FLAC file.
 *
 * libsndfile reads the file from memory, through the functions of SF_VIRTUAL_IO, and no more of it than counts. It has
 * memory of its own, which a callback of the memory context gives back whatever happens.
 */
#include "postgres.h"

#include <math.h>
#include <sndfile.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "core/audio/audio_features.h"
#include "core/audio/container.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(audio_features);

#define BLOCK_SAMPLES 65536 /* decoded at a time, all channels together: some milliseconds' worth */

/* Of a FLAC file written as a stream; it ends where it ends. */
#define LENGTH_UNKNOWN SF_COUNT_MAX

typedef struct recording
{
	const uint8 *bytes;
	sf_count_t length;
	sf_count_t position;
	SNDFILE *file;
	SF_INFO info;
} recording;

static sf_count_t
io_length(void *data)
{
	return ((recording *) data)->length;
}

static sf_count_t
io_tell(void *data)
{
	return ((recording *) data)->position;
}

static sf_count_t
io_seek(sf_count_t offset, int whence, void *data)
{
	recording *self = data;
	sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self->position : self->length;

	if (offset < -from || offset > self->length - from)
		return -1;
	self->position = from + offset;
	return self->position;
}

static sf_count_t
io_read(void *into, sf_count_t count, void *data)
{
	recording *self = data;

	count = Max(0, Min(count, self->length - self->position));
	memcpy(into, self->bytes + self->position, count);
	self->position += count;
	return count;
}

static void
close_recording(void *data)
{
	recording *self = data;

	if (self->file != NULL)
		sf_close(self->file);
	self->file = NULL;
}

/* Plain samples of any width, and the two compressions of telephony; no codec that only rare files have. */
static bool
is_supported(int format)
{
	switch (format & SF_FORMAT_SUBMASK)
	{
		case SF_FORMAT_PCM_S8:
		case SF_FORMAT_PCM_U8:
		case SF_FORMAT_PCM_16:
		case SF_FORMAT_PCM_24:
		case SF_FORMAT_PCM_32:
		case SF_FORMAT_FLOAT:
		case SF_FORMAT_DOUBLE:
		case SF_FORMAT_ULAW:
		case SF_FORMAT_ALAW:
			return true;
		default:
			return false;
	}
}

static void
open_recording(recording *self)
{
	static SF_VIRTUAL_IO io = {.get_filelen = io_length, .seek = io_seek, .read = io_read, .tell = io_tell};
	mi_error error = {0};

	mi_container_check(self->bytes, self->length, &error);
	mi_report(&error);
	self->file = sf_open_virtual(&io, SFM_READ, &self->info, self);
	if (self->file == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("audio cannot be decoded"),
						errdetail_internal("%s", sf_strerror(NULL))));
	if (!is_supported(self->info.format))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("audio is compressed in a way that is not supported"),
				 errhint("Convert it first, for instance with ffmpeg -i song.wav -c:a pcm_s16le plain.wav.")));
	mi_audio_check_rate(self->info.samplerate, &error);
	mi_report(&error);
}

/* The first seconds, as one channel; *count samples. */
static float *
decode(recording *self, size_t *count)
{
	int channels = self->info.channels;
	sf_count_t wanted = Min(self->info.frames, (sf_count_t) MI_AUDIO_SECONDS * self->info.samplerate);
	sf_count_t block = BLOCK_SAMPLES / channels;
	float *interleaved = palloc(block * channels * sizeof(float));
	float *mixed = palloc(wanted * sizeof(float));
	mi_error error = {0};

	for (*count = 0; *count < (size_t) wanted;)
	{
		sf_count_t got = sf_readf_float(self->file, interleaved, Min(block, wanted - (sf_count_t) *count));

		CHECK_FOR_INTERRUPTS();
		/* A block that is damaged is passed over, and only said to be. */
		if (sf_error(self->file) != SF_ERR_NO_ERROR || (got <= 0 && self->info.frames != LENGTH_UNKNOWN))
			ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
							errmsg("audio is cut off or damaged within its first %d seconds", MI_AUDIO_SECONDS)));
		if (got <= 0)
			self->info.frames = wanted = *count;
		else
		{
			mi_audio_mix(interleaved, got, channels, mixed + *count, &error);
			mi_report(&error);
			*count += got;
		}
	}
	pfree(interleaved);
	return mixed;
}

static Datum
as_row(FunctionCallInfo fcinfo, const SF_INFO *info, const mi_audio_features *features)
{
	TupleDesc columns;
	Datum values[8];
	bool nulls[8] = {0};

	if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	values[0] = Float8GetDatum((double) info->frames / info->samplerate);
	nulls[0] = info->frames == LENGTH_UNKNOWN;
	values[1] = Int32GetDatum(info->samplerate);
	values[2] = Int32GetDatum(info->channels);
	values[3] = Float8GetDatum(features->bpm);
	values[4] = Float8GetDatum(features->energy);
	values[5] = Float8GetDatum(features->brightness);
	values[6] = Float8GetDatum(features->noisiness);
	values[7] = Float8GetDatum(features->rhythm_strength);
	for (int i = 3; i < 8; i++)
		nulls[i] = isnan(DatumGetFloat8(values[i]));
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(columns), values, nulls));
}

Datum
audio_features(PG_FUNCTION_ARGS)
{
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext working = AllocSetContextCreate(caller, "audio_features", ALLOCSET_DEFAULT_SIZES);
	MemoryContextCallback *closing;
	mi_audio_features features = {NAN, NAN, NAN, NAN, NAN};
	recording *self;
	SF_INFO info;
	float *samples;
	size_t count;

	MemoryContextSwitchTo(working);
	self = palloc0(sizeof(*self));
	self->bytes = (const uint8 *) VARDATA_ANY(bytes);
	self->length = VARSIZE_ANY_EXHDR(bytes);
	closing = palloc(sizeof(*closing));
	*closing = (MemoryContextCallback){.func = close_recording, .arg = self};
	MemoryContextRegisterResetCallback(working, closing);

	open_recording(self);
	samples = decode(self, &count);
	if (count > 0)
		mi_audio_analyse(samples, count, self->info.samplerate, &features);
	info = self->info;
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(working);
	return as_row(fcinfo, &info, &features);
}
