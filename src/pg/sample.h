/*
 * States of aggregates that need all values at the end: the values themselves, two kinds of them if need be.
 *
 * A sample is a float8[] whose first numbers say how many values it holds and what the aggregate was told (a fraction,
 * a seed); the rest is room for values, filled from the front with those of one kind and from the back with those of
 * the other. When it is full, it is replaced by one twice as long: the executor sees a new pointer, copies what it
 * points to where states live, and frees the old one. That a value takes 8 bytes, whatever its kind, and that a state
 * holds no pointer are worth that copy.
 *
 * The values of one state may take musicintel.training_memory, and no more than a value of 1 GB can hold.
 */
#ifndef MI_PG_SAMPLE_H
#define MI_PG_SAMPLE_H

#include "fmgr.h"
#include "utils/array.h"

#define MI_SAMPLE_PARAMETERS 4

typedef struct mi_sample
{
	double front;                            /* how many values of the first kind */
	double back;                             /* and of the second, in reverse order from the end */
	double parameters[MI_SAMPLE_PARAMETERS]; /* what they mean is up to the aggregate; the same in every row */
	double values[FLEXIBLE_ARRAY_MEMBER];
} mi_sample;

typedef enum mi_sample_side
{
	MI_SAMPLE_FRONT,
	MI_SAMPLE_BACK
} mi_sample_side;

/* The n-th argument, checked: anyone may hand in an array of his own. */
extern ArrayType *mi_sample_argument(FunctionCallInfo fcinfo, int n);

/* The state with one more value; another array when it had to grow. */
extern ArrayType *mi_sample_add(ArrayType *state, mi_sample_side side, double value);

/* Notes parameters with the first row, and raises an ERROR when they change; "what" is the name of the argument. */
extern void mi_sample_set_parameter(ArrayType *state, int n, double value, const char *what);

extern double mi_sample_parameter(ArrayType *state, int n);

/* The values of the first kind, as they came. */
extern const double *mi_sample_front(ArrayType *state, size_t *count);

/* A sorted copy of the values of one kind, in the current memory context. */
extern double *mi_sample_sorted(ArrayType *state, mi_sample_side side, size_t *count);

#endif
