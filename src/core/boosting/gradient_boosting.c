/*
 * Gradient boosting in the table of algorithms, and its stored model; see gradient_boosting.h.
 *
 * Parameters as stored: boosting_fixed, the learning curve, the labels of the classes, and the forest.
 */
#include "gradient_boosting.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "forest_scorer.h"
#include "gradient_boosting_options.h"
#include "gradient_boosting_train.h"
#include "objective.h"
#include "tree_shap.h"

typedef struct boosting_fixed
{
	uint32_t objective;
	uint32_t iterations; /* of the curve */
	uint32_t held_out;   /* 1: the curve has a second half */
	uint32_t class_count;
	double rows;
	double rows_held_out;
	double memory;
} boosting_fixed;

/* ---- Stored ---- */

mi_status
mi_boosting_write_model(mi_writer *model, const mi_contract *contract, const mi_forest *forest,
						const mi_boosting_facts *facts, mi_error *error)
{
	mi_contract stored = *contract;
	boosting_fixed fixed = {
		.objective = (uint32_t) facts->objective,
		.iterations = facts->curve.iterations,
		.held_out = facts->curve.validation != NULL,
		.class_count = facts->classes.count,
		.rows = facts->rows,
		.rows_held_out = facts->rows_held_out,
		.memory = facts->memory,
	};

	stored.null_policy = MI_NULL_MISSING;
	mi_model_begin(model, &mi_gradient_boosting_algorithm, &stored);
	mi_write(model, &fixed, sizeof(fixed));
	mi_write(model, facts->curve.training, fixed.iterations * sizeof(double));
	if (fixed.held_out)
		mi_write(model, facts->curve.validation, fixed.iterations * sizeof(double));
	for (uint32_t i = 0; i < fixed.class_count; i++)
		mi_write_string(model, facts->classes.labels[i]);
	mi_write_padding(model, 8);
	mi_forest_pack(forest, model);
	return mi_model_finish(model, error);
}

static bool
is_count(double number)
{
	return number >= 0.0 && number <= 0x1p53 && number == floor(number);
}

static mi_status
corrupt(mi_error *error)
{
	return mi_fail(error, MI_CORRUPT, "gradient boosting model is damaged");
}

static mi_status
read_classes(mi_boosting_model *boosting, mi_reader *reader, uint32_t count)
{
	const char **labels = mi_allocate_zeroed((count > 0 ? count : 1) * sizeof(char *));

	boosting->classes = (mi_class_list){count, labels};
	for (uint32_t i = 0; i < count; i++)
	{
		labels[i] = mi_read_string(reader);
		if (reader->failed || (i > 0 && strcmp(labels[i - 1], labels[i]) >= 0))
			return MI_CORRUPT;
	}
	return MI_OK;
}

/* What does not fit together although each part is sound. */
static bool
is_consistent(const mi_boosting_model *boosting, const mi_contract *contract)
{
	const mi_forest *forest = &boosting->forest;
	mi_objective_code code = (mi_objective_code) boosting->objective;

	return forest->feature_count == contract->feature_count && forest->link == mi_objective_link(code) &&
		   contract->null_policy == MI_NULL_MISSING &&
		   (code == MI_OBJECTIVE_MULTICLASS ? forest->outputs == boosting->classes.count : forest->outputs == 1);
}

static mi_status
open_parameters(mi_model *model, mi_boosting_model *boosting, mi_error *error)
{
	mi_reader reader = mi_reader_over(model->parameters, model->parameters_length);
	const boosting_fixed *fixed = (const boosting_fixed *) mi_read(&reader, sizeof(boosting_fixed));
	size_t used;

	if (fixed == NULL || fixed->objective >= MI_OBJECTIVE_COUNT || fixed->held_out > 1 ||
		fixed->class_count > MI_FOREST_MAX_OUTPUTS || !is_count(fixed->rows) || !is_count(fixed->rows_held_out) ||
		!is_count(fixed->memory) || fixed->iterations > MI_FOREST_MAX_TREES)
		return corrupt(error);
	boosting->objective = (int) fixed->objective;
	boosting->rows = fixed->rows;
	boosting->rows_held_out = fixed->rows_held_out;
	boosting->memory = fixed->memory;
	boosting->curve.iterations = fixed->iterations;
	boosting->curve.training = (const void *) mi_read(&reader, fixed->iterations * sizeof(double));
	if (fixed->held_out)
		boosting->curve.validation = (const void *) mi_read(&reader, fixed->iterations * sizeof(double));
	if (reader.failed || read_classes(boosting, &reader, fixed->class_count) != MI_OK)
		return corrupt(error);
	while (reader.position % 8 != 0)
		if (mi_read_u8(&reader) != 0 || reader.failed)
			return corrupt(error);
	if (mi_forest_open(&boosting->forest, reader.bytes + reader.position, reader.length - reader.position, &used,
					   error) != MI_OK)
		return error->status;
	if (used != reader.length - reader.position || !is_consistent(boosting, &model->contract))
		return corrupt(error);
	boosting->scorer = mi_forest_scorer_new(&boosting->forest);
	return MI_OK;
}

static void
close_model(mi_model *model)
{
	mi_boosting_model *boosting = model->decoded;

	for (uint32_t i = 0; i < boosting->classes.count; i++)
		mi_release((void *) boosting->classes.labels[i]);
	mi_release((void *) boosting->classes.labels);
	mi_forest_scorer_release(boosting->scorer);
	if (boosting->shap != NULL)
		mi_tree_shap_release(boosting->shap);
	mi_release(boosting);
	model->decoded = NULL;
}

