/*
 * Bins of one feature: at most 256 numbers that stand for its values, so that a value takes a byte.
 *
 * Numbers are cut at upper bounds, halfway between neighbouring values of a sample, so that bins hold about the same
 * number of rows; a value that fills a bin alone gets one. Categories are bins themselves, the most frequent ones; rare
 * ones that no bin is left for share that of the missing.
 */
#ifndef MI_BINS_H
#define MI_BINS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value_buckets.h"

#define MI_BINS_MAX 256

typedef struct mi_bins
{
	bool category;
	bool splittable;  /* there are rows in more than one bin, as far as the sample shows */
	bool has_missing; /* the bin after those of values is that of missing ones */
	uint32_t count;   /* bins of values, at least 1 */
	uint32_t search;  /* upper_bounds is padded to this power of two with infinities */
	union
	{
		double upper_bounds[MI_BINS_MAX]; /* numbers: bin b holds values <= upper_bounds[b]; the last is infinite */
		struct
		{
			uint32_t categories[MI_BINS_MAX]; /* of each bin */
			uint8_t bin_of[1024];             /* by category; that of the missing for those without one */
		} set;
	} map;
} mi_bins;

/*
 * From a sample of values, which may hide missing ones: any_missing says whether there are some in all rows. max_bins
 * counts that of the missing.
 */
extern void mi_bins_find_numbers(mi_bins *bins, mi_value_buckets *sample, bool any_missing, uint32_t max_bins,
								 uint32_t min_data_in_bin);

/* counts: of all rows, by category; category_count <= 1024. */
extern void mi_bins_find_categories(mi_bins *bins, const uint64_t *counts, uint32_t category_count, bool any_missing,
									uint32_t max_bins);

/* The bins of so many values. NaN, and a category that has none, are missing. */
extern void mi_bins_of_column(const mi_bins *bins, const double *values, size_t count, uint8_t *into);

/* The bin of a value. NaN, and a category that has none, are missing; there is a bin for them or this is not asked. */
static inline uint8_t
mi_bin_of(const mi_bins *bins, double value)
{
	uint32_t at = 0;

	if (isnan(value))
		return (uint8_t) bins->count;
	if (bins->category)
		return bins->map.set.bin_of[(uint32_t) value];
	for (uint32_t half = bins->search / 2; half > 0; half /= 2)
		at += value > bins->map.upper_bounds[at + half - 1] ? half : 0;
	return (uint8_t) at;
}

#endif
