/*
 * Models for tests: training on rows written down as cells, samples of every kind of model bytes, and doing with a
 * model all that can be done with one.
 */
#ifndef MI_TEST_MODELS_H
#define MI_TEST_MODELS_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/host.h"
#include "core/base/json.h"
#include "core/boosting/gradient_boosting.h"
#include "core/boosting/importance.h"
#include "core/boosting/objective.h"
#include "core/model/algorithm.h"
#include "core/model/model.h"
#include "core/regression/linear_regression.h"

/* One value of a row: a number, or the text of a category. */
typedef struct cell
{
	double number;
	const char *text;
} cell;

/* A training under way, whose contract grows levels as rows arrive: what the server's glue does. */
typedef struct training_run
{
	mi_training training;
	mi_contract contract;
	double *values;
	mi_error error;
} training_run;

static inline mi_linear_regression_params
default_linear_params(void)
{
	mi_linear_regression_params params;

	mi_linear_regression_algorithm.set_default_params(&params);
	return params;
}

/* features: names and kinds. It keeps pointers into params and features' names. */
static inline mi_status
trainer_begin(training_run *run, const mi_feature *features, uint32_t feature_count,
			  const mi_linear_regression_params *params, size_t memory_limit)
{
	memset(run, 0, sizeof(*run));
	run->contract = (mi_contract){.named = true, .target = "y", .feature_count = feature_count};
	run->contract.features = mi_allocate_zeroed(feature_count * sizeof(mi_feature));
	for (uint32_t i = 0; i < feature_count; i++)
	{
		run->contract.features[i] = features[i];
		if (features[i].kind == MI_FEATURE_CATEGORY)
			run->contract.features[i].levels = mi_allocate(MI_MAX_LEVELS * sizeof(char *));
	}
	run->values = mi_allocate(feature_count * sizeof(double));
	run->training = (mi_training){
		.algorithm = &mi_linear_regression_algorithm,
		.contract = &run->contract,
		.params = params,
		.memory_limit = memory_limit,
	};
	return mi_linear_regression_algorithm.train_begin(&run->training, &run->error);
}

/* The number of a level; MI_MAX_LEVELS when there is no room for it. */
static inline uint32_t
level_number(mi_feature *feature, const char *text)
{
	for (uint32_t level = 0; level < feature->level_count; level++)
		if (strcmp(feature->levels[level], text) == 0)
			return level;
	if (feature->level_count < MI_MAX_LEVELS)
		feature->levels[feature->level_count++] = text;
	return feature->level_count < MI_MAX_LEVELS ? feature->level_count - 1 : MI_MAX_LEVELS - 1;
}

static inline mi_status
trainer_add(training_run *run, const cell *row, double target)
{
	for (uint32_t i = 0; i < run->contract.feature_count; i++)
		run->values[i] = run->contract.features[i].kind == MI_FEATURE_CATEGORY
							 ? level_number(&run->contract.features[i], row[i].text)
							 : row[i].number;
	return mi_linear_regression_algorithm.train_add_row(&run->training, run->values, target, &run->error);
}

static inline mi_status
trainer_finish(training_run *run, mi_writer *model)
{
	mi_contract sorted = mi_contract_sorted(&run->contract);
	mi_status status = mi_linear_regression_algorithm.train_finish(&run->training, &sorted, model, &run->error);

	mi_contract_release(&sorted);
	return status;
}

static inline void
trainer_release(training_run *run)
{
	mi_linear_regression_algorithm.train_release(&run->training);
	for (uint32_t i = 0; i < run->contract.feature_count; i++)
		mi_release(run->contract.features[i].levels);
	mi_release(run->contract.features);
	mi_release(run->values);
}

