/*
 * Training of gradient boosting; see gradient_boosting_train.h.
 */
#include "gradient_boosting_train.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"
#include "boosting_rows.h"
#include "boosting_team.h"
#include "class_weights.h"

static const mi_boosting_params *
params_of(const mi_training *training)
{
	return training->params;
}

/* ---- Rows ---- */

static mi_status
choose_objective(const mi_training *training, mi_objective *objective, mi_error *error)
{
	const mi_boosting_params *params = params_of(training);
	static const mi_objective_code usual[MI_FEATURE_KINDS] = {
		[MI_FEATURE_NUMBER] = MI_OBJECTIVE_REGRESSION,
		[MI_FEATURE_BOOLEAN] = MI_OBJECTIVE_BINARY,
		[MI_FEATURE_CATEGORY] = MI_OBJECTIVE_MULTICLASS,
	};

	*objective = (mi_objective){.alpha = params->alpha, .max_delta_step = params->poisson_max_delta_step};
	objective->code =
		params->objective == MI_NO_WORD ? usual[training->target.kind] : (mi_objective_code) params->objective;
	if ((objective->code == MI_OBJECTIVE_MULTICLASS) == (training->target.kind == MI_FEATURE_CATEGORY))
		return MI_OK;
	mi_fail(error, MI_INVALID_ARGUMENT, "objective %s does not go with a target that is a %s",
			mi_objective_names[objective->code], mi_feature_kind_name(training->target.kind));
	return mi_hint(error, "multiclass takes text, the others a number or a boolean: cast the target in the query.");
}

mi_status
mi_boosting_train_begin(mi_training *training, mi_error *error)
{
	const mi_contract *contract = training->contract;
	mi_boosting_trainer *trainer = mi_allocate_zeroed(sizeof(*trainer));

	training->state = trainer;
	trainer->has_missing = mi_allocate_zeroed((contract->feature_count + 1) * sizeof(bool));
	trainer->category_counts = mi_allocate_zeroed((contract->feature_count + 1) * sizeof(uint64_t *));
	trainer->class_rows = mi_allocate_zeroed(MI_FOREST_MAX_OUTPUTS * sizeof(double));
	for (uint32_t i = 0; i < contract->feature_count; i++)
		if (contract->features[i].kind == MI_FEATURE_CATEGORY)
			trainer->category_counts[i] = mi_allocate_zeroed(MI_MAX_LEVELS * sizeof(uint64_t));
	if (contract->feature_count == 0)
		return mi_fail(error, MI_INVALID_ARGUMENT, "no feature: there is nothing to split by");
	if (choose_objective(training, &trainer->objective, error) != MI_OK)
		return error->status;
	trainer->rows = mi_row_spool_create(contract->feature_count);
	return MI_OK;
}

/* Neither infinite nor NaN. */
MI_VECTOR_CLONES static bool
all_finite(const double *values, uint32_t count)
{
	uint64_t beyond = 0;

	for (uint32_t i = 0; i < count; i++)
		beyond |= !(fabs(values[i]) <= DBL_MAX);
	return beyond == 0;
}

static mi_status
check_target(mi_boosting_trainer *trainer, double target, double weight, mi_error *error)
{
	unsigned long long row = trainer->rows.rows + 1;
	const char *complaint = mi_objective_check_target(trainer->objective.code, target);

	if (complaint != NULL)
		return mi_fail(error, MI_OUT_OF_RANGE, "target %g of row %llu %s", target, row, complaint);
	if (weight != 0.0 && !(weight >= 1e-30 && weight <= 1e30))
		return mi_fail(error, MI_OUT_OF_RANGE, "weight %g of row %llu is neither 0 nor a number from 1e-30 to 1e30",
					   weight, row);
	if (trainer->objective.code == MI_OBJECTIVE_MULTICLASS && target >= MI_FOREST_MAX_OUTPUTS)
		return mi_fail(error, MI_TOO_LARGE, "target has more than %d classes", MI_FOREST_MAX_OUTPUTS);
	if (trainer->rows.rows == INT32_MAX)
		return mi_fail(error, MI_TOO_LARGE, "more than %d rows", INT32_MAX);
	return MI_OK;
}

