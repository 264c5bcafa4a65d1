/*
 * Sorting of numbers, and finding one by its rank.
 *
 * Sorting goes by the four bytes that are most significant, the least of them first, and then, among numbers that are
 * the same in these, by the other four; passes that would move nothing are left out: O(n) time, and an array as large
 * as the numbers beside them. Ranks are found by counting bytes, the most significant first: O(n) time, and no
 * memory.
 *
 * The bits of doubles, as integers, are in the order of their values, once those of the negative ones are inverted and
 * the sign bit of the others is set.
 */
#ifndef MI_SORT_H
#define MI_SORT_H

#include <stddef.h>

/*
 * Puts them in ascending order; the room, as large, is overwritten. -0 comes before 0; a NaN after everything, if its
 * sign bit is clear, as that of fabs(NaN) is.
 */
extern void mi_sort(double *values, double *room, size_t count);

/* An ascending copy, from mi_allocate. */
extern double *mi_sorted_copy(const double *values, size_t count);

/* The number that would be at this place, from 0, if all were sorted like that; there are more than place of them. */
extern double mi_nth_smallest(const double *values, size_t count, size_t place);

/*
 * The same, and the median, halfway between the middle two of an even number, of numbers that lie in pieces of one
 * length, the last of which need not be full.
 */
extern double mi_nth_smallest_of_pieces(const double *const *pieces, size_t piece_length, size_t count, size_t place);
extern double mi_median_of_pieces(const double *const *pieces, size_t piece_length, size_t count);

#endif
