/*
 * Design matrices of held rows; see design.h.
 */
#include "design.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"
#include "least_squares.h"

size_t
mi_design_block_count(const mi_design *design)
{
	return (size_t) ((design->frame->rows + MI_PLAIN_BLOCK_ROWS - 1) / MI_PLAIN_BLOCK_ROWS);
}

mi_design_block
mi_design_block_new(const mi_design *design)
{
	return (mi_design_block){.columns = mi_allocate((design->columns + 1) * MI_PLAIN_BLOCK_ROWS * sizeof(double))};
}

/* One column of the design for rows of a chunk, before it is centred and scaled. */
static void
copy_column(const mi_design *design, size_t column, const double *chunk, size_t rows, double *restrict into)
{
	mi_design_column meaning = design->meaning[column];
	const double *restrict from;

	if (meaning.feature < 0)
	{
		for (size_t row = 0; row < rows; row++)
			into[row] = 1.0;
		return;
	}
	from = chunk + (size_t) meaning.feature * MI_PLAIN_BLOCK_ROWS;
	if (meaning.level < 0)
		memcpy(into, from, rows * sizeof(double));
	else
		for (size_t row = 0; row < rows; row++)
			into[row] = from[row] == design->level_numbers[column] ? 1.0 : 0.0;
}

MI_VECTOR_CLONES static void
centre_and_scale(double *values, double centre, double factor, size_t rows)
{
	for (size_t row = 0; row < rows; row++)
		values[row] = (values[row] - centre) * factor;
}

void
mi_design_read(const mi_design *design, size_t index, mi_design_block *block)
{
	const double *chunk = design->frame->chunks[index];
	uint64_t rest;

	mi_check_interrupts();
	block->first = (uint64_t) index * MI_PLAIN_BLOCK_ROWS;
	rest = design->frame->rows - block->first;
	block->rows = rest < MI_PLAIN_BLOCK_ROWS ? (size_t) rest : MI_PLAIN_BLOCK_ROWS;
	block->padded = (block->rows + MI_LANES - 1) / MI_LANES * MI_LANES;
	block->target = chunk + (design->frame->columns - 1) * MI_PLAIN_BLOCK_ROWS;
	for (size_t k = 0; k <= design->rank; k++)
	{
		double *into = block->columns + k * MI_PLAIN_BLOCK_ROWS;

		if (k < design->rank)
		{
			size_t column = design->kept[k];

			copy_column(design, column, chunk, block->rows, into);
			if (design->centres[column] != 0.0 || design->scales[column] != 1.0)
				centre_and_scale(into, design->centres[column], 1.0 / design->scales[column], block->rows);
		}
		memset(into + block->rows, 0, (block->padded - block->rows) * sizeof(double));
	}
}

void
mi_design_apply(const mi_design *design, const mi_design_block *block, const double *b, double *fitted)
{
	memset(fitted, 0, block->padded * sizeof(double));
	for (size_t k = 0; k < design->rank; k++)
		mi_plain_add_multiple(fitted, b[k], block->columns + k * MI_PLAIN_BLOCK_ROWS, block->padded);
}

void
mi_design_row(const mi_design *design, uint64_t row, double *x)
{
	const double *chunk = design->frame->chunks[row / MI_PLAIN_BLOCK_ROWS];

	for (size_t k = 0; k < design->rank; k++)
	{
		size_t column = design->kept[k];

		copy_column(design, column, chunk + row % MI_PLAIN_BLOCK_ROWS, 1, &x[k]);
		x[k] = (x[k] - design->centres[column]) / design->scales[column];
	}
}

/* The power of two next to a size: numbers are multiplied by it without rounding. */
static double
power_of_two(double size)
{
	int exponent;

	if (!(size > 0.0))
		return 1.0;
	frexp(size, &exponent);
	return ldexp(1.0, exponent);
}

/* A column that varies by less than this part of its size is only rounded numbers; its scale need not be smaller. */
#define LEAST_VARIATION 1e-12

