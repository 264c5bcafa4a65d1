/*
 * A quantile regression of many rows as one of few: a sample of them tells near enough where the fit is, and then all
 * rows far above or below it count by their sum alone. What is left is solved exactly, and right for all rows if each
 * of those left out is on the side that it was taken to be on; those that are not are taken in, and so on.
 *
 * S. Portnoy, R. Koenker, "The Gaussian hare and the Laplacian tortoise", Statistical Science 12 (1997) 279-300,
 * section 5.
 */
#ifndef MI_QUANTILE_REDUCTION_H
#define MI_QUANTILE_REDUCTION_H

#include "design.h"

typedef struct mi_quantile_problem
{
	const mi_design *design;
	const double *least_squares; /* triangle of the read columns and the target (design.h) */
	const double *y;             /* by row: residuals of least squares, moved so that no two fits are equally good */
	double scale;                /* the size of a residual */
} mi_quantile_problem;

/* Doubles a row that it works with, y included. */
extern size_t mi_quantile_working_doubles(void);

/*
 * basis gets the rows that the tau-th regression quantile goes through. Adds to *iterations, and clears *optimal when
 * the search was given up before there was nothing left to improve.
 */
extern mi_status mi_quantile_solve(const mi_quantile_problem *problem, double tau, uint64_t *basis,
								   uint32_t *iterations, bool *optimal, mi_error *error);

#endif
