/*
 * The ridge penalty by generalised cross-validation: the l2 that minimises n RSS(l2) / (n - df(l2))².
 *
 * G. H. Golub, M. Heath, G. Wahba, Technometrics 21 (1979) 215-223. With the centred X = U S V' and z = U'y,
 * RSS(l) = rho² + sum (l / (s_i² + l))² z_i² and df(l) = sum s_i² / (s_i² + l), plus one for the intercept, so that one
 * singular value decomposition of the triangle serves every l.
 */
#ifndef MI_RIDGE_H
#define MI_RIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/status.h"
#include "triangle.h"

/* GSL's decomposition cannot be interrupted; at 200 columns it takes about 30 ms, at 400 half a second. */
#define MI_RIDGE_AUTO_MAX_COLUMNS 200

/* MI_TOO_LARGE above that many columns, MI_NO_DATA with fewer than 3 rows or no feature. */
extern mi_status mi_ridge_choose_l2(double *l2, mi_triangle triangle, bool intercept, uint64_t rows, mi_error *error);

#endif
