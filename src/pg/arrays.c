/*
 * Arrays of numbers; see arrays.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/float.h"

#include "pg/arrays.h"

int
mi_first_null(ArrayType *array)
{
	const bits8 *bitmap = ARR_NULLBITMAP(array);
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	for (int i = 0; bitmap != NULL && i < count; i++)
		if (!(bitmap[i / 8] & (1 << (i % 8))))
			return i + 1;
	return 0;
}

/* How many elements an array of one dimension has. */
static size_t
element_count(ArrayType *array, const char *what)
{
	Assert(ARR_ELEMTYPE(array) == FLOAT8OID);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, (errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
						errmsg("%s must have one dimension, not %d", what, ARR_NDIM(array))));
	return ARR_NDIM(array) == 0 ? 0 : (size_t) ARR_DIMS(array)[0];
}

const double *
mi_float8_array(ArrayType *array, const char *what, size_t *count)
{
	int null_at;

	*count = element_count(array, what);
	null_at = ARR_HASNULL(array) ? mi_first_null(array) : 0;
	if (null_at > 0)
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("element %d of the %s is NULL", null_at, what),
						errhint("Leave such rows out with WHERE or FILTER, or replace the NULL with COALESCE.")));
	return (const double *) ARR_DATA_PTR(array);
}

const double *
mi_float8_array_or_missing(ArrayType *array, const char *what, size_t *count)
{
	const bits8 *bitmap = ARR_NULLBITMAP(array);
	const double *given = (const double *) ARR_DATA_PTR(array);
	double *values;

	*count = element_count(array, what);
	if (bitmap == NULL)
		return given;
	values = palloc(*count * sizeof(double));
	for (size_t i = 0; i < *count; i++)
		values[i] = bitmap[i / 8] & (1 << (i % 8)) ? *given++ : get_float8_nan(); /* NULLs take no room */
	return values;
}
