/*
 * Building of histograms; see histogram.h.
 *
 * This is where boosting spends its time, most of it storing sums, of which a processor does hardly more than one a
 * cycle. Rows are gathered into a tile that stays in the first- or second-level cache, and the tile is gone over two
 * groups of bundles at a time, whose histograms (16 × 256 entries × 8 bytes) stay there too: .63 ns an addition where
 * going row by row through all bundles took .94 (Xeon, 2 MB second-level cache).
 */
#include "histogram.h"

#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"

#define TILE_ROWS 512
#define ASK_EVERY 4 /* rows that are added to two groups: one row of the next tile is asked for */
#define ASKED_ROWS (TILE_ROWS / ASK_EVERY)
#define NEARLY 16         /* rows before one is gathered, it is asked for again, from the second-level cache */
#define TILE_BUNDLES 128  /* gathered at a time */
#define COLUMN_ROWS 16384 /* whose values stay in the second-level cache from one pair of columns to the next */
#define GROUP_ENTRIES (MI_FEATURE_GROUP * MI_BINS_MAX)

static inline uint64_t
load_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/*
 * Rows that are gathered next, a few of them for each call that adds: memory answers only so many requests at a time,
 * and so is best asked between additions.
 */
typedef struct rows_ahead
{
	const uint32_t *rows;
	size_t count;
	size_t width; /* bytes of each that are gathered first */
	const mi_boosting_view *view;
} rows_ahead;

MI_ALWAYS_INLINE void
ask_for(const rows_ahead *ahead, size_t i)
{
	size_t own = ahead->rows[i] - ahead->view->first_row;
	const uint8_t *bins = ahead->view->row_bins + own * ahead->view->stride;

	__builtin_prefetch(&ahead->view->packed[own], 0, 2);
	__builtin_prefetch(bins, 0, 2);
	__builtin_prefetch(bins + ahead->width - 1, 0, 2);
}

/* The part of the rows ahead that is asked for by one call of several, each with the next part. */
static rows_ahead
part_of(const rows_ahead *ahead, size_t call)
{
	size_t begin = call * ASKED_ROWS < ahead->count ? call * ASKED_ROWS : ahead->count;
	size_t left = ahead->count - begin;

	return (rows_ahead){ahead->rows + begin, left < ASKED_ROWS ? left : ASKED_ROWS, ahead->width, ahead->view};
}

/* So many bytes of a word: constant where it is called, so that there is no loop left. */
MI_ALWAYS_INLINE void
add_bytes(uint64_t word, unsigned bytes, int64_t value, int64_t *histogram)
{
	for (unsigned i = 0; i < bytes; i++)
		histogram[i * MI_BINS_MAX + (word >> (8 * i) & 0xff)] += value;
}

/* Two groups of bundles, of the second one only so many; those that merely fill it up cost nothing. */
MI_ALWAYS_INLINE void
add_two_groups(const uint8_t *tile, size_t width, size_t rows, const int64_t *values, int64_t *histogram,
			   unsigned of_second, const rows_ahead *ahead)
{
	for (size_t i = 0; i < rows; i++)
	{
		uint64_t first = load_word(tile + i * width);
		uint64_t second = of_second > 0 ? load_word(tile + i * width + MI_FEATURE_GROUP) : 0;
		int64_t value = values[i];

		if (i % ASK_EVERY == 0 && i / ASK_EVERY < ahead->count)
			ask_for(ahead, i / ASK_EVERY);
		add_bytes(first, MI_FEATURE_GROUP, value, histogram);
		add_bytes(second, of_second, value, histogram + GROUP_ENTRIES);
	}
}

MI_VECTOR_CLONES static void
add_packed(const uint8_t *tile, size_t width, size_t rows, const int64_t *values, int64_t *histogram, uint32_t bundles,
		   rows_ahead ahead)
{
	if (bundles <= MI_FEATURE_GROUP)
		add_two_groups(tile, width, rows, values, histogram, 0, &ahead);
	else if (bundles <= MI_FEATURE_GROUP + MI_FEATURE_GROUP / 2)
		add_two_groups(tile, width, rows, values, histogram, MI_FEATURE_GROUP / 2, &ahead);
	else
		add_two_groups(tile, width, rows, values, histogram, MI_FEATURE_GROUP, &ahead);
}