/* Arrays of three numbers, with an intercept. */
static inline mi_writer
sample_open_state(int rows)
{
	mi_linear_regression_params params = default_linear_params();
	mi_writer state = {0};
	mi_error error = {0};

	mi_linear_state_create(&state, 3, &params, &error);
	for (int row = 0; row < rows; row++)
	{
		double x[] = {row, (row * 7) % 11, (row * 13) % 5 + 0.25};

		mi_linear_state_add_row(state.bytes, state.length, x, 3, 2.0 * x[0] - x[1] + (row * 3) % 7, &error);
	}
	assert(error.status == MI_OK);
	return state;
}

static inline mi_writer
sample_array_model(void)
{
	mi_writer state = sample_open_state(70);
	mi_writer model = {0};
	mi_error error = {0};

	mi_linear_state_seal(state.bytes, state.length, &model, &error);
	assert(error.status == MI_OK);
	mi_release(state.bytes);
	return model;
}

/* A number, a boolean, a category of four levels that do not arrive in their order, and one of a single level. */
static inline mi_writer
sample_category_model(int robust)
{
	static const mi_feature features[] = {
		{.name = "tempo", .kind = MI_FEATURE_NUMBER},
		{.name = "explicit", .kind = MI_FEATURE_BOOLEAN},
		{.name = "genre", .kind = MI_FEATURE_CATEGORY},
		{.name = "source", .kind = MI_FEATURE_CATEGORY},
	};
	static const char *const genres[] = {"rock", "folk", "\xC3\xA9lectro", "pop"};
	mi_linear_regression_params params = default_linear_params();
	training_run run;
	mi_writer model = {0};
	mi_status status;

	params.robust = robust;
	status = trainer_begin(&run, features, 4, &params, SIZE_MAX);
	for (int row = 0; row < 50; row++)
	{
		cell cells[] = {{90.0 + (row * 17) % 60, NULL}, {row % 3 == 0, NULL}, {0, genres[row % 4]}, {0, "album"}};

		trainer_add(&run, cells, 30.0 + row % 4 * 5.0 + (row * 11) % 9);
	}
	if (status == MI_OK)
		status = trainer_finish(&run, &model);
	assert(status == MI_OK && run.error.status == MI_OK);
	trainer_release(&run);
	return model;
}

/* Two trees over a number and a category of three levels: multiclass, so that everything there can be is there. */
static inline mi_writer
sample_forest_model(void)
{
	static const char *levels[] = {"jazz", "pop", "rock"};
	static const char *const classes[] = {"false", "true"};
	mi_feature features[] = {{"energy", MI_FEATURE_NUMBER, 0, NULL}, {"genre", MI_FEATURE_CATEGORY, 3, levels}};
	mi_contract contract = {.named = true, .target = "class", .feature_count = 2, .features = features};
	mi_forest_node nodes[] = {{.threshold = 0.5, .left = 1, .right = ~2, .feature = 0, .flags = MI_NODE_MISSING_NAN},
							  {.left = ~0, .right = ~1, .feature = 1, .flags = MI_NODE_CATEGORY | MI_NODE_MISSING_NAN}};
	double values[] = {0.25, -0.5, 1.0};
	mi_forest_statistics statistics[] = {{1.0, 0.0, 5.0, 20.0}, {0.5, 0.1, 3.0, 12.0}, {0.0, 1.0, 2.0, 8.0}};
	uint32_t words[] = {1, 5};
	mi_tree_draft tree = {3, nodes, values, statistics, statistics, 2, words};
	mi_forest_builder *builder = mi_forest_builder_new(2, 2, MI_LINK_SOFTMAX, MI_COVER_ROWS);
	double base_scores[] = {-0.7, -0.7};
	double losses[] = {0.5};
	mi_boosting_facts facts = {
		.objective = MI_OBJECTIVE_MULTICLASS,
		.curve = {1, losses, losses},
		.classes = {2, classes},
		.rows = 20.0,
	};
	mi_writer model = {0};
	mi_forest forest;
	mi_error error = {0};
	mi_status status;

	mi_forest_builder_add(builder, &tree);
	mi_forest_builder_add(builder, &tree);
	forest = mi_forest_built(builder, base_scores, 1.0);
	status = mi_boosting_write_model(&model, &contract, &forest, &facts, &error);
	assert(status == MI_OK);
	(void) status;
	mi_forest_builder_release(builder);
	return model;
}

