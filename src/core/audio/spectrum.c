/*
 * Short-time Fourier transform; see spectrum.h.
 */
#include "spectrum.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_fft_real.h>

void
mi_audio_frame_range(size_t frame, size_t samples, size_t *first, size_t *last)
{
	size_t middle = frame * MI_AUDIO_HOP;

	*first = middle > MI_AUDIO_FRAME / 2 ? middle - MI_AUDIO_FRAME / 2 : 0;
	*last = middle + MI_AUDIO_FRAME / 2 < samples ? middle + MI_AUDIO_FRAME / 2 : samples;
}

void
mi_hann_window(double window[MI_AUDIO_FRAME])
{
	for (size_t i = 0; i < MI_AUDIO_FRAME; i++)
	{
		double root = sin(M_PI * (double) i / MI_AUDIO_FRAME);

		window[i] = root * root;
	}
}

void
mi_power_spectrum(const double *samples, size_t count, size_t frame, const double window[MI_AUDIO_FRAME],
				  double power[MI_AUDIO_BINS])
{
	double data[MI_AUDIO_FRAME] = {0};
	size_t begin = frame * MI_AUDIO_HOP; /* of the frame, counted from MI_AUDIO_FRAME / 2 before the first sample */
	size_t first;
	size_t last;

	mi_audio_frame_range(frame, count, &first, &last);
	for (size_t i = first; i < last; i++)
	{
		size_t at = i + MI_AUDIO_FRAME / 2 - begin;

		data[at] = samples[i] * window[at];
	}

	/* In place; the length is a power of two, so that nothing can fail. Imaginary parts are at the end. */
	gsl_fft_real_radix2_transform(data, 1, MI_AUDIO_FRAME);
	power[0] = data[0] * data[0];
	for (size_t bin = 1; bin < MI_AUDIO_FRAME / 2; bin++)
		power[bin] = data[bin] * data[bin] + data[MI_AUDIO_FRAME - bin] * data[MI_AUDIO_FRAME - bin];
	power[MI_AUDIO_FRAME / 2] = data[MI_AUDIO_FRAME / 2] * data[MI_AUDIO_FRAME / 2];
}

double
mi_spectral_centroid(const double power[MI_AUDIO_BINS])
{
	double sum = 0.0;
	double weighted = 0.0;

	for (size_t bin = 0; bin < MI_AUDIO_BINS; bin++)
	{
		double magnitude = sqrt(power[bin]);

		sum += magnitude;
		weighted += magnitude * mi_audio_bin_frequency(bin);
	}
	return sum > FLT_MIN ? weighted / sum : 0.0;
}
