/*
 * Arrays of numbers as arguments.
 */
#ifndef MI_PG_ARRAYS_H
#define MI_PG_ARRAYS_H

#include "utils/array.h"

/* The numbers in place. Raises an ERROR for a NULL among them or more than one dimension; "what" names the array. */
extern const double *mi_float8_array(ArrayType *array, const char *what, size_t *count);

/* The same with NaN for a NULL, which takes a copy when there is one. */
extern const double *mi_float8_array_or_missing(ArrayType *array, const char *what, size_t *count);

/* The number of its first NULL element, from 1; 0 when there is none. */
extern int mi_first_null(ArrayType *array);

#endif
