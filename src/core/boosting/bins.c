/*
 * Bins of a feature; see bins.h.
 */
#include "bins.h"

#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"

/* A number between two neighbours that is below the upper one: the middle, where doubles have one. */
static double
between(double low, double high)
{
	double middle = low + (high - low) / 2.0;

	return middle < high ? middle : low;
}

/* How often the value at a place occurs from there on, of sorted ones. */
static size_t
run_length(const double *values, size_t place, size_t count)
{
	size_t end = place + 1;

	while (end < count && values[end] == values[place])
		end++;
	return end - place;
}

/* A value of the sample and how often it occurs. */
typedef struct counted_value
{
	double value;
	size_t count;
} counted_value;

/* The sample's values one after the other, for who knows how many of the ones that come next to pass over. */
typedef struct value_walk
{
	mi_value_buckets *buckets;
	uint32_t bucket;
	size_t place; /* in the bucket */
} value_walk;

static counted_value
value_at(const value_walk *walk)
{
	const double *values = mi_value_buckets_sorted(walk->buckets, walk->bucket);

	return (counted_value){
		values[walk->place],
		run_length(values, walk->place, mi_value_buckets_size(walk->buckets, walk->bucket)),
	};
}

/* False at the end. */
static bool
step(value_walk *walk, size_t count)
{
	walk->place += count;
	if (walk->place < mi_value_buckets_size(walk->buckets, walk->bucket))
		return true;
	walk->bucket = mi_value_buckets_next(walk->buckets, walk->bucket + 1);
	walk->place = 0;
	return walk->bucket < walk->buckets->count;
}

static void
cut(mi_bins *bins, counted_value below, counted_value above)
{
	bins->map.upper_bounds[bins->count++] = between(below.value, above.value);
}

/* The number of distinct values, as far as "most" and one more. */
static size_t
count_distinct(mi_value_buckets *buckets, size_t most)
{
	value_walk walk = {.buckets = buckets, .bucket = mi_value_buckets_next(buckets, 0)};
	size_t distinct = 0;

	if (walk.bucket == buckets->count)
		return 0;
	do
		distinct++;
	while (distinct <= most && step(&walk, value_at(&walk).count));
	return distinct;
}

/* Few enough values: a bin for each, joined until there are min_data_in_bin rows in it. */
static void
bin_each_value(mi_bins *bins, mi_value_buckets *buckets, uint32_t min_data_in_bin)
{
	value_walk walk = {.buckets = buckets, .bucket = mi_value_buckets_next(buckets, 0)};
	counted_value here = value_at(&walk);
	size_t held = 0;

	while (step(&walk, here.count))
	{
		counted_value next = value_at(&walk);

		held += here.count;
		if (held >= min_data_in_bin)
		{
			cut(bins, here, next);
			held = 0;
		}
		here = next;
	}
}

/* What of the sample is still to be shared out, among how many bins. */
typedef struct sharing
{
	double share; /* a value that occurs as often has a bin of its own: it is large */
	size_t rest;  /* values that are not large */
	uint32_t rest_bins;
	double rest_share;
	size_t held; /* by the bin that is being filled */
} sharing;

static void
share_out(sharing *shares)
{
	shares->rest_share = shares->rest_bins > 0 ? (double) shares->rest / shares->rest_bins : INFINITY;
}

/* At the start, when large values have been given their bins. */
static sharing
shares_of(mi_value_buckets *buckets, uint32_t max_bins)
{
	size_t total = buckets->begins[buckets->count];
	sharing shares = {.share = (double) total / max_bins, .rest = total, .rest_bins = max_bins};

	for (uint32_t bucket = 0; bucket < buckets->count; bucket++)
	{
		size_t size = mi_value_buckets_size(buckets, bucket);

		if (size < shares.share)
			continue; /* no large value is in it */
		for (size_t place = 0, count; place < size; place += count)
		{
			count = run_length(mi_value_buckets_sorted(buckets, bucket), place, size);
			if (count >= shares.share)
			{
				shares.rest -= count;
				shares.rest_bins--;
			}
		}
	}
	share_out(&shares);
	return shares;
}

/*
 * Whether nothing can be cut in or behind a bucket, so that it need not be sorted: no large value is in it or begins
 * the next one, and the bin has room for all of it.
 */
static bool
can_be_passed_over(const sharing *shares, const mi_value_buckets *buckets, const value_walk *walk)
{
	uint32_t next = mi_value_buckets_next(buckets, walk->bucket + 1);
	size_t size = mi_value_buckets_size(buckets, walk->bucket);

	return walk->place == 0 && size < shares->share && (double) (shares->held + size) < shares->rest_share &&
		   next < buckets->count && mi_value_buckets_size(buckets, next) < shares->share;
}

/*
 * Many values: those that alone are a bin's share get one; the rest is cut into what is left of bins, each about as
 * large as the others.
 */
