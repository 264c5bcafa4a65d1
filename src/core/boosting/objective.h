/*
 * What boosting minimises: a table of losses with their gradients, hessians and links.
 */
#ifndef MI_OBJECTIVE_H
#define MI_OBJECTIVE_H

#include "../model/algorithm.h"
#include "forest.h"

typedef enum mi_objective_code
{
	MI_OBJECTIVE_BINARY,     /* logarithmic loss of a boolean */
	MI_OBJECTIVE_REGRESSION, /* squared error */
	MI_OBJECTIVE_L1,         /* absolute error */
	MI_OBJECTIVE_QUANTILE,   /* pinball loss at alpha */
	MI_OBJECTIVE_POISSON,    /* log-likelihood of counts, log link */
	MI_OBJECTIVE_MULTICLASS, /* softmax */
	MI_OBJECTIVE_COUNT
} mi_objective_code;

/* Their names in options, in that order, NULL-terminated: binary, regression, regression_l1, quantile, poisson, multiclass. */
extern const char *const mi_objective_names[];

extern mi_link mi_objective_link(mi_objective_code objective);
extern mi_task mi_objective_task(mi_objective_code objective);

#endif