static mi_status
open_model(mi_model *model, mi_error *error)
{
	model->decoded = mi_allocate_zeroed(sizeof(mi_boosting_model));
	if (open_parameters(model, model->decoded, error) != MI_OK)
		close_model(model);
	return error->status;
}

/* ---- What can be asked ---- */

static mi_task
task_of(const mi_model *model)
{
	return mi_objective_task((mi_objective_code) mi_boosting_model_of(model)->objective);
}

static double
predict(const mi_model *model, const double *values)
{
	const mi_forest *forest = &mi_boosting_model_of(model)->forest;
	double margins[MI_FOREST_MAX_OUTPUTS];
	unsigned best = 0;

	mi_forest_margins(mi_boosting_model_of(model)->scorer, values, margins);
	if (forest->link != MI_LINK_SOFTMAX)
	{
		mi_forest_apply_link(forest, margins);
		return margins[0];
	}
	for (unsigned k = 1; k < forest->outputs; k++)
		if (margins[k] > margins[best])
			best = k;
	return best;
}

static void
margins_of(const mi_model *model, const double *values, double *margins)
{
	mi_forest_margins(mi_boosting_model_of(model)->scorer, values, margins);
}

static const mi_forest *
forest_of(const mi_model *model)
{
	return &mi_boosting_model_of(model)->forest;
}

static const mi_class_list *
classes_of(const mi_model *model)
{
	const mi_boosting_model *boosting = mi_boosting_model_of(model);

	return boosting->classes.count > 0 ? &boosting->classes : NULL;
}

static size_t
outputs_of(const mi_model *model)
{
	return mi_boosting_model_of(model)->forest.outputs;
}

static void
prepare_explain(mi_model *model)
{
	mi_boosting_model *boosting = model->decoded;

	if (boosting->shap == NULL)
		boosting->shap = mi_tree_shap_new(&boosting->forest);
}

static void
explain(const mi_model *model, const double *values, double *contributions, double *base_values)
{
	mi_tree_shap_explain(mi_boosting_model_of(model)->shap, values, contributions, base_values);
}

static mi_learning_curve
learning_curve(const mi_model *model)
{
	return mi_boosting_model_of(model)->curve;
}

static void
summary(const mi_model *model, mi_json *json)
{
	const mi_boosting_model *boosting = mi_boosting_model_of(model);
	const mi_learning_curve *curve = &boosting->curve;

	mi_json_number(json, "n", boosting->rows > 0.0 ? boosting->rows : NAN); /* XGBoost's models do not say */
	mi_json_string(json, "objective", mi_objective_names[boosting->objective]);
	mi_json_integer(json, "iterations", boosting->forest.tree_count / boosting->forest.outputs);
	mi_json_integer(json, "trees", boosting->forest.tree_count);
	mi_json_integer(json, "leaves", boosting->forest.leaf_count);
	if (curve->iterations > 0)
		mi_json_number(json, "training_loss", curve->training[curve->iterations - 1]);
	if (curve->iterations > 0 && curve->validation != NULL)
		mi_json_number(json, "validation_loss", curve->validation[curve->iterations - 1]);
	mi_json_number(json, "rows_held_out", boosting->rows_held_out);
	if (boosting->memory > 0.0)
		mi_json_number(json, "training_memory_bytes", boosting->memory);
}

static void
describe(const mi_model *model, mi_json *json)
{
	const mi_boosting_model *boosting = mi_boosting_model_of(model);

	mi_json_string(json, "objective", mi_objective_names[boosting->objective]);
	if (boosting->classes.count > 0)
	{
		mi_json_begin_array(json, "classes");
		for (uint32_t i = 0; i < boosting->classes.count; i++)
			mi_json_string(json, NULL, boosting->classes.labels[i]);
		mi_json_end_array(json);
	}
	mi_json_begin_array(json, "base_scores");
	for (uint32_t k = 0; k < boosting->forest.outputs; k++)
		mi_json_number(json, NULL, boosting->forest.base_scores[k]);
	mi_json_end_array(json);
	mi_json_integer(json, "trees", boosting->forest.tree_count);
	mi_json_integer(json, "leaves", boosting->forest.leaf_count);
}

const mi_algorithm mi_gradient_boosting_algorithm = {
	.name = "gradient_boosting",
	.code = 5,
	.task = MI_TASK_BY_MODEL,
	.null_policy = MI_NULL_MISSING,
	.options = mi_boosting_options,
	.params_size = sizeof(mi_boosting_params),
	.set_default_params = mi_boosting_set_default_params,
	.check_params = mi_boosting_check_params,
	.train_begin = mi_boosting_train_begin,
	.train_add_row = mi_boosting_train_add_row,
	.train_finish = mi_boosting_train_finish,
	.train_release = mi_boosting_train_release,
	.open = open_model,
	.close = close_model,
	.task_of = task_of,
	.predict = predict,
	.outputs = outputs_of,
	.margins = margins_of,
	.forest = forest_of,
	.classes = classes_of,
	.prepare_explain = prepare_explain,
	.explain = explain,
	.learning_curve = learning_curve,
	.summary = summary,
	.describe = describe,
};
