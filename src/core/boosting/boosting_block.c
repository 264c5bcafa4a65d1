/*
 * The memory of a team that boosts; see boosting_block.h.
 */
#include "boosting_block.h"

#include <string.h>

#include "../base/host.h"

#define BINS_BYTES (MI_FEATURE_GROUP * MI_BINS_MAX)

static size_t
aligned(size_t size)
{
	return (size + MI_ROW_ALIGNMENT - 1) / MI_ROW_ALIGNMENT * MI_ROW_ALIGNMENT;
}

/* Puts so many bytes behind what there is; answers where. */
static size_t
place(size_t *size, size_t bytes)
{
	size_t at = *size;

	*size = aligned(at + bytes);
	return at;
}

static size_t
histogram_size(const mi_boosting_block *block)
{
	size_t entry = block->growth.quantized ? sizeof(int64_t) : 2 * sizeof(int64_t);

	return (size_t) block->groups * BINS_BYTES * entry;
}

size_t
mi_boosting_block_layout(mi_boosting_block *block, unsigned members)
{
	size_t rows = (size_t) block->rows;
	size_t size = aligned(sizeof(*block));
	size_t leaves = block->growth.num_leaves;

	block->groups = (block->features + MI_FEATURE_GROUP - 1) / MI_FEATURE_GROUP;
	block->chunks = (uint32_t) ((rows + MI_BOOSTING_CHUNK - 1) / MI_BOOSTING_CHUNK);
	block->at_bins = place(&size, block->features * sizeof(mi_bins));
	block->at_monotone = place(&size, block->features);
	block->at_held_out = place(&size, rows);
	block->at_spool_chunks = place(&size, (rows + MI_SPOOL_ROWS - 1) / MI_SPOOL_ROWS * sizeof(mi_row_chunk));
	block->at_targets = place(&size, rows * sizeof(double));
	block->at_weights = place(&size, block->weighted ? rows * sizeof(float) : 0);
	block->at_scores = place(&size, rows * block->outputs * sizeof(double));
	block->at_gradients = place(&size, rows * block->outputs * sizeof(mi_gradient));
	block->at_row_lists = place(&size, rows * sizeof(uint32_t));
	block->at_spare_lists = place(&size, rows * sizeof(uint32_t));
	block->at_losses = place(&size, 2 * block->chunks * sizeof(double));
	block->at_scratch = place(&size, members * histogram_size(block));
	block->at_leaf_histograms = place(&size, leaves * histogram_size(block));
	block->at_leaf_rows = place(&size, MI_BOOSTING_MEMBERS * leaves * sizeof(mi_row_range));
	block->at_leaf_sums = place(&size, MI_BOOSTING_MEMBERS * leaves * 2 * sizeof(int64_t));
	block->at_leaf_values = place(&size, leaves * sizeof(double));
	block->size = size;
	return size;
}

/* Bytes of a row, at most: each feature has one for itself. */
static uint32_t
largest_stride(const mi_boosting_block *block)
{
	return block->groups * MI_FEATURE_GROUP;
}

/* Bytes of a row with so many bundles: whole lines of the cache, as far as that is within what was reckoned with. */
static uint32_t
stride_of(const mi_boosting_block *block, uint32_t bundles)
{
	uint32_t lines = (bundles + MI_ROW_ALIGNMENT - 1) / MI_ROW_ALIGNMENT * MI_ROW_ALIGNMENT;

	return lines < largest_stride(block) ? lines : largest_stride(block);
}

/* A member's own memory: where what is, from its beginning; and how much it is. */
typedef struct own_layout
{
	size_t columns;
	size_t packed;
	size_t size;
} own_layout;

static own_layout
layout_own(const mi_boosting_block *block, uint64_t rows, uint32_t stride)
{
	own_layout layout = {.columns = aligned((size_t) rows * stride)};

	layout.packed = layout.columns + (block->by_column ? stride * aligned((size_t) rows) : 0);
	layout.size = layout.packed + (block->growth.quantized ? (size_t) rows * sizeof(int64_t) : 0);
	return layout;
}

size_t
mi_boosting_own_size(const mi_boosting_block *block, uint64_t rows)
{
	return layout_own(block, rows, largest_stride(block)).size;
}

void
mi_boosting_view_allocate(mi_boosting_view *view)
{
	const mi_boosting_block *block = view->block;
	uint64_t rows = view->end_row - view->first_row;
	own_layout layout;
	uintptr_t begin;

	view->bundled = mi_allocate(block->features * sizeof(mi_bundled_feature));
	view->bundles = mi_bundle_features(view->bins, block->features, view->bundled);
	view->stride = stride_of(block, view->bundles);
	layout = layout_own(block, rows, view->stride);
	view->own_memory = mi_allocate(layout.size + MI_ROW_ALIGNMENT + MI_ROW_PIECE);
	begin = aligned((uintptr_t) view->own_memory);
	view->row_bins = (uint8_t *) view->own_memory + (begin - (uintptr_t) view->own_memory);
	view->column_bins = block->by_column ? view->row_bins + layout.columns : NULL;
	view->column_stride = aligned((size_t) rows);
	view->packed = (int64_t *) (view->row_bins + layout.packed);
}

void
mi_boosting_view_release(mi_boosting_view *view)
{
	mi_release(view->own_memory);
	mi_release(view->bundled);
	view->own_memory = NULL;
	view->bundled = NULL;
}

mi_boosting_view
mi_boosting_view_of(mi_team *team)
{
	mi_boosting_block *block = team->shared;
	uint64_t first = (uint64_t) block->chunks * team->rank / team->size;
	uint64_t end = (uint64_t) block->chunks * (team->rank + 1) / team->size;

	return (mi_boosting_view){
		.team = team,
		.block = block,
		.bins = mi_boosting_at(block, block->at_bins),
		.monotone = mi_boosting_at(block, block->at_monotone),
		.spool_chunks = mi_boosting_at(block, block->at_spool_chunks),
		.targets = mi_boosting_at(block, block->at_targets),
		.weights = block->weighted ? mi_boosting_at(block, block->at_weights) : NULL,
		.held_out = mi_boosting_at(block, block->at_held_out),
		.scores = mi_boosting_at(block, block->at_scores),
		.gradients = mi_boosting_at(block, block->at_gradients),
		.row_lists = mi_boosting_at(block, block->at_row_lists),
		.spare_lists = mi_boosting_at(block, block->at_spare_lists),
		.leaf_of = mi_boosting_at(block, block->at_spare_lists),
		.sampled = mi_boosting_at(block, block->at_spare_lists),
		.losses = mi_boosting_at(block, block->at_losses),
		.scratch = mi_boosting_at(block, block->at_scratch),
		.leaf_histograms = mi_boosting_at(block, block->at_leaf_histograms),
		.leaf_rows = mi_boosting_at(block, block->at_leaf_rows),
		.leaf_sums = mi_boosting_at(block, block->at_leaf_sums),
		.leaf_values = mi_boosting_at(block, block->at_leaf_values),
		.histogram_size = histogram_size(block),
		.first_row = first * MI_BOOSTING_CHUNK,
		.end_row = end * MI_BOOSTING_CHUNK < block->rows ? end * MI_BOOSTING_CHUNK : block->rows,
		.first_group = block->groups * team->rank / team->size,
		.end_group = block->groups * (team->rank + 1) / team->size,
	};
}
