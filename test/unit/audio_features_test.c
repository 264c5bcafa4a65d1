/*
 * Figures of recordings, against librosa 0.11.0 on the same samples (scripts/compare_audio_features --reference).
 */
#include "unit.h"

#include "core/audio/audio_features.h"
#include "core/audio/onset.h"
#include "core/audio/resample.h"
#include "core/audio/spectrum.h"
#include "core/audio/tempo.h"
#include "random_input.h"

#define RATE 22050

/* librosa works in single precision: what it says of a pure tone's onsets, next to none, is good to 5 digits. */
#define AS_NEAR_AS_FLOATS 5e-5

typedef struct sound
{
	size_t count;
	float *samples;
} sound;

static sound
silence(double seconds)
{
	size_t count = (size_t) (seconds * RATE);

	return (sound){count, calloc(count, sizeof(float))};
}

static double
noise(test_random *random)
{
	return (double) (random_bits(random) >> 11) * 0x1p-52 - 1.0;
}

/* 30 ms of a dying 1,000 Hz tone on every beat, over a little noise. */
static sound
clicks(int seconds, int tempo)
{
	sound made = silence(seconds);
	test_random random = {1};
	size_t length = 3 * RATE / 100;

	for (size_t i = 0; i < made.count; i++)
	{
		double value = 1e-4 * noise(&random);

		for (int beat = 0; beat * 60 < seconds * tempo; beat++)
		{
			size_t start = (size_t) floor((double) beat * 60 * RATE / tempo + 0.5);

			if (start <= i && i < start + length && start + length <= made.count)
				value += 0.8 * exp(-(double) (i - start) / (0.006 * RATE)) *
						 sin(2.0 * M_PI * 1000.0 * (double) (i - start) / RATE);
		}
		made.samples[i] = (float) value;
	}
	return made;
}

static void
check_features(sound heard, double bpm, double energy, double brightness, double noisiness, double rhythm_strength)
{
	mi_audio_features found;

	mi_audio_analyse(heard.samples, heard.count, RATE, &found);
	CHECK_NEAR(found.bpm, bpm, 1e-8);
	CHECK_NEAR(found.energy, energy, 1e-6);
	CHECK_NEAR(found.brightness, brightness, 1e-6);
	CHECK_NEAR(found.noisiness, noisiness, 1e-8);
	CHECK_NEAR(found.rhythm_strength, rhythm_strength, AS_NEAR_AS_FLOATS);
	free(heard.samples);
}

MI_TEST(tones_and_chirps_have_no_tempo)
{
	sound tone = silence(5);
	sound chirp = silence(5);

	for (size_t i = 0; i < tone.count; i++)
	{
		double t = (double) i / RATE;

		tone.samples[i] = (float) (0.5 * sin(2.0 * M_PI * 440.0 * t));
		chirp.samples[i] = (float) (0.5 * sin(2.0 * M_PI * (100.0 * t + 340.0 * t * t)));
	}
	check_features(tone, NAN, 0.352325857, 442.479097, 0.0396389431, 0.000683492399);
	check_features(chirp, NAN, 0.352326035, 1798.87693, 0.162012171, 0.227097869);
}

MI_TEST(noise_is_bright_and_crosses_zero_at_every_other_sample)
{
	sound heard = silence(5);
	test_random random = {1};

	for (size_t i = 0; i < heard.count; i++)
		heard.samples[i] = (float) (0.1 * noise(&random));
	check_features(heard, 60.0 * RATE / 512 / 19, 0.057503894, 5496.27772, 0.496211299, 0.856873214);
}

/* The tempo is that of a whole number of frames between beats: 89.1, 117.5 and 143.6 are what librosa finds. */
MI_TEST(clicks_have_the_tempo_they_are_played_at)
{
	check_features(clicks(12, 90), 60.0 * RATE / 512 / 29, 0.0146077005, 4835.7692, 0.479682967, 1.48328137);
	check_features(clicks(12, 120), 60.0 * RATE / 512 / 22, 0.0194196422, 4609.012, 0.473384422, 2.00628662);
	check_features(clicks(12, 140), 60.0 * RATE / 512 / 18, 0.0228343923, 4451.40849, 0.469088114, 2.35430932);
}

MI_TEST(a_chord_with_a_beat)
{
	sound heard = clicks(10, 100);
	static const double hz[] = {220.0, 277.2, 329.6};

	for (size_t i = 0; i < heard.count; i++)
	{
		double t = (double) i / RATE;
		double chord = 0.0;

		for (size_t voice = 0; voice < 3; voice++)
			chord += sin(2.0 * M_PI * hz[voice] * t);
		chord *= 1.0 + 0.5 * sin(2.0 * M_PI * 0.25 * t);
		heard.samples[i] = (float) (0.1 * chord + 0.4 * (double) heard.samples[i]);
	}
	check_features(heard, 60.0 * RATE / 512 / 26, 0.131171897, 348.414033, 0.025917425, 1.24957407);
}

