/*
 * Margins, classes, probabilities; see prediction.h.
 */
#include "prediction.h"

#include <string.h>

#include "../boosting/forest.h"

size_t
mi_model_outputs(const mi_model *model)
{
	return model->algorithm->outputs != NULL ? model->algorithm->outputs(model) : 1;
}

void
mi_model_margins(const mi_model *model, const double *values, double *margins)
{
	if (model->algorithm->margins != NULL)
		model->algorithm->margins(model, values, margins);
	else
		*margins = model->algorithm->predict(model, values);
}

size_t
mi_model_class_count(const mi_model *model)
{
	switch (mi_model_task(model))
	{
		case MI_TASK_BINARY:
			return 2;
		case MI_TASK_MULTICLASS:
			return model->algorithm->classes(model)->count;
		default:
			return 0;
	}
}

const char *
mi_model_class_label(const mi_model *model, size_t class_number)
{
	static const char *const of_boolean[] = {"false", "true"};

	return mi_model_task(model) == MI_TASK_BINARY ? of_boolean[class_number]
												  : model->algorithm->classes(model)->labels[class_number];
}

void
mi_model_probabilities(const mi_model *model, const double *values, double *probabilities)
{
	if (mi_model_task(model) == MI_TASK_BINARY)
	{
		probabilities[1] = model->algorithm->predict(model, values);
		probabilities[0] = 1.0 - probabilities[1];
		return;
	}
	mi_model_margins(model, values, probabilities);
	mi_forest_apply_link(model->algorithm->forest(model), probabilities);
}

size_t
mi_model_likeliest_class(const mi_model *model, const double *probabilities)
{
	size_t likeliest = 0;

	if (mi_model_task(model) == MI_TASK_BINARY)
		return probabilities[1] >= MI_DECISION_THRESHOLD;
	for (size_t i = 1; i < mi_model_class_count(model); i++)
		if (probabilities[i] > probabilities[likeliest])
			likeliest = i;
	return likeliest;
}

int
mi_model_find_class(const mi_model *model, const char *label)
{
	size_t low = 0;
	size_t high = mi_model_class_count(model);

	while (low < high)
	{
		size_t middle = low + (high - low) / 2;
		int order = strcmp(mi_model_class_label(model, middle), label);

		if (order == 0)
			return (int) middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}
