/*
 * Gradient boosting: against trees grown by brute force, and what options promise.
 */
#include "core/boosting/gradient_boosting.h"
#include "core/boosting/objective.h"
#include "random_input.h"
#include "unit.h"

/* ---- Fits of arrays ---- */

typedef struct table
{
	size_t rows;
	uint32_t features;
	double *x;
	double *y;
	double *weights; /* NULL: all 1 */
	double *times;
	uint64_t *groups;
} table;

static table
table_new(size_t rows, uint32_t features)
{
	return (table){.rows = rows,
				   .features = features,
				   .x = unit_allocate(rows * features * sizeof(double)),
				   .y = unit_allocate(rows * sizeof(double)),
				   .weights = NULL};
}

static void
table_release(table *data)
{
	free(data->x);
	free(data->y);
	free(data->weights);
	free(data->times);
	free(data->groups);
}

static mi_boosting_params
default_params(void)
{
	mi_boosting_params params;

	mi_gradient_boosting_algorithm.set_default_params(&params);
	params.parallel_workers = 0;
	return params;
}

/* A contract of numbers x1, x2, …; features named in categories have so many levels "a", "b", …. */
static mi_contract
contract_of(uint32_t features, uint32_t category, uint32_t levels)
{
	mi_contract contract = mi_contract_for_array(features, NULL);

	if (levels > 0)
	{
		mi_feature *feature = &contract.features[category];

		feature->kind = MI_FEATURE_CATEGORY;
		feature->level_count = levels;
		feature->levels = unit_allocate(levels * sizeof(char *));
		for (uint32_t i = 0; i < levels; i++)
		{
			char *level = unit_allocate(8);

			/* In another order than that of the alphabet, which the model has. */
			snprintf(level, 8, "%c%u", 'z' - (char) (i / 10), 9 - (unsigned) (i % 10));
			feature->levels[i] = level;
		}
	}
	return contract;
}

static size_t memory_limit = (size_t) 1 << 30;

static mi_status
fit_with(const table *data, const mi_boosting_params *params, mi_contract *contract, mi_training_target target,
		 mi_writer *bytes, mi_error *error)
{
	const mi_algorithm *algorithm = &mi_gradient_boosting_algorithm;
	mi_training training = {.algorithm = algorithm,
							.contract = contract,
							.params = params,
							.memory_limit = memory_limit,
							.target = target,
							.roles = {.weight = 1.0}};
	mi_contract final = mi_contract_sorted(contract);

	CHECK(algorithm->check_params(params) == NULL);
	algorithm->train_begin(&training, error);
	for (size_t i = 0; i < data->rows && error->status == MI_OK; i++)
	{
		if (data->weights != NULL)
			training.roles.weight = data->weights[i];
		if (data->times != NULL)
			training.roles.time = data->times[i];
		if (data->groups != NULL)
			training.roles.group = data->groups[i];
		algorithm->train_add_row(&training, data->x + i * data->features, data->y[i], error);
	}
	if (error->status == MI_OK)
		algorithm->train_finish(&training, &final, bytes, error);
	algorithm->train_release(&training);
	mi_contract_release(&final);
	return error->status;
}

/* A fit of numbers that must work. */
static mi_model
fitted(const table *data, const mi_boosting_params *params, mi_feature_kind target, mi_writer *bytes)
{
	mi_contract contract = contract_of(data->features, 0, 0);
	mi_model model = {0};
	mi_error error = {0};

	fit_with(data, params, &contract, (mi_training_target){.kind = target}, bytes, &error);
	CHECK_STR_EQ(error.message, "");
	mi_model_open(&model, bytes->bytes, bytes->length, &error);
	CHECK_STR_EQ(error.message, "");
	mi_contract_release(&contract);
	return model;
}

static void
release(mi_model *model, mi_writer *bytes)
{
	mi_model_close(model);
	free(bytes->bytes);
	*bytes = (mi_writer){0};
}

