/*
 * The upper triangle R of A = QR in plain double, for regressions that pass over their rows many times: a tenth of the
 * time of the double-double one (triangle.h). An iteration that solves for the correction of its estimates, rather than
 * for the estimates, corrects its own rounding errors as it goes on.
 *
 * The triangle is packed by rows, as there: mi_triangle_at(). Blocks are column by column, MI_PLAIN_BLOCK_ROWS apart.
 * One Householder reflection a column and block (Golub & Van Loan, Matrix Computations 4th ed., 5.2 and 6.5).
 */
#ifndef MI_PLAIN_TRIANGLE_H
#define MI_PLAIN_TRIANGLE_H

#include <stddef.h>

#include "triangle.h"

/* A block of 12 columns is 12 kB, so that it stays in the first cache: a multiple of MI_LANES. */
#define MI_PLAIN_BLOCK_ROWS 128

extern double *mi_plain_triangle_new(size_t columns); /* zeros */

/* Folds a block in, destroying it; its rows must be filled up with zeros to a multiple of MI_LANES. */
extern void mi_plain_triangle_fold(double *triangle, size_t columns, double *block, size_t rows);

/*
 * Over the first count columns of a triangle, which may have more: R x = b and R'x = b, in place. A column with nothing
 * on the diagonal is left out: its x is 0.
 */
extern void mi_plain_triangle_solve(const double *triangle, size_t columns, size_t count, double *x);
extern void mi_plain_triangle_solve_transposed(const double *triangle, size_t columns, size_t count, double *x);

/* y = R x over the first count columns. */
extern void
mi_plain_triangle_multiply(const double *triangle, size_t columns, size_t count, const double *x, double *y);

/* b[row] += factor * a[row], and the sum of a[row] * b[row]: rows a multiple of MI_LANES. */
extern void mi_plain_add_multiple(double *b, double factor, const double *a, size_t rows);
extern double mi_plain_dot(const double *a, const double *b, size_t rows);

#endif