/* What is to be known of a feature's values in the rows that are pending: any missing, how often each category. */
static mi_status
inspect_column(const mi_training *training, uint32_t feature, mi_error *error)
{
	mi_boosting_trainer *trainer = training->state;
	const double *values = mi_row_spool_column(&trainer->rows, feature);
	uint64_t *counts = trainer->category_counts[feature];
	uint32_t count = trainer->rows.pending_rows;

	if (counts == NULL && all_finite(values, count))
		return MI_OK;
	for (uint32_t i = 0; i < count; i++)
		if (isnan(values[i]))
			trainer->has_missing[feature] = true;
		else if (counts != NULL)
			counts[(uint32_t) values[i]]++;
		else if (isinf(values[i]))
			return mi_fail(error, MI_OUT_OF_RANGE, "feature \"%s\" of row %llu is infinite",
						   training->contract->features[feature].name,
						   (unsigned long long) (trainer->rows.rows - count + i + 1));
	return MI_OK;
}

/* Writes the rows that are pending. */
static mi_status
end_chunk(const mi_training *training, mi_error *error)
{
	mi_boosting_trainer *trainer = training->state;

	for (uint32_t feature = 0; feature < training->contract->feature_count; feature++)
		if (inspect_column(training, feature, error) != MI_OK)
			return error->status;
	mi_row_spool_write(&trainer->rows);
	return MI_OK;
}

mi_status
mi_boosting_train_add_row(mi_training *training, const double *values, double target, mi_error *error)
{
	mi_boosting_trainer *trainer = training->state;
	const mi_boosting_params *params = params_of(training);
	double weight = params->weight_by != NULL ? training->roles.weight : 1.0;
	double extras[MI_ROW_EXTRAS] = {
		[MI_ROW_TARGET] = target, [MI_ROW_WEIGHT] = weight, [MI_ROW_HELD_BY] = training->roles.time};

	if (check_target(trainer, target, weight, error) != MI_OK)
		return error->status;
	if (params->group_by != NULL)
		memcpy(&extras[MI_ROW_HELD_BY], &training->roles.group, sizeof(double));
	if (mi_objective_task(trainer->objective.code) != MI_TASK_REGRESSION)
		trainer->class_rows[(uint32_t) target]++;
	trainer->weight_sum += weight;
	return mi_row_spool_add(&trainer->rows, values, extras) ? end_chunk(training, error) : MI_OK;
}

/* ---- The block ---- */

static mi_status
set_monotone(const mi_training *training, int8_t *monotone, mi_error *error)
{
	mi_named_numbers asked = params_of(training)->monotone_constraints;

	for (uint32_t i = 0; i < asked.count; i++)
	{
		int feature = mi_contract_find_feature(training->contract, asked.names[i]);

		if (feature < 0)
			return mi_fail(error, MI_INVALID_ARGUMENT, "monotone_constraints names \"%s\", which is no feature",
						   asked.names[i]);
		if (training->contract->features[feature].kind == MI_FEATURE_CATEGORY && asked.numbers[i] != 0.0)
			return mi_fail(error, MI_INVALID_ARGUMENT, "feature \"%s\" is a category: nothing can be monotone in it",
						   asked.names[i]);
		monotone[feature] = (int8_t) asked.numbers[i];
	}
	return MI_OK;
}

static mi_growth_params
growth_params(const mi_boosting_params *params)
{
	return (mi_growth_params){
		.num_leaves = (uint32_t) params->num_leaves,
		.max_depth = params->max_depth > 0.0 ? (uint32_t) params->max_depth : 0,
		.min_data_in_leaf = params->min_data_in_leaf,
		.min_sum_hessian_in_leaf = params->min_sum_hessian_in_leaf,
		.min_gain_to_split = params->min_gain_to_split,
		.lambda_l1 = params->lambda_l1,
		.lambda_l2 = params->lambda_l2,
		.max_delta_step = fmax(params->max_delta_step, 0.0),
		.cat_smooth = params->cat_smooth,
		.cat_l2 = params->cat_l2,
		.max_cat_threshold = (uint32_t) params->max_cat_threshold,
		.max_cat_to_onehot = (uint32_t) params->max_cat_to_onehot,
		.min_data_per_group = params->min_data_per_group,
		.feature_fraction = params->feature_fraction,
		.feature_fraction_bynode = params->feature_fraction_bynode,
		.bagging_fraction = params->bagging_fraction,
		.bagging_freq = (uint32_t) params->bagging_freq,
		.quantized = params->use_quantized_grad,
		.seed = (uint64_t) params->seed,
	};
}