static double
predicted(const mi_model *model, const table *data, size_t row)
{
	return model->algorithm->predict(model, data->x + row * data->features);
}

/* ---- Brute force: squared error, all cuts of all features tried on all rows ---- */

#define ORACLE_LEAVES 8

typedef struct oracle_leaf
{
	size_t rows[400];
	size_t count;
	double gain; /* of its best cut */
	uint32_t feature;
	double threshold;
} oracle_leaf;

static double
sum_of(const oracle_leaf *leaf, const double *residuals)
{
	double sum = 0.0;

	for (size_t i = 0; i < leaf->count; i++)
		sum += residuals[leaf->rows[i]];
	return sum;
}

static void
oracle_search(const table *data, const double *residuals, size_t least, oracle_leaf *leaf)
{
	double total = sum_of(leaf, residuals);

	leaf->gain = 0.0;
	for (uint32_t feature = 0; feature < data->features; feature++)
		for (size_t c = 0; c < leaf->count; c++)
		{
			double threshold = data->x[leaf->rows[c] * data->features + feature];
			double sum = 0.0;
			size_t count = 0;
			double gain;

			for (size_t i = 0; i < leaf->count; i++)
				if (data->x[leaf->rows[i] * data->features + feature] <= threshold)
				{
					sum += residuals[leaf->rows[i]];
					count++;
				}
			if (count < least || leaf->count - count < least)
				continue;
			gain = sum * sum / (double) count + (total - sum) * (total - sum) / (double) (leaf->count - count) -
				   total * total / (double) leaf->count;
			if (gain > leaf->gain * (1.0 + 1e-12))
			{
				leaf->gain = gain;
				leaf->feature = feature;
				leaf->threshold = threshold;
			}
		}
}

/* One round: adds rate times the mean residual of each leaf to the scores. */
static void
oracle_round(const table *data, double *scores, size_t least, double rate)
{
	static oracle_leaf leaves[ORACLE_LEAVES];
	double residuals[400];
	size_t count = 1;

	for (size_t i = 0; i < data->rows; i++)
	{
		residuals[i] = data->y[i] - scores[i];
		leaves[0].rows[i] = i;
	}
	leaves[0].count = data->rows;
	oracle_search(data, residuals, least, &leaves[0]);
	while (count < ORACLE_LEAVES)
	{
		size_t best = 0;
		oracle_leaf whole;

		for (size_t leaf = 1; leaf < count; leaf++)
			if (leaves[leaf].gain > leaves[best].gain)
				best = leaf;
		if (leaves[best].gain <= 1e-9)
			break;
		whole = leaves[best];
		leaves[best].count = 0;
		leaves[count].count = 0;
		for (size_t i = 0; i < whole.count; i++)
		{
			size_t row = whole.rows[i];
			oracle_leaf *side =
				data->x[row * data->features + whole.feature] <= whole.threshold ? &leaves[best] : &leaves[count];

			side->rows[side->count++] = row;
		}
		oracle_search(data, residuals, least, &leaves[best]);
		oracle_search(data, residuals, least, &leaves[count]);
		count++;
	}
	for (size_t leaf = 0; leaf < count; leaf++)
	{
		double mean = sum_of(&leaves[leaf], residuals) / (double) leaves[leaf].count;

		for (size_t i = 0; i < leaves[leaf].count; i++)
			scores[leaves[leaf].rows[i]] += rate * mean;
	}
}

