/*
 * Separation: a combination of the features that is above 0 for the rows that are true and below it for the others, at
 * most 0 for some. No estimate of a logistic regression is finite then: the likelihood rises for ever in that
 * direction.
 *
 * A. Albert, J. A. Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
 * Biometrika 71 (1984) 1-10.
 */
#ifndef MI_LOGISTIC_SEPARATION_H
#define MI_LOGISTIC_SEPARATION_H

#include "design.h"

typedef enum mi_separation
{
	MI_SEPARATION_NONE,
	MI_SEPARATION_QUASI_COMPLETE, /* rows of both kinds on the plane */
	MI_SEPARATION_PERFECT
} mi_separation;

/*
 * Whether a step of Newton's method, after many, is a direction that separates: every row's part in it points the row's
 * way, or is nothing but the rounding of terms that cancel, and some row's is more than that. Reads into the block.
 */
extern mi_separation mi_separation_along(const mi_design *design, mi_design_block *block, const double *step);

/* Fails with what is to be said about a separation. */
extern mi_status mi_separated(mi_separation found, mi_error *error);

#endif
