/*
 * Writing of XGBoost's JSON models; see xgboost_json.h.
 *
 * The base score is in the leaves of the first trees: on the scale of predictions, where XGBoost wants it, a float
 * could not hold the margin of a probability near 0 or 1.
 */
#include "xgboost_json.h"

#include <stdio.h>
#include <string.h>

#include "../base/host.h"
#include "../base/json.h"
#include "forest_export.h"
#include "xgboost_levels.h"
#include "xgboost_write_tree.h"

/* Parameters are strings there. */
static void
put_parameter(mi_json *json, const char *key, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long) number);
	mi_json_string(json, key, text);
}

static void
put_trees(mi_json *json, const mi_export *export)
{
	const mi_forest *forest = &export->forest;

	mi_json_begin_object(json, "gradient_booster");
	mi_json_begin_object(json, "model");
	mi_xgboost_write_levels(json, export->contract);
	mi_json_begin_object(json, "gbtree_model_param");
	put_parameter(json, "num_parallel_tree", 1);
	put_parameter(json, "num_trees", forest->tree_count);
	mi_json_end_object(json);
	mi_json_begin_array(json, "iteration_indptr");
	for (uint32_t i = 0; i <= forest->tree_count; i += forest->outputs)
		mi_json_integer(json, NULL, i);
	mi_json_end_array(json);
	mi_json_begin_array(json, "tree_info");
	for (uint32_t i = 0; i < forest->tree_count; i++)
		mi_json_integer(json, NULL, i % forest->outputs);
	mi_json_end_array(json);
	mi_json_begin_array(json, "trees");
	for (uint32_t i = 0; i < forest->tree_count; i++)
	{
		mi_check_interrupts();
		mi_xgboost_write_tree(json, export,
							  &forest->trees[i - i % forest->outputs + export->outputs[i % forest->outputs]], i);
	}
	mi_json_end_array(json);
	mi_json_end_object(json);
	mi_json_string(json, "name", "gbtree");
	mi_json_end_object(json);
}

/* XGBoost without names takes any array; with names it wants data that has them. */
static bool
has_names(const mi_contract *contract)
{
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		char ours[16];
		char theirs[16];

		snprintf(ours, sizeof(ours), "x%u", (unsigned) i + 1);
		snprintf(theirs, sizeof(theirs), "f%u", (unsigned) i);
		if (strcmp(contract->features[i].name, ours) != 0 && strcmp(contract->features[i].name, theirs) != 0)
			return true;
	}
	return false;
}

static void
put_features(mi_json *json, const mi_export *export)
{
	mi_json_begin_array(json, "feature_names");
	for (uint32_t i = 0; has_names(export->contract) && i < export->forest.feature_count; i++)
		mi_json_string(json, NULL, export->names[i]);
	mi_json_end_array(json);
	mi_json_begin_array(json, "feature_types");
	for (uint32_t i = 0; i < export->forest.feature_count; i++)
		mi_json_string(json, NULL,
					   export->codes[i] > 0                                       ? "c"
					   : export->contract->features[i].kind == MI_FEATURE_BOOLEAN ? "i"
																				  : "float");
	mi_json_end_array(json);
}

static void
put_objective(mi_json *json, const mi_export *export)
{
	mi_json_begin_object(json, "objective");
	mi_json_string(json, "name", mi_export_objective(export, mi_xgboost_objectives));
	switch (export->objective)
	{
		case MI_OBJECTIVE_MULTICLASS:
			mi_json_begin_object(json, "softmax_multiclass_param");
			put_parameter(json, "num_class", export->forest.outputs);
			mi_json_end_object(json);
			break;
		case MI_OBJECTIVE_POISSON:
			mi_json_begin_object(json, "poisson_regression_param");
			mi_json_string(json, "max_delta_step", "0.7");
			mi_json_end_object(json);
			break;
		case MI_OBJECTIVE_QUANTILE: /* which one is no part of a model */
			mi_json_begin_object(json, "quantile_loss_param");
			mi_json_string(json, "quantile_alpha", "[0.5]");
			mi_json_end_object(json);
			break;
		default:
			mi_json_begin_object(json, "reg_loss_param");
			mi_json_string(json, "scale_pos_weight", "1");
			mi_json_end_object(json);
	}
	mi_json_end_object(json);
}

/* The prediction whose margin is 0. */
static const char *
neutral_score(mi_link link)
{
	return link == MI_LINK_LOGIT ? "5E-1" : link == MI_LINK_LOG ? "1E0" : "0E0";
}

static void
put_model(mi_json *json, const mi_export *export)
{
	mi_json_begin_object(json, NULL);
	mi_json_begin_object(json, "learner");
	mi_json_begin_object(json, "attributes");
	mi_json_end_object(json);
	put_features(json, export);
	put_trees(json, export);
	mi_json_begin_object(json, "learner_model_param");
	mi_json_string(json, "base_score", neutral_score(export->forest.link));
	mi_json_string(json, "boost_from_average", "0");
	put_parameter(json, "num_class", export->forest.outputs > 1 ? export->forest.outputs : 0);
	put_parameter(json, "num_feature", export->forest.feature_count);
	put_parameter(json, "num_target", 1);
	mi_json_end_object(json);
	put_objective(json, export);
	mi_json_end_object(json);
	mi_json_begin_array(json, "version");
	mi_json_integer(json, NULL, 3);
	mi_json_integer(json, NULL, 0);
	mi_json_integer(json, NULL, 0);
	mi_json_end_array(json);
	mi_json_end_object(json);
}

mi_status
mi_xgboost_write(const mi_model *model, mi_writer *text, mi_error *error)
{
	mi_export export;
	mi_json json = {.text = *text};

	if (mi_export_begin(&export, model, "to_xgboost", "[]<", error) != MI_OK)
		return error->status;
	for (uint32_t i = 0; i < export.forest.node_count && error->status == MI_OK; i++)
		if (!mi_xgboost_can_split(&export.forest.nodes[i]))
			mi_fail(error, MI_NOT_SUPPORTED, "a split of the model takes zero for missing, which XGBoost cannot");
	if (error->status == MI_OK)
		put_model(&json, &export);
	*text = json.text;
	mi_export_release(&export);
	return error->status;
}
