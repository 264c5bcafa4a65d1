/*
 * Bins of a feature; see bins.h.
 */
#include "bins.h"

#include <string.h>

#include "../base/host.h"
#include "../base/sort.h"
#include "../base/vector.h"

/* The sample's distinct values and how often each occurs. */
typedef struct distinct_values
{
	double *values;
	uint32_t *counts;
	size_t count;
	size_t total;
} distinct_values;

/* Distinct values take the place of the sample, their counts that of the room. */
static distinct_values
find_distinct(double *sample, double *room, size_t count)
{
	distinct_values distinct = {.values = sample, .counts = (uint32_t *) (void *) room};

	for (size_t i = 0; i < count; i++)
		if (!isnan(sample[i]))
			sample[distinct.total++] = sample[i] + 0.0; /* no negative zero */
	mi_sort(sample, room, distinct.total);
	for (size_t i = 0; i < distinct.total; i++)
	{
		if (i == 0 || sample[i] != distinct.values[distinct.count - 1])
		{
			distinct.values[distinct.count] = sample[i];
			distinct.counts[distinct.count++] = 0;
		}
		distinct.counts[distinct.count - 1]++;
	}
	return distinct;
}

/* A number between two neighbours that is below the upper one: the middle, where doubles have one. */
static double
between(double low, double high)
{
	double middle = low + (high - low) / 2.0;

	return middle < high ? middle : low;
}

static void
cut(mi_bins *bins, const distinct_values *distinct, size_t after)
{
	bins->map.upper_bounds[bins->count++] = between(distinct->values[after], distinct->values[after + 1]);
}

/* Few enough values: a bin for each, joined until there are min_data_in_bin rows in it. */
static void
bin_each_value(mi_bins *bins, const distinct_values *distinct, uint32_t min_data_in_bin)
{
	size_t held = 0;

	for (size_t i = 0; i + 1 < distinct->count; i++)
	{
		held += distinct->counts[i];
		if (held >= min_data_in_bin)
		{
			cut(bins, distinct, i);
			held = 0;
		}
	}
}

/*
 * Many values: those that alone are a bin's share get one; the rest is cut into what is left of bins, each about as
 * large as the others.
 */
static void
bin_by_share(mi_bins *bins, const distinct_values *distinct, uint32_t max_bins)
{
	double share = (double) distinct->total / max_bins;
	size_t rest = distinct->total;
	uint32_t rest_bins = max_bins;
	double rest_share;
	size_t held = 0;

	for (size_t i = 0; i < distinct->count; i++)
		if (distinct->counts[i] >= share)
		{
			rest -= distinct->counts[i];
			rest_bins--;
		}
	rest_share = rest_bins > 0 ? (double) rest / rest_bins : INFINITY;
	for (size_t i = 0; i + 1 < distinct->count && bins->count + 1 < max_bins; i++)
	{
		bool large = distinct->counts[i] >= share;
		bool large_next = distinct->counts[i + 1] >= share;

		held += distinct->counts[i];
		if (!large)
			rest -= distinct->counts[i];
		if (large || (double) held >= rest_share || (large_next && (double) held >= rest_share / 2.0))
		{
			cut(bins, distinct, i);
			held = 0;
			if (!large)
				rest_share = --rest_bins > 0 ? (double) rest / rest_bins : INFINITY;
		}
	}
}

void
mi_bins_find_numbers(mi_bins *bins, double *sample, double *room, size_t count, bool any_missing, uint32_t max_bins,
					 uint32_t min_data_in_bin)
{
	distinct_values distinct = find_distinct(sample, room, count);
	uint32_t value_bins = any_missing && max_bins > 2 ? max_bins - 1 : max_bins;

	memset(bins, 0, sizeof(*bins));
	bins->has_missing = any_missing;
	if (distinct.count <= value_bins)
		bin_each_value(bins, &distinct, min_data_in_bin);
	else
		bin_by_share(bins, &distinct, value_bins);
	bins->count++; /* the last one has no bound */
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
