/*
 * Onset strength: how much louder a frame is than the one before, band by band.
 *
 *   S[t, b]   = 10 log10 of the power of frame t in band b of 128 mel bands, at most 80 dB below the loudest of all
 *   rise[t,b] = max(0, S[t, b] - S[t-1, b])
 *   envelope  = mean (or median) over bands of rise, moved by half a frame, to where the onset is
 *
 * S. Böck, G. Widmer, "Maximum filter vibrato suppression for onset detection", Proc. DAFx (2013), without the maximum
 * filter; the bands are those of M. Slaney, Auditory Toolbox, Interval Research TR 1998-010. As librosa's
 * onset_strength: the mean is its default, the median is what its beat tracker finds the tempo from.
 */
#ifndef MI_ONSET_H
#define MI_ONSET_H

#include <stddef.h>

#include "spectrum.h"

#define MI_MEL_BANDS 128

/* Triangles over the bins of a spectrum, one a band. */
typedef struct mi_mel_bank
{
	size_t first[MI_MEL_BANDS];        /* first bin with a weight */
	size_t count[MI_MEL_BANDS];        /* bins with a weight */
	double weights[2 * MI_AUDIO_BINS]; /* of one band after the other: a bin is under two triangles at most */
} mi_mel_bank;

extern void mi_mel_bank_fill(mi_mel_bank *bank);
extern void mi_mel_power(const mi_mel_bank *bank, const double power[MI_AUDIO_BINS], double bands[MI_MEL_BANDS]);

/* From the power in the bands, frame by frame, which becomes decibels in place. Both envelopes have a value a frame. */
extern void mi_onset_strength(double (*bands)[MI_MEL_BANDS], size_t frames, double *mean, double *median);

#endif
