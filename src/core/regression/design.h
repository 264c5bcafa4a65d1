/*
 * The design matrix of rows held in memory, read block by block: the ones of the intercept, numbers, an indicator for
 * each level of a category (linear_regression_layout.h).
 *
 * Read columns are (x - centre) / scale: about their means, when there is an intercept to take them up, and about as
 * long as that of ones. The scale is a power of two, so nothing is rounded but the difference, and that by half a unit
 * of its own last place. Estimates are turned back by mi_design_estimates and mi_design_error. Columns that are
 * collinear with those before them are left out of reading (least_squares.h says when).
 */
#ifndef MI_DESIGN_H
#define MI_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/frame.h"
#include "../model/contract.h"
#include "linear_regression_layout.h"
#include "plain_triangle.h"

typedef struct mi_design
{
	const mi_frame *frame; /* features and then the target; its chunks are blocks */
	bool intercept;
	size_t columns; /* of the whole design */
	mi_design_column *meaning;
	double *level_numbers; /* by column: what the frame has where the level is the column's */
	double *centres;       /* by column */
	double *scales;
	size_t *kept; /* the columns that are read, ascending */
	size_t rank;  /* their number */
} mi_design;

/* Some rows, the columns MI_PLAIN_BLOCK_ROWS apart, with room for one more; zeros behind the last row. */
typedef struct mi_design_block
{
	uint64_t first; /* row */
	size_t rows;
	size_t padded; /* rows, up to a multiple of MI_LANES */
	const double *target;
	double *columns;
} mi_design_block;

/*
 * final: the contract with its levels in ascending order; seen: the same with the levels as the frame numbers them.
 * least_squares gets the triangle of the read columns and the target: R in the first rank columns, Q'y in the last.
 */
extern void mi_design_new(mi_design *design, const mi_frame *frame, const mi_contract *final, const mi_contract *seen,
						  bool intercept, double **least_squares);
extern void mi_design_release(mi_design *design);

extern mi_design_block mi_design_block_new(const mi_design *design);
extern size_t mi_design_block_count(const mi_design *design);

/* Fills in a block, after a check for interrupts. */
extern void mi_design_read(const mi_design *design, size_t index, mi_design_block *block);

/* fitted = X b for the rows of a block; b has one number per read column. */
extern void mi_design_apply(const mi_design *design, const mi_design_block *block, const double *b, double *fitted);

/* The read columns of one row. */
extern void mi_design_row(const mi_design *design, uint64_t row, double *x);

/* Estimates per read column as those per column of the design: NaN where collinear. */
extern void mi_design_estimates(const mi_design *design, const double *b, double *estimates);

/*
 * Standard errors per column of the design, NaN where collinear, when the read columns' estimates have the covariance
 * (B'B)^-1 M'M (B'B)^-1, B and M triangles of "columns" columns: the sandwich; with B = M it is (B'B)^-1.
 */
extern void
mi_design_errors(const mi_design *design, const double *bread, const double *meat, size_t columns, double *std_errors);

#endif
