/*
 * Rows in a spool; see row_spool.h. A row is a byte that is 1 for doubles, the features, and the extras.
 */
#include "row_spool.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../base/host.h"

#define EXTRAS_SIZE (MI_ROW_EXTRAS * sizeof(double))

mi_row_spool
mi_row_spool_create(uint32_t features)
{
	return (mi_row_spool){.spool = mi_spool_create(),
						  .features = features,
						  .buffer = mi_allocate(1 + features * sizeof(double) + EXTRAS_SIZE)};
}

/* Writes the features as floats; false when one of them is none. */
static bool
narrow(const double *values, uint32_t features, uint8_t *into)
{
	bool exact = true;

	for (uint32_t i = 0; i < features; i++)
	{
		float value = fabs(values[i]) <= 3e38 ? (float) values[i] : (float) NAN;

		exact &= (double) value == values[i] || isnan(values[i]);
		memcpy(into + i * sizeof(float), &value, sizeof(float));
	}
	return exact;
}

void
mi_row_spool_write(mi_row_spool *spool, const double *values)
{
	uint8_t *features = spool->buffer + 1;
	bool wide = !narrow(values, spool->features, features);
	size_t size = spool->features * (wide ? sizeof(double) : sizeof(float));

	if (wide)
		memcpy(features, values, size);
	spool->buffer[0] = wide;
	memcpy(features + size, values + spool->features, EXTRAS_SIZE);
	mi_spool_write(spool->spool, spool->buffer, 1 + size + EXTRAS_SIZE);
	spool->rows++;
}

void
mi_row_spool_rewind(mi_row_spool *spool)
{
	mi_spool_rewind(spool->spool);
}

void
mi_row_spool_read(mi_row_spool *spool, double *values)
{
	uint8_t wide;

	mi_spool_read(spool->spool, &wide, 1);
	if (wide)
	{
		mi_spool_read(spool->spool, values, spool->features * sizeof(double) + EXTRAS_SIZE);
		return;
	}
	mi_spool_read(spool->spool, spool->buffer, spool->features * sizeof(float) + EXTRAS_SIZE);
	for (uint32_t i = 0; i < spool->features; i++)
	{
		float value;

		memcpy(&value, spool->buffer + i * sizeof(float), sizeof(float));
		values[i] = value;
	}
	memcpy(values + spool->features, spool->buffer + spool->features * sizeof(float), EXTRAS_SIZE);
}

void
mi_row_spool_release(mi_row_spool *spool)
{
	if (spool->spool != NULL)
		mi_spool_release(spool->spool);
	mi_release(spool->buffer);
	*spool = (mi_row_spool){0};
}
