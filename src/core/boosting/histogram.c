/*
 * Building of histograms; see histogram.h.
 *
 * This is where boosting spends its time. Rows are gathered into a tile that stays in the first-level cache, and the
 * tile is gone over two groups of features at a time, whose histograms (16 features × 256 bins × 8 bytes) stay there
 * too: .63 ns an addition where going row by row through all features took .94 (Xeon, 2 MB second-level cache).
 */
#include "histogram.h"

#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"

#define TILE_ROWS 512
#define COLUMN_ROWS 16384 /* whose values stay in the second-level cache from one pair of columns to the next */
#define GROUP_ENTRIES (MI_FEATURE_GROUP * MI_BINS_MAX)

/* Adds one row's value to the eight histograms of a group. */
#define ADD_GROUP(histogram, word, value) \
	for (unsigned j = 0; j < MI_FEATURE_GROUP; j++) \
	(histogram)[j * MI_BINS_MAX + ((word) >> (8 * j) & 0xff)] += (value)

static inline uint64_t
load_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

MI_VECTOR_CLONES static void
add_packed_pair(const uint8_t *tile, size_t width, size_t rows, const int64_t *values, int64_t *first, int64_t *second)
{
	for (size_t i = 0; i < rows; i++)
	{
		uint64_t word = load_word(tile + i * width);
		uint64_t next = load_word(tile + i * width + MI_FEATURE_GROUP);
		int64_t value = values[i];

		ADD_GROUP(first, word, value);
		ADD_GROUP(second, next, value);
	}
}

MI_VECTOR_CLONES static void
add_packed(const uint8_t *tile, size_t width, size_t rows, const int64_t *values, int64_t *histogram)
{
	for (size_t i = 0; i < rows; i++)
	{
		uint64_t word = load_word(tile + i * width);
		int64_t value = values[i];

		ADD_GROUP(histogram, word, value);
	}
}

/* Of rows that follow each other, where bins lie by column: two features at a time. */
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

/* Sums of doubles: a feature's entries are pairs. */
MI_VECTOR_CLONES static void
add_doubles(const uint8_t *tile, size_t width, size_t rows, const mi_gradient *values, double *histogram)
{
	for (size_t i = 0; i < rows; i++)
	{
		uint64_t word = load_word(tile + i * width);
		double gradient = values[i].gradient;
		double hessian = values[i].hessian;

		for (unsigned j = 0; j < MI_FEATURE_GROUP; j++)
		{
			double *entry = histogram + 2 * (j * MI_BINS_MAX + (word >> (8 * j) & 0xff));

			entry[0] += gradient;
			entry[1] += hessian;
		}
	}
}

#define TILE_GROUPS 16 /* of features gathered at a time: 128 bytes a row */

typedef struct row_tile
{
	uint8_t bins[TILE_ROWS * TILE_GROUPS * MI_FEATURE_GROUP];
	int64_t packed[TILE_ROWS];
	mi_gradient gradients[TILE_ROWS];
} row_tile;

/* Asks for the next tile's rows to be in the second-level cache when this one has been added. */
static void
gather_bins(row_tile *tile, const mi_boosting_view *view, const uint32_t *rows, size_t count, size_t left,
			uint32_t first_group, size_t width)
{
	size_t stride = view->block->stride;
	const uint8_t *from = view->row_bins + (size_t) first_group * MI_FEATURE_GROUP;

	for (size_t i = 0; i < count; i++)
	{
		const uint8_t *bins = from + rows[i] * stride;

		if (i + TILE_ROWS < left)
		{
			const uint8_t *next = from + rows[i + TILE_ROWS] * stride;

			__builtin_prefetch(next, 0, 2);
			if (width > MI_ROW_ALIGNMENT)
				__builtin_prefetch(next + MI_ROW_ALIGNMENT, 0, 2);
		}
		if (width == 64)
			memcpy(tile->bins + i * 64, bins, 64);
		else
			for (size_t at = 0; at < width; at += MI_FEATURE_GROUP)
				memcpy(tile->bins + i * width + at, bins + at, MI_FEATURE_GROUP);
	}
}

/* Adds the rows whose bins lie "width" apart. */
static void
add_rows(const row_tile *tile, const uint8_t *bins, size_t width, bool quantized, size_t rows, uint32_t groups,
		 void *histogram)
{
	uint32_t group = 0;

	if (!quantized)
	{
		for (; group < groups; group++)
			add_doubles(bins + group * MI_FEATURE_GROUP, width, rows, tile->gradients,
						(double *) histogram + (size_t) group * 2 * GROUP_ENTRIES);
		return;
	}
	for (; group + 2 <= groups; group += 2)
		add_packed_pair(bins + group * MI_FEATURE_GROUP, width, rows, tile->packed,
						(int64_t *) histogram + (size_t) group * GROUP_ENTRIES,
						(int64_t *) histogram + (size_t) (group + 1) * GROUP_ENTRIES);
	if (group < groups)
		add_packed(bins + group * MI_FEATURE_GROUP, width, rows, tile->packed,
				   (int64_t *) histogram + (size_t) group * GROUP_ENTRIES);
}