static void
find_centres_and_scales(mi_design *design)
{
	mi_design_block block = mi_design_block_new(design);
	double n = (double) design->frame->rows;
	double *squares = mi_allocate_zeroed(design->columns * sizeof(double));
	double *means = mi_allocate_zeroed(design->columns * sizeof(double));

	for (size_t index = 0; index < mi_design_block_count(design); index++)
	{
		mi_design_read(design, index, &block);
		memset(block.columns + design->columns * MI_PLAIN_BLOCK_ROWS, 0, block.padded * sizeof(double));
		for (size_t row = 0; row < block.rows; row++)
			block.columns[design->columns * MI_PLAIN_BLOCK_ROWS + row] = 1.0;
		for (size_t column = 0; column < design->columns; column++)
		{
			const double *values = block.columns + column * MI_PLAIN_BLOCK_ROWS;
			const double *ones = block.columns + design->columns * MI_PLAIN_BLOCK_ROWS;

			means[column] += mi_plain_dot(values, ones, block.padded) / n;
			squares[column] += mi_plain_dot(values, values, block.padded) / n;
		}
	}
	for (size_t column = 0; column < design->columns; column++)
	{
		double mean = means[column];
		double variance = squares[column];

		if (design->meaning[column].feature < 0)
			continue;
		if (design->intercept)
		{
			design->centres[column] = mean;
			variance = fmax(squares[column] - mean * mean, LEAST_VARIATION * squares[column]);
		}
		design->scales[column] = power_of_two(sqrt(variance));
	}
	mi_release(means);
	mi_release(squares);
	mi_release(block.columns);
}

/* The triangle of the read columns and the target. */
static double *
least_squares_triangle(const mi_design *design)
{
	mi_design_block block = mi_design_block_new(design);
	double *triangle = mi_plain_triangle_new(design->rank + 1);

	for (size_t index = 0; index < mi_design_block_count(design); index++)
	{
		mi_design_read(design, index, &block);
		memcpy(block.columns + design->rank * MI_PLAIN_BLOCK_ROWS, block.target, block.rows * sizeof(double));
		mi_plain_triangle_fold(triangle, design->rank + 1, block.columns, block.padded);
		if (index % 64 == 0)
			mi_report_progress(MI_PHASE_SOLVING, block.first, design->frame->rows);
	}
	mi_release(block.columns);
	return triangle;
}

/*
 * The triangle of the columns as they are, neither centred nor scaled. X = X_read M, where M scales the columns and
 * adds each centre times the ones of the intercept, the first column: only the triangle's first row feels the latter.
 */
static mi_triangle
original_triangle(const mi_design *design, const double *read)
{
	size_t columns = design->columns + 1;
	mi_triangle triangle = mi_triangle_new(columns);

	for (size_t row = 0; row < columns; row++)
		for (size_t column = row; column < columns; column++)
		{
			double scale = column < design->columns ? design->scales[column] : 1.0;

			triangle.hi[mi_triangle_at(columns, row, column)] = scale * read[mi_triangle_at(columns, row, column)];
		}
	for (size_t column = 1; design->intercept && column < design->columns; column++)
	{
		mi_dd moved = mi_dd_multiply_add(mi_triangle_get(triangle, 0, column), mi_triangle_get(triangle, 0, 0),
										 mi_dd_from(design->centres[column]));

		triangle.hi[column] = moved.hi;
		triangle.lo[column] = moved.lo;
	}
	return triangle;
}

/* Leaves collinear columns out; true when there are any. */
static bool
drop_collinear(mi_design *design, const double *read)
{
	mi_triangle triangle = original_triangle(design, read);
	bool dropped = false;

	for (size_t column = 0; column < design->columns && !dropped; column++)
	{
		double length = 0.0;

		for (size_t row = 0; row <= column; row++)
			length = hypot(length, mi_triangle_get(triangle, row, column).hi);
		dropped = !(fabs(mi_triangle_get(triangle, column, column).hi) > MI_COLLINEARITY_TOLERANCE * length);
	}
	if (dropped)
	{
		mi_least_squares solution;

		mi_least_squares_solve(&solution, triangle, design->intercept, 0.0);
		design->rank = solution.rank;
		memcpy(design->kept, solution.kept, solution.rank * sizeof(size_t));
		mi_least_squares_release(&solution);
	}
	mi_triangle_release(&triangle);
	return dropped;
}

