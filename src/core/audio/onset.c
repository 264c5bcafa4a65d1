/*
 * Onset strength; see onset.h.
 */
#include "onset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/host.h"

/* Slaney's scale: linear up to 1,000 Hz, 200/3 Hz a mel; 27 mels for a factor of 6.4 above. */
#define LINEAR_STEP (200.0 / 3.0)
#define LOG_FROM_HZ 1000.0
#define LOG_FROM_MEL (LOG_FROM_HZ / LINEAR_STEP)
#define LOG_MELS 27.0
#define LOG_FACTOR 6.4

#define POWER_MIN 1e-10                                    /* below which decibels are not told apart */
#define RANGE_DB 80.0                                      /* nothing counts that is further below the loudest */
#define MOVED_BY (1 + MI_AUDIO_FRAME / (2 * MI_AUDIO_HOP)) /* frames: the difference's one, and half a frame's length */

static double
mel_to_hz(double mel)
{
	if (mel < LOG_FROM_MEL)
		return mel * LINEAR_STEP;
	return LOG_FROM_HZ * exp(log(LOG_FACTOR) / LOG_MELS * (mel - LOG_FROM_MEL));
}

static double
hz_to_mel(double hz)
{
	if (hz < LOG_FROM_HZ)
		return hz / LINEAR_STEP;
	return LOG_FROM_MEL + log(hz / LOG_FROM_HZ) * LOG_MELS / log(LOG_FACTOR);
}

void
mi_mel_bank_fill(mi_mel_bank *bank)
{
	double step = hz_to_mel(MI_AUDIO_RATE / 2.0) / (MI_MEL_BANDS + 1);
	size_t used = 0;

	for (size_t band = 0; band < MI_MEL_BANDS; band++)
	{
		double low = mel_to_hz((double) band * step);
		double middle = mel_to_hz((double) (band + 1) * step);
		double high = mel_to_hz((double) (band + 2) * step);

		bank->first[band] = 0;
		bank->count[band] = 0;
		for (size_t bin = 0; bin < MI_AUDIO_BINS; bin++)
		{
			double hz = mi_audio_bin_frequency(bin);
			double weight = fmin((hz - low) / (middle - low), (high - hz) / (high - middle));

			if (weight <= 0.0)
				continue;
			if (bank->count[band]++ == 0)
				bank->first[band] = bin;
			bank->weights[used++] = weight * 2.0 / (high - low); /* every triangle has the same area */
		}
	}
}

void
mi_mel_power(const mi_mel_bank *bank, const double power[MI_AUDIO_BINS], double bands[MI_MEL_BANDS])
{
	const double *weight = bank->weights;

	for (size_t band = 0; band < MI_MEL_BANDS; band++)
	{
		bands[band] = 0.0;
		for (size_t i = 0; i < bank->count[band]; i++)
			bands[band] += *weight++ * power[bank->first[band] + i];
	}
}

static void
to_decibels(double *values, size_t count)
{
	double loudest = -INFINITY;

	for (size_t i = 0; i < count; i++)
	{
		if (i % (256 * MI_MEL_BANDS) == 0)
			mi_check_interrupts();
		values[i] = 10.0 * log10(fmax(values[i], POWER_MIN));
		loudest = fmax(loudest, values[i]);
	}
	for (size_t i = 0; i < count; i++)
		values[i] = fmax(values[i], loudest - RANGE_DB);
}

static int
ascending(const void *left, const void *right)
{
	double a = *(const double *) left;
	double b = *(const double *) right;

	return (a > b) - (a < b);
}

void
mi_onset_strength(double (*bands)[MI_MEL_BANDS], size_t frames, double *mean, double *median)
{
	to_decibels(bands[0], frames * MI_MEL_BANDS);
	memset(mean, 0, frames * sizeof(double));
	memset(median, 0, frames * sizeof(double));
	for (size_t frame = MOVED_BY; frame < frames; frame++)
	{
		size_t at = frame - MOVED_BY;
		double rise[MI_MEL_BANDS];
		double sum = 0.0;

		mi_check_interrupts();
		for (size_t band = 0; band < MI_MEL_BANDS; band++)
		{
			rise[band] = fmax(0.0, bands[at + 1][band] - bands[at][band]);
			sum += rise[band];
		}
		qsort(rise, MI_MEL_BANDS, sizeof(double), ascending);
		mean[frame] = sum / MI_MEL_BANDS;
		median[frame] = (rise[MI_MEL_BANDS / 2 - 1] + rise[MI_MEL_BANDS / 2]) / 2.0;
	}
}
