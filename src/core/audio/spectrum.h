/*
 * The short-time Fourier transform: the signal in frames of 2,048 samples, one every 512, each under a Hann window, and
 * |X[k]|² of each. Frames are centred: frame t lies around sample 512 t, with zeros before the first sample and after
 * the last. As librosa.stft (n_fft 2048, hop_length 512, center, pad_mode "constant").
 */
#ifndef MI_SPECTRUM_H
#define MI_SPECTRUM_H

#include <stddef.h>

#define MI_AUDIO_RATE 22050 /* Hz: what all figures are computed at */
#define MI_AUDIO_FRAME 2048 /* samples in a frame */
#define MI_AUDIO_HOP 512    /* samples from one frame to the next */
#define MI_AUDIO_BINS (MI_AUDIO_FRAME / 2 + 1)

/* Frequency in Hz of a bin. */
static inline double
mi_audio_bin_frequency(size_t bin)
{
	return (double) bin * MI_AUDIO_RATE / MI_AUDIO_FRAME;
}

static inline size_t
mi_audio_frame_count(size_t samples)
{
	return 1 + samples / MI_AUDIO_HOP;
}

/* The samples of a frame that exist: first … last - 1. */
extern void mi_audio_frame_range(size_t frame, size_t samples, size_t *first, size_t *last);

/* The periodic Hann window, sin²(pi n / 2048). */
extern void mi_hann_window(double window[MI_AUDIO_FRAME]);

extern void mi_power_spectrum(const double *samples, size_t count, size_t frame, const double window[MI_AUDIO_FRAME],
							  double power[MI_AUDIO_BINS]);

/* Mean frequency in Hz, weighted by magnitude; 0 for silence. */
extern double mi_spectral_centroid(const double power[MI_AUDIO_BINS]);

#endif
