/*
 * From spooled rows to a model; see boosting_run.h.
 */
#include "boosting_run.h"

#include <math.h>

#include "../base/host.h"
#include "boosting_rows.h"
#include "boosting_team.h"

/* ---- The block ---- */

static mi_status
set_monotone(const mi_training *training, int8_t *monotone, mi_error *error)
{
	const mi_boosting_params *params = training->params;
	mi_named_numbers asked = params->monotone_constraints;

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

/* There are never more leaves than rows, and room for them is made beforehand. */
static mi_growth_params
growth_params(const mi_boosting_params *params, uint64_t rows)
{
	return (mi_growth_params){
		.num_leaves = rows < params->num_leaves && rows > 1 ? (uint32_t) rows : (uint32_t) params->num_leaves,
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
	const mi_boosting_params *params = training->params;

	return (mi_boosting_block){
		.rows = trainer->rows.rows,
		.features = training->contract->feature_count,
		.outputs = trainer->objective.code == MI_OBJECTIVE_MULTICLASS ? training->target.class_count : 1,
		.weighted = params->weight_by != NULL || weights->any,
		.held_out = params->group_by != NULL || params->time_by != NULL,
		.growth = growth_params(params, trainer->rows.rows),
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

/* ---- The leader ---- */

/* Sums of weights, and whether what is left to train on can be trained on. */
static mi_status
sum_weights(mi_boosting_block *block, mi_boosting_leader *leader, mi_error *error)
{
	const double *targets = mi_boosting_at(block, block->at_targets);
	const float *weights = mi_boosting_at(block, block->at_weights);
	const uint8_t *held_out = mi_boosting_at(block, block->at_held_out);
	double lowest = INFINITY;
	double highest = -INFINITY;

	for (uint64_t row = 0; row < block->rows; row++)
	{
		double weight = block->weighted ? (double) weights[row] : 1.0;

		if (row % MI_BOOSTING_CHUNK == 0)
			mi_check_interrupts();
		*(held_out[row] ? &leader->held_out_weight : &leader->training_weight) += weight;
		leader->held_out_rows += held_out[row];
		if (held_out[row] || weight == 0.0)
			continue;
		lowest = fmin(lowest, targets[row]);
		highest = fmax(highest, targets[row]);
	}
	if (!isfinite(leader->training_weight + leader->held_out_weight))
		return mi_fail(error, MI_OUT_OF_RANGE, "weights, times those of their classes, are too large");
	if (leader->training_weight == 0.0)
		return mi_fail(error, MI_NO_DATA, "all rows to train on have the weight 0");
	if (leader->held_out_rows > 0 && leader->held_out_weight == 0.0)
		return mi_fail(error, MI_NO_DATA, "all rows held out have the weight 0: nothing can be told by them");
	if (mi_objective_task(block->objective.code) == MI_TASK_REGRESSION || lowest < highest)
		return MI_OK;
	mi_fail(error, MI_NO_DATA, "the target is the same in all rows that are to be trained on");
	return mi_hint(error, "Others are held out, or have the weight 0.");
}

static mi_boosting_leader
leader_of(const mi_training *training, const mi_contract *final, const mi_boosting_block *block)
{
	mi_boosting_trainer *trainer = training->state;
	mi_link link = mi_objective_link(trainer->objective.code);

	return (mi_boosting_leader){
		.rows = &trainer->rows,
		.final = final,
		.seen = training->contract,
		.forest = mi_forest_builder_new(block->features, block->outputs, link, MI_COVER_ROWS),
		.training_losses = mi_allocate(block->iterations * sizeof(double)),
		.held_out_losses = mi_allocate(block->iterations * sizeof(double)),
	};
}

static void
release_leader(mi_boosting_leader *leader)
{
	mi_forest_builder_release(leader->forest);
	mi_release(leader->training_losses);
	mi_release(leader->held_out_losses);
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
report_failure(const mi_boosting_leader *leader, mi_error *error)
{
	unsigned iterations = leader->done;

	if (leader->failure == MI_BOOSTING_TOO_LARGE)
	{
		mi_fail(error, MI_TOO_LARGE, "the model takes more than %zu MB after %u iterations", MI_MODEL_MAX_BYTES >> 20,
				iterations);
		return mi_hint(error, "Lower num_iterations or num_leaves, or raise min_data_in_leaf.");
	}
	mi_fail(error, MI_NUMERICAL_FAILURE,
			leader->failure == MI_BOOSTING_OVERFLOW ? "the loss or its gradients overflow after %u iterations"
													: "the loss of the rows held out overflows after %u iterations",
			iterations);
	return mi_hint(error, "Lower learning_rate, or bring the target or the weights to a smaller scale in the query.");
}

/* Binned values from which on workers, which take some 20 ms to start, are worth it. */
#define WORTH_WORKERS 1000000

static int
workers_wanted(const mi_training *training)
{
	const mi_boosting_trainer *trainer = training->state;
	const mi_boosting_params *params = training->params;
	int asked = (int) params->parallel_workers;

	return asked < 0 && trainer->rows.rows * training->contract->feature_count < WORTH_WORKERS ? 0 : asked;
}

static void
run(mi_team_session *session, mi_boosting_block *block, mi_boosting_leader *leader, mi_error *error)
{
	block->leader = leader;
	mi_team_run(session, MI_TEAM_TASK_BOOSTING);
	if (leader->failure != MI_BOOSTING_FINE)
		report_failure(leader, error);
}

mi_status
mi_boosting_run(mi_training *training, const mi_contract *final, const mi_class_weights *weights, mi_writer *model,
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
	if ((uint64_t) shape.iterations * shape.outputs > MI_FOREST_MAX_TREES)
		return mi_fail(error, MI_TOO_LARGE, "%u iterations, each with a tree for %u classes, are more than %d trees",
					   (unsigned) shape.iterations, (unsigned) shape.outputs, MI_FOREST_MAX_TREES);
	shape.by_column = true;
	shape.by_column = memory_of(&shape, members) <= training->memory_limit;
	while (members > 1 && memory_of(&shape, members) > training->memory_limit)
		members--;
	if (check_memory(training, memory_of(&shape, members), error) != MI_OK)
		return error->status;
	session = mi_team_begin((int) members - 1, shape.size);
	block = session.shared;
	*block = shape;
	if (set_monotone(training, mi_boosting_at(block, block->at_monotone), error) == MI_OK &&
		mi_boosting_prepare_rows(training, weights, block, error) == MI_OK)
	{
		leader = leader_of(training, final, block);
		if (sum_weights(block, &leader, error) == MI_OK)
			run(&session, block, &leader, error);
		if (error->status == MI_OK)
			write_model(block, &leader, weights, memory, model, error);
		release_leader(&leader);
	}
	mi_team_end(&session);
	return error->status;
}