static void
bin_by_share(mi_bins *bins, mi_value_buckets *buckets, uint32_t max_bins)
{
	sharing shares = shares_of(buckets, max_bins);
	value_walk walk = {.buckets = buckets, .bucket = mi_value_buckets_next(buckets, 0)};

	while (bins->count + 1 < max_bins)
	{
		counted_value here;
		counted_value next;
		bool large;

		if (can_be_passed_over(&shares, buckets, &walk))
		{
			size_t size = mi_value_buckets_size(buckets, walk.bucket);

			shares.held += size;
			shares.rest -= size;
			step(&walk, size);
			continue;
		}
		here = value_at(&walk);
		if (!step(&walk, here.count))
			break;
		next = value_at(&walk);
		large = here.count >= shares.share;
		shares.held += here.count;
		if (!large)
			shares.rest -= here.count;
		if (large || (double) shares.held >= shares.rest_share ||
			(next.count >= shares.share && (double) shares.held >= shares.rest_share / 2.0))
		{
			cut(bins, here, next);
			shares.held = 0;
			if (!large)
			{
				shares.rest_bins--;
				share_out(&shares);
			}
		}
	}
}

/* As many bins as rows of the sample suffice for. */
static uint32_t
with_enough_rows(const mi_value_buckets *buckets, uint32_t max_bins, uint32_t min_data_in_bin)
{
	size_t suffices = buckets->begins[buckets->count] / min_data_in_bin;

	if (suffices >= max_bins)
		return max_bins;
	return suffices > 0 ? (uint32_t) suffices : 1;
}

void
mi_bins_find_numbers(mi_bins *bins, mi_value_buckets *buckets, bool any_missing, uint32_t max_bins,
					 uint32_t min_data_in_bin)
{
	uint32_t value_bins = any_missing && max_bins > 2 ? max_bins - 1 : max_bins;
	size_t distinct = count_distinct(buckets, value_bins);

	memset(bins, 0, sizeof(*bins));
	bins->has_missing = any_missing;
	if (distinct > value_bins)
		bin_by_share(bins, buckets, with_enough_rows(buckets, value_bins, min_data_in_bin));
	else if (distinct > 1)
		bin_each_value(bins, buckets, min_data_in_bin);
	bins->count++; /* the last one has no bound */
	bins->splittable = distinct > 0 && bins->count + bins->has_missing > 1;
	for (bins->search = 1; bins->search < bins->count; bins->search *= 2)
		;
	for (uint32_t i = bins->count - 1; i < MI_BINS_MAX; i++)
		bins->map.upper_bounds[i] = INFINITY;
}

void
mi_bins_find_categories(mi_bins *bins, const uint64_t *counts, uint32_t category_count, bool any_missing,
						uint32_t max_bins)
{
	uint32_t *by_count = mi_allocate((category_count > 0 ? category_count : 1) * sizeof(uint32_t));
	uint32_t kept;

	memset(bins, 0, sizeof(*bins));
	for (uint32_t i = 0; i < category_count; i++) /* insertion: at most 1,000, and once a feature */
	{
		uint32_t at = i;

		for (; at > 0 && counts[by_count[at - 1]] < counts[i]; at--)
			by_count[at] = by_count[at - 1];
		by_count[at] = i;
	}
	kept = category_count < max_bins ? category_count : max_bins;
	bins->category = true;
	bins->has_missing = any_missing || kept < category_count;
	if (bins->has_missing && kept == max_bins)
		kept--;
	bins->count = kept > 0 ? kept : 1;
	bins->splittable = kept + bins->has_missing > 1;
	memset(bins->map.set.bin_of, (int) bins->count, sizeof(bins->map.set.bin_of));
	for (uint32_t i = 0; i < kept; i++)
	{
		bins->map.set.categories[i] = by_count[i];
		bins->map.set.bin_of[by_count[i]] = (uint8_t) i;
	}
	mi_release(by_count);
}

/* What mi_bin_of() does, of eight values at a time: each step of a search waits for the one before it. */
MI_VECTOR_CLONES static void
bin_eight(const mi_bins *bins, const double *values, uint8_t *into)
{
	uint32_t at[8] = {0};

	for (uint32_t half = bins->search / 2; half > 0; half /= 2)
		for (int i = 0; i < 8; i++)
			at[i] += values[i] > bins->map.upper_bounds[at[i] + half - 1] ? half : 0;
	for (int i = 0; i < 8; i++)
		into[i] = (uint8_t) (isnan(values[i]) ? bins->count : at[i]);
}

void
mi_bins_of_column(const mi_bins *bins, const double *values, size_t count, uint8_t *into)
{
	size_t i = 0;

	if (!bins->category)
		for (; i + 8 <= count; i += 8)
			bin_eight(bins, values + i, into + i);
	for (; i < count; i++)
		into[i] = mi_bin_of(bins, values[i]);
}
