/*
 * Ordinary and ridge least squares over a stream of rows: y = b0 + b1 x1 + … + bp xp + error.
 *
 * One pass, memory and time per row O(p²), whatever the number of rows. The reduced triangle (triangle.h) stays in the
 * model, so that models merge: fit per day, refit any window without reading a row again.
 * Certified against NIST's Statistical Reference Datasets (test/unit/linear_regression_test.c).
 */
#ifndef MI_LINEAR_REGRESSION_H
#define MI_LINEAR_REGRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/options.h"
#include "../model/algorithm.h"

/* Columns of the design, intercept and category levels included: the triangle then takes 34 MB. */
#define MI_LINEAR_MAX_COLUMNS 2048

/* Beyond this a square could overflow on the way; no measured quantity comes near. */
#define MI_LINEAR_LARGEST_VALUE 1e100

typedef enum mi_robust
{
	MI_ROBUST_HC0, /* White 1980 */
	MI_ROBUST_HC1, /* times n / (n - p) */
	MI_ROBUST_HC2, /* residuals over 1 - leverage */
	MI_ROBUST_HC3  /* over (1 - leverage)², near the jackknife */
} mi_robust;

typedef struct mi_linear_regression_params
{
	bool intercept;       /* default true */
	mi_number_or_word l2; /* penalty on ‖b‖², as scikit-learn's Ridge alpha; or "auto"; default 0 */
	double confidence;    /* of conf_low … conf_high, default .95 */
	int robust;           /* mi_robust, or MI_NO_WORD (default) for the classical errors */
	mi_names features;    /* names of the array's elements; default x1, x2, … */
} mi_linear_regression_params;

extern const mi_algorithm mi_linear_regression_algorithm;

/*
 * The state of the aggregate: the bytes of an open model, changed in place.
 *
 * create: for arrays of feature_count elements; MI_TOO_LARGE beyond MI_LINEAR_MAX_COLUMNS. add_row: MI_OUT_OF_RANGE
 * names the element and the row. Both add_row and merge trust nothing about the bytes (MI_CORRUPT). thaw: an open
 * copy of a sealed model. merge: from may be open or sealed, but must have been fitted with the same features and
 * options. seal: the fitted model, the state left as it is.
 */
extern mi_status mi_linear_state_create(mi_writer *state, uint32_t feature_count,
										const mi_linear_regression_params *params, mi_error *error);
extern mi_status mi_linear_state_add_row(uint8_t *state, size_t length, const double *values, size_t count,
										 double target, mi_error *error);
extern mi_status mi_linear_state_thaw(mi_writer *state, const uint8_t *model, size_t length, mi_error *error);
extern mi_status
mi_linear_state_merge(uint8_t *into, size_t into_length, const uint8_t *from, size_t from_length, mi_error *error);
extern mi_status mi_linear_state_seal(const uint8_t *state, size_t length, mi_writer *sealed, mi_error *error);

#endif
