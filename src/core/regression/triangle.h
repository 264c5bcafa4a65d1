/*
 * Orthogonal reduction of a stream of rows: the upper triangle R of A = QR, in double-double, without ever holding A.
 *
 * The last column is the target, so that R = [ R_x  z ; 0  rho ]: coefficients solve R_x b = z, and rho^2 is the
 * residual sum of squares. Up to MI_BLOCK_ROWS rows are folded in at a time by one Householder reflection a column:
 *
 *     H [ R ; B ] = [ R' ; 0 ],   cost 4 * rows * columns^2 / 2 double-double operations, memory columns^2 / 2 numbers.
 *
 * Two triangles merge by folding the rows of one into the other, so the same structure is an aggregate's state, its
 * combine function and a model that can be refitted.
 *
 * Like Miller's AS 274 (Applied Statistics 41 (1992) 458-478) it is one pass and order-independent up to rounding; in
 * place of one square-root-free Givens rotation a row it takes one reflection a block, whose inner loops run down the
 * rows of the block and so vectorise, with one division a column and block rather than a column and row (the
 * "triangular pentagonal" update of Golub & Van Loan, Matrix Computations 4th ed., 5.2 and 6.5).
 */
#ifndef MI_TRIANGLE_H
#define MI_TRIANGLE_H

#include <stddef.h>
#include <stdint.h>

#include "../base/double_double.h"

/* Rows folded at once: enough to spread a column's square root and divisions, few enough to stay in the first cache. */
#define MI_BLOCK_ROWS 64

typedef struct mi_triangle
{
	size_t columns; /* target included */
	double *hi;     /* row i holds columns i … columns-1; mi_triangle_size(columns) numbers */
	double *lo;
} mi_triangle;

static inline size_t
mi_triangle_size(size_t columns)
{
	return columns * (columns + 1) / 2;
}

/* Place of (row, column), row <= column. */
static inline size_t
mi_triangle_at(size_t columns, size_t row, size_t column)
{
	return row * columns - row * (row + 1) / 2 + column;
}

static inline mi_dd
mi_triangle_get(mi_triangle triangle, size_t row, size_t column)
{
	size_t at = mi_triangle_at(triangle.columns, row, column);

	return (mi_dd){triangle.hi[at], triangle.lo[at]};
}

extern mi_triangle mi_triangle_new(size_t columns); /* zeros */
extern mi_triangle mi_triangle_copy(mi_triangle triangle);
extern void mi_triangle_release(mi_triangle *triangle);

/* Fold in row-major rows of doubles; row_count any. Checks for interrupts once a block. */
extern void mi_triangle_absorb(mi_triangle triangle, const double *rows, size_t row_count);

/* Fold in one row, destroying it; its columns before first_column do not count. */
extern void mi_triangle_absorb_row(mi_triangle triangle, double *row_hi, double *row_lo, size_t first_column);

/* Fold in another triangle of the same columns. */
extern void mi_triangle_merge(mi_triangle into, mi_triangle from);

/* The triangle of the same rows with only these columns, in this order. */
extern mi_triangle mi_triangle_select(mi_triangle from, const size_t *selected, size_t selected_count);

#endif