static inline void
use_forest(mi_model *model, const double *values)
{
	const mi_algorithm *algorithm = model->algorithm;
	size_t outputs = algorithm->outputs(model);
	double *contributions = mi_allocate(outputs * model->contract.feature_count * sizeof(double));
	double *base_values = mi_allocate(outputs * sizeof(double));
	mi_importance *importance = mi_allocate(model->contract.feature_count * sizeof(mi_importance));

	algorithm->prepare_explain(model);
	algorithm->explain(model, values, contributions, base_values);
	mi_forest_importance(algorithm->forest(model), importance);
	mi_release(contributions);
	mi_release(base_values);
	mi_release(importance);
}

/* Whatever the numbers in a model are, all of this must run clean. */
static inline void
use_model(mi_model *model)
{
	const mi_algorithm *algorithm = model->algorithm;
	double *values = mi_allocate(model->contract.feature_count * sizeof(double));
	mi_json json = {0};

	for (uint32_t i = 0; i < model->contract.feature_count; i++)
		values[i] = 1.5;
	for (uint32_t i = 0; i < model->contract.feature_count; i++)
		if (model->contract.features[i].kind == MI_FEATURE_CATEGORY)
			values[i] = model->contract.features[i].level_count - 1;
	algorithm->predict(model, values);
	for (uint32_t i = 0; i < model->contract.feature_count; i++)
		values[i] = 0.0;
	algorithm->predict(model, values);
	if (algorithm->leverage != NULL)
	{
		algorithm->prepare_leverage(model);
		algorithm->leverage(model, values);
	}
	for (size_t i = 0; algorithm->coefficient != NULL && i < algorithm->coefficient_count(model); i++)
	{
		mi_coefficient coefficient;

		algorithm->coefficient(model, i, &coefficient);
	}
	if (algorithm->forest != NULL)
		use_forest(model, values);
	mi_json_begin_object(&json, NULL);
	algorithm->summary(model, &json);
	mi_json_end_object(&json);
	mi_json_finish(&json);
	mi_release(json.text.bytes);
	mi_release((void *) mi_model_to_json(model));
	mi_release(values);
}

/* Opens bytes as a model, makes use of it when it is one, and says whether it was. */
static inline mi_status
open_and_use(const uint8_t *bytes, size_t length)
{
	mi_model model;
	mi_error error = {0};

	if (mi_model_open(&model, bytes, length, &error) == MI_OK)
	{
		use_model(&model);
		mi_model_close(&model);
	}
	return error.status;
}

/*
 * All that an aggregate does with a state, on copies: takes a row, merges it with a sound one both ways, thaws it,
 * seals it and uses what comes out. Each step may refuse; none may crash.
 */
static inline void
use_state(const uint8_t *bytes, size_t length)
{
	const double row[] = {1.5, -2.0, 1e10};
	mi_writer sound = sample_open_state(5);
	mi_writer sealed = {0};
	mi_writer thawed = {0};
	uint8_t *copy = memcpy(mi_allocate(length), bytes, length);
	mi_error error = {0};

	mi_linear_state_merge(sound.bytes, sound.length, copy, length, &error);
	for (size_t count = 0; count <= 3; count++)
		mi_linear_state_add_row(copy, length, row, count, 7.0, &error);
	mi_linear_state_merge(copy, length, sound.bytes, sound.length, &error);
	mi_linear_state_thaw(&thawed, copy, length, &error);
	if (mi_linear_state_seal(copy, length, &sealed, &error) == MI_OK)
		open_and_use(sealed.bytes, sealed.length);
	mi_release(copy);
	mi_release(sound.bytes);
	mi_release(sealed.bytes);
	mi_release(thawed.bytes);
}

#endif