MI_TEST(there_is_no_tempo_in_silence)
{
	check_features(silence(3), NAN, 0.0, 0.0, 0.0, 0.0);
}

MI_TEST(a_single_sample_is_a_recording)
{
	sound one = {1, malloc(sizeof(float))};

	one.samples[0] = 0.5F;
	/* One frame: root of .25 / 2048; an impulse has all frequencies alike, 0 to 11,025 Hz. */
	check_features(one, NAN, 0.5 / sqrt(2048.0), 5512.5, 0.0, 0.0);
}

MI_TEST(the_largest_floats_do_not_overflow)
{
	sound loud = silence(1);
	mi_audio_features found;

	for (size_t i = 0; i < loud.count; i++)
		loud.samples[i] = i % 2 == 0 ? 3e38F : -3e38F;
	mi_audio_analyse(loud.samples, loud.count, RATE, &found);
	CHECK(isfinite(found.energy) && found.energy > 2e38);
	CHECK(isfinite(found.brightness) && isfinite(found.rhythm_strength));
	free(loud.samples);
}

MI_TEST(any_length_will_do)
{
	static const size_t lengths[] = {1, 2, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049, 4096};
	test_random random = random_seeded("any_length_will_do");

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
	{
		sound heard = {lengths[i], malloc(lengths[i] * sizeof(float))};
		mi_audio_features found;

		for (size_t at = 0; at < heard.count; at++)
			heard.samples[at] = (float) random_number(&random);
		for (int rate = MI_AUDIO_RATE_MIN; rate <= MI_AUDIO_RATE_MAX; rate = rate * 3 + 1)
		{
			mi_audio_analyse(heard.samples, heard.count, rate, &found);
			CHECK(found.energy >= 0.0 && found.energy < 2.0);
			CHECK(found.brightness >= 0.0 && found.brightness <= RATE / 2.0);
			CHECK(found.noisiness >= 0.0 && found.noisiness <= 1.0);
		}
		free(heard.samples);
	}
}

