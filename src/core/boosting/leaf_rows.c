/*
 * Lists of rows, and their parting; see leaf_rows.h.
 */
#include "leaf_rows.h"

#include <string.h>

#include "../base/host.h"

#define PREFETCH_ROWS 32 /* ahead, where each row's bin is in a line of the cache of its own */

static mi_row_range *
own_range(const mi_boosting_view *view, uint32_t leaf)
{
	return &view->leaf_rows[view->team->rank * view->block->growth.num_leaves + leaf];
}

void
mi_leaf_rows_plant(const mi_boosting_view *view, uint32_t count)
{
	*own_range(view, 0) = (mi_row_range){0, count};
}

double
mi_leaf_rows_count(const mi_boosting_view *view, uint32_t leaf)
{
	uint64_t count = 0;

	for (unsigned member = 0; member < view->team->size; member++)
		count += mi_leaf_rows(view, member, leaf).count;
	return (double) count;
}

/*
 * Rows that go left stay in front, in order, the others go to the spare list, in order; answers how many stay. A
 * row's byte is at bytes[(row - first) * stride].
 */
static uint32_t
part(uint32_t *list, uint32_t count, uint32_t *spare, const uint8_t *bytes, size_t stride, uint32_t first,
	 const uint8_t *goes_left)
{
	uint32_t lefts = 0;
	uint32_t rights = 0;

	for (uint32_t i = 0; i < count; i++)
	{
		uint32_t row = list[i];
		uint32_t left = goes_left[bytes[(row - first) * stride]];

		if (i % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		if (stride > 1 && i + PREFETCH_ROWS < count)
			__builtin_prefetch(bytes + (list[i + PREFETCH_ROWS] - first) * stride);
		list[lefts] = row;
		spare[rights] = row;
		lefts += left;
		rights += 1 - left;
	}
	memcpy(list + lefts, spare, rights * sizeof(uint32_t));
	return lefts;
}

void
mi_leaf_rows_part(const mi_boosting_view *view, const mi_split *split, uint32_t leaf, uint32_t right_leaf)
{
	mi_row_list rows = mi_leaf_rows(view, view->team->rank, leaf);
	mi_row_range *range = own_range(view, leaf);
	uint32_t *spare = view->spare_lists + view->first_row;
	mi_bundled_feature feature = view->bundled[split->feature];
	uint8_t goes_left[MI_BINS_MAX]; /* by byte */
	uint32_t lefts;

	for (uint32_t byte = 0; byte < MI_BINS_MAX; byte++)
		goes_left[byte] = mi_split_goes_left(split, &view->bins[split->feature], mi_bundled_bin(feature, byte));
	if (view->column_bins != NULL)
		lefts = part(rows.rows, rows.count, spare, mi_column_of_bins(view, feature.bundle), 1,
					 (uint32_t) view->first_row, goes_left);
	else
		lefts = part(rows.rows, rows.count, spare, view->row_bins + feature.bundle, view->stride,
					 (uint32_t) view->first_row, goes_left);
	*own_range(view, right_leaf) = (mi_row_range){range->begin + lefts, rows.count - lefts};
	range->count = lefts;
}

void
mi_leaf_rows_tell(const mi_boosting_view *view, uint32_t leaf_count)
{
	uint64_t listed = 0;

	for (uint32_t leaf = 0; leaf < leaf_count; leaf++)
		listed += mi_leaf_rows(view, view->team->rank, leaf).count;
	if (listed < view->end_row - view->first_row)
		memset(view->leaf_of + view->first_row, 0xff, (view->end_row - view->first_row) * sizeof(uint32_t));
	for (uint32_t leaf = 0; leaf < leaf_count; leaf++)
	{
		mi_row_list list = mi_leaf_rows(view, view->team->rank, leaf);

		mi_check_interrupts();
		for (uint32_t i = 0; i < list.count; i++)
			view->leaf_of[list.rows[i]] = leaf;
	}
}
