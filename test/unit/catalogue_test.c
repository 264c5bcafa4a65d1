/*
 * Simulated catalogues: what they say of themselves is worked out again from the tracks they give.
 */
#include "unit.h"

#include "core/simulation/catalogue.h"
#include "core/simulation/genres.h"

typedef struct tally
{
	uint64_t artists;
	uint64_t tracks;
	uint64_t zeros;
	uint64_t with_past;
	uint64_t planted;
	uint64_t gems;
	double residual[10]; /* sum of residuals by tenths of what is expected */
	uint64_t count[10];
	double squares; /* of residuals of tracks that are not planted */
	uint64_t digest;
} tally;

static void
digest(tally *seen, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	seen->digest = (seen->digest ^ bits) * UINT64_C(0x100000001B3);
}

static void
check_ranges(const mi_simulated_track *track)
{
	const double shares[] = {track->danceability,     track->energy,   track->speechiness, track->acousticness,
							 track->instrumentalness, track->liveness, track->valence};
	bool fits = track->popularity >= 0 && track->popularity <= 100 && track->day >= MI_FIRST_DAY &&
				track->day <= MI_LAST_DAY && track->duration_ms >= 30000 && track->key >= 0 && track->key <= 11 &&
				track->mode >= 0 && track->mode <= 1 && track->tempo >= 50.0 && track->tempo <= 220.0 &&
				track->loudness >= -40.0 && track->loudness <= 1.0;

	for (size_t i = 0; i < 7; i++)
		fits = fits && shares[i] > 0.0 && shares[i] < 1.0;
	if (!fits)
		CHECK(fits);
}

static void
check_truth(tally *seen, const mi_simulated_track *track, double expected)
{
	double residual = track->popularity - track->expected;
	size_t tenth = (size_t) (track->expected / 10.0);

	if (fabs(track->expected - expected) > 1e-9)
		CHECK_NEAR(track->expected, expected, 1e-9);
	seen->with_past++;
	seen->residual[tenth] += residual;
	seen->count[tenth]++;
	if (!track->is_planted)
		seen->squares += residual * residual;
	else
	{
		seen->planted++;
		seen->gems += residual < 0.0;
		if (fabs(residual) < MI_PLANTED_MIN - 0.5 || fabs(residual) > MI_PLANTED_MAX + 0.5)
			CHECK_NEAR(fabs(residual), MI_PLANTED_MIN, 0.0);
	}
}

/* Releases as a reader of the tables would see them: tracks of one day and album. */
static void
check_artist(mi_catalogue *catalogue, tally *seen)
{
	const mi_simulated_artist *artist = &catalogue->artist;
	const mi_catalogue_coefficient *b = mi_catalogue_coefficients;
	mi_simulated_track track;
	uint64_t tracks = 0;
	uint64_t album = 0;
	int day = MI_FIRST_DAY - 1;
	double previous = 0.0;
	double sum = 0.0;
	double best = 0.0;

	CHECK(artist->popularity >= 0 && artist->popularity <= 100 && artist->followers >= 0);
	while (mi_catalogue_next_track(catalogue, &track))
	{
		if (track.album != album)
		{
			if (track.album != album + 1 || track.day <= day || track.place != 1)
				CHECK(false);
			if (album > 0)
			{
				previous = best;
				sum += best;
			}
			album = track.album;
			day = track.day;
			best = 0.0;
		}
		if (track.day != day || track.has_past != (album > 1))
			CHECK(false);
		check_ranges(&track);
		if (track.has_past)
			check_truth(seen, &track,
						b[0].value + b[1].value * artist->popularity + b[2].value * (double) artist->followers +
							b[3].value * previous + b[4].value * sum / (double) (album - 1) +
							b[5].value * track.duration_ms / 60000.0);
		best = fmax(best, track.popularity);
		seen->zeros += track.popularity == 0;
		digest(seen, track.energy);
		digest(seen, track.popularity);
		digest(seen, track.day);
		tracks++;
		seen->tracks++;
		CHECK_INT_EQ((intmax_t) track.number, (intmax_t) seen->tracks);
	}
	CHECK_INT_EQ((intmax_t) tracks, (intmax_t) artist->tracks);
}

