/*
 * States of one-pass metrics: an array of a fixed number of doubles, changed in place.
 */
#ifndef MI_PG_FLOAT8_STATE_H
#define MI_PG_FLOAT8_STATE_H

#include "utils/array.h"

/* The numbers of a state, in place. Anyone may hand in an array of his own: an ERROR unless it is of that many. */
extern void *mi_float8_state(ArrayType *state, int count);

#endif
