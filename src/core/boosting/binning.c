/*
 * Binning by a team; see binning.h.
 */
#include "binning.h"

#include <string.h>

#include "../base/host.h"

static size_t
chunks_of(uint64_t rows)
{
	return (size_t) ((rows + MI_SPOOL_ROWS - 1) / MI_SPOOL_ROWS);
}

/* The values of the sample's rows, as far as there are any. */
static size_t
read_sample(const mi_boosting_view *view, mi_row_reader *reader, uint32_t feature, double *sample)
{
	size_t held = 0;

	for (size_t chunk = 0; chunk < chunks_of(view->block->rows); chunk++)
	{
		const uint8_t *sampled = view->sampled + chunk * MI_SPOOL_ROWS;
		uint32_t count = mi_row_reader_count(reader, chunk);
		const double *column;

		if (memchr(sampled, 1, count) == NULL)
			continue;
		mi_check_interrupts();
		column = mi_row_reader_feature(reader, chunk, feature);
		for (uint32_t i = 0; i < count; i++)
		{
			sample[held] = column[i] + 0.0; /* no negative zero; stays if wanted, and there is room for one more */
			held += sampled[i] & !isnan(column[i]);
		}
	}
	return held;
}

void
mi_binning_find(const mi_boosting_view *view, mi_row_reader *reader)
{
	const mi_boosting_block *block = view->block;
	uint32_t first = block->features * view->team->rank / view->team->size;
	uint32_t end = block->features * (view->team->rank + 1) / view->team->size;
	mi_value_buckets *sample = mi_value_buckets_new((size_t) block->sample_rows);

	for (uint32_t feature = first; feature < end; feature++)
	{
		mi_bins *bins = &view->bins[feature];

		if (bins->category) /* the leader has counted them */
			continue;
		mi_value_buckets_fill(sample, read_sample(view, reader, feature, mi_value_buckets_input(sample)));
		mi_bins_find_numbers(bins, sample, bins->has_missing, block->max_bin, block->min_data_in_bin);
		if (view->team->rank == 0)
			mi_report_progress(MI_PHASE_FINDING_BINS, feature - first + 1, end - first);
	}
	mi_value_buckets_release(sample);
}

/* Bins of one chunk's rows, of which the first is the member's own row "at", go into the bytes of their bundles. */
static void
put_bins(const mi_boosting_view *view, mi_bundled_feature feature, const uint8_t *bins, uint32_t count, size_t at)
{
	uint8_t *rows = view->row_bins + at * view->stride + feature.bundle;
	uint8_t *column = view->column_bins != NULL ? mi_column_of_bins(view, feature.bundle) + at : NULL;

	for (uint32_t i = 0; i < count; i++)
		rows[i * view->stride] = (uint8_t) (rows[i * view->stride] + bins[i] * feature.weight);
	for (uint32_t i = 0; column != NULL && i < count; i++)
		column[i] = (uint8_t) (column[i] + bins[i] * feature.weight);
}

static void
clear_bins(const mi_boosting_view *view, uint32_t count, size_t at)
{
	memset(view->row_bins + at * view->stride, 0, (size_t) count * view->stride);
	for (uint32_t bundle = 0; view->column_bins != NULL && bundle < view->stride; bundle++)
		memset(mi_column_of_bins(view, bundle) + at, 0, count);
}

void
mi_binning_apply(const mi_boosting_view *view, mi_row_reader *reader)
{
	const mi_boosting_block *block = view->block;
	uint8_t bins[MI_SPOOL_ROWS];

	for (uint64_t row = view->first_row; row < view->end_row; row += MI_SPOOL_ROWS)
	{
		size_t chunk = (size_t) (row / MI_SPOOL_ROWS);
		size_t at = (size_t) (row - view->first_row);
		uint32_t count = mi_row_reader_count(reader, chunk);

		mi_check_interrupts();
		clear_bins(view, count, at);
		for (uint32_t feature = 0; feature < block->features; feature++)
		{
			mi_bins_of_column(&view->bins[feature], mi_row_reader_feature(reader, chunk, feature), count, bins);
			put_bins(view, view->bundled[feature], bins, count, at);
		}
		if (view->team->rank == 0)
			mi_report_progress(MI_PHASE_BINNING, row - view->first_row, view->end_row - view->first_row);
	}
}
