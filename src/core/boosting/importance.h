/*
 * How much each feature of a forest matters.
 */
#ifndef MI_IMPORTANCE_H
#define MI_IMPORTANCE_H

#include "forest.h"

typedef struct mi_importance
{
	double gain;     /* sum over the splits on the feature */
	uint64_t splits; /* their number */
	double cover;    /* sum of the forest's cover over them: rows, or hessians */
} mi_importance;

/* importance: feature_count of them. */
extern void mi_forest_importance(const mi_forest *forest, mi_importance *importance);

#endif
