/*
 * A simulated catalogue whose truth is known: what popularity was to be expected of every track, and what was added.
 *
 * An artist's releases follow each other in time. Of a track on any release but the first,
 *
 *   expected   = b0 + b1 artist popularity + b2 artist followers + b3 popularity of the release before
 *                   + b4 mean popularity of all releases before + b5 playing time in minutes
 *   popularity = expected + noise, rounded
 *
 * where a release is as popular as its most popular track. The noise is normal with deviation MI_SIMULATED_NOISE, cut
 * off at the same distance on both sides so that popularity stays within 0 and 100; so its mean is 0 whatever is
 * expected, and least squares estimates the coefficients without bias. Of the tracks that have room on both sides, a
 * share of MI_PLANTED_SHARE has not noise but a large residual: MI_PLANTED_MIN to MI_PLANTED_MAX points less than
 * expected, a hidden gem, or as many more, a surprise hit.
 *
 * A first release has no past, and nothing is expected of it: this is where the tracks with popularity 0 are, some 9 %
 * of the catalogue.
 *
 * Every artist is made from generators of his own, seeded by the catalogue's seed and his number.
 */
#ifndef MI_CATALOGUE_H
#define MI_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/random.h"
#include "core/base/status.h"

#define MI_SIMULATED_NOISE 8.0 /* points of popularity */
#define MI_PLANTED_SHARE 0.025 /* of the tracks with room: about 2 % of those that have a past */
#define MI_PLANTED_MIN 32.0    /* points: 4 deviations of the noise */
#define MI_PLANTED_MAX 40.0
#define MI_ZERO_SHARE 0.09 /* of all tracks, as long as first releases have so many */

#define MI_FIRST_DAY (-14610) /* 1960-01-01, in days from 2000-01-01 */
#define MI_LAST_DAY 9131      /* 2024-12-31 */

#define MI_ARTISTS_MAX 10000000
#define MI_TRACKS_MAX 100000000
#define MI_TRACKS_PER_ARTIST_MAX 200 /* on average: the most productive has some 80 times as many, and a day each */

typedef struct mi_catalogue_coefficient
{
	const char *term; /* as the feature is called in a workspace */
	double value;
} mi_catalogue_coefficient;

#define MI_CATALOGUE_COEFFICIENTS 6

/* b0 … b5 */
extern const mi_catalogue_coefficient mi_catalogue_coefficients[MI_CATALOGUE_COEFFICIENTS];

typedef struct mi_simulated_artist
{
	uint64_t number; /* from 1 */
	int popularity;  /* 0 to 100 */
	int64_t followers;
	int genre;
	double character[3]; /* by how much the artist differs from the genre: in energy, rhythm, mood */
	uint64_t tracks;
} mi_simulated_artist;

typedef struct mi_simulated_track
{
	uint64_t number; /* from 1, across the catalogue */
	uint64_t album;  /* from 1, of the artist */
	uint64_t place;  /* from 1, on the album */
	int day;         /* of release, from 2000-01-01 */
	int popularity;
	bool has_past;   /* is it on a later release than the first? */
	double expected; /* only with a past */
	bool is_planted;
	int duration_ms;
	bool is_explicit;
	double danceability;
	double energy;
	int key;
	double loudness;
	int mode;
	double speechiness;
	double acousticness;
	double instrumentalness;
	double liveness;
	double valence;
	double tempo;
} mi_simulated_track;

typedef struct mi_catalogue
{
	uint64_t artists;
	uint64_t tracks;
	uint64_t key;        /* from the seed */
	double weight_total; /* of all artists: how tracks are shared out */
	double zero_chance;  /* that a track of a first release is not heard at all */
	double weight_so_far;
	mi_simulated_artist artist;
	uint64_t tracks_made; /* of the catalogue */
	uint64_t artist_made; /* tracks of this artist */

	/* The discography of this artist: releases in order of time, and what is known of those before the present one. */
	mi_random random;
	uint64_t album_count;
	uint64_t album_capacity;
	uint32_t *album_sizes;
	int *album_days;
	uint64_t album;
	uint64_t place;
	double album_popularity; /* so far */
	double previous;
	double sum_of_past;
} mi_catalogue;

/* MI_INVALID_ARGUMENT or MI_TOO_LARGE when there cannot be such a catalogue. The same arguments make the same one. */
extern mi_status
mi_catalogue_begin(mi_catalogue *catalogue, int64_t artists, int64_t tracks, int64_t seed, mi_error *error);

/* False after the last. The artist's tracks may be asked for before the next artist, or not. */
extern bool mi_catalogue_next_artist(mi_catalogue *catalogue);

/* The next track of catalogue->artist; false after the last. */
extern bool mi_catalogue_next_track(mi_catalogue *catalogue, mi_simulated_track *track);

extern void mi_catalogue_release(mi_catalogue *catalogue);

#endif
