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
#include "boosting_run.h"
#include "class_weights.h"

/* ---- Rows ---- */

/* Options that do not go with the objective. Leaves that are medians or quantiles are in units of the target. */
static mi_status
check_objective(const mi_boosting_params *params, const mi_objective *objective, mi_error *error)
{
	const char *name = mi_objective_names[objective->code];
	double quantile;

	if (objective->code != MI_OBJECTIVE_QUANTILE && params->alpha != MI_BOOSTING_ALPHA)
		return mi_fail(error, MI_INVALID_ARGUMENT, "alpha goes with objective quantile only, not with %s", name);
	if (!mi_objective_renews_leaves(objective, &quantile))
		return MI_OK;
	if (params->max_delta_step > 0.0)
		return mi_fail(error, MI_INVALID_ARGUMENT, "max_delta_step does not go with objective %s", name);
	for (uint32_t i = 0; i < params->monotone_constraints.count; i++)
		if (params->monotone_constraints.numbers[i] != 0.0)
			return mi_fail(error, MI_INVALID_ARGUMENT, "monotone_constraints do not go with objective %s", name);
	return MI_OK;
}

static mi_status
choose_objective(const mi_training *training, mi_objective *objective, mi_error *error)
{
	const mi_boosting_params *params = training->params;
	static const mi_objective_code usual[MI_FEATURE_KINDS] = {
		[MI_FEATURE_NUMBER] = MI_OBJECTIVE_REGRESSION,
		[MI_FEATURE_BOOLEAN] = MI_OBJECTIVE_BINARY,
		[MI_FEATURE_CATEGORY] = MI_OBJECTIVE_MULTICLASS,
	};

	*objective = (mi_objective){.alpha = params->alpha, .max_delta_step = params->poisson_max_delta_step};
	objective->code =
		params->objective == MI_NO_WORD ? usual[training->target.kind] : (mi_objective_code) params->objective;
	if ((objective->code == MI_OBJECTIVE_MULTICLASS) == (training->target.kind == MI_FEATURE_CATEGORY))
		return check_objective(params, objective, error);
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
	const mi_boosting_params *params = training->params;
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

/* ---- The end ---- */

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

mi_status
mi_boosting_train_finish(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error)
{
	mi_boosting_trainer *trainer = training->state;
	mi_class_weights weights;

	if (end_chunk(training, error) != MI_OK || check_rows(training, error) != MI_OK)
		return error->status;
	if (mi_class_weights_new(&weights, training, trainer->objective.code, trainer->class_rows, error) == MI_OK)
		mi_boosting_run(training, final, &weights, model, error);
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
