/*
 * From margins to predictions; see forest.h.
 */
#include "forest.h"

#include <math.h>

static void
softmax(double *margins, uint32_t count)
{
	double largest = margins[0];
	double sum = 0.0;

	for (uint32_t i = 1; i < count; i++)
		largest = fmax(largest, margins[i]);
	for (uint32_t i = 0; i < count; i++)
		sum += margins[i] = exp(margins[i] - largest);
	for (uint32_t i = 0; i < count; i++)
		margins[i] /= sum;
}

void
mi_forest_apply_link(const mi_forest *forest, double *margins)
{
	if (forest->link == MI_LINK_SOFTMAX)
	{
		softmax(margins, forest->outputs);
		return;
	}
	for (uint32_t i = 0; i < forest->outputs; i++)
	{
		if (forest->link == MI_LINK_LOGIT)
			margins[i] = 1.0 / (1.0 + exp(-forest->link_scale * margins[i])); /* 0 when exp() is infinite */
		else if (forest->link == MI_LINK_LOG)
			margins[i] = exp(margins[i]);
	}
}
