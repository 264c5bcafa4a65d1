/*
 * Rows before they are binned; see boosting_rows.h.
 */
#include "boosting_rows.h"

#include <string.h>

#include "../base/host.h"
#include "gradient_boosting.h"
#include "holding_out.h"
#include "row_sample.h"

/* A byte has no room for more bins: whoever trains should know what that costs. */
static void
tell_of_rare_categories(const mi_feature *feature, const mi_bins *bins, const uint64_t *counts)
{
	uint64_t rows = 0;

	for (uint32_t category = 0; category < feature->level_count; category++)
		if (bins->map.set.bin_of[category] == bins->count)
			rows += counts[category];
	if (rows > 0)
		mi_notice("feature \"%s\" has %u categories, of which the rarest %u, %llu rows, count as missing",
				  feature->name, (unsigned) feature->level_count, (unsigned) (feature->level_count - bins->count),
				  (unsigned long long) rows);
}

/* What is known of the features before any row is read again. */
static void
prepare_bins(const mi_training *training, mi_bins *bins)
{
	const mi_boosting_trainer *trainer = training->state;
	const mi_boosting_params *params = training->params;

	for (uint32_t feature = 0; feature < training->contract->feature_count; feature++)
	{
		const mi_feature *known = &training->contract->features[feature];
		const uint64_t *counts = trainer->category_counts[feature];

		if (counts != NULL)
		{
			mi_bins_find_categories(&bins[feature], counts, known->level_count, trainer->has_missing[feature],
									(uint32_t) params->max_bin);
			tell_of_rare_categories(known, &bins[feature], counts);
		}
		else
			bins[feature] = (mi_bins){.has_missing = trainer->has_missing[feature]};
	}
}

/* Targets and weights, and in held_by, unless that is NULL, what rows are held out by. */
static void
read_extras(const mi_training *training, const mi_class_weights *weights, mi_boosting_block *block, double *held_by)
{
	mi_boosting_trainer *trainer = training->state;
	mi_row_reader reader = mi_row_reader_new(trainer->rows.spool, trainer->rows.chunks, trainer->rows.rows);
	double *targets = mi_boosting_at(block, block->at_targets);
	float *row_weights = mi_boosting_at(block, block->at_weights);

	for (size_t chunk = 0; chunk < trainer->rows.chunk_count; chunk++)
	{
		size_t first = chunk * MI_SPOOL_ROWS;
		uint32_t count = mi_row_reader_count(&reader, chunk);
		const double *column;
		double asked[MI_SPOOL_ROWS]; /* weights, before those of the classes */

		mi_check_interrupts();
		if (block->weighted)
			memcpy(asked, mi_row_reader_extra(&reader, chunk, MI_ROW_WEIGHT), count * sizeof(double));
		column = mi_row_reader_extra(&reader, chunk, MI_ROW_TARGET);
		for (uint32_t i = 0; i < count; i++)
		{
			targets[first + i] = mi_class_number(weights, column[i]);
			if (block->weighted)
				row_weights[first + i] = (float) (asked[i] * mi_class_weight(weights, column[i]));
		}
		if (held_by != NULL)
			memcpy(held_by + first, mi_row_reader_extra(&reader, chunk, MI_ROW_HELD_BY), count * sizeof(double));
	}
	mi_row_reader_release(&reader);
}

mi_status
mi_boosting_prepare_rows(const mi_training *training, const mi_class_weights *weights, mi_boosting_block *block,
						 mi_error *error)
{
	mi_boosting_trainer *trainer = training->state;
	const mi_boosting_params *params = training->params;
	double *held_by = block->held_out ? mi_allocate(block->rows * sizeof(double)) : NULL;

	block->spool = mi_spool_publish(trainer->rows.spool);
	memcpy(mi_boosting_at(block, block->at_spool_chunks), trainer->rows.chunks,
		   trainer->rows.chunk_count * sizeof(mi_row_chunk));
	read_extras(training, weights, block, held_by);
	if (block->held_out)
		mi_hold_out(held_by, params, block, error);
	mi_release(held_by);
	if (error->status != MI_OK)
		return error->status;
	block->sample_rows = mi_row_sample_mark(block->rows, mi_boosting_at(block, block->at_held_out),
											(uint64_t) params->bin_construct_sample_cnt, (uint64_t) params->seed,
											mi_boosting_at(block, block->at_spare_lists));
	prepare_bins(training, mi_boosting_at(block, block->at_bins));
	return MI_OK;
}
