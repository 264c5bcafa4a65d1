/*
 * Buckets of values; see value_buckets.h.
 */
#include "value_buckets.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/sort.h"
#include "../base/vector.h"

#define SAMPLED_VALUES ((size_t) 2 * MI_VALUE_BUCKETS) /* that bounds are taken from */
#define FEW_VALUES (2 * SAMPLED_VALUES)                /* in one bucket: sorting them is as fast */
#define BLOCK 65536                                    /* values between checks for interrupts; a multiple of 8 */

mi_value_buckets *
mi_value_buckets_new(size_t most)
{
	mi_value_buckets *buckets = mi_allocate(sizeof(*buckets));

	buckets->values = mi_allocate((most + 1) * sizeof(double));
	buckets->room = mi_allocate((most + 1) * sizeof(double));
	buckets->bucket_of = mi_allocate((most + 8) * sizeof(uint16_t));
	return buckets;
}

void
mi_value_buckets_release(mi_value_buckets *buckets)
{
	mi_release(buckets->values);
	mi_release(buckets->room);
	mi_release(buckets->bucket_of);
	mi_release(buckets);
}

double *
mi_value_buckets_input(mi_value_buckets *buckets)
{
	return buckets->room;
}

/* Upper bounds of all buckets but the last, which is padded with infinity. The room is for as many as are sampled. */
static void
choose_bounds(const double *values, size_t count, double *sampled, double *room, double *bounds)
{
	for (size_t i = 0; i < SAMPLED_VALUES; i++)
		sampled[i] = values[i * (count / SAMPLED_VALUES)];
	mi_sort(sampled, room, SAMPLED_VALUES);
	for (size_t bucket = 0; bucket + 1 < MI_VALUE_BUCKETS; bucket++)
		bounds[bucket] = sampled[(bucket + 1) * (SAMPLED_VALUES / MI_VALUE_BUCKETS) - 1];
	bounds[MI_VALUE_BUCKETS - 1] = INFINITY;
}

/* A binary search without a branch, of eight values at a time: each step of one waits for the step before. */
MI_VECTOR_CLONES static void
find_buckets(const double *values, size_t count, const double *bounds, uint16_t *bucket_of)
{
	for (size_t i = 0; i < count; i += 8)
	{
		uint32_t at[8] = {0};

		for (uint32_t half = MI_VALUE_BUCKETS / 2; half > 0; half /= 2)
			for (int lane = 0; lane < 8; lane++)
				at[lane] += values[i + lane] > bounds[at[lane] + half - 1] ? half : 0;
		for (int lane = 0; lane < 8; lane++)
			bucket_of[i + lane] = (uint16_t) at[lane];
	}
}

/* Into bucket_of, and how many each bucket gets into begins, two places further on. */
static void
classify(mi_value_buckets *buckets, const double *values, size_t count, const double *bounds)
{
	memset(buckets->begins, 0, sizeof(buckets->begins));
	for (size_t start = 0; start < count; start += BLOCK)
	{
		size_t end = count - start > BLOCK ? start + BLOCK : count;
		size_t whole = start + (end - start) / 8 * 8;
		double last[8] = {0};

		mi_check_interrupts();
		find_buckets(values + start, whole - start, bounds, buckets->bucket_of + start);
		memcpy(last, values + whole, (end - whole) * sizeof(double));
		find_buckets(last, 8, bounds, buckets->bucket_of + whole);
		for (size_t i = start; i < end; i++)
			buckets->begins[buckets->bucket_of[i] + 2]++;
	}
}

static void
distribute(mi_value_buckets *buckets, size_t count)
{
	const double *values = buckets->room;
	double bounds[MI_VALUE_BUCKETS];
	size_t *ends = buckets->begins + 1; /* of what is in each bucket so far; in the end where the next one begins */

	choose_bounds(values, count, buckets->values, buckets->values + SAMPLED_VALUES, bounds);
	classify(buckets, values, count, bounds);
	for (uint32_t bucket = 1; bucket <= MI_VALUE_BUCKETS; bucket++)
		ends[bucket] += ends[bucket - 1];
	for (size_t i = 0; i < count; i++)
		buckets->values[ends[buckets->bucket_of[i]]++] = values[i];
}

void
mi_value_buckets_fill(mi_value_buckets *buckets, size_t count)
{
	memset(buckets->sorted, 0, sizeof(buckets->sorted));
	if (count > FEW_VALUES)
	{
		buckets->count = MI_VALUE_BUCKETS;
		distribute(buckets, count);
		return;
	}
	buckets->count = 1;
	buckets->begins[0] = 0;
	buckets->begins[1] = count;
	memcpy(buckets->values, buckets->room, count * sizeof(double));
}

const double *
mi_value_buckets_sorted(mi_value_buckets *buckets, uint32_t bucket)
{
	double *values = buckets->values + buckets->begins[bucket];

	if (!buckets->sorted[bucket])
		mi_sort(values, buckets->room, mi_value_buckets_size(buckets, bucket));
	buckets->sorted[bucket] = true;
	return values;
}