MI_TEST(trees_are_those_of_brute_force)
{
	test_random random = random_seeded("trees_are_those_of_brute_force");

	for (int trial = 0; trial < 20; trial++)
	{
		table data = table_new(100 + random_below(&random, 300), 4);
		mi_boosting_params params = default_params();
		mi_writer bytes = {0};
		mi_model model;
		double scores[400];
		double mean = 0.0;
		double worst = 0.0;

		for (size_t i = 0; i < data.rows; i++)
		{
			double *x = data.x + i * 4;

			for (uint32_t j = 0; j < 4; j++)
				x[j] = (double) random_below(&random, j == 0 ? 3 : 60);
			data.y[i] = x[1] * 0.1 + (x[2] > 30.0 ? x[3] : -x[0]) + 5.0 * random_number(&random);
			mean += data.y[i] / (double) data.rows;
		}
		params.num_iterations = 5.0;
		params.num_leaves = ORACLE_LEAVES;
		params.min_data_in_leaf = 1.0 + (double) random_below(&random, 20);
		params.min_data_in_bin = 1.0;
		params.use_quantized_grad = false;
		model = fitted(&data, &params, MI_FEATURE_NUMBER, &bytes);
		for (size_t i = 0; i < data.rows; i++)
			scores[i] = mean;
		for (int round = 0; round < 5; round++)
			oracle_round(&data, scores, (size_t) params.min_data_in_leaf, 0.1);
		for (size_t i = 0; i < data.rows; i++)
			worst = fmax(worst, fabs(predicted(&model, &data, i) - scores[i]));
		CHECK(worst < 1e-5); /* gradients are floats */
		release(&model, &bytes);
		table_release(&data);
	}
}

/* ---- What is promised ---- */

/* A table with missing values, more rows than a chunk, a yes or no target that depends on the first three features. */
static table
yes_or_no(test_random *random, size_t rows, uint32_t features)
{
	table data = table_new(rows, features);

	for (size_t i = 0; i < rows; i++)
	{
		double *x = data.x + i * features;
		double margin;

		for (uint32_t j = 0; j < features; j++)
			x[j] = random_below(random, 20) == 0 ? NAN : random_number(random);
		margin = (isnan(x[0]) ? 1.0 : 2.0 * x[0]) - (x[1] > 0.3 ? 1.5 : 0.0) + (isnan(x[2]) ? -1.0 : x[2] * x[2]);
		data.y[i] = 0.5 + 0.5 * random_number(random) < 1.0 / (1.0 + exp(-2.0 * margin));
	}
	return data;
}

MI_TEST(any_number_of_workers_gives_the_same_bytes)
{
	test_random random = random_seeded("any_number_of_workers_gives_the_same_bytes");
	table data = yes_or_no(&random, 21000, 19);
	static const struct
	{
		int objective;
		bool quantized;
		double bagging;
	} ways[] = {{MI_OBJECTIVE_BINARY, true, 1.0},
				{MI_OBJECTIVE_BINARY, false, 1.0},
				{MI_OBJECTIVE_BINARY, true, 0.5},
				{MI_OBJECTIVE_L1, true, 1.0},
				{MI_OBJECTIVE_REGRESSION, false, 0.7}};

	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++)
	{
		mi_writer alone = {0};

		for (int workers = 0; workers <= 4; workers++)
		{
			mi_boosting_params params = default_params();
			mi_writer bytes = {0};
			mi_model model;

			params.objective = ways[way].objective;
			params.use_quantized_grad = ways[way].quantized;
			params.bagging_fraction = ways[way].bagging;
			params.bagging_freq = ways[way].bagging < 1.0;
			params.feature_fraction = ways[way].bagging;
			params.num_iterations = 5.0;
			params.parallel_workers = workers;
			model = fitted(&data, &params, MI_FEATURE_NUMBER, workers == 0 ? &alone : &bytes);
			if (workers > 0)
			{
				CHECK_INT_EQ(bytes.length, alone.length);
				CHECK_BYTES_EQ(bytes.bytes, alone.bytes, alone.length);
			}
			if (workers > 0)
				release(&model, &bytes);
			else
				mi_model_close(&model);
		}
		free(alone.bytes);
	}
	table_release(&data);
}

