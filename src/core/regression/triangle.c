/*
 * Orthogonal reduction of rows; see triangle.h.
 */
#include "triangle.h"

#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"

/* Rows waiting to be folded in, column by column; rows beyond the last are zero up to a multiple of MI_LANES. */
typedef struct block
{
	size_t rows; /* padded */
	double *hi;  /* columns * MI_BLOCK_ROWS */
	double *lo;
} block;

mi_triangle
mi_triangle_new(size_t columns)
{
	size_t size = mi_triangle_size(columns) * sizeof(double);

	return (mi_triangle){columns, mi_allocate_zeroed(size), mi_allocate_zeroed(size)};
}

mi_triangle
mi_triangle_copy(mi_triangle triangle)
{
	mi_triangle copy = mi_triangle_new(triangle.columns);
	size_t size = mi_triangle_size(triangle.columns) * sizeof(double);

	memcpy(copy.hi, triangle.hi, size);
	memcpy(copy.lo, triangle.lo, size);
	return copy;
}

void
mi_triangle_release(mi_triangle *triangle)
{
	mi_release(triangle->hi);
	mi_release(triangle->lo);
	*triangle = (mi_triangle){0};
}

static block
block_new(size_t columns, size_t row_count)
{
	size_t size = columns * MI_BLOCK_ROWS * sizeof(double);

	return (block){(row_count + MI_LANES - 1) / MI_LANES * MI_LANES, mi_allocate_zeroed(size),
				   mi_allocate_zeroed(size)};
}

static void
block_release(block *rows)
{
	mi_release(rows->hi);
	mi_release(rows->lo);
}

/* Sum of the products of two columns of a block; the lanes are added up pairwise. */
MI_ALWAYS_INLINE mi_dd
dot(const double *restrict a_hi, const double *restrict a_lo, const double *restrict b_hi, const double *restrict b_lo,
	size_t rows)
{
	double sum_hi[MI_LANES] = {0};
	double sum_lo[MI_LANES] = {0};

	for (size_t row = 0; row < rows; row += MI_LANES)
		for (size_t lane = 0; lane < MI_LANES; lane++)
		{
			size_t at = row + lane;
			mi_dd next = mi_dd_multiply_add((mi_dd){sum_hi[lane], sum_lo[lane]}, (mi_dd){a_hi[at], a_lo[at]},
											(mi_dd){b_hi[at], b_lo[at]});

			sum_hi[lane] = next.hi;
			sum_lo[lane] = next.lo;
		}
	for (size_t half = MI_LANES / 2; half > 0; half /= 2)
		for (size_t lane = 0; lane < half; lane++)
		{
			mi_dd next =
				mi_dd_add((mi_dd){sum_hi[lane], sum_lo[lane]}, (mi_dd){sum_hi[lane + half], sum_lo[lane + half]});

			sum_hi[lane] = next.hi;
			sum_lo[lane] = next.lo;
		}
	return (mi_dd){sum_hi[0], sum_lo[0]};
}

/* b <- b + factor * a, down the rows of a block. */
MI_ALWAYS_INLINE void
add_multiple(double *restrict b_hi, double *restrict b_lo, mi_dd factor, const double *restrict a_hi,
			 const double *restrict a_lo, size_t rows)
{
	for (size_t row = 0; row < rows; row++)
	{
		mi_dd next = mi_dd_multiply_add((mi_dd){b_hi[row], b_lo[row]}, factor, (mi_dd){a_hi[row], a_lo[row]});

		b_hi[row] = next.hi;
		b_lo[row] = next.lo;
	}
}

/*
 * Apply H = I - tau [1; v] [1; v]' to every column after the pivot: column k of the triangle's row is r[k], of the
 * block b[k]. v is the pivot's own column of the block, already divided by its head.
 */
