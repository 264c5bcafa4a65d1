/*
 * Options of gradient boosting: names, defaults, and what is allowed. Names and defaults are LightGBM's, where it has
 * them.
 */
#include "gradient_boosting_options.h"

#include <math.h>
#include <stdio.h>

#include "bins.h"
#include "forest.h"
#include "objective.h"

#define FIELD(name) offsetof(mi_boosting_params, name)
#define NUMBER(name, allowed) \
	{ \
#name, MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, FIELD(name), NULL, allowed \
	}
#define BOOLEAN(name) \
	{ \
#name, MI_OPTION_BOOLEAN, MI_OPTION_ANYWHERE, FIELD(name), NULL, "true or false" \
	}
#define COLUMN(name, kind) \
	{ \
#name, kind, MI_OPTION_IN_TRAIN, FIELD(name), NULL, "the name of a column of the query" \
	}

const mi_option mi_boosting_options[] = {
	{"objective", MI_OPTION_WORD, MI_OPTION_ANYWHERE, FIELD(objective), mi_objective_names,
	 "\"binary\", \"regression\", \"regression_l1\", \"quantile\", \"poisson\" or \"multiclass\""},
	NUMBER(num_iterations, "a whole number from 1 to 100000"),
	NUMBER(learning_rate, "a number > 0"),
	NUMBER(num_leaves, "a whole number from 2 to 131072"),
	NUMBER(max_depth, "a whole number; none when <= 0"),
	NUMBER(min_data_in_leaf, "a whole number >= 0"),
	NUMBER(min_sum_hessian_in_leaf, "a number >= 0"),
	NUMBER(min_gain_to_split, "a number >= 0"),
	NUMBER(lambda_l1, "a number >= 0"),
	NUMBER(lambda_l2, "a number >= 0"),
	NUMBER(max_delta_step, "a number; none when <= 0"),
	NUMBER(max_bin, "a whole number from 2 to 255"),
	NUMBER(min_data_in_bin, "a whole number >= 1"),
	NUMBER(bin_construct_sample_cnt, "a whole number >= 1"),
	NUMBER(bagging_fraction, "a number > 0 and <= 1"),
	NUMBER(bagging_freq, "a whole number >= 0"),
	NUMBER(feature_fraction, "a number > 0 and <= 1"),
	NUMBER(feature_fraction_bynode, "a number > 0 and <= 1"),
	NUMBER(cat_smooth, "a number >= 0"),
	NUMBER(cat_l2, "a number >= 0"),
	NUMBER(max_cat_threshold, "a whole number >= 1"),
	NUMBER(max_cat_to_onehot, "a whole number >= 0"),
	NUMBER(min_data_per_group, "a whole number >= 0"),
	NUMBER(alpha, "a number between 0 and 1"),
	NUMBER(poisson_max_delta_step, "a number >= 0"),
	NUMBER(scale_pos_weight, "a number from 1e-30 to 1e30"),
	BOOLEAN(is_unbalance),
	BOOLEAN(boost_from_average),
	BOOLEAN(use_quantized_grad),
	NUMBER(seed, "a whole number from 0 to 9007199254740992"),
	NUMBER(early_stopping_round, "a whole number >= 0"),
	NUMBER(validation_fraction, "a number between 0 and 1"),
	NUMBER(parallel_workers, "a whole number; as many as the server thinks right when < 0"),
	{"monotone_constraints", MI_OPTION_NAMED_NUMBERS, MI_OPTION_ANYWHERE, FIELD(monotone_constraints), NULL,
	 "an object of -1, 0 or 1 by feature"},
	{"class_weight", MI_OPTION_NAMED_NUMBERS, MI_OPTION_ANYWHERE, FIELD(class_weight), NULL,
	 "an object of numbers from 0 to 1e30 by class"},
	COLUMN(weight_by, MI_OPTION_WEIGHT_COLUMN),
	COLUMN(group_by, MI_OPTION_GROUP_COLUMN),
	COLUMN(time_by, MI_OPTION_TIME_COLUMN),
	{"features", MI_OPTION_NAMES, MI_OPTION_IN_AGGREGATE, FIELD(features), NULL, "an array of names"},
	{NULL}};

#define VALIDATION_FRACTION 0.1 /* unless asked for */

void
mi_boosting_set_default_params(void *params)
{
	*(mi_boosting_params *) params = (mi_boosting_params){
		.objective = MI_NO_WORD,
		.num_iterations = 100.0,
		.learning_rate = 0.1,
		.num_leaves = 31.0,
		.max_depth = -1.0,
		.min_data_in_leaf = 20.0,
		.min_sum_hessian_in_leaf = 1e-3,
		.max_bin = 255.0,
		.min_data_in_bin = 3.0,
		.bin_construct_sample_cnt = 200000.0,
		.bagging_fraction = 1.0,
		.feature_fraction = 1.0,
		.feature_fraction_bynode = 1.0,
		.cat_smooth = 10.0,
		.cat_l2 = 10.0,
		.max_cat_threshold = 32.0,
		.max_cat_to_onehot = 4.0,
		.min_data_per_group = 100.0,
		.alpha = MI_BOOSTING_ALPHA,
		.poisson_max_delta_step = 0.7,
		.scale_pos_weight = 1.0,
		.boost_from_average = true,
		.use_quantized_grad = true,
		.validation_fraction = VALIDATION_FRACTION,
		.parallel_workers = -1.0,
	};
}

static bool
is_whole(double number, double least, double most)
{
	return number >= least && number <= most && number == floor(number);
}