/* Whether a fit goes within so much memory, for which there is no other reason than that it does not. */
static bool
fits_into(const table *data, const mi_boosting_params *params, size_t limit, mi_writer *bytes)
{
	mi_contract contract = contract_of(data->features, 0, 0);
	mi_error error = {0};
	mi_status status;

	memory_limit = limit;
	status = fit_with(data, params, &contract, (mi_training_target){.kind = MI_FEATURE_NUMBER}, bytes, &error);
	memory_limit = (size_t) 1 << 30;
	CHECK(status == MI_OK || status == MI_BUDGET_EXCEEDED);
	mi_contract_release(&contract);
	return status == MI_OK;
}

/* With plenty of memory bins lie by column as well, with the least that will do they do not. */
MI_TEST(the_least_memory_gives_the_same_bytes)
{
	test_random random = random_seeded("the_least_memory_gives_the_same_bytes");
	table data = yes_or_no(&random, 9000, 11);
	mi_boosting_params params = default_params();
	mi_writer plenty = {0};
	size_t too_little = 0;
	size_t enough = (size_t) 1 << 30;

	params.objective = MI_OBJECTIVE_BINARY;
	params.num_iterations = 3.0;
	CHECK(fits_into(&data, &params, enough, &plenty));
	while (enough - too_little > 64)
	{
		size_t limit = too_little + (enough - too_little) / 2;
		mi_writer bytes = {0};

		if (fits_into(&data, &params, limit, &bytes))
		{
			enough = limit;
			CHECK_INT_EQ(bytes.length, plenty.length);
			CHECK_BYTES_EQ(bytes.bytes, plenty.bytes, plenty.length);
		}
		else
			too_little = limit;
		free(bytes.bytes);
	}
	CHECK(enough > data.rows * data.features && enough < (size_t) 10 << 20);
	free(plenty.bytes);
	table_release(&data);
}

/* The loss over some rows at the model's predictions. */
static double
log_loss(const mi_model *model, const table *data)
{
	double loss = 0.0;

	for (size_t i = 0; i < data->rows; i++)
	{
		double p = predicted(model, data, i);

		loss -= log(data->y[i] != 0.0 ? p : 1.0 - p);
	}
	return loss / (double) data->rows;
}

MI_TEST(the_learning_curve_ends_where_the_model_does)
{
	test_random random = random_seeded("the_learning_curve_ends_where_the_model_does");
	table data = yes_or_no(&random, 6000, 5);
	mi_boosting_params params = default_params();
	mi_writer bytes = {0};
	mi_model model;
	const mi_boosting_model *boosting;

	for (int quantized = 0; quantized < 2; quantized++)
	{
		params.use_quantized_grad = quantized;
		model = fitted(&data, &params, MI_FEATURE_BOOLEAN, &bytes);
		boosting = mi_boosting_model_of(&model);
		CHECK_INT_EQ(boosting->curve.iterations, 100);
		CHECK_NEAR(log_loss(&model, &data), boosting->curve.training[99], 1e-9);
		CHECK(boosting->curve.training[99] < boosting->curve.training[9]);
		CHECK(boosting->curve.training[9] < boosting->curve.training[0]);
		release(&model, &bytes);
	}
	table_release(&data);
}

MI_TEST(early_stopping_keeps_the_best_iteration)
{
	test_random random = random_seeded("early_stopping_keeps_the_best_iteration");
	table data = yes_or_no(&random, 3000, 6);
	mi_boosting_params params = default_params();
	mi_writer bytes = {0};
	mi_model model;
	const mi_boosting_model *boosting;
	table newest;

	data.times = unit_allocate(data.rows * sizeof(double));
	for (size_t i = 0; i < data.rows; i++)
		data.times[i] = (double) (i / 10); /* ten rows a moment */
	params.time_by = "time";
	params.early_stopping_round = 5.0;
	params.num_iterations = 1000.0;
	params.learning_rate = 0.3;
	model = fitted(&data, &params, MI_FEATURE_BOOLEAN, &bytes);
	boosting = mi_boosting_model_of(&model);
	CHECK_NEAR(boosting->rows_held_out, 300.0, 0.0);
	CHECK_NEAR(boosting->rows, 2700.0, 0.0);
	CHECK(boosting->curve.iterations < 200);
	CHECK_INT_EQ(boosting->forest.tree_count, boosting->curve.iterations);
	for (uint32_t i = 0; i + 1 < boosting->curve.iterations; i++)
		CHECK(boosting->curve.validation[i] > boosting->curve.validation[boosting->curve.iterations - 1]);
	newest = (table){.rows = 300, .features = 6, .x = data.x + 2700 * 6, .y = data.y + 2700};
	CHECK_NEAR(log_loss(&model, &newest), boosting->curve.validation[boosting->curve.iterations - 1], 1e-9);
	release(&model, &bytes);
	table_release(&data);
}