MI_VECTOR_CLONES static void
reflect(double *r_hi, double *r_lo, double *b_hi, double *b_lo, size_t column_count, const double *v_hi,
		const double *v_lo, mi_dd tau, size_t rows)
{
	for (size_t k = 0; k < column_count; k++)
	{
		double *column_hi = b_hi + k * MI_BLOCK_ROWS;
		double *column_lo = b_lo + k * MI_BLOCK_ROWS;
		mi_dd head = {r_hi[k], r_lo[k]};
		mi_dd step = mi_dd_multiply(tau, mi_dd_add(head, dot(v_hi, v_lo, column_hi, column_lo, rows)));

		head = mi_dd_subtract(head, step);
		r_hi[k] = head.hi;
		r_lo[k] = head.lo;
		add_multiple(column_hi, column_lo, mi_dd_negate(step), v_hi, v_lo, rows);
	}
}

MI_VECTOR_CLONES static mi_dd
sum_of_squares(const double *hi, const double *lo, size_t rows)
{
	return dot(hi, lo, hi, lo, rows);
}

MI_VECTOR_CLONES static void
scale(double *hi, double *lo, mi_dd factor, size_t rows)
{
	for (size_t row = 0; row < rows; row++)
	{
		mi_dd product = mi_dd_multiply((mi_dd){hi[row], lo[row]}, factor);

		hi[row] = product.hi;
		lo[row] = product.lo;
	}
}

/*
 * The reflection that turns a pivot a over a column b into beta over zeros: beta = -sign(a) ‖(a, b)‖,
 * v = b / (a - beta), tau = (beta - a) / beta (LAPACK's dlarfg). The sign avoids cancellation in a - beta.
 */
typedef struct reflector
{
	mi_dd beta;
	mi_dd scale; /* 1 / (a - beta) */
	mi_dd tau;
} reflector;

static reflector
reflector_of(mi_dd pivot, mi_dd squares_below)
{
	mi_dd beta = mi_dd_square_root(mi_dd_multiply_add(squares_below, pivot, pivot));
	mi_dd head;

	if (pivot.hi > 0.0)
		beta = mi_dd_negate(beta);
	head = mi_dd_subtract(pivot, beta);
	return (reflector){beta, mi_dd_divide(mi_dd_from(1.0), head), mi_dd_divide(mi_dd_negate(head), beta)};
}

/* Fold a block whose columns before first_column are zero, destroying it. */
static void
fold(mi_triangle triangle, block *rows, size_t first_column)
{
	for (size_t pivot = first_column; pivot < triangle.columns; pivot++)
	{
		size_t at = mi_triangle_at(triangle.columns, pivot, pivot);
		double *v_hi = rows->hi + pivot * MI_BLOCK_ROWS;
		double *v_lo = rows->lo + pivot * MI_BLOCK_ROWS;
		mi_dd squares = sum_of_squares(v_hi, v_lo, rows->rows);
		reflector by;

		if (squares.hi == 0.0)
			continue; /* nothing below the diagonal */
		by = reflector_of((mi_dd){triangle.hi[at], triangle.lo[at]}, squares);
		scale(v_hi, v_lo, by.scale, rows->rows);
		reflect(triangle.hi + at + 1, triangle.lo + at + 1, v_hi + MI_BLOCK_ROWS, v_lo + MI_BLOCK_ROWS,
				triangle.columns - pivot - 1, v_hi, v_lo, by.tau, rows->rows);
		triangle.hi[at] = by.beta.hi;
		triangle.lo[at] = by.beta.lo;
		if (triangle.columns > 256) /* a block of a wide matrix takes milliseconds a few columns at a time */
			mi_check_interrupts();
	}
}

