/*
 * Genres of simulated catalogues: how common they are, and what they sound like.
 */
#ifndef MI_GENRES_H
#define MI_GENRES_H

#include "core/base/random.h"

/* Audio features are medians, on their scales from 0 to 1 but for the tempo. */
typedef struct mi_genre
{
	const char *name;
	double share;      /* of the artists, by weight: the shares need not add up to anything */
	double overlooked; /* by how much more often than not a planted track is a hidden gem and not a surprise hit */
	double explicit_share;
	double danceability;
	double energy;
	double speechiness;
	double acousticness;
	double instrumentalness;
	double valence;
	double tempo; /* beats per minute */
} mi_genre;

#define MI_GENRE_COUNT 18

extern const mi_genre mi_genres[MI_GENRE_COUNT];

/* Index of a genre, each as often as its share says. */
extern int mi_genre_draw(mi_random *random);

/* Probability that a planted track of this genre is a hidden gem; over all genres, by share, it is one half. */
extern double mi_genre_gem_probability(int genre);

#endif
