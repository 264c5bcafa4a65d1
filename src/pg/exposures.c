/*
 * Samples of exposures; see exposures.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "core/base/sort.h"
#include "core/metrics/inequality.h"
#include "pg/exposures.h"
#include "pg/report.h"

/* What is out of range is at an end, or next to it, once sorted: a NaN is, whatever its sign. */
static mi_exposures
checked(mi_exposures exposures)
{
	mi_error error = {0};

	if (exposures.count > 0)
	{
		mi_check_exposure(exposures.sorted[0], &error);
		mi_report(&error);
		mi_check_exposure(exposures.sorted[exposures.count - 1], &error);
		mi_report(&error);
	}
	return exposures;
}

mi_exposures
mi_exposures_of_state(ArrayType *state)
{
	mi_exposures exposures;

	exposures.sorted = mi_sample_sorted(state, MI_SAMPLE_FRONT, &exposures.count);
	return checked(exposures);
}

mi_exposures
mi_exposures_of_array(ArrayType *array)
{
	int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const double *packed = (const double *) ARR_DATA_PTR(array); /* a NULL takes no room */
	const bits8 *bitmap = ARR_NULLBITMAP(array);
	mi_exposures exposures = {0};

	Assert(ARR_ELEMTYPE(array) == FLOAT8OID);
	for (int i = 0; i < count; i++)
		if (bitmap == NULL || (bitmap[i / 8] & (1 << (i % 8))))
			exposures.count++;
	exposures.sorted = mi_sorted_copy(packed, exposures.count);
	return checked(exposures);
}

ArrayType *
mi_exposures_add(ArrayType *state, double exposure)
{
	mi_error error = {0};

	mi_check_exposure(exposure, &error);
	mi_report(&error);
	return mi_sample_add(state, MI_SAMPLE_FRONT, exposure);
}
