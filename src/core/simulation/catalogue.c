/*
 * Simulated catalogues; see catalogue.h.
 */
#include "catalogue.h"

#include <math.h>
#include <string.h>

#include "core/base/host.h"
#include "genres.h"
#include "sound.h"

/*
 * All of one sign and small enough that expected popularity lies between 0 and 100, whatever the features are: 100
 * for each of the popularities, FOLLOWERS_MAX, 15 minutes.
 */
const mi_catalogue_coefficient mi_catalogue_coefficients[MI_CATALOGUE_COEFFICIENTS] = {
	{"(intercept)", 4.0},
	{"artist_popularity", 0.35},
	{"artist_followers", 3e-8},
	{"prev_release_popularity", 0.15},
	{"prior_release_mean_popularity", 0.25},
	{"track_time_minutes", 0.5},
};

/*
 * Figures of an artist, as in 10,000 real tracks: popularity 37, 52, 63, 73, 85 at the 5th, 25th, 50th, 75th, 95th
 * percentile, the logarithm of followers with a deviation of 2.2, and a correlation of .89 between that and popularity.
 */
#define STANDING_MEAN 0.5
#define STANDING_DEVIATION 0.7
#define FOLLOWERS_LOG_MEAN 12.5
#define FOLLOWERS_LOG_DEVIATION 2.2
#define FOLLOWERS_CORRELATION 0.88
#define FOLLOWERS_MAX 150000000.0

/* How much an artist records; the limits bound the longest discography. */
#define WEIGHT_MIN 0.1
#define WEIGHT_MAX 8.0

/* What a first release is measured by, having no past: that of a middling one. */
#define PAST_OF_NEWCOMERS 50.0
#define NOISE_OF_NEWCOMERS 10.0

static double
clamp(double value, double low, double high)
{
	return fmin(fmax(value, low), high);
}

static mi_status
check_size(int64_t artists, int64_t tracks, mi_error *error)
{
	if (artists < 1 || tracks < artists)
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "there can be no catalogue of %lld artists and %lld tracks",
				(long long) artists, (long long) tracks);
		return mi_hint(error, "Every artist has a track at least.");
	}
	if (tracks / artists > MI_TRACKS_PER_ARTIST_MAX || artists > MI_ARTISTS_MAX || tracks > MI_TRACKS_MAX)
	{
		mi_fail(error, MI_TOO_LARGE, "a catalogue of %lld artists and %lld tracks cannot be simulated",
				(long long) artists, (long long) tracks);
		return mi_hint(error, "There may be %d artists, %d tracks, and %d tracks for each artist.", MI_ARTISTS_MAX,
					   MI_TRACKS_MAX, MI_TRACKS_PER_ARTIST_MAX);
	}
	return MI_OK;
}

/* The artist of this number, and how much he records. Two generators each, so that neither's use shifts the other. */
static double
draw_artist(const mi_catalogue *catalogue, uint64_t number, mi_simulated_artist *artist)
{
	mi_random random = mi_random_seed(catalogue->key + 2 * number);
	double standing = mi_random_normal(&random);
	double fame = FOLLOWERS_CORRELATION * standing +
				  sqrt(1.0 - FOLLOWERS_CORRELATION * FOLLOWERS_CORRELATION) * mi_random_normal(&random);

	artist->number = number;
	artist->popularity = (int) lround(100.0 / (1.0 + exp(-STANDING_MEAN - STANDING_DEVIATION * standing)));
	artist->followers = llround(fmin(exp(FOLLOWERS_LOG_MEAN + FOLLOWERS_LOG_DEVIATION * fame), FOLLOWERS_MAX));
	artist->genre = mi_genre_draw(&random);
	for (int i = 0; i < 3; i++)
		artist->character[i] = mi_random_normal(&random);
	return clamp(exp(0.9 * mi_random_normal(&random) + 0.4 * standing), WEIGHT_MIN, WEIGHT_MAX);
}

/* A single, an EP, or an album. */
static uint32_t
draw_album_size(mi_random *random)
{
	double kind = mi_random_uniform(random);

	if (kind < 0.35)
		return 1;
	if (kind < 0.5)
		return 3 + (uint32_t) mi_random_below(random, 4);
	return 8 + (uint32_t) mi_random_below(random, 9);
}