MI_TEST(groups_are_held_out_whole)
{
	test_random random = random_seeded("groups_are_held_out_whole");
	table data = yes_or_no(&random, 4000, 3);
	mi_boosting_params params = default_params();
	mi_writer bytes = {0};
	mi_model model;
	double held_out;

	data.groups = unit_allocate(data.rows * sizeof(uint64_t));
	for (size_t i = 0; i < data.rows; i++)
		data.groups[i] = i % 50;
	params.group_by = "session";
	params.early_stopping_round = 3.0;
	params.validation_fraction = 0.3;
	model = fitted(&data, &params, MI_FEATURE_BOOLEAN, &bytes);
	held_out = mi_boosting_model_of(&model)->rows_held_out;
	CHECK(fmod(held_out, 80.0) == 0.0 && held_out > 0.0 && held_out < 4000.0);
	release(&model, &bytes);
	table_release(&data);
}

MI_TEST(monotone_constraints_hold_everywhere)
{
	test_random random = random_seeded("monotone_constraints_hold_everywhere");
	static const char *const names[] = {"x1", "x2"};
	static const double directions[] = {1.0, -1.0};

	for (int quantized = 0; quantized < 2; quantized++)
	{
		table data = table_new(3000, 4);
		mi_boosting_params params = default_params();
		mi_writer bytes = {0};
		mi_model model;
		int wrong = 0;

		for (size_t i = 0; i < data.rows; i++)
		{
			double *x = data.x + i * 4;

			for (int j = 0; j < 4; j++)
				x[j] = random_number(&random);
			data.y[i] = sin(5.0 * x[0]) + cos(4.0 * x[1]) + x[2] * x[0] + 0.3 * random_number(&random);
		}
		params.use_quantized_grad = quantized;
		params.monotone_constraints = (mi_named_numbers){2, names, directions};
		model = fitted(&data, &params, MI_FEATURE_NUMBER, &bytes);
		for (int trial = 0; trial < 300; trial++)
		{
			double x[4];
			double last = -INFINITY;

			for (int j = 0; j < 4; j++)
				x[j] = random_number(&random);
			for (int which = 0; which < 2; which++, last = -INFINITY)
				for (double at = -1.0; at <= 1.0; at += 0.02)
				{
					double here[4] = {x[0], x[1], x[2], x[3]};
					double value;

					here[which] = at;
					value = directions[which] * model.algorithm->predict(&model, here);
					wrong += value < last - 1e-12;
					last = value;
				}
		}
		CHECK_INT_EQ(wrong, 0);
		release(&model, &bytes);
		table_release(&data);
	}
}