static tally
survey(int64_t artists, int64_t tracks, int64_t seed)
{
	mi_catalogue catalogue;
	mi_error error = {0};
	tally seen = {0};

	if (!CHECK_INT_EQ(mi_catalogue_begin(&catalogue, artists, tracks, seed, &error), MI_OK))
		return seen;
	while (mi_catalogue_next_artist(&catalogue))
	{
		seen.artists++;
		check_artist(&catalogue, &seen);
	}
	CHECK_INT_EQ((intmax_t) seen.artists, artists);
	CHECK_INT_EQ((intmax_t) seen.tracks, tracks);
	mi_catalogue_release(&catalogue);
	return seen;
}

MI_TEST(truth_can_be_worked_out_from_the_tracks)
{
	tally seen = survey(4000, 100000, 20240229);

	/* 9 % of 100,000, give or take 4 standard deviations. */
	CHECK(fabs((double) seen.zeros - 9000.0) < 4.0 * sqrt(9000.0));
	/* Whatever was expected, the residuals are 0 on average, within 4 standard errors of noise and planted tracks. */
	for (size_t tenth = 0; tenth < 10; tenth++)
		if (seen.count[tenth] > 30)
			CHECK(fabs(seen.residual[tenth]) < 4.0 * 9.5 * sqrt((double) seen.count[tenth]));
	/* Rounding adds a twelfth to the variance. */
	CHECK_NEAR(seen.squares / (double) (seen.with_past - seen.planted),
			   MI_SIMULATED_NOISE * MI_SIMULATED_NOISE + 1.0 / 12.0, 0.03);
	CHECK(seen.planted > seen.with_past / 100 && seen.planted < seen.with_past / 40);
	CHECK(fabs((double) seen.gems - (double) seen.planted / 2.0) < 2.0 * sqrt((double) seen.planted));
}

MI_TEST(same_arguments_same_catalogue)
{
	tally first = survey(50, 1000, 7);

	CHECK(survey(50, 1000, 7).digest == first.digest);
	CHECK(survey(50, 1000, 8).digest != first.digest);
	CHECK(survey(50, 1000, -7).digest != first.digest);
	CHECK(survey(50, 1001, 7).digest != first.digest);
}

MI_TEST(the_smallest_and_the_fullest)
{
	survey(1, 1, 0);
	survey(1, 200, INT64_MIN);
	survey(20, 20, INT64_MAX);
	survey(100, 20000, 1);
}

MI_TEST(catalogues_that_cannot_be)
{
	mi_catalogue catalogue;
	mi_error error = {0};

	CHECK_INT_EQ(mi_catalogue_begin(&catalogue, 0, 10, 1, &error), MI_INVALID_ARGUMENT);
	CHECK_INT_EQ(mi_catalogue_begin(&catalogue, 10, 9, 1, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "there can be no catalogue of 10 artists and 9 tracks");
	CHECK_INT_EQ(mi_catalogue_begin(&catalogue, -1, -1, 1, &error), MI_INVALID_ARGUMENT);
	CHECK_INT_EQ(mi_catalogue_begin(&catalogue, 10, 3000, 1, &error), MI_TOO_LARGE);
	CHECK_INT_EQ(mi_catalogue_begin(&catalogue, 2000000000, 2000000000, 1, &error), MI_TOO_LARGE);
}

MI_TEST(genres_are_drawn_by_their_shares)
{
	mi_random random = mi_random_seed(3);
	int drawn[MI_GENRE_COUNT] = {0};
	double total = 0.0;
	double gems = 0.0;

	for (int i = 0; i < 100000; i++)
		drawn[mi_genre_draw(&random)]++;
	for (int i = 0; i < MI_GENRE_COUNT; i++)
		total += mi_genres[i].share;
	for (int i = 0; i < MI_GENRE_COUNT; i++)
	{
		double wanted = 100000.0 * mi_genres[i].share / total;

		CHECK(fabs(drawn[i] - wanted) < 5.0 * sqrt(wanted));
		CHECK(mi_genre_gem_probability(i) > 0.2 && mi_genre_gem_probability(i) < 0.9);
		gems += mi_genre_gem_probability(i) * mi_genres[i].share / total;
	}
	CHECK_NEAR(gems, 0.5, 1e-12);
}
