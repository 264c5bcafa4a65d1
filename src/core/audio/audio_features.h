/*
 * What a recording sounds like, in five figures, the same as librosa's: tempo, loudness, brightness, noisiness, rhythm.
 *
 * Loudness, brightness, noisiness and rhythm are means over frames (spectrum.h) of the root of the mean square, the
 * spectral centroid, the share of samples whose sign is not that of the sample before, and the onset strength.
 */
#ifndef MI_AUDIO_FEATURES_H
#define MI_AUDIO_FEATURES_H

#include <stddef.h>

#include "core/base/status.h"

#define MI_AUDIO_SECONDS 30    /* of a recording count; what comes after does not */
#define MI_AUDIO_RATE_MIN 4000 /* Hz; telephones have 8,000 */
#define MI_AUDIO_RATE_MAX 384000

typedef struct mi_audio_features
{
	double bpm;             /* beats per minute; NaN when there is no onset to count from */
	double energy;          /* root mean square, 0 to 1 for samples between -1 and 1 */
	double brightness;      /* Hz */
	double noisiness;       /* 0 to 1 */
	double rhythm_strength; /* dB */
} mi_audio_features;

/* MI_INVALID_ARGUMENT when the rate is beyond the limits; glue asks before it decodes. */
extern mi_status mi_audio_check_rate(int rate, mi_error *error);

/* Mean over channels of interleaved samples. MI_INVALID_ARGUMENT when one of them is NaN or infinite. */
extern mi_status mi_audio_mix(const float *interleaved, size_t frames, size_t channels, float *mixed, mi_error *error);

/* At least one sample, all of them finite, at most MI_AUDIO_SECONDS of them. */
extern void mi_audio_analyse(const float *samples, size_t count, int rate, mi_audio_features *features);

#endif