/* What the frame has where the level is the column's. */
static double
level_number(const mi_feature *seen, const char *level)
{
	for (uint32_t number = 0; number < seen->level_count; number++)
		if (strcmp(seen->levels[number], level) == 0)
			return number;
	return NAN;
}

void
mi_design_new(mi_design *design, const mi_frame *frame, const mi_contract *final, const mi_contract *seen,
			  bool intercept, double **least_squares)
{
	size_t columns = mi_linear_design(final, intercept, NULL);

	*design = (mi_design){
		.frame = frame,
		.intercept = intercept,
		.columns = columns,
		.meaning = mi_allocate(columns * sizeof(mi_design_column)),
		.level_numbers = mi_allocate_zeroed(columns * sizeof(double)),
		.centres = mi_allocate_zeroed(columns * sizeof(double)),
		.scales = mi_allocate(columns * sizeof(double)),
		.kept = mi_allocate(columns * sizeof(size_t)),
		.rank = columns,
	};
	mi_linear_design(final, intercept, design->meaning);
	for (size_t column = 0; column < columns; column++)
	{
		mi_design_column meaning = design->meaning[column];

		if (meaning.level >= 0)
			design->level_numbers[column] =
				level_number(&seen->features[meaning.feature], final->features[meaning.feature].levels[meaning.level]);
		design->scales[column] = 1.0;
		design->kept[column] = column;
	}
	find_centres_and_scales(design);
	*least_squares = least_squares_triangle(design);
	if (drop_collinear(design, *least_squares))
	{
		mi_release(*least_squares);
		*least_squares = least_squares_triangle(design);
	}
}

void
mi_design_release(mi_design *design)
{
	mi_release(design->meaning);
	mi_release(design->level_numbers);
	mi_release(design->centres);
	mi_release(design->scales);
	mi_release(design->kept);
}

/* The intercept is the first column, and takes back what the centres took away. */
void
mi_design_estimates(const mi_design *design, const double *b, double *estimates)
{
	mi_dd taken = mi_dd_from(0.0);

	for (size_t column = 0; column < design->columns; column++)
		estimates[column] = NAN;
	for (size_t k = 0; k < design->rank; k++)
	{
		size_t column = design->kept[k];

		estimates[column] = b[k] / design->scales[column];
		taken = mi_dd_multiply_add(taken, mi_dd_from(estimates[column]), mi_dd_from(design->centres[column]));
	}
	if (design->intercept)
		estimates[0] = mi_dd_value(mi_dd_subtract(mi_dd_from(estimates[0]), taken));
}

/* Estimate j of the design is u'b in terms of the read columns, and its variance ‖M (B'B)^-1 u‖². */
void
mi_design_errors(const mi_design *design, const double *bread, const double *meat, size_t columns, double *std_errors)
{
	size_t rank = design->rank;
	double *direction = mi_allocate(rank * sizeof(double));
	double *product = mi_allocate(rank * sizeof(double));

	for (size_t column = 0; column < design->columns; column++)
		std_errors[column] = NAN;
	for (size_t k = 0; k < rank; k++)
	{
		double length = 0.0;
		bool known = true;

		mi_check_interrupts();
		for (size_t i = 0; i < rank; i++)
		{
			direction[i] = i == k ? 1.0 / design->scales[design->kept[k]] : 0.0;
			if (design->kept[k] == 0 && design->intercept && i > 0)
				direction[i] = -design->centres[design->kept[i]] / design->scales[design->kept[i]];
			known = known && bread[mi_triangle_at(columns, i, i)] != 0.0;
		}
		mi_plain_triangle_solve_transposed(bread, columns, rank, direction);
		mi_plain_triangle_solve(bread, columns, rank, direction);
		mi_plain_triangle_multiply(meat, columns, rank, direction, product);
		for (size_t i = 0; i < rank; i++)
			length = hypot(length, product[i]);
		std_errors[design->kept[k]] = known ? length : NAN;
	}
	mi_release(direction);
	mi_release(product);
}