MI_TEST(a_weight_counts_like_as_many_rows)
{
	test_random random = random_seeded("a_weight_counts_like_as_many_rows");
	table once = yes_or_no(&random, 600, 3);
	table often = table_new(2400, 3);
	mi_boosting_params params = default_params();
	mi_writer bytes = {0};
	mi_writer often_bytes = {0};
	mi_model model;
	mi_model often_model;
	double worst = 0.0;

	once.weights = unit_allocate(once.rows * sizeof(double));
	often.rows = 0;
	for (size_t i = 0; i < once.rows; i++)
	{
		once.weights[i] = (double) random_below(&random, 4);
		for (int n = 0; n < once.weights[i]; n++, often.rows++)
		{
			memcpy(often.x + often.rows * 3, once.x + i * 3, 3 * sizeof(double));
			often.y[often.rows] = once.y[i];
		}
	}
	params.weight_by = "weight";
	params.use_quantized_grad = false;
	params.num_iterations = 20.0;
	params.num_leaves = 6.0;
	params.min_data_in_leaf = 0.0; /* counts rows, which differ */
	params.min_sum_hessian_in_leaf = 4.0;
	params.min_data_in_bin = 1.0;
	params.max_bin = 16.0;
	/* The same bins for both: few values. */
	for (size_t i = 0; i < once.rows * 3; i++)
		once.x[i] = floor(once.x[i] * 6.0);
	for (size_t i = 0; i < often.rows * 3; i++)
		often.x[i] = floor(often.x[i] * 6.0);
	model = fitted(&once, &params, MI_FEATURE_BOOLEAN, &bytes);
	params.weight_by = NULL;
	often_model = fitted(&often, &params, MI_FEATURE_BOOLEAN, &often_bytes);
	for (size_t i = 0; i < once.rows; i++)
		worst = fmax(worst, fabs(predicted(&model, &once, i) - predicted(&often_model, &once, i)));
	CHECK(worst < 1e-5);
	release(&model, &bytes);
	release(&often_model, &often_bytes);
	table_release(&once);
	table_release(&often);
}

MI_TEST(classes_weigh_what_they_are_told)
{
	test_random random = random_seeded("classes_weigh_what_they_are_told");
	table data = yes_or_no(&random, 500, 3);
	static const char *const label = "true";
	static const double five = 5.0;
	mi_boosting_params params = default_params();
	mi_writer by_class = {0};
	mi_writer by_scale = {0};
	mi_model first;
	mi_model second;

	params.class_weight = (mi_named_numbers){1, &label, &five};
	first = fitted(&data, &params, MI_FEATURE_BOOLEAN, &by_class);
	params.class_weight = (mi_named_numbers){0};
	params.scale_pos_weight = 5.0;
	second = fitted(&data, &params, MI_FEATURE_BOOLEAN, &by_scale);
	CHECK_INT_EQ(by_class.length, by_scale.length);
	CHECK_BYTES_EQ(by_class.bytes, by_scale.bytes, by_scale.length);
	release(&first, &by_class);
	release(&second, &by_scale);
	table_release(&data);
}

MI_TEST(the_side_of_missing_values_is_learned)
{
	for (int high = 0; high < 2; high++)
	{
		table data = table_new(400, 1);
		mi_boosting_params params = default_params();
		mi_writer bytes = {0};
		mi_model model;
		double missing = NAN;

		for (size_t i = 0; i < 400; i++)
		{
			data.x[i] = i % 4 == 0 ? NAN : (double) (i % 4);
			data.y[i] = isnan(data.x[i]) ? (high ? 30.0 : 10.0) : 10.0 * data.x[i];
		}
		params.learning_rate = 1.0;
		params.min_data_in_bin = 1.0;
		model = fitted(&data, &params, MI_FEATURE_NUMBER, &bytes);
		CHECK(fabs(model.algorithm->predict(&model, &missing) - (high ? 30.0 : 10.0)) < 1e-3);
		release(&model, &bytes);
		table_release(&data);
	}
}