static bool
is_fraction(double number)
{
	return number > 0.0 && number <= 1.0;
}

#define LARGE 1e9 /* of options that count something */

static const char *
check_tree_params(const mi_boosting_params *asked)
{
	if (!is_whole(asked->num_leaves, 2, MI_FOREST_MAX_LEAVES))
		return "num_leaves must be a whole number from 2 to 131072";
	if (!is_whole(asked->max_depth, -LARGE, LARGE))
		return "max_depth must be a whole number";
	if (!is_whole(asked->min_data_in_leaf, 0, LARGE) || !is_whole(asked->min_data_per_group, 0, LARGE))
		return "min_data_in_leaf and min_data_per_group must be whole numbers >= 0";
	if (!(asked->min_sum_hessian_in_leaf >= 0.0 && asked->min_gain_to_split >= 0.0))
		return "min_sum_hessian_in_leaf and min_gain_to_split must be numbers >= 0";
	if (!(asked->lambda_l1 >= 0.0 && asked->lambda_l2 >= 0.0 && asked->cat_l2 >= 0.0 && asked->cat_smooth >= 0.0))
		return "lambda_l1, lambda_l2, cat_l2 and cat_smooth must be numbers >= 0";
	if (isnan(asked->max_delta_step) ||
		!(asked->poisson_max_delta_step >= 0.0 && asked->poisson_max_delta_step <= 50.0))
		return "max_delta_step must be a number, and poisson_max_delta_step one from 0 to 50";
	if (!is_whole(asked->max_cat_threshold, 1, LARGE) || !is_whole(asked->max_cat_to_onehot, 0, LARGE))
		return "max_cat_threshold must be a whole number >= 1, max_cat_to_onehot one >= 0";
	return NULL;
}

static const char *
check_row_params(const mi_boosting_params *asked)
{
	if (!is_whole(asked->max_bin, 2, MI_BINS_MAX - 1))
		return "max_bin must be a whole number from 2 to 255";
	if (!is_whole(asked->min_data_in_bin, 1, LARGE) || !is_whole(asked->bin_construct_sample_cnt, 1, LARGE))
		return "min_data_in_bin and bin_construct_sample_cnt must be whole numbers >= 1";
	if (!is_fraction(asked->bagging_fraction) || !is_whole(asked->bagging_freq, 0, LARGE))
		return "bagging_fraction must be a number > 0 and <= 1, bagging_freq a whole number >= 0";
	if (asked->bagging_fraction < 1.0 && asked->bagging_freq == 0.0)
		return "bagging_fraction needs bagging_freq, after how many iterations rows are drawn anew: 1, for example";
	if (!is_fraction(asked->feature_fraction) || !is_fraction(asked->feature_fraction_bynode))
		return "feature_fraction and feature_fraction_bynode must be numbers > 0 and <= 1";
	if (!(asked->scale_pos_weight >= 1e-30 && asked->scale_pos_weight <= 1e30))
		return "scale_pos_weight must be a number from 1e-30 to 1e30";
	if (asked->is_unbalance && asked->scale_pos_weight != 1.0)
		return "is_unbalance and scale_pos_weight exclude each other";
	for (uint32_t i = 0; i < asked->class_weight.count; i++)
		if (!(asked->class_weight.numbers[i] >= 0.0 && asked->class_weight.numbers[i] <= 1e30))
			return "class_weight must be an object of numbers from 0 to 1e30";
	return NULL;
}

#define NEEDS_COLUMN " needs group_by or time_by, of train(): the column that says which rows are held out together"

static const char *
check_holding_out(const mi_boosting_params *asked)
{
	bool by_column = asked->group_by != NULL || asked->time_by != NULL;

	if (!is_whole(asked->early_stopping_round, 0, LARGE))
		return "early_stopping_round must be a whole number >= 0";
	if (!(asked->validation_fraction > 0.0 && asked->validation_fraction < 1.0))
		return "validation_fraction must be a number between 0 and 1";
	if (asked->group_by != NULL && asked->time_by != NULL)
		return "group_by and time_by exclude each other: rows are held out by one of them";
	if (asked->validation_fraction != VALIDATION_FRACTION && !by_column)
		return "validation_fraction" NEEDS_COLUMN;
	if (asked->early_stopping_round > 0.0 && !by_column)
		return "early_stopping_round" NEEDS_COLUMN;
	return NULL;
}

const char *
mi_boosting_check_params(const void *params)
{
	const mi_boosting_params *asked = params;
	const char *complaint;

	if (!is_whole(asked->num_iterations, 1, 100000))
		return "num_iterations must be a whole number from 1 to 100000";
	if (!(asked->learning_rate > 0.0 && isfinite(asked->learning_rate)))
		return "learning_rate must be a number > 0";
	if (!(asked->alpha > 0.0 && asked->alpha < 1.0))
		return "alpha must be a number between 0 and 1";
	if (!is_whole(asked->seed, 0, 0x1p53))
		return "seed must be a whole number from 0 to 9007199254740992";
	if (!is_whole(asked->parallel_workers, -1, 1024))
		return "parallel_workers must be a whole number up to 1024";
	for (uint32_t i = 0; i < asked->monotone_constraints.count; i++)
		if (!is_whole(asked->monotone_constraints.numbers[i], -1, 1))
			return "monotone_constraints must be an object of -1, 0 or 1";
	complaint = check_tree_params(asked);
	if (complaint == NULL)
		complaint = check_row_params(asked);
	if (complaint == NULL)
		complaint = check_holding_out(asked);
	return complaint;
}