static size_t
entry_size(const mi_boosting_view *view)
{
	return view->block->growth.quantized ? sizeof(int64_t) : 2 * sizeof(double);
}

static uint8_t *
group_of(const mi_boosting_view *view, const void *histogram, uint32_t group)
{
	return (uint8_t *) histogram + (size_t) group * GROUP_ENTRIES * entry_size(view);
}

static bool
follow_each_other(const uint32_t *rows, size_t count)
{
	return rows[count - 1] - rows[0] + 1 == count;
}

/* Packed sums of rows from the first one on, by column. */
static void
build_by_column(const mi_boosting_view *view, uint64_t first_row, size_t count, uint32_t first_group, uint32_t end_group,
				int64_t *histogram)
{
	for (size_t at = 0; at < count; at += COLUMN_ROWS)
	{
		size_t rows = count - at < COLUMN_ROWS ? count - at : COLUMN_ROWS;

		for (uint32_t feature = first_group * MI_FEATURE_GROUP; feature < end_group * MI_FEATURE_GROUP; feature += 2)
		{
			if (feature % MI_FEATURE_GROUP == 0)
				mi_check_interrupts();
			add_columns(mi_column_of_bins(view, feature) + first_row + at,
						mi_column_of_bins(view, feature + 1) + first_row + at, rows, view->packed + first_row + at,
						histogram + (size_t) feature * MI_BINS_MAX);
		}
	}
}

/* Row by row: a tile of them after the other. */
static void
build_by_row(const mi_boosting_view *view, const mi_gradient *gradients, const uint32_t *rows, size_t count,
			 uint32_t first_group, uint32_t end_group, void *histogram)
{
	bool quantized = view->block->growth.quantized;
	size_t stride = view->block->stride;
	row_tile tile;

	for (size_t at = 0; at < count; at += TILE_ROWS)
	{
		size_t held = count - at < TILE_ROWS ? count - at : TILE_ROWS;

		mi_check_interrupts();
		for (size_t i = 0; i < held; i++)
			if (quantized)
				tile.packed[i] = view->packed[rows[at + i]];
			else
				tile.gradients[i] = gradients[rows[at + i]];
		for (uint32_t group = first_group; group < end_group; group += TILE_GROUPS)
		{
			uint32_t groups = end_group - group < TILE_GROUPS ? end_group - group : TILE_GROUPS;

			const uint8_t *bins = view->row_bins + rows[at] * stride + (size_t) group * MI_FEATURE_GROUP;
			size_t width = stride;

			if (!follow_each_other(rows + at, held))
			{
				width = (size_t) groups * MI_FEATURE_GROUP;
				gather_bins(&tile, view, rows + at, held, count - at, group, width);
				bins = tile.bins;
			}
			add_rows(&tile, bins, width, quantized, held, groups, group_of(view, histogram, group));
		}
	}
}

void
mi_histogram_build(const mi_boosting_view *view, const mi_gradient *gradients, mi_row_list list, uint32_t first_group,
				   uint32_t end_group, void *histogram)
{
	bool by_column = view->block->growth.quantized && view->column_bins != NULL;

	if (list.count > 0 && by_column && follow_each_other(list.rows, list.count))
		build_by_column(view, list.rows[0], list.count, first_group, end_group, histogram);
	else
		build_by_row(view, gradients, list.rows, list.count, first_group, end_group, histogram);
}

void
mi_histogram_clear(const mi_boosting_view *view, uint32_t first_group, uint32_t end_group, void *histogram)
{
	memset(group_of(view, histogram, first_group), 0, (end_group - first_group) * GROUP_ENTRIES * entry_size(view));
}

void
mi_histogram_reduce(const mi_boosting_view *view, uint32_t first_group, uint32_t end_group, void *into)
{
	size_t from = (size_t) first_group * GROUP_ENTRIES;
	size_t end = (size_t) end_group * GROUP_ENTRIES;
	int64_t *sums = into;

	memcpy(sums + from, (int64_t *) mi_scratch_histogram(view, 0) + from, (end - from) * sizeof(int64_t));
	for (unsigned member = 1; member < view->team->size; member++)
	{
		const int64_t *scratch = mi_scratch_histogram(view, member);

		for (size_t i = from; i < end; i++)
			sums[i] += scratch[i];
	}
}

void
mi_histogram_subtract(const mi_boosting_view *view, uint32_t first_group, uint32_t end_group, void *from,
					  const void *what)
{
	size_t first = (size_t) first_group * GROUP_ENTRIES;
	size_t end = (size_t) end_group * GROUP_ENTRIES;

	if (view->block->growth.quantized)
		for (size_t i = first; i < end; i++)
			((int64_t *) from)[i] -= ((const int64_t *) what)[i];
	else
		for (size_t i = 2 * first; i < 2 * end; i++)
			((double *) from)[i] -= ((const double *) what)[i];
}
