/*
 * Figures of a recording; see audio_features.h.
 */
#include "audio_features.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/host.h"
#include "onset.h"
#include "resample.h"
#include "spectrum.h"
#include "tempo.h"

/* Samples no further from zero have no sign, or rather that of zero. */
#define ZERO 1e-10

mi_status
mi_audio_check_rate(int rate, mi_error *error)
{
	if (rate >= MI_AUDIO_RATE_MIN && rate <= MI_AUDIO_RATE_MAX)
		return MI_OK;
	mi_fail(error, MI_INVALID_ARGUMENT, "audio has a sampling rate of %d Hz", rate);
	return mi_hint(error, "Rates from %d to %d Hz can be analysed.", MI_AUDIO_RATE_MIN, MI_AUDIO_RATE_MAX);
}

mi_status
mi_audio_mix(const float *interleaved, size_t frames, size_t channels, float *mixed, mi_error *error)
{
	for (size_t frame = 0; frame < frames; frame++)
	{
		double sum = 0.0;

		for (size_t channel = 0; channel < channels; channel++)
			sum += (double) interleaved[frame * channels + channel];
		if (!isfinite(sum))
			return mi_fail(error, MI_INVALID_ARGUMENT, "audio has a sample that is not a finite number");
		mixed[frame] = (float) (sum / (double) channels);
	}
	return MI_OK;
}

static double
root_mean_square(const double *samples, size_t first, size_t last)
{
	double sum = 0.0;

	for (size_t i = first; i < last; i++)
		sum += samples[i] * samples[i];
	return sqrt(sum / MI_AUDIO_FRAME);
}

static bool
is_negative(double sample)
{
	return sample < -ZERO;
}

static double
zero_crossing_rate(const double *samples, size_t first, size_t last)
{
	size_t crossings = 0;

	for (size_t i = first + 1; i < last; i++)
		crossings += is_negative(samples[i]) != is_negative(samples[i - 1]);
	return (double) crossings / MI_AUDIO_FRAME;
}

/* At MI_AUDIO_RATE; a recording that has it already is taken as it is. */
static double *
at_common_rate(const float *samples, size_t count, int rate, size_t *resampled_count)
{
	double *resampled;

	*resampled_count = mi_resampled_count(count, rate, MI_AUDIO_RATE);
	resampled = mi_allocate(*resampled_count * sizeof(double));
	if (rate != MI_AUDIO_RATE)
		mi_resample(samples, count, rate, MI_AUDIO_RATE, resampled);
	else
		for (size_t i = 0; i < count; i++)
			resampled[i] = (double) samples[i];
	return resampled;
}

static double
mean(const double *values, size_t count)
{
	double sum = 0.0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double) count;
}

static void
analyse_rhythm(double (*bands)[MI_MEL_BANDS], size_t frames, mi_audio_features *features)
{
	double *envelope = mi_allocate(2 * frames * sizeof(double));
	double *robust = envelope + frames;

	mi_onset_strength(bands, frames, envelope, robust);
	features->rhythm_strength = mean(envelope, frames);
	if (!mi_tempo(robust, frames, &features->bpm))
		features->bpm = NAN;
	mi_release(envelope);
}

void
mi_audio_analyse(const float *samples, size_t count, int rate, mi_audio_features *features)
{
	size_t length;
	double *signal = at_common_rate(samples, count, rate, &length);
	size_t frames = mi_audio_frame_count(length);
	double(*bands)[MI_MEL_BANDS] = mi_allocate(frames * sizeof(*bands));
	mi_mel_bank *bank = mi_allocate(sizeof(*bank));
	double window[MI_AUDIO_FRAME];
	double power[MI_AUDIO_BINS];

	mi_hann_window(window);
	mi_mel_bank_fill(bank);
	memset(features, 0, sizeof(*features));
	for (size_t frame = 0; frame < frames; frame++)
	{
		size_t first;
		size_t last;

		mi_check_interrupts();
		mi_audio_frame_range(frame, length, &first, &last);
		mi_power_spectrum(signal, length, frame, window, power);
		mi_mel_power(bank, power, bands[frame]);
		features->energy += root_mean_square(signal, first, last) / (double) frames;
		features->brightness += mi_spectral_centroid(power) / (double) frames;
		features->noisiness += zero_crossing_rate(signal, first, last) / (double) frames;
	}
	analyse_rhythm(bands, frames, features);
	mi_release(bank);
	mi_release(bands);
	mi_release(signal);
}
