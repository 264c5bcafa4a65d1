/*
 * A sample of exposures as the state of an aggregate.
 */
#ifndef MI_PG_EXPOSURES_H
#define MI_PG_EXPOSURES_H

#include "pg/sample.h"

/* Exposures in ascending order, in the current memory context; an ERROR for one that cannot be one. */
typedef struct mi_exposures
{
	double *sorted;
	size_t count;
} mi_exposures;

extern mi_exposures mi_exposures_of_state(ArrayType *state);
extern mi_exposures mi_exposures_of_array(ArrayType *array); /* NULLs among its elements are left out */

/* The state with one more exposure, after a check. */
extern ArrayType *mi_exposures_add(ArrayType *state, double exposure);

#endif
