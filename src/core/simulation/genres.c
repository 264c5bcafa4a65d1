/*
 * Genres; see genres.h.
 *
 * Shares are about those of the 10,000 tracks of the project "What drives music popularity"; what they sound like
 * follows the six playlist genres of the TidyTuesday set of Spotify songs where there is one, and is a guess for the
 * rest. Who is overlooked follows that project's finding that Classical, Children's, Metal and Country have more hidden
 * gems than their share, and Pop, Rock and Hard Rock more surprise hits.
 */
#include "genres.h"

const mi_genre mi_genres[MI_GENRE_COUNT] = {
	{"Pop", 22.0, -0.3, 0.12, 0.65, 0.72, 0.05, 0.08, 0.0001, 0.50, 119},
	{"Country", 13.0, 0.3, 0.04, 0.57, 0.70, 0.04, 0.15, 0.0001, 0.55, 122},
	{"Rock", 13.0, -0.1, 0.06, 0.52, 0.77, 0.04, 0.04, 0.0010, 0.53, 124},
	{"Alternative", 11.0, 0.0, 0.12, 0.54, 0.74, 0.05, 0.05, 0.0020, 0.45, 122},
	{"Hip-Hop/Rap", 10.0, 0.0, 0.60, 0.74, 0.66, 0.18, 0.11, 0.0001, 0.50, 120},
	{"Soundtrack", 6.5, 0.0, 0.02, 0.40, 0.35, 0.04, 0.60, 0.1000, 0.30, 112},
	{"Hard Rock", 5.5, -0.1, 0.08, 0.48, 0.87, 0.06, 0.01, 0.0010, 0.45, 126},
	{"R&B/Soul", 4.5, 0.0, 0.20, 0.69, 0.60, 0.07, 0.17, 0.0001, 0.54, 109},
	{"Dance", 3.0, 0.0, 0.06, 0.66, 0.83, 0.06, 0.02, 0.0100, 0.42, 126},
	{"Singer/Songwriter", 2.0, 0.0, 0.05, 0.54, 0.42, 0.04, 0.50, 0.0010, 0.40, 116},
	{"Christian", 1.8, 0.0, 0.00, 0.52, 0.66, 0.04, 0.14, 0.0001, 0.40, 121},
	{"Latin", 1.8, 0.0, 0.15, 0.73, 0.73, 0.07, 0.14, 0.0001, 0.63, 111},
	{"Metal", 1.6, 0.4, 0.15, 0.44, 0.91, 0.08, 0.002, 0.0100, 0.35, 126},
	{"Electronic", 1.3, 0.0, 0.05, 0.65, 0.76, 0.06, 0.03, 0.1500, 0.38, 125},
	{"Classical", 1.2, 0.6, 0.00, 0.28, 0.14, 0.04, 0.96, 0.7000, 0.17, 104},
	{"Children's Music", 0.8, 0.5, 0.00, 0.70, 0.50, 0.06, 0.45, 0.0001, 0.76, 119},
	{"Jazz", 0.6, 0.0, 0.00, 0.52, 0.32, 0.04, 0.78, 0.1000, 0.45, 112},
	{"Reggae", 0.4, 0.0, 0.06, 0.75, 0.60, 0.09, 0.12, 0.0010, 0.74, 114},
};

int
mi_genre_draw(mi_random *random)
{
	double total = 0.0;
	double left;
	int genre = 0;

	for (int i = 0; i < MI_GENRE_COUNT; i++)
		total += mi_genres[i].share;
	left = mi_random_uniform(random) * total - mi_genres[0].share;
	while (left >= 0.0 && genre + 1 < MI_GENRE_COUNT)
		left -= mi_genres[++genre].share;
	return genre;
}

double
mi_genre_gem_probability(int genre)
{
	double total = 0.0;
	double overlooked = 0.0;

	for (int i = 0; i < MI_GENRE_COUNT; i++)
	{
		total += mi_genres[i].share;
		overlooked += mi_genres[i].share * mi_genres[i].overlooked;
	}
	return 0.5 + (mi_genres[genre].overlooked - overlooked / total) / 2.0;
}