MI_TEST(categories_keep_their_meaning_when_levels_are_sorted)
{
	test_random random = random_seeded("categories_keep_their_meaning_when_levels_are_sorted");
	table data = table_new(6000, 2);
	mi_boosting_params params = default_params();
	mi_contract contract = contract_of(2, 1, 30);
	mi_writer bytes = {0};
	mi_model model = {0};
	mi_error error = {0};
	double unseen[2] = {0.0, NAN};
	double worst = 0.0;

	for (size_t i = 0; i < data.rows; i++)
	{
		uint32_t level = (uint32_t) random_below(&random, 30);

		data.x[2 * i] = random_number(&random);
		data.x[2 * i + 1] = level;
		data.y[i] = level * 7 % 30; /* neither the order of levels nor of their first letters */
	}
	params.cat_l2 = 0.0;
	params.min_data_per_group = 1.0;
	params.num_iterations = 200.0;
	fit_with(&data, &params, &contract, (mi_training_target){.kind = MI_FEATURE_NUMBER}, &bytes, &error);
	CHECK_STR_EQ(error.message, "");
	CHECK(mi_model_open(&model, bytes.bytes, bytes.length, &error) == MI_OK);
	for (uint32_t level = 0; level < 30; level++)
	{
		double x[2] = {0.0, mi_feature_find_level(&model.contract.features[1], contract.features[1].levels[level])};

		worst = fmax(worst, fabs(model.algorithm->predict(&model, x) - level * 7 % 30));
	}
	CHECK(worst < 0.1);
	CHECK(isfinite(model.algorithm->predict(&model, unseen)));
	release(&model, &bytes);
	mi_contract_release(&contract);
	table_release(&data);
}

MI_TEST(classes_are_told_apart_by_label)
{
	test_random random = random_seeded("classes_are_told_apart_by_label");
	static const char *labels[] = {"rock", "jazz", "pop"}; /* as they appear; jazz, pop, rock in the model */
	table data = table_new(3000, 2);
	mi_contract contract = contract_of(2, 0, 0);
	mi_boosting_params params = default_params();
	mi_writer bytes = {0};
	mi_model model = {0};
	mi_error error = {0};
	const mi_class_list *classes;
	int right = 0;

	for (size_t i = 0; i < data.rows; i++)
	{
		data.x[2 * i] = random_number(&random);
		data.x[2 * i + 1] = random_number(&random);
		data.y[i] = data.x[2 * i] > 0.0 ? 0.0 : data.x[2 * i + 1] > 0.0 ? 1.0 : 2.0;
	}
	params.num_iterations = 30.0;
	fit_with(&data, &params, &contract, (mi_training_target){MI_FEATURE_CATEGORY, 3, labels}, &bytes, &error);
	CHECK_STR_EQ(error.message, "");
	CHECK(mi_model_open(&model, bytes.bytes, bytes.length, &error) == MI_OK);
	classes = model.algorithm->classes(&model);
	CHECK_INT_EQ(classes->count, 3);
	for (size_t i = 0; i < data.rows; i++)
		right += strcmp(classes->labels[(int) predicted(&model, &data, i)], labels[(int) data.y[i]]) == 0;
	CHECK(right > 2950);
	release(&model, &bytes);
	mi_contract_release(&contract);
	table_release(&data);
}

MI_TEST(quantiles_of_the_target_are_predicted)
{
	test_random random = random_seeded("quantiles_of_the_target_are_predicted");
	table data = table_new(8000, 1);
	mi_boosting_params params = default_params();
	mi_writer bytes = {0};
	mi_model model;
	int below = 0;

	for (size_t i = 0; i < data.rows; i++)
	{
		data.x[i] = random_number(&random);
		data.y[i] = data.x[i] + (2.0 + data.x[i]) * random_number(&random);
	}
	params.objective = MI_OBJECTIVE_QUANTILE;
	params.alpha = 0.8;
	params.min_data_in_leaf = 200.0;
	model = fitted(&data, &params, MI_FEATURE_NUMBER, &bytes);
	for (size_t i = 0; i < data.rows; i++)
		below += data.y[i] <= predicted(&model, &data, i);
	CHECK(fabs(below / 8000.0 - 0.8) < 0.01);
	release(&model, &bytes);
	table_release(&data);
}

/* ---- Bad input ---- */

static mi_status
refused(const table *data, const mi_boosting_params *params, mi_feature_kind target, const char *message)
{
	mi_contract contract = contract_of(data->features, 0, 0);
	mi_writer bytes = {0};
	mi_error error = {0};

	fit_with(data, params, &contract, (mi_training_target){.kind = target}, &bytes, &error);
	CHECK_STR_EQ(error.message, message);
	free(bytes.bytes);
	mi_contract_release(&contract);
	return error.status;
}