/* Of rows that follow each other, where bins lie by column: two bundles at a time. */
MI_VECTOR_CLONES static void
add_columns(const uint8_t *first, const uint8_t *second, size_t rows, const int64_t *values, int64_t *histogram)
{
	size_t i = 0;

	for (; i + 8 <= rows; i += 8)
	{
		uint64_t word = load_word(first + i);
		uint64_t next = load_word(second + i);

		for (unsigned j = 0; j < 8; j++)
		{
			histogram[word >> (8 * j) & 0xff] += values[i + j];
			histogram[MI_BINS_MAX + (next >> (8 * j) & 0xff)] += values[i + j];
		}
	}
	for (; i < rows; i++)
	{
		histogram[first[i]] += values[i];
		histogram[MI_BINS_MAX + second[i]] += values[i];
	}
}

/* A row's sums in fixed point: gradient, hessian. */
typedef struct wide_value
{
	int64_t gradient;
	int64_t hessian;
} wide_value;

MI_VECTOR_CLONES static void
add_wide(const uint8_t *tile, size_t width, size_t rows, const wide_value *values, wide_value *histogram)
{
	for (size_t i = 0; i < rows; i++)
	{
		uint64_t word = load_word(tile + i * width);
		wide_value value = values[i];

		for (unsigned j = 0; j < MI_FEATURE_GROUP; j++)
		{
			wide_value *entry = histogram + j * MI_BINS_MAX + (word >> (8 * j) & 0xff);

			entry->gradient += value.gradient;
			entry->hessian += value.hessian;
		}
	}
}

typedef struct row_tile
{
	uint8_t bins[TILE_ROWS * TILE_BUNDLES + MI_ROW_PIECE];
	int64_t packed[TILE_ROWS];
	wide_value wide[TILE_ROWS];
} row_tile;

static void
gather_bins(row_tile *tile, const mi_boosting_view *view, const uint32_t *rows, size_t count, uint32_t bundle,
			size_t width)
{
	size_t stride = view->stride;
	const uint8_t *from = view->row_bins + bundle;
	uint32_t first = (uint32_t) view->first_row;

	for (size_t i = 0; i < count; i++)
	{
		const uint8_t *bins = from + (rows[i] - first) * stride;

		if (i + NEARLY < count)
		{
			__builtin_prefetch(from + (rows[i + NEARLY] - first) * stride);
			__builtin_prefetch(from + (rows[i + NEARLY] - first) * stride + width - 1);
		}
		for (size_t at = 0; at < width; at += MI_ROW_PIECE)
			memcpy(tile->bins + i * width + at, bins + at, MI_ROW_PIECE);
	}
}

/* The tile's rows, whose bins lie "width" apart, go into a histogram of so many bundles. */
static void
add_rows(const row_tile *tile, const uint8_t *bins, size_t width, bool quantized, size_t rows, uint32_t bundles,
		 void *histogram, const rows_ahead *ahead)
{
	if (!quantized)
	{
		for (uint32_t bundle = 0; bundle < bundles; bundle += MI_FEATURE_GROUP)
			add_wide(bins + bundle, width, rows, tile->wide, (wide_value *) histogram + (size_t) bundle * MI_BINS_MAX);
		return;
	}
	for (uint32_t bundle = 0; bundle < bundles; bundle += 2 * MI_FEATURE_GROUP)
		add_packed(bins + bundle, width, rows, tile->packed, (int64_t *) histogram + (size_t) bundle * MI_BINS_MAX,
				   bundles - bundle, part_of(ahead, bundle / (2 * MI_FEATURE_GROUP)));
}

/* 64-bit words of an entry. */
static size_t
entry_words(const mi_boosting_view *view)
{
	return view->block->growth.quantized ? 1 : 2;
}

/* The sums of a feature or bundle. */
static int64_t *
sums_of(const mi_boosting_view *view, const void *histogram, uint32_t number)
{
	return (int64_t *) histogram + (size_t) number * MI_BINS_MAX * entry_words(view);
}

static bool
follow_each_other(const uint32_t *rows, size_t count)
{
	return rows[count - 1] - rows[0] + 1 == count;
}

/* Packed sums of rows from the first one on, by column. */
static void
build_by_column(const mi_boosting_view *view, mi_row_list list, int64_t *histogram)
{
	uint32_t bundles = view->bundles;

	for (size_t at = 0; at < list.count; at += COLUMN_ROWS)
	{
		size_t rows = list.count - at < COLUMN_ROWS ? list.count - at : COLUMN_ROWS;
		size_t own = (size_t) (list.rows[at] - view->first_row);

		for (uint32_t bundle = 0; bundle < bundles; bundle += 2) /* an odd one is followed by one that fills up */
		{
			if (bundle % MI_FEATURE_GROUP == 0)
				mi_check_interrupts();
			add_columns(mi_column_of_bins(view, bundle) + own, mi_column_of_bins(view, bundle + 1) + own, rows,
						view->packed + own, histogram + (size_t) bundle * MI_BINS_MAX);
		}
	}
}

