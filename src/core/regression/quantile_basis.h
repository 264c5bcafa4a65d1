/*
 * The basis of a vertex of a quantile regression: as many rows as there are coefficients, through which the fit goes.
 *
 * Rows are looked at in coordinates in which the columns are orthogonal, x~ = R'^-1 x with the R of least squares:
 * whether some of them are independent can be told there, however nearly collinear the columns are.
 */
#ifndef MI_QUANTILE_BASIS_H
#define MI_QUANTILE_BASIS_H

#include "design.h"

/*
 * Independent rows of the smallest distances, one number a row. least_squares, here and below: the
 * triangle of mi_design_new. MI_NUMERICAL_FAILURE when there are
 * not enough, the columns being too nearly collinear in these rows.
 */
extern mi_status mi_quantile_basis_find(const mi_design *design, const double *least_squares, const double *distance,
										uint64_t *basis, mi_error *error);

/*
 * The edges that meet in the fit, one after the other: changes of b along which the fit rises by 1 at one row of the
 * basis, and stays where it is at the others. They are the columns of the inverse of the matrix whose rows are the
 * basis.
 */
extern mi_status mi_quantile_basis_edges(const mi_design *design, const double *least_squares, const uint64_t *basis,
										 double *edges, mi_error *error);

/* b of the fit that goes through the rows; targets are theirs, in that order. */
extern mi_status mi_quantile_basis_estimates(const mi_design *design, const double *least_squares,
											 const uint64_t *basis, const double *targets, double *b, mi_error *error);

#endif