static mi_boosting_block
block_of(const mi_training *training, const mi_class_weights *weights)
{
	const mi_boosting_trainer *trainer = training->state;
	const mi_boosting_params *params = params_of(training);

	return (mi_boosting_block){
		.rows = trainer->rows.rows,
		.features = training->contract->feature_count,
		.outputs = trainer->objective.code == MI_OBJECTIVE_MULTICLASS ? training->target.class_count : 1,
		.weighted = params->weight_by != NULL || weights->any,
		.held_out = params->group_by != NULL || params->time_by != NULL,
		.growth = growth_params(params),
		.objective = trainer->objective,
		.learning_rate = params->learning_rate,
		.iterations = (uint32_t) params->num_iterations,
		.early_stopping_round = (uint32_t) params->early_stopping_round,
		.boost_from_average = params->boost_from_average,
		.max_bin = (uint32_t) params->max_bin,
		.min_data_in_bin = (uint32_t) params->min_data_in_bin,
	};
}

/* Of the block, of what members have beside it, and of rows on their way into the spool. */
static size_t
memory_of(mi_boosting_block *shape, unsigned members)
{
	size_t size = mi_boosting_block_layout(shape, members);

	return size + mi_boosting_own_size(shape, shape->rows) + mi_row_spool_memory(shape->features);
}

static mi_status
check_memory(const mi_training *training, size_t needed, mi_error *error)
{
	if (needed <= training->memory_limit)
		return MI_OK;
	mi_fail(error, MI_BUDGET_EXCEEDED,
			"gradient boosting of %llu rows and %u features takes %zu kB, the limit is %zu kB",
			(unsigned long long) ((const mi_boosting_trainer *) training->state)->rows.rows,
			(unsigned) training->contract->feature_count, (needed + 1023) / 1024, training->memory_limit / 1024);
	return mi_hint(error, "SET musicintel.training_memory = '%zukB', or train on fewer rows, features or leaves.",
				   (needed + 1023) / 1024);
}

static mi_status
check_rows(const mi_training *training, mi_error *error)
{
	const mi_boosting_trainer *trainer = training->state;
	double most = 0.0;

	if (trainer->rows.rows == 0)
		return mi_fail(error, MI_NO_DATA, "no row to train on");
	if (!(trainer->weight_sum > 0.0))
		return mi_fail(error, MI_NO_DATA, "all weights are zero");
	if (mi_objective_task(trainer->objective.code) == MI_TASK_REGRESSION)
		return MI_OK;
	for (uint32_t i = 0; i < MI_FOREST_MAX_OUTPUTS; i++)
		most = fmax(most, trainer->class_rows[i]);
	if (most < (double) trainer->rows.rows)
		return MI_OK;
	mi_fail(error, MI_NO_DATA, "the target is the same in all %.0f rows: there are no classes to tell apart", most);
	return mi_hint(error, "Is the query's condition on what is to be predicted?");
}

static void
sum_weights(mi_boosting_block *block, mi_boosting_leader *leader)
{
	const float *weights = mi_boosting_at(block, block->at_weights);
	const uint8_t *held_out = mi_boosting_at(block, block->at_held_out);

	for (uint64_t row = 0; row < block->rows; row++)
	{
		*(held_out[row] ? &leader->held_out_weight : &leader->training_weight) +=
			block->weighted ? (double) weights[row] : 1.0;
		leader->held_out_rows += held_out[row];
	}
}

static mi_boosting_leader
leader_of(const mi_training *training, const mi_contract *final, mi_boosting_block *block)
{
	mi_boosting_trainer *trainer = training->state;
	mi_link link = mi_objective_link(trainer->objective.code);

	mi_boosting_leader leader = {
		.rows = &trainer->rows,
		.final = final,
		.seen = training->contract,
		.forest = mi_forest_builder_new(block->features, block->outputs, link, MI_COVER_ROWS),
		.training_losses = mi_allocate(block->iterations * sizeof(double)),
		.held_out_losses = mi_allocate(block->iterations * sizeof(double)),
	};

	sum_weights(block, &leader);
	return leader;
}

