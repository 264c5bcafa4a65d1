/*
 * Separation; see logistic_separation.h.
 */
#include "logistic_separation.h"

#include <math.h>
#include <string.h>

/*
 * Rows on the separating plane itself have terms that cancel, all but the rest that Newton's method has not worked off:
 * a factor of e is gone with each iteration.
 */
#define SEPARATION_TOLERANCE 1e-7

mi_separation
mi_separation_along(const mi_design *design, mi_design_block *block, const double *step)
{
	double along[MI_PLAIN_BLOCK_ROWS];
	double size[MI_PLAIN_BLOCK_ROWS];
	uint64_t clear = 0; /* rows that are not on the plane */

	for (size_t index = 0; index < mi_design_block_count(design); index++)
	{
		mi_design_read(design, index, block);
		mi_design_apply(design, block, step, along);
		memset(size, 0, sizeof(size));
		for (size_t k = 0; k < design->rank; k++)
			for (size_t row = 0; row < block->rows; row++)
				size[row] += fabs(step[k] * block->columns[k * MI_PLAIN_BLOCK_ROWS + row]);
		for (size_t row = 0; row < block->rows; row++)
		{
			double margin = block->target[row] != 0.0 ? along[row] : -along[row];

			if (margin < -SEPARATION_TOLERANCE * size[row])
				return MI_SEPARATION_NONE;
			clear += margin > SEPARATION_TOLERANCE * size[row];
		}
	}
	if (clear == 0)
		return MI_SEPARATION_NONE;
	return clear == design->frame->rows ? MI_SEPARATION_PERFECT : MI_SEPARATION_QUASI_COMPLETE;
}

mi_status
mi_separated(mi_separation found, mi_error *error)
{
	if (found == MI_SEPARATION_PERFECT)
		mi_fail(error, MI_NUMERICAL_FAILURE,
				"perfect separation: the features tell true from false without a mistake, no estimate is finite");
	else
		mi_fail(error, MI_NUMERICAL_FAILURE,
				"quasi-complete separation: the features tell true from false without a mistake in some of the rows, "
				"no estimate is finite");
	return mi_hint(error, "Give the option l2 a value above 0, or leave out the feature or level that gives it away.");
}
