/*
 * Interior point of the linear programme of a quantile regression:
 *
 *     maximise y'a  subject to  X'a = (1 - tau) X'1,  0 <= a <= 1,
 *
 * whose dual variables are the estimates. Primal-dual path following with Mehrotra's predictor and corrector: each
 * iteration is a weighted least squares problem in X and two right sides, so that the number of rows hardly changes the
 * number of iterations.
 *
 * S. Portnoy, R. Koenker, "The Gaussian hare and the Laplacian tortoise", Statistical Science 12 (1997) 279-300.
 */
#ifndef MI_FRISCH_NEWTON_H
#define MI_FRISCH_NEWTON_H

#include "design.h"

/* Doubles a row that it works with, y and distance included. */
#define MI_FRISCH_NEWTON_DOUBLES 7

/*
 * y: one number a row, in place of the design's target. fixed: NULL, or the sum of x psi over further rows that are not
 * in the design and whose sides are known (psi: tau above the fit, tau - 1 below it). b: where to start, and where it
 * ends. scale: the size of a residual. distance, if not NULL, gets a number a row that is the smaller, the surer it is
 * that the fit goes through the row exactly. Answers the iterations it took.
 */
extern uint32_t mi_frisch_newton(const mi_design *design, const double *y, double tau, const double *fixed,
								 double scale, double *b, double *distance);

#endif
