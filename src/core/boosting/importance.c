/*
 * Sums over the splits of a forest; see importance.h.
 */
#include "importance.h"

#include <string.h>

void
mi_forest_importance(const mi_forest *forest, mi_importance *importance)
{
	memset(importance, 0, forest->feature_count * sizeof(*importance));
	for (uint32_t i = 0; i < forest->node_count; i++)
	{
		const mi_forest_statistics *statistics = &forest->node_statistics[i];
		mi_importance *feature = &importance[forest->nodes[i].feature];

		feature->gain += statistics->gain;
		feature->splits++;
		feature->cover += forest->cover == MI_COVER_HESSIAN ? statistics->hessian : statistics->rows;
	}
}