void
mi_triangle_absorb(mi_triangle triangle, const double *rows, size_t row_count)
{
	while (row_count > 0)
	{
		size_t taken = row_count < MI_BLOCK_ROWS ? row_count : MI_BLOCK_ROWS;
		block next = block_new(triangle.columns, taken);

		mi_check_interrupts();
		for (size_t row = 0; row < taken; row++)
			for (size_t column = 0; column < triangle.columns; column++)
				next.hi[column * MI_BLOCK_ROWS + row] = rows[row * triangle.columns + column];
		fold(triangle, &next, 0);
		block_release(&next);
		rows += taken * triangle.columns;
		row_count -= taken;
	}
}

/* The reflection for a block of one row, whose loop runs along the columns instead: column k of it is x[k]. */
MI_VECTOR_CLONES static void
reflect_row(double *restrict r_hi, double *restrict r_lo, double *restrict x_hi, double *restrict x_lo,
			size_t column_count, mi_dd v, mi_dd tau)
{
	for (size_t k = 0; k < column_count; k++)
	{
		mi_dd head = {r_hi[k], r_lo[k]};
		mi_dd below = {x_hi[k], x_lo[k]};
		mi_dd step = mi_dd_multiply(tau, mi_dd_multiply_add(head, v, below));

		head = mi_dd_subtract(head, step);
		below = mi_dd_multiply_add(below, mi_dd_negate(step), v);
		r_hi[k] = head.hi;
		r_lo[k] = head.lo;
		x_hi[k] = below.hi;
		x_lo[k] = below.lo;
	}
}

void
mi_triangle_absorb_row(mi_triangle triangle, double *row_hi, double *row_lo, size_t first_column)
{
	for (size_t pivot = first_column; pivot < triangle.columns; pivot++)
	{
		size_t at = mi_triangle_at(triangle.columns, pivot, pivot);
		mi_dd below = {row_hi[pivot], row_lo[pivot]};
		reflector by;

		if (below.hi * below.hi == 0.0)
			continue;
		by = reflector_of((mi_dd){triangle.hi[at], triangle.lo[at]}, mi_dd_multiply(below, below));
		reflect_row(triangle.hi + at + 1, triangle.lo + at + 1, row_hi + pivot + 1, row_lo + pivot + 1,
					triangle.columns - pivot - 1, mi_dd_multiply(below, by.scale), by.tau);
		triangle.hi[at] = by.beta.hi;
		triangle.lo[at] = by.beta.lo;
	}
}

void
mi_triangle_merge(mi_triangle into, mi_triangle from)
{
	for (size_t first = 0; first < from.columns; first += MI_BLOCK_ROWS)
	{
		size_t taken = from.columns - first < MI_BLOCK_ROWS ? from.columns - first : MI_BLOCK_ROWS;
		block next = block_new(from.columns, taken);

		mi_check_interrupts();
		for (size_t row = 0; row < taken; row++)
			for (size_t column = first + row; column < from.columns; column++)
			{
				mi_dd value = mi_triangle_get(from, first + row, column);

				next.hi[column * MI_BLOCK_ROWS + row] = value.hi;
				next.lo[column * MI_BLOCK_ROWS + row] = value.lo;
			}
		fold(into, &next, first);
		block_release(&next);
	}
}

mi_triangle
mi_triangle_select(mi_triangle from, const size_t *selected, size_t selected_count)
{
	mi_triangle triangle = mi_triangle_new(selected_count);

	for (size_t first = 0; first < from.columns; first += MI_BLOCK_ROWS)
	{
		size_t taken = from.columns - first < MI_BLOCK_ROWS ? from.columns - first : MI_BLOCK_ROWS;
		block next = block_new(selected_count, taken);

		mi_check_interrupts();
		for (size_t row = 0; row < taken; row++)
			for (size_t column = 0; column < selected_count; column++)
				if (selected[column] >= first + row)
				{
					mi_dd value = mi_triangle_get(from, first + row, selected[column]);

					next.hi[column * MI_BLOCK_ROWS + row] = value.hi;
					next.lo[column * MI_BLOCK_ROWS + row] = value.lo;
				}
		fold(triangle, &next, 0);
		block_release(&next);
	}
	return triangle;
}