static mi_status
write_model(const mi_boosting_block *block, const mi_boosting_leader *leader, const mi_class_weights *weights,
			double memory, mi_writer *model, mi_error *error)
{
	mi_boosting_facts facts = {
		.objective = block->objective.code,
		.curve = {leader->iterations, leader->training_losses, block->held_out ? leader->held_out_losses : NULL},
		.classes = weights->classes,
		.rows = (double) (block->rows - leader->held_out_rows),
		.rows_held_out = (double) leader->held_out_rows,
		.memory = memory,
	};
	mi_forest forest;

	mi_forest_builder_truncate(leader->forest, leader->iterations * block->outputs);
	forest = mi_forest_built(leader->forest, block->base_scores, 1.0);
	return mi_boosting_write_model(model, leader->final, &forest, &facts, error);
}

static mi_status
overflow(const mi_boosting_leader *leader, mi_error *error)
{
	mi_fail(error, MI_NUMERICAL_FAILURE, "the gradients of the loss overflow after %u iterations",
			(unsigned) leader->iterations);
	return mi_hint(error, "Lower learning_rate, or bring the target to a smaller scale in the query.");
}

/* Binned values from which on workers, which take some 20 ms to start, are worth it. */
#define WORTH_WORKERS 1000000

static int
workers_wanted(const mi_training *training)
{
	const mi_boosting_trainer *trainer = training->state;
	int asked = (int) params_of(training)->parallel_workers;

	return asked < 0 && trainer->rows.rows * training->contract->feature_count < WORTH_WORKERS ? 0 : asked;
}

static mi_status
boost(mi_training *training, const mi_contract *final, const mi_class_weights *weights, mi_writer *model,
	  mi_error *error)
{
	mi_boosting_block shape = block_of(training, weights);
	/* The most members there may be: the block has room for the histograms of each. */
	unsigned members = mi_team_limit(workers_wanted(training));
	mi_team_session session;
	mi_boosting_block *block;
	mi_boosting_leader leader;
	double memory = (double) memory_of(&shape, 1); /* the least; and a model does not tell how many made it */

	members = members < MI_BOOSTING_MEMBERS ? members : MI_BOOSTING_MEMBERS;
	shape.by_column = true;
	shape.by_column = memory_of(&shape, members) <= training->memory_limit;
	if (check_memory(training, memory_of(&shape, members), error) != MI_OK)
		return error->status;
	session = mi_team_begin((int) members - 1, shape.size);
	block = session.shared;
	*block = shape;
	if (set_monotone(training, mi_boosting_at(block, block->at_monotone), error) == MI_OK &&
		mi_boosting_prepare_rows(training, weights, block, error) == MI_OK)
	{
		leader = leader_of(training, final, block);
		block->leader = &leader;
		mi_team_run(&session, MI_TEAM_TASK_BOOSTING);
		if (leader.overflowed)
			overflow(&leader, error);
		else
			write_model(block, &leader, weights, memory, model, error);
		mi_forest_builder_release(leader.forest);
		mi_release(leader.training_losses);
		mi_release(leader.held_out_losses);
	}
	mi_team_end(&session);
	return error->status;
}

mi_status
mi_boosting_train_finish(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error)
{
	mi_boosting_trainer *trainer = training->state;
	mi_class_weights weights;

	if (end_chunk(training, error) != MI_OK || check_rows(training, error) != MI_OK)
		return error->status;
	if (mi_class_weights_new(&weights, training, trainer->objective.code, trainer->class_rows, error) == MI_OK)
		boost(training, final, &weights, model, error);
	mi_class_weights_release(&weights);
	return error->status;
}

void
mi_boosting_train_release(mi_training *training)
{
	mi_boosting_trainer *trainer = training->state;

	for (uint32_t i = 0; i < training->contract->feature_count; i++)
		mi_release(trainer->category_counts[i]);
	mi_release(trainer->category_counts);
	mi_release(trainer->has_missing);
	mi_release(trainer->class_rows);
	mi_row_spool_release(&trainer->rows);
	mi_release(trainer);
}
