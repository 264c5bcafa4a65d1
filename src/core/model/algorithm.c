/*
 * The table of algorithms; see algorithm.h.
 */
#include "algorithm.h"

#include <stdio.h>
#include <string.h>

#include "../boosting/gradient_boosting.h"
#include "../regression/huber_regression.h"
#include "../regression/linear_regression.h"
#include "../regression/logistic_regression.h"
#include "../regression/quantile_regression.h"

static const mi_algorithm *const algorithms[] = {
	&mi_linear_regression_algorithm,   &mi_logistic_regression_algorithm, &mi_huber_regression_algorithm,
	&mi_quantile_regression_algorithm, &mi_gradient_boosting_algorithm,
};

#define ALGORITHM_COUNT (sizeof(algorithms) / sizeof(algorithms[0]))

/* "a, b, c" without running over. */
static size_t
append_name(char *list, size_t size, size_t used, const char *name)
{
	if (used >= size)
		return used;
	return used + (size_t) snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", name);
}

const mi_algorithm *
mi_algorithm_by_name(const char *name, mi_error *error)
{
	char names[400] = "";
	size_t used = 0;

	for (size_t i = 0; i < ALGORITHM_COUNT; i++)
		if (strcmp(algorithms[i]->name, name) == 0)
			return algorithms[i];
	for (size_t i = 0; i < ALGORITHM_COUNT; i++)
		used = append_name(names, sizeof(names), used, algorithms[i]->name);
	mi_fail(error, MI_INVALID_ARGUMENT, "unknown algorithm \"%s\"", name);
	mi_hint(error, "Algorithms are: %s.", names);
	return NULL;
}

const mi_algorithm *
mi_algorithm_by_code(uint16_t code)
{
	for (size_t i = 0; i < ALGORITHM_COUNT; i++)
		if (algorithms[i]->code == code)
			return algorithms[i];
	return NULL;
}

mi_status
mi_algorithm_lacks(const mi_algorithm *algorithm, const char *operation, mi_error *error)
{
	const struct
	{
		const char *name;
		bool offered;
	} operations[] = {
		{"to_json", true},
		{"predict", algorithm->predict != NULL},
		{"explain", algorithm->explain != NULL},
		{"coefficients", algorithm->coefficient != NULL},
		{"summary", algorithm->summary != NULL},
		{"leverage", algorithm->leverage != NULL},
		{"importance", algorithm->forest != NULL},
		{"to_lightgbm", algorithm->forest != NULL},
		{"to_xgboost", algorithm->forest != NULL},
		{"trees", algorithm->forest != NULL},
		{"to_sql", algorithm->forest != NULL},
		{"learning_curve", algorithm->learning_curve != NULL},
	};
	char offered[200] = "";
	size_t used = 0;

	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].offered)
			used = append_name(offered, sizeof(offered), used, operations[i].name);
	mi_fail(error, MI_NOT_SUPPORTED, "a %s model does not offer %s", algorithm->name, operation);
	return mi_hint(error, "It offers: %s.", offered);
}

mi_task
mi_model_task(const mi_model *model)
{
	return model->algorithm->task == MI_TASK_BY_MODEL ? model->algorithm->task_of(model) : model->algorithm->task;
}
