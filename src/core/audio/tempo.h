/*
 * Tempo of an onset envelope: the lag at which it is most like itself, with a preference for the usual.
 *
 *   r[l]  = mean over frames of the autocorrelation at lag l of 8 seconds around the frame, under a Hann window,
 *           divided by the largest
 *   tempo = 60 × frames a second / l, for the l with the largest
 *           log(1 + 10^6 r[l]) - ((log2 of its tempo - log2 120) / 1)² / 2, among tempos below 320
 *
 * P. Grosche, M. Müller, F. Kurth, "Cyclic tempogram: a mid-level tempo representation for music signals", Proc.
 * ICASSP (2010); the preference: D. P. W. Ellis, "Beat tracking by dynamic programming", J. New Music Research 36
 * (2007) 51-60. As librosa.feature.tempo.
 */
#ifndef MI_TEMPO_H
#define MI_TEMPO_H

#include <stdbool.h>
#include <stddef.h>

/* False when the envelope is zero throughout: there is no tempo. */
extern bool mi_tempo(const double *envelope, size_t frames, double *beats_per_minute);

#endif