MI_TEST(bad_rows_are_refused_by_number)
{
	table data = table_new(30, 2);
	mi_boosting_params params = default_params();

	for (size_t i = 0; i < 30; i++)
	{
		data.x[2 * i] = (double) i;
		data.x[2 * i + 1] = NAN;
		data.y[i] = (double) (i % 2);
	}
	data.x[4] = INFINITY;
	CHECK(refused(&data, &params, MI_FEATURE_BOOLEAN, "feature \"x1\" of row 3 is infinite") == MI_OUT_OF_RANGE);
	data.x[4] = 2.0;
	data.y[1] = 2.0;
	params.objective = MI_OBJECTIVE_BINARY;
	CHECK(refused(&data, &params, MI_FEATURE_NUMBER,
				  "target 2 of row 2 is neither 0 nor 1, which objective binary asks for") == MI_OUT_OF_RANGE);
	data.y[1] = -1.0;
	params.objective = MI_OBJECTIVE_POISSON;
	CHECK(refused(&data, &params, MI_FEATURE_NUMBER, "target -1 of row 2 is negative, objective poisson counts") ==
		  MI_OUT_OF_RANGE);
	data.y[1] = NAN;
	params.objective = MI_NO_WORD;
	CHECK(refused(&data, &params, MI_FEATURE_NUMBER, "target nan of row 2 is NaN or infinite") == MI_OUT_OF_RANGE);
	for (size_t i = 0; i < 30; i++)
		data.y[i] = 1.0;
	CHECK(refused(&data, &params, MI_FEATURE_BOOLEAN,
				  "the target is the same in all 30 rows: there are no classes to tell apart") == MI_NO_DATA);
	data.rows = 0;
	CHECK(refused(&data, &params, MI_FEATURE_NUMBER, "no row to train on") == MI_NO_DATA);
	table_release(&data);
}

MI_TEST(one_row_and_constant_features_give_a_constant)
{
	table data = table_new(50, 2);
	mi_boosting_params params = default_params();

	for (size_t i = 0; i < 50; i++)
	{
		data.x[2 * i] = 7.0;
		data.x[2 * i + 1] = NAN;
		data.y[i] = (double) i;
	}
	for (data.rows = 1; data.rows <= 50; data.rows += 49)
	{
		mi_writer bytes = {0};
		mi_model model = fitted(&data, &params, MI_FEATURE_NUMBER, &bytes);

		CHECK_NEAR(predicted(&model, &data, 0), (double) (data.rows - 1) / 2.0, 1e-12);
		release(&model, &bytes);
	}
	table_release(&data);
}

MI_TEST(too_little_to_hold_out_is_said)
{
	table data = table_new(20, 1);
	mi_boosting_params params = default_params();

	data.times = unit_allocate(20 * sizeof(double));
	for (size_t i = 0; i < 20; i++)
	{
		data.x[i] = (double) i;
		data.y[i] = (double) i;
		data.times[i] = 5.0;
	}
	params.time_by = "day";
	params.early_stopping_round = 5.0;
	CHECK(refused(&data, &params, MI_FEATURE_NUMBER, "20 of 20 rows would be held out by \"day\"") == MI_NO_DATA);
	table_release(&data);
}

MI_TEST(gradients_that_overflow_are_said)
{
	table data = table_new(60, 1);
	mi_boosting_params params = default_params();

	for (size_t i = 0; i < 60; i++)
	{
		data.x[i] = (double) i;
		data.y[i] = 1e300 * (double) i;
	}
	for (int quantized = 0; quantized < 2; quantized++)
	{
		params.use_quantized_grad = quantized;
		CHECK(refused(&data, &params, MI_FEATURE_NUMBER, "the loss or its gradients overflow after 0 iterations") ==
			  MI_NUMERICAL_FAILURE);
	}
	table_release(&data);
}
