/*
 * Numbers in buckets, each of which holds what is above the one before it: for who goes through them in order, but has
 * to know few of them exactly. Only buckets that are asked for are sorted.
 *
 * Buckets are bounded by numbers of a small sample, so that they are of like size whatever the distribution. Time
 * O(n log(buckets)), and O(n log n) at most.
 */
#ifndef MI_VALUE_BUCKETS_H
#define MI_VALUE_BUCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MI_VALUE_BUCKETS 4096

typedef struct mi_value_buckets
{
	double *values; /* bucket after bucket */
	double *room;   /* as large */
	uint16_t *bucket_of;
	uint32_t count;                      /* buckets */
	size_t begins[MI_VALUE_BUCKETS + 2]; /* of each bucket, and the end of the last */
	bool sorted[MI_VALUE_BUCKETS];
} mi_value_buckets;

/* Room for so many values. */
extern mi_value_buckets *mi_value_buckets_new(size_t most);
extern void mi_value_buckets_release(mi_value_buckets *buckets);

/*
 * Where values are to be written, none of them NaN or -0, with room for one more than "most"; and then so many of them
 * take the place of those before.
 */
extern double *mi_value_buckets_input(mi_value_buckets *buckets);
extern void mi_value_buckets_fill(mi_value_buckets *buckets, size_t count);

/* Values of one bucket, in ascending order. */
extern const double *mi_value_buckets_sorted(mi_value_buckets *buckets, uint32_t bucket);

static inline size_t
mi_value_buckets_size(const mi_value_buckets *buckets, uint32_t bucket)
{
	return buckets->begins[bucket + 1] - buckets->begins[bucket];
}

/* The first bucket from here on that is not empty, or their number. */
static inline uint32_t
mi_value_buckets_next(const mi_value_buckets *buckets, uint32_t bucket)
{
	while (bucket < buckets->count && mi_value_buckets_size(buckets, bucket) == 0)
		bucket++;
	return bucket;
}

#endif
