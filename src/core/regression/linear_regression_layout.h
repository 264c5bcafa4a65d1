/*
 * Where the parts of a linear model lie in its bytes, and the design matrix its contract stands for.
 *
 * parameters = mi_linear_fixed, triangle hi and lo, then
 *   open:   the rows of the last, unfinished block;
 *   sealed: coefficients and their standard errors, NaN for collinear columns.
 */
#ifndef MI_LINEAR_REGRESSION_LAYOUT_H
#define MI_LINEAR_REGRESSION_LAYOUT_H

#include "linear_regression.h"
#include "triangle.h"

typedef struct mi_linear_fixed
{
	uint64_t rows;
	double l2; /* as asked for; 0 when l2_auto */
	double confidence;
	uint32_t columns;  /* of X: intercept and level columns included, target not */
	uint32_t buffered; /* open: rows in the unfinished block */
	uint32_t rank;     /* sealed, as all below */
	uint8_t intercept; /* 0 or 1 */
	uint8_t l2_auto;   /* 0 or 1 */
	uint8_t robust;    /* 0: classical; else 1 + mi_robust */
	uint8_t reserved;  /* 0 */
	double l2_used;
	double residual_sum_of_squares;
	double total_sum_of_squares;
	double effective_parameters;
} mi_linear_fixed;

typedef struct mi_linear_layout
{
	mi_linear_fixed *fixed;
	mi_triangle triangle; /* columns + 1 wide */
	double *buffer;       /* open: MI_BLOCK_ROWS × (columns + 1), row-major; else NULL */
	double *coefficients; /* sealed; else NULL */
	double *std_errors;
} mi_linear_layout;

/* Bytes that the parameters take. */
extern size_t mi_linear_parameters_size(size_t columns, bool open);

/* Finds the parts; MI_CORRUPT unless header, dimensions and length agree exactly. Constant time. */
extern mi_status mi_linear_layout_of(mi_linear_layout *layout, const uint8_t *bytes, size_t length, mi_error *error);

/*
 * One column of the design: a number, or the indicator of a category's level. Levels are indicators against the first
 * one, the reference; without an intercept the first category keeps all its levels, so that some mean is fitted.
 */
typedef struct mi_design_column
{
	int feature; /* index in the contract; -1 is the intercept */
	int level;   /* -1: the feature's own value */
} mi_design_column;

/* Number of columns; fills columns when it is not NULL. */
extern size_t mi_linear_design(const mi_contract *contract, bool intercept, mi_design_column *columns);

/*
 * Everything that follows from the triangle: solves it and writes the sealed model. std_errors replaces the classical
 * ones when it is not NULL (one per column).
 */
struct mi_least_squares;
extern mi_status mi_linear_write_sealed(mi_writer *model, const mi_contract *contract, const mi_linear_fixed *asked,
										mi_triangle triangle, const struct mi_least_squares *solution, double l2_used,
										const double *std_errors, mi_error *error);

/* The penalty to use: the number asked for, or the cross-validated one. */
extern mi_status mi_linear_penalty(double *l2, const mi_linear_fixed *asked, mi_triangle triangle, mi_error *error);

/* MI_OUT_OF_RANGE naming what and where, unless the value is a usable number. */
extern mi_status mi_linear_check_value(double value, const char *name, uint64_t row, mi_error *error);

#endif