MI_TEST(channels_are_mixed_and_must_be_numbers)
{
	float stereo[] = {1.0F, 0.5F, -0.25F, 0.25F, 3e38F, 3e38F};
	float mixed[3];
	mi_error error = {0};

	CHECK_INT_EQ(mi_audio_mix(stereo, 3, 2, mixed, &error), MI_OK);
	CHECK(mixed[0] == 0.75F && mixed[1] == 0.0F && mixed[2] == 3e38F);
	stereo[3] = NAN;
	CHECK_INT_EQ(mi_audio_mix(stereo, 3, 2, mixed, &error), MI_INVALID_ARGUMENT);
	stereo[3] = -INFINITY;
	CHECK_INT_EQ(mi_audio_mix(stereo, 3, 2, mixed, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "audio has a sample that is not a finite number");
}

MI_TEST(rates_have_limits)
{
	mi_error error = {0};

	CHECK_INT_EQ(mi_audio_check_rate(44100, &error), MI_OK);
	CHECK_INT_EQ(mi_audio_check_rate(1, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "audio has a sampling rate of 1 Hz");
	CHECK_INT_EQ(mi_audio_check_rate(2000000000, &error), MI_INVALID_ARGUMENT);
}

/* The definition, term by term. */
static double
power_by_definition(const double *samples, size_t count, size_t frame, size_t bin)
{
	double real = 0.0;
	double imaginary = 0.0;

	for (size_t i = 0; i < MI_AUDIO_FRAME; i++)
	{
		long at = (long) (frame * MI_AUDIO_HOP + i) - MI_AUDIO_FRAME / 2;
		double angle = 2.0 * M_PI * (double) (bin * i % MI_AUDIO_FRAME) / MI_AUDIO_FRAME;
		double windowed = at < 0 || at >= (long) count
							  ? 0.0
							  : samples[at] * (0.5 - 0.5 * cos(2.0 * M_PI * (double) i / MI_AUDIO_FRAME));

		real += windowed * cos(angle);
		imaginary -= windowed * sin(angle);
	}
	return real * real + imaginary * imaginary;
}

MI_TEST(spectra_are_those_of_the_definition)
{
	test_random random = random_seeded("spectra_are_those_of_the_definition");
	double samples[3000];
	double window[MI_AUDIO_FRAME];
	double power[MI_AUDIO_BINS];

	for (size_t i = 0; i < 3000; i++)
		samples[i] = random_number(&random);
	mi_hann_window(window);
	for (size_t frame = 0; frame < mi_audio_frame_count(3000); frame++)
	{
		mi_power_spectrum(samples, 3000, frame, window, power);
		for (size_t bin = 0; bin < MI_AUDIO_BINS; bin += 64)
			CHECK(fabs(power[bin] - power_by_definition(samples, 3000, frame, bin)) < 1e-9);
	}
}

/* As librosa.filters.mel: the triangles have the same area whatever their width. */
MI_TEST(mel_bands_have_equal_areas)
{
	mi_mel_bank *bank = malloc(sizeof(*bank));
	double flat[MI_AUDIO_BINS];
	double bands[MI_MEL_BANDS];

	for (size_t bin = 0; bin < MI_AUDIO_BINS; bin++)
		flat[bin] = mi_audio_bin_frequency(1);
	mi_mel_bank_fill(bank);
	mi_mel_power(bank, flat, bands);
	for (size_t band = 80; band < MI_MEL_BANDS; band++)
		CHECK_NEAR(bands[band], 1.0, 0.02); /* as near as some ten bins make a triangle */
	free(bank);
}

/* An envelope that beats every "period" frames. */
static double
tempo_of_beats(size_t period)
{
	double envelope[1292] = {0};
	double tempo = NAN;

	for (size_t at = 0; at < 1292; at += period)
		envelope[at] = 1.0;
	CHECK(mi_tempo(envelope, 1292, &tempo));
	return tempo;
}

MI_TEST(tempo_is_that_of_the_beats)
{
	double nothing[100] = {0};
	double tempo;

	CHECK_NEAR(tempo_of_beats(22), 60.0 * RATE / 512 / 22, 1e-12);
	CHECK_NEAR(tempo_of_beats(18), 60.0 * RATE / 512 / 18, 1e-12);
	/* 4 frames are 646 beats a minute, more than anybody plays; what is heard is every fifth, near 120. */
	CHECK_NEAR(tempo_of_beats(4), 60.0 * RATE / 512 / 20, 1e-12);
	CHECK(!mi_tempo(nothing, 100, &tempo));
}

static double
largest_error_of_resampled_tone(int from_rate, int to_rate, double hz)
{
	size_t count = (size_t) from_rate / 2;
	size_t wanted = mi_resampled_count(count, from_rate, to_rate);
	float *samples = malloc(count * sizeof(float));
	double *resampled = malloc(wanted * sizeof(double));
	bool audible = hz < to_rate / 2.0;
	double largest = 0.0;

	for (size_t i = 0; i < count; i++)
		samples[i] = (float) sin(2.0 * M_PI * hz * (double) i / from_rate);
	mi_resample(samples, count, from_rate, to_rate, resampled);
	for (size_t i = wanted / 4; i < 3 * wanted / 4; i++) /* away from the ends, where there is silence beside it */
		largest = fmax(largest, fabs(resampled[i] - (audible ? sin(2.0 * M_PI * hz * (double) i / to_rate) : 0.0)));
	free(samples);
	free(resampled);
	return largest;
}

/* 120 dB are a factor of 1e-6; between the phases of an odd ratio it is 118 dB. */
MI_TEST(resampling_keeps_what_fits_and_nothing_else)
{
	CHECK(largest_error_of_resampled_tone(44100, 22050, 440.0) < 2e-6);
	CHECK(largest_error_of_resampled_tone(44100, 22050, 10000.0) < 2e-6);
	CHECK(largest_error_of_resampled_tone(44100, 22050, 11100.0) < 2e-6);
	CHECK(largest_error_of_resampled_tone(44100, 22050, 15000.0) < 2e-6);
	CHECK(largest_error_of_resampled_tone(48000, 22050, 3000.0) < 2e-6);
	CHECK(largest_error_of_resampled_tone(48000, 22050, 20000.0) < 2e-6);
	CHECK(largest_error_of_resampled_tone(8000, 22050, 3600.0) < 2e-6);
	CHECK(largest_error_of_resampled_tone(44101, 22050, 9000.0) < 3e-6);
	CHECK(largest_error_of_resampled_tone(22051, 22050, 9000.0) < 3e-6);
}

MI_TEST(a_recording_lasts_as_long_after_resampling)
{
	CHECK_INT_EQ((intmax_t) mi_resampled_count(44100, 44100, 22050), 22050);
	CHECK_INT_EQ((intmax_t) mi_resampled_count(44101, 44100, 22050), 22051);
	CHECK_INT_EQ((intmax_t) mi_resampled_count(1, 384000, 22050), 1);
	CHECK_INT_EQ((intmax_t) mi_resampled_count(11520000, 384000, 22050), 661500);
}
