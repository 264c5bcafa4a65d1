/*
 * Tempo; see tempo.h.
 */
#include "tempo.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/base/host.h"
#include "core/base/vector.h"
#include "spectrum.h"

/* 8 seconds, in whole frames; also the number of lags, which makes 7.5 beats a minute the slowest tempo. */
#define WINDOW (8 * MI_AUDIO_RATE / MI_AUDIO_HOP)

#define FRAMES_A_MINUTE (60.0 * MI_AUDIO_RATE / MI_AUDIO_HOP)
#define TEMPO_LIMIT 320.0
#define USUAL_TEMPO 120.0
#define SHARPNESS 1e6 /* the larger, the more the autocorrelation counts beside the preference */

/* sum of values[i] × values[i + lag], for every lag */
MI_VECTOR_CLONES static void
autocorrelate(const double values[WINDOW], double correlation[WINDOW])
{
	for (size_t lag = 0; lag < WINDOW; lag++)
	{
		double lanes[MI_LANES] = {0};
		double sum = 0.0;
		size_t count = WINDOW - lag;
		size_t i = 0;

		for (; i + MI_LANES <= count; i += MI_LANES)
			for (size_t lane = 0; lane < MI_LANES; lane++)
				lanes[lane] += values[i + lane] * values[i + lane + lag];
		for (; i < count; i++)
			sum += values[i] * values[i + lag];
		for (size_t lane = 0; lane < MI_LANES; lane++)
			sum += lanes[lane];
		correlation[lag] = sum;
	}
}

/* The envelope with half a window before and after it, in which it rises from zero and falls to it. */
static double *
padded(const double *envelope, size_t frames)
{
	size_t half = WINDOW / 2;
	double *made = mi_allocate((frames + WINDOW) * sizeof(double));

	memcpy(made + half, envelope, frames * sizeof(double));
	for (size_t i = 0; i < half; i++)
	{
		made[i] = envelope[0] * (double) i / (double) half;
		made[frames + WINDOW - 1 - i] = envelope[frames - 1] * (double) i / (double) half;
	}
	return made;
}

/* r[l] × frames of tempo.h; silent windows count as zeros. */
static void
sum_of_correlations(const double *envelope, size_t frames, double sums[WINDOW])
{
	double *around = padded(envelope, frames);
	double window[WINDOW];

	memset(sums, 0, WINDOW * sizeof(double));
	for (size_t i = 0; i < WINDOW; i++)
		window[i] = 0.5 - 0.5 * cos(2.0 * M_PI * (double) i / WINDOW);
	for (size_t frame = 0; frame < frames; frame++)
	{
		double values[WINDOW];
		double correlation[WINDOW];

		mi_check_interrupts();
		for (size_t i = 0; i < WINDOW; i++)
			values[i] = around[frame + i] * window[i];
		autocorrelate(values, correlation);
		if (correlation[0] < DBL_MIN)
			continue;
		for (size_t lag = 0; lag < WINDOW; lag++)
			sums[lag] += correlation[lag] / correlation[0]; /* no lag has more than lag 0 */
	}
	mi_release(around);
}

bool
mi_tempo(const double *envelope, size_t frames, double *beats_per_minute)
{
	double sums[WINDOW];
	double best = -INFINITY;
	size_t first = 0;

	while (first < frames && envelope[first] == 0.0)
		first++;
	if (first == frames)
		return false;

	sum_of_correlations(envelope, frames, sums);
	for (size_t lag = 1; lag < WINDOW; lag++)
	{
		double tempo = FRAMES_A_MINUTE / (double) lag;
		double octaves = log2(tempo / USUAL_TEMPO);
		double score = log1p(SHARPNESS * sums[lag] / (double) frames) - 0.5 * octaves * octaves;

		if (tempo < TEMPO_LIMIT && score > best)
		{
			best = score;
			*beats_per_minute = tempo;
		}
	}
	return true;
}
