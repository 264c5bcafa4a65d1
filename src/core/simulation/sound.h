/*
 * What a simulated track sounds like: its genre's medians, the artist's character, and chance.
 *
 * Figures between 0 and 1 are logistic transforms of normal numbers; loudness follows energy, and acousticness goes
 * against it, about as closely as in the TidyTuesday set of Spotify songs. None of it bears on popularity.
 */
#ifndef MI_SOUND_H
#define MI_SOUND_H

#include "catalogue.h"

extern void mi_sound_draw(mi_random *random, const mi_simulated_artist *artist, mi_simulated_track *track);

#endif
