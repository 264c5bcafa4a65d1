/*
 * Classes of the target: their order in the model, and the weights that rows of each have beside their own.
 */
#ifndef MI_CLASS_WEIGHTS_H
#define MI_CLASS_WEIGHTS_H

#include "gradient_boosting.h"
#include "objective.h"

typedef struct mi_class_weights
{
	bool any;              /* a weight differs from 1 */
	uint32_t count;        /* 2 for binary, 0 where there are no classes */
	double *weights;       /* by class as rows number it */
	uint32_t *numbers;     /* of multiclass: its number in the model; else NULL */
	mi_class_list classes; /* of multiclass, ascending; else empty */
} mi_class_weights;

/* From the options class_weight, scale_pos_weight and is_unbalance; class_rows: how many rows each class has. */
extern mi_status mi_class_weights_new(mi_class_weights *weights, const mi_training *training, mi_objective_code code,
									  const double *class_rows, mi_error *error);
extern void mi_class_weights_release(mi_class_weights *weights);

static inline double
mi_class_weight(const mi_class_weights *weights, double target)
{
	return weights->any ? weights->weights[(uint32_t) target] : 1.0;
}

static inline double
mi_class_number(const mi_class_weights *weights, double target)
{
	return weights->numbers != NULL ? weights->numbers[(uint32_t) target] : target;
}

#endif