static void
add_album(mi_catalogue *catalogue, uint32_t size)
{
	if (catalogue->album_count == catalogue->album_capacity)
	{
		catalogue->album_capacity *= 2;
		catalogue->album_sizes = mi_reallocate(catalogue->album_sizes, catalogue->album_capacity * sizeof(uint32_t));
		catalogue->album_days = mi_reallocate(catalogue->album_days, catalogue->album_capacity * sizeof(int));
	}
	catalogue->album_sizes[catalogue->album_count++] = size;
}

/* Days of release, each later than the one before: a day apart at least, and the rest of the career shared out. */
static void
draw_days(mi_catalogue *catalogue)
{
	mi_random *random = &catalogue->random;
	double days = MI_LAST_DAY - MI_FIRST_DAY + 1;
	double count = (double) catalogue->album_count;
	double start = floor(days * pow(mi_random_uniform(random), 0.6));
	double career = floor(count * (250.0 + 700.0 * mi_random_uniform(random)));
	double gaps = 0.0;

	start = fmin(start, days - count);
	career = clamp(career, count, days - start);
	for (uint64_t i = 0; i < catalogue->album_count; i++)
		catalogue->album_days[i] = (int) mi_random_below(random, 1000) + 1;
	for (uint64_t i = 0; i < catalogue->album_count; i++)
		gaps += catalogue->album_days[i];
	for (uint64_t i = 0, before = 0; i < catalogue->album_count; i++)
	{
		uint64_t gap = (uint64_t) catalogue->album_days[i];

		catalogue->album_days[i] =
			MI_FIRST_DAY + (int) (start + (double) i + floor((career - count) * (double) before / gaps));
		before += gap;
	}
}

static void
begin_discography(mi_catalogue *catalogue)
{
	uint64_t left = catalogue->artist.tracks;

	catalogue->random = mi_random_seed(catalogue->key + 2 * catalogue->artist.number + 1);
	catalogue->album_count = 0;
	while (left > 0)
	{
		uint32_t size = draw_album_size(&catalogue->random);

		size = size < left ? size : (uint32_t) left;
		add_album(catalogue, size);
		left -= size;
	}
	draw_days(catalogue);
	catalogue->artist_made = 0;
	catalogue->album = 0;
	catalogue->place = 0;
	catalogue->album_popularity = 0.0;
	catalogue->previous = 0.0;
	catalogue->sum_of_past = 0.0;
}

static void
rewind_catalogue(mi_catalogue *catalogue)
{
	catalogue->artist.number = 0;
	catalogue->weight_so_far = 0.0;
	catalogue->tracks_made = 0;
}

mi_status
mi_catalogue_begin(mi_catalogue *catalogue, int64_t artists, int64_t tracks, int64_t seed, mi_error *error)
{
	mi_random random = mi_random_seed((uint64_t) seed);
	uint64_t on_first_releases = 0;

	if (check_size(artists, tracks, error) != MI_OK)
		return error->status;
	memset(catalogue, 0, sizeof(*catalogue));
	catalogue->artists = (uint64_t) artists;
	catalogue->tracks = (uint64_t) tracks;
	catalogue->key = mi_random_next(&random);
	for (uint64_t number = 1; number <= catalogue->artists; number++)
	{
		mi_check_interrupts();
		catalogue->weight_total += draw_artist(catalogue, number, &catalogue->artist);
	}

	catalogue->album_capacity = 16;
	catalogue->album_sizes = mi_allocate(catalogue->album_capacity * sizeof(uint32_t));
	catalogue->album_days = mi_allocate(catalogue->album_capacity * sizeof(int));
	rewind_catalogue(catalogue);
	while (mi_catalogue_next_artist(catalogue))
		on_first_releases += catalogue->album_sizes[0];
	catalogue->zero_chance = fmin(1.0, MI_ZERO_SHARE * (double) tracks / (double) on_first_releases);
	rewind_catalogue(catalogue);
	return MI_OK;
}

void
mi_catalogue_release(mi_catalogue *catalogue)
{
	mi_release(catalogue->album_sizes);
	mi_release(catalogue->album_days);
	memset(catalogue, 0, sizeof(*catalogue));
}

