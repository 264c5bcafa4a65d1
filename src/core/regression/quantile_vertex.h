/*
 * The exact solution of a quantile regression: a vertex of its linear programme, that is a fit that goes through as
 * many rows exactly as it has coefficients, and that no exchange of one of them improves.
 *
 * Simplex method of I. Barrodale, F. D. K. Roberts (SIAM J. Numerical Analysis 10 (1973) 839-848) for regression
 * quantiles (R. Koenker, V. D'Orey, Applied Statistics 36 (1987) 383-393), from a start that is nearly right: the
 * direction of steepest descent among the edges, and along it all the way, past every row whose residual changes its
 * sign on the way, to the weighted median of them. Each exchange is two passes over the rows.
 */
#ifndef MI_QUANTILE_VERTEX_H
#define MI_QUANTILE_VERTEX_H

#include "design.h"

/* Doubles a row that it works with, y and distance included. */
#define MI_QUANTILE_VERTEX_DOUBLES 7

/*
 * y: one number a row, no two fits of it equally good. fixed: as in frisch_newton.h. least_squares: a triangle that
 * begins with that of the read columns. distance: a number a row, the smaller the likelier that the fit goes through
 * it; it is used up. basis gets the rank rows that the fit goes through. Answers in *exchanges how many rows were
 * exchanged, and in *optimal whether there was nothing left to improve; there always is when the rows cannot balance
 * fixed. MI_NUMERICAL_FAILURE when no rows for a fit are found, as the columns are too nearly collinear in these rows.
 */
extern mi_status mi_quantile_vertex(const mi_design *design, const double *y, double tau, const double *fixed,
									const double *least_squares, double *distance, uint64_t *basis, uint32_t *exchanges,
									bool *optimal, mi_error *error);

#endif