/* The gradients of a tile's rows. */
static void
gather_values(row_tile *tile, const mi_boosting_view *view, const mi_gradient *gradients, double per_gradient,
			  double per_hessian, const uint32_t *rows, size_t count)
{
	if (view->block->growth.quantized)
		for (size_t i = 0; i < count; i++)
			tile->packed[i] = view->packed[rows[i] - view->first_row];
	else
		for (size_t i = 0; i < count; i++)
			tile->wide[i] = (wide_value){(int64_t) (gradients[rows[i]].gradient * per_gradient),
										 (int64_t) (gradients[rows[i]].hessian * per_hessian)};
}

void
mi_histogram_build(const mi_boosting_view *view, const mi_gradient *gradients, double gradient_scale,
				   double hessian_scale, mi_row_list list, void *histogram)
{
	bool quantized = view->block->growth.quantized;
	size_t stride = view->stride;
	uint32_t bundles = view->bundles;
	row_tile tile;

	if (list.count > 0 && quantized && view->column_bins != NULL && follow_each_other(list.rows, list.count))
	{
		build_by_column(view, list, histogram);
		return;
	}
	for (size_t at = 0; at < list.count; at += TILE_ROWS)
	{
		const uint32_t *rows = list.rows + at;
		size_t held = list.count - at < TILE_ROWS ? list.count - at : TILE_ROWS;
		rows_ahead ahead = {rows + held, list.count - at - held, stride < TILE_BUNDLES ? stride : TILE_BUNDLES, view};

		mi_check_interrupts();
		gather_values(&tile, view, gradients, 1.0 / gradient_scale, 1.0 / hessian_scale, rows, held);
		for (uint32_t bundle = 0; bundle < bundles; bundle += TILE_BUNDLES)
		{
			uint32_t here = bundles - bundle < TILE_BUNDLES ? bundles - bundle : TILE_BUNDLES;
			const uint8_t *bins = view->row_bins + (rows[0] - view->first_row) * stride + bundle;
			size_t width = stride;

			if (!follow_each_other(rows, held))
			{
				width = (here + MI_FEATURE_GROUP - 1) / MI_FEATURE_GROUP * MI_FEATURE_GROUP;
				gather_bins(&tile, view, rows, held, bundle, width);
				bins = tile.bins;
			}
			add_rows(&tile, bins, width, quantized, held, here, sums_of(view, histogram, bundle), &ahead);
		}
	}
}

void
mi_histogram_clear(const mi_boosting_view *view, void *histogram)
{
	memset(histogram, 0, (size_t) view->stride * MI_BINS_MAX * entry_words(view) * sizeof(int64_t));
}

/* A feature that has a bundle for itself: so many words. */
static void
add_up(const int64_t *from, size_t words, int64_t *sums)
{
	for (size_t i = 0; i < words; i++)
		sums[i] += from[i];
}

/* A feature's sums from those of all combinations with the others of its bundle. */
static void
add_up_combinations(const int64_t *from, mi_bundled_feature feature, size_t words, int64_t *sums)
{
	uint32_t above = MI_BINS_MAX / (feature.weight * feature.bins); /* combinations of features of more weight */

	for (uint32_t i = 0; i < above; i++)
		for (uint32_t bin = 0; bin < feature.bins; bin++)
			for (size_t below = 0; below < feature.weight * words; below++)
				sums[bin * words + below % words] += *from++;
}

void
mi_histogram_reduce(const mi_boosting_view *view, void *into)
{
	size_t words = entry_words(view);
	uint32_t end = view->end_group * MI_FEATURE_GROUP;

	for (uint32_t i = view->first_group * MI_FEATURE_GROUP; i < end && i < view->block->features; i++)
	{
		mi_bundled_feature feature = view->bundled[i];
		int64_t *sums = sums_of(view, into, i);

		memset(sums, 0, MI_BINS_MAX * words * sizeof(int64_t));
		for (unsigned member = 0; member < view->team->size; member++)
		{
			const int64_t *from = sums_of(view, mi_scratch_histogram(view, member), feature.bundle);

			if (feature.alone)
				add_up(from, MI_BINS_MAX * words, sums);
			else
				add_up_combinations(from, feature, words, sums);
		}
	}
}

void
mi_histogram_subtract(const mi_boosting_view *view, void *from, const void *what)
{
	int64_t *sums = sums_of(view, from, view->first_group * MI_FEATURE_GROUP);
	const int64_t *less = sums_of(view, what, view->first_group * MI_FEATURE_GROUP);
	size_t words = (size_t) (view->end_group - view->first_group) * GROUP_ENTRIES * entry_words(view);

	for (size_t i = 0; i < words; i++)
		sums[i] -= less[i];
}