/* Tracks beyond the one that every artist has are shared out by weight; what is due to the first "so_far" of it. */
static uint64_t
due(const mi_catalogue *catalogue, double so_far)
{
	return (uint64_t) ((double) (catalogue->tracks - catalogue->artists) * (so_far / catalogue->weight_total));
}

bool
mi_catalogue_next_artist(mi_catalogue *catalogue)
{
	uint64_t number = catalogue->artist.number + 1;
	uint64_t before = due(catalogue, catalogue->weight_so_far);

	mi_check_interrupts();
	if (number > catalogue->artists)
		return false;
	catalogue->weight_so_far += draw_artist(catalogue, number, &catalogue->artist);
	catalogue->artist.tracks = 1 + due(catalogue, catalogue->weight_so_far) - before;
	begin_discography(catalogue);
	return true;
}

static double
expected_popularity(const mi_simulated_artist *artist, double previous, double mean_of_past, double minutes)
{
	const mi_catalogue_coefficient *b = mi_catalogue_coefficients;

	return b[0].value + b[1].value * artist->popularity + b[2].value * (double) artist->followers +
		   b[3].value * previous + b[4].value * mean_of_past + b[5].value * minutes;
}

static void
draw_popularity_of_newcomer(mi_catalogue *catalogue, mi_simulated_track *track, double minutes)
{
	double middling = expected_popularity(&catalogue->artist, PAST_OF_NEWCOMERS, PAST_OF_NEWCOMERS, minutes);
	double around = middling + NOISE_OF_NEWCOMERS * mi_random_normal(&catalogue->random);

	track->has_past = false;
	track->is_planted = false;
	track->popularity =
		mi_random_uniform(&catalogue->random) < catalogue->zero_chance ? 0 : (int) lround(clamp(around, 0.0, 100.0));
}

static void
draw_popularity(mi_catalogue *catalogue, mi_simulated_track *track, double minutes)
{
	mi_random *random = &catalogue->random;
	double room;
	double away;

	track->has_past = true;
	track->expected = expected_popularity(&catalogue->artist, catalogue->previous,
										  catalogue->sum_of_past / (double) catalogue->album, minutes);
	room = fmin(track->expected, 100.0 - track->expected);
	track->is_planted = room >= MI_PLANTED_MAX && mi_random_uniform(random) < MI_PLANTED_SHARE;
	if (track->is_planted)
	{
		away = MI_PLANTED_MIN + (MI_PLANTED_MAX - MI_PLANTED_MIN) * mi_random_uniform(random);
		if (mi_random_uniform(random) < mi_genre_gem_probability(catalogue->artist.genre))
			away = -away;
	}
	else
		do
			away = MI_SIMULATED_NOISE * mi_random_normal(random);
		while (fabs(away) > room);
	track->popularity = (int) lround(track->expected + away);
}

/* The release is complete: from now on it is past. */
static void
end_album(mi_catalogue *catalogue)
{
	catalogue->previous = catalogue->album_popularity;
	catalogue->sum_of_past += catalogue->album_popularity;
	catalogue->album_popularity = 0.0;
	catalogue->album++;
	catalogue->place = 0;
}

bool
mi_catalogue_next_track(mi_catalogue *catalogue, mi_simulated_track *track)
{
	double minutes;

	mi_check_interrupts();
	if (catalogue->artist_made == catalogue->artist.tracks)
		return false;
	if (catalogue->place == catalogue->album_sizes[catalogue->album])
		end_album(catalogue);
	memset(track, 0, sizeof(*track));
	track->number = ++catalogue->tracks_made;
	track->album = catalogue->album + 1;
	track->place = ++catalogue->place;
	track->day = catalogue->album_days[catalogue->album];
	mi_sound_draw(&catalogue->random, &catalogue->artist, track);
	minutes = track->duration_ms / 60000.0;
	if (catalogue->album == 0)
		draw_popularity_of_newcomer(catalogue, track, minutes);
	else
		draw_popularity(catalogue, track, minutes);
	catalogue->album_popularity = fmax(catalogue->album_popularity, track->popularity);
	catalogue->artist_made++;
	return true;
}
