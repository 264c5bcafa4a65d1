/*
 * Sound of simulated tracks; see sound.h.
 */
#include "sound.h"

#include <math.h>

#include "genres.h"

#define DURATION_MEDIAN 216000.0 /* ms */
#define DURATION_MIN 30000.0
#define DURATION_MAX 900000.0
#define TEMPO_MIN 50.0
#define TEMPO_MAX 220.0
#define LOUDNESS_MIN (-40.0)
#define LOUDNESS_MAX 1.0
#define LIVENESS_MEDIAN 0.13
#define MAJOR_SHARE 0.57

static double
clamp(double value, double low, double high)
{
	return fmin(fmax(value, low), high);
}

/* Between 0 and 1, with the median given when "away" is 0. */
static double
share_around(double median, double away)
{
	return 1.0 / (1.0 + (1.0 - median) / median * exp(-away));
}

void
mi_sound_draw(mi_random *random, const mi_simulated_artist *artist, mi_simulated_track *track)
{
	const mi_genre *genre = &mi_genres[artist->genre];
	const double *character = artist->character;
	double power = 0.5 * character[0] + 0.6 * mi_random_normal(random);

	track->duration_ms =
		(int) lround(clamp(DURATION_MEDIAN * exp(0.28 * mi_random_normal(random)), DURATION_MIN, DURATION_MAX));
	track->is_explicit = mi_random_uniform(random) < genre->explicit_share;
	track->danceability = share_around(genre->danceability, 0.35 * character[1] + 0.45 * mi_random_normal(random));
	track->energy = share_around(genre->energy, power);
	track->key = (int) mi_random_below(random, 12);
	track->loudness = clamp(-13.4 + 10.0 * track->energy + 1.7 * mi_random_normal(random), LOUDNESS_MIN, LOUDNESS_MAX);
	track->mode = mi_random_uniform(random) < MAJOR_SHARE;
	track->speechiness = share_around(genre->speechiness, 0.7 * mi_random_normal(random));
	track->acousticness = share_around(genre->acousticness, -0.9 * power + 1.3 * mi_random_normal(random));
	track->instrumentalness = share_around(genre->instrumentalness, 2.5 * mi_random_normal(random));
	track->liveness = share_around(LIVENESS_MEDIAN, 0.8 * mi_random_normal(random));
	track->valence = share_around(genre->valence, 0.5 * character[2] + 0.9 * mi_random_normal(random));
	track->tempo = clamp(genre->tempo * exp(0.22 * mi_random_normal(random)), TEMPO_MIN, TEMPO_MAX);
}
