/*
 * Band-limited interpolation; see resample.h.
 *
 * An output sample falls at one of L places between two input samples, where to_rate/from_rate = L/M in lowest terms.
 * Each place is a phase with a row of weights of its own. Where L is larger than PHASES_MAX (44,101 Hz, say), there are
 * PHASES_MAX phases, and what falls between two of them is interpolated linearly.
 */
#include "resample.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include <gsl/gsl_sf_bessel.h>

#include "core/base/host.h"
#include "core/base/vector.h"

/* Of the Nyquist frequency: the middle between where the pass band ends (.913) and the stop band begins (1). */
#define CUTOFF 0.9565

/* Kaiser's formulas for 120 dB over that transition: .1102 (120 - 8.7), half of (120 - 7.95) / (2.285 × .087 pi). */
#define KAISER_BETA 12.265
#define HALF_WIDTH 90.0 /* in samples of the lower rate */

/* Linear interpolation between phases is off by (pi / 1024)² / 8, 118 dB down: as good as the filter. */
#define PHASES_MAX 1024

typedef struct filter
{
	uint64_t step;   /* M: input samples in L output samples */
	uint64_t places; /* L */
	size_t phases;
	size_t half;      /* input samples before and after that count; a row has twice as many weights */
	double scale;     /* lower rate / input rate */
	double **weights; /* by phase, phases + 1 rows; NULL until one is needed */
} filter;

static uint64_t
greatest_common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0)
	{
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

size_t
mi_resampled_count(size_t count, int from_rate, int to_rate)
{
	return (size_t) (((uint64_t) count * (uint64_t) to_rate + (uint64_t) from_rate - 1) / (uint64_t) from_rate);
}

/* The weight of an input sample that is "away" from the output sample; scale = lower rate / input rate. */
static double
kernel(double away, double scale)
{
	double angle = M_PI * CUTOFF * scale * away;
	double place = scale * away / HALF_WIDTH;

	if (fabs(place) >= 1.0)
		return 0.0;
	return (angle == 0.0 ? 1.0 : sin(angle) / angle) * gsl_sf_bessel_I0(KAISER_BETA * sqrt(1.0 - place * place));
}

/* The weights of a phase, which sum to 1, so that a constant stays what it is. */
static const double *
weights_of(filter *between, size_t phase)
{
	double fraction = (double) phase / (double) between->phases;
	double *row = between->weights[phase];
	double sum = 0.0;

	if (row != NULL)
		return row;
	mi_check_interrupts();
	row = mi_allocate(2 * between->half * sizeof(double));
	for (size_t i = 0; i < 2 * between->half; i++)
	{
		row[i] = kernel(fraction + (double) between->half - 1.0 - (double) i, between->scale);
		sum += row[i];
	}
	for (size_t i = 0; i < 2 * between->half; i++)
		row[i] /= sum;
	between->weights[phase] = row;
	return row;
}

static filter
filter_new(int from_rate, int to_rate)
{
	uint64_t divisor = greatest_common_divisor((uint64_t) from_rate, (uint64_t) to_rate);
	filter made = {.step = (uint64_t) from_rate / divisor, .places = (uint64_t) to_rate / divisor};

	made.phases = made.places < PHASES_MAX ? (size_t) made.places : PHASES_MAX;
	made.scale = to_rate < from_rate ? (double) to_rate / from_rate : 1.0;
	made.half = (size_t) ceil(HALF_WIDTH / made.scale);
	made.weights = mi_allocate_zeroed((made.phases + 1) * sizeof(double *));
	return made;
}

static void
filter_release(filter *made)
{
	for (size_t phase = 0; phase <= made->phases; phase++)
		mi_release(made->weights[phase]);
	mi_release(made->weights);
}

MI_VECTOR_CLONES static double
dot(const double *weights, const float *samples, size_t count)
{
	double lanes[MI_LANES] = {0};
	double sum = 0.0;
	size_t i = 0;

	for (; i + MI_LANES <= count; i += MI_LANES)
		for (size_t lane = 0; lane < MI_LANES; lane++)
			lanes[lane] += weights[i + lane] * (double) samples[i + lane];
	for (; i < count; i++)
		sum += weights[i] * (double) samples[i];
	for (size_t lane = 0; lane < MI_LANES; lane++)
		sum += lanes[lane];
	return sum;
}

void
mi_resample(const float *samples, size_t count, int from_rate, int to_rate, double *resampled)
{
	size_t wanted = mi_resampled_count(count, from_rate, to_rate);
	filter between = filter_new(from_rate, to_rate);

	for (size_t k = 0; k < wanted; k++)
	{
		uint64_t at = k * between.step;
		uint64_t before = at / between.places; /* the input sample at or before this one */
		double place = (double) (at % between.places) * (double) between.phases / (double) between.places;
		size_t phase = (size_t) place;
		double beyond = place - (double) phase;
		size_t skipped = before + 1 < between.half ? between.half - 1 - (size_t) before : 0;
		size_t first = (size_t) before + 1 + skipped - between.half;
		size_t width = 2 * between.half - skipped;

		if (k % 1024 == 0)
			mi_check_interrupts();
		if (width > count - first)
			width = count - first;
		resampled[k] = dot(weights_of(&between, phase) + skipped, samples + first, width);
		if (beyond > 0.0)
			resampled[k] +=
				beyond * (dot(weights_of(&between, phase + 1) + skipped, samples + first, width) - resampled[k]);
	}
	filter_release(&between);
}
