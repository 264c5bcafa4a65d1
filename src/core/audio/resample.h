/*
 * Change of sampling rate: band-limited interpolation, x(t) = sum over n of x[n] h(t - n), with a sinc h under a Kaiser
 * window, cut off below the lower of the two Nyquist frequencies.
 *
 * J. O. Smith, P. Gossett, "A flexible sampling-rate conversion method", Proc. ICASSP (1984), 19.4.1-19.4.4; the
 * window's parameters: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc.
 * ISCAS (1974), 20-23. Pass band up to .913 of the Nyquist frequency, 120 dB down at the Nyquist frequency: as the
 * resampler that librosa uses by default (soxr, quality HQ).
 */
#ifndef MI_RESAMPLE_H
#define MI_RESAMPLE_H

#include <stddef.h>

/* Number of samples that "count" of them become: they last as long, rounded up. */
extern size_t mi_resampled_count(size_t count, int from_rate, int to_rate);

/* Rates in Hz, both positive; before the first sample and after the last there is silence. */
extern void mi_resample(const float *samples, size_t count, int from_rate, int to_rate, double *resampled);

#endif
