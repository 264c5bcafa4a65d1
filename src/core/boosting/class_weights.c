/*
 * Classes of the target; see class_weights.h.
 */
#include "class_weights.h"

#include <string.h>

#include "../base/host.h"

/* Numbers classes by the order of their labels. */
static void
order_classes(mi_class_weights *weights, const mi_training_target *target)
{
	const char **labels = mi_allocate(target->class_count * sizeof(char *));

	weights->numbers = mi_allocate_zeroed(target->class_count * sizeof(uint32_t));
	for (uint32_t i = 0; i < target->class_count; i++)
	{
		for (uint32_t j = 0; j < target->class_count; j++)
			weights->numbers[i] += strcmp(target->classes[j], target->classes[i]) < 0;
		labels[weights->numbers[i]] = target->classes[i];
	}
	weights->classes = (mi_class_list){target->class_count, labels};
}

/* The class of a label, as rows number them, or -1. */
static int
class_of(const mi_class_weights *weights, const mi_training_target *target, const char *label)
{
	if (weights->numbers == NULL)
	{
		if (strcmp(label, "false") == 0 || strcmp(label, "0") == 0)
			return 0;
		return strcmp(label, "true") == 0 || strcmp(label, "1") == 0 ? 1 : -1;
	}
	for (uint32_t i = 0; i < target->class_count; i++)
		if (strcmp(target->classes[i], label) == 0)
			return (int) i;
	return -1;
}

static mi_status
set_weights(mi_class_weights *weights, const mi_training *training, const double *class_rows, mi_error *error)
{
	const mi_boosting_params *params = training->params;

	for (uint32_t i = 0; i < params->class_weight.count; i++)
	{
		int class = class_of(weights, &training->target, params->class_weight.names[i]);

		if (class < 0)
			return mi_fail(error, MI_INVALID_ARGUMENT, "class_weight names \"%s\", which is no class of the target",
						   params->class_weight.names[i]);
		weights->weights[class] = params->class_weight.numbers[i];
	}
	if (weights->count == 2 && weights->numbers == NULL)
	{
		weights->weights[1] *= params->scale_pos_weight;
		if (params->is_unbalance && class_rows[1] > class_rows[0])
			weights->weights[0] *= class_rows[1] / class_rows[0];
		else if (params->is_unbalance)
			weights->weights[1] *= class_rows[0] / class_rows[1];
	}
	for (uint32_t i = 0; i < weights->count; i++)
		weights->any = weights->any || weights->weights[i] != 1.0;
	return MI_OK;
}

mi_status
mi_class_weights_new(mi_class_weights *weights, const mi_training *training, mi_objective_code code,
					 const double *class_rows, mi_error *error)
{
	const mi_boosting_params *params = training->params;
	mi_task task = mi_objective_task(code);

	*weights = (mi_class_weights){0};
	if (task == MI_TASK_BINARY)
		weights->count = 2;
	else if (task == MI_TASK_MULTICLASS)
		weights->count = training->target.class_count;
	else if (params->class_weight.count > 0)
		return mi_fail(error, MI_INVALID_ARGUMENT, "class_weight does not go with objective %s, which has no classes",
					   mi_objective_names[code]);
	if (task != MI_TASK_BINARY && (params->is_unbalance || params->scale_pos_weight != 1.0))
		return mi_fail(error, MI_INVALID_ARGUMENT, "is_unbalance and scale_pos_weight go with objective binary only");
	weights->weights = mi_allocate((weights->count + 1) * sizeof(double));
	for (uint32_t i = 0; i < weights->count; i++)
		weights->weights[i] = 1.0;
	if (task == MI_TASK_MULTICLASS)
		order_classes(weights, &training->target);
	return set_weights(weights, training, class_rows, error);
}

void
mi_class_weights_release(mi_class_weights *weights)
{
	mi_release(weights->weights);
	mi_release(weights->numbers);
	mi_release((void *) weights->classes.labels);
}
