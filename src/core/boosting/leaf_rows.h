/*
 * The rows of a growing tree's leaves: each member lists its own, leaf after leaf, each leaf's in ascending order.
 */
#ifndef MI_LEAF_ROWS_H
#define MI_LEAF_ROWS_H

#include "boosting_block.h"

#define MI_NO_LEAF UINT32_MAX /* of a row that the tree did not learn from */

/* A member's rows in a leaf. */
typedef struct mi_row_list
{
	uint32_t *rows;
	uint32_t count;
} mi_row_list;

static inline mi_row_list
mi_leaf_rows(const mi_boosting_view *view, unsigned member, uint32_t leaf)
{
	const mi_row_range *range = &view->leaf_rows[member * view->block->growth.num_leaves + leaf];
	uint64_t first_chunk = (uint64_t) view->block->chunks * member / view->team->size;

	return (mi_row_list){view->row_lists + first_chunk * MI_BOOSTING_CHUNK + range->begin, range->count};
}

/* The member's own rows in the root: the first so many of its list, which is written beforehand. */
extern void mi_leaf_rows_plant(const mi_boosting_view *view, uint32_t count);

/* Of all members. */
extern double mi_leaf_rows_count(const mi_boosting_view *view, uint32_t leaf);

/*
 * Fills in view->leaf_of of the member's own rows. What is to be done for each row then goes from one to the next, and
 * not about in memory as the lists do.
 */
extern void mi_leaf_rows_tell(const mi_boosting_view *view, uint32_t leaf_count);

/* Parts the member's own rows of a leaf: those that go right are another leaf's from now on. */
extern void mi_leaf_rows_part(const mi_boosting_view *view, const mi_split *split, uint32_t leaf, uint32_t right_leaf);

#endif
