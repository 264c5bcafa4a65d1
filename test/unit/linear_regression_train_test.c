/*
 * Training against an oracle: the design written out by hand, normal equations and the textbook's sandwich in long
 * double. Categories, their order of appearance, robust errors, limits.
 */
#include "unit.h"

#include <gsl/gsl_errno.h>

#include "core/regression/linear_regression_layout.h"
#include "models.h"
#include "random_input.h"

#define ROWS 80
#define MOST_COLUMNS 12

__attribute__((constructor)) static void
switch_gsl_handler_off(void)
{
	gsl_set_error_handler_off();
}

/* ---- the data: two numbers, a boolean, two categories, errors whose spread grows with the first number ---- */

static const mi_feature features[] = {
	{.name = "tempo", .kind = MI_FEATURE_NUMBER},     {.name = "genre", .kind = MI_FEATURE_CATEGORY},
	{.name = "energy", .kind = MI_FEATURE_NUMBER},    {.name = "mood", .kind = MI_FEATURE_CATEGORY},
	{.name = "explicit", .kind = MI_FEATURE_BOOLEAN},
};

#define FEATURES 5

static const char *const genres[] = {"ambient", "folk", "pop", "rock"}; /* ascending */
static const char *const moods[] = {"bright", "dark", "mellow"};

typedef struct sample_row
{
	double tempo;
	int genre;
	double energy;
	int mood;
	double explicit;
	double y;
} sample_row;

static void
make_rows(sample_row rows[ROWS], test_random *random)
{
	for (int i = 0; i < ROWS; i++)
	{
		sample_row *row = &rows[i];

		row->tempo = 120.0 + 40.0 * random_number(random);
		row->genre = i < 8 ? i % 4 : (int) random_below(random, 4); /* every level at least twice */
		row->energy = random_number(random);
		row->mood = i < 9 ? i % 3 : (int) random_below(random, 3);
		row->explicit = random_below(random, 2);
		row->y = 20.0 + 0.2 * row->tempo - 3.0 * row->genre + 8.0 * row->energy + 2.0 * row->mood * row->mood -
				 row->explicit + 0.05 * (row->tempo - 70.0) * random_number(random);
	}
}

static void
shuffle(sample_row rows[ROWS], test_random *random)
{
	for (size_t i = ROWS - 1; i > 0; i--)
	{
		size_t other = random_below(random, i + 1);
		sample_row moved = rows[i];

		rows[i] = rows[other];
		rows[other] = moved;
	}
}

static mi_writer
train(const sample_row rows[ROWS], const mi_linear_regression_params *params)
{
	training_run run;
	mi_writer model = {0};

	CHECK_INT_EQ(trainer_begin(&run, features, FEATURES, params, SIZE_MAX), MI_OK);
	for (int i = 0; i < ROWS; i++)
	{
		cell cells[] = {{rows[i].tempo, NULL},
						{0.0, genres[rows[i].genre]},
						{rows[i].energy, NULL},
						{0.0, moods[rows[i].mood]},
						{rows[i].explicit, NULL}};

		trainer_add(&run, cells, rows[i].y);
	}
	CHECK_INT_EQ(trainer_finish(&run, &model), MI_OK);
	trainer_release(&run);
	return model;
}

/* The design by hand, in the order of the contract; the number of its columns. */
static size_t
design_row(const sample_row *row, bool intercept, double *x)
{
	size_t count = 0;

	if (intercept)
		x[count++] = 1.0;
	x[count++] = row->tempo;
	for (int level = intercept ? 1 : 0; level < 4; level++) /* without an intercept the first category keeps all */
		x[count++] = row->genre == level;
	x[count++] = row->energy;
	for (int level = 1; level < 3; level++)
		x[count++] = row->mood == level;
	x[count++] = row->explicit;
	return count;
}

/* ---- the oracle ---- */

typedef struct oracle
{
	size_t columns;
	long double inverse[MOST_COLUMNS][MOST_COLUMNS]; /* of X'X */
	long double estimate[MOST_COLUMNS];
	long double std_error[MOST_COLUMNS];
} oracle;

/* Gauss and Jordan with the largest pivot; a becomes the identity. */
static void
invert(long double a[MOST_COLUMNS][MOST_COLUMNS], long double inverse[MOST_COLUMNS][MOST_COLUMNS], size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			inverse[i][j] = i == j;
	for (size_t pivot = 0; pivot < n; pivot++)
	{
		size_t best = pivot;
		long double scale;

		for (size_t row = pivot; row < n; row++)
			if (fabsl(a[row][pivot]) > fabsl(a[best][pivot]))
				best = row;
		for (size_t j = 0; j < n; j++)
		{
			long double moved = a[pivot][j];

			a[pivot][j] = a[best][j];
			a[best][j] = moved;
			moved = inverse[pivot][j];
			inverse[pivot][j] = inverse[best][j];
			inverse[best][j] = moved;
		}
		scale = a[pivot][pivot];
		for (size_t j = 0; j < n; j++)
		{
			a[pivot][j] /= scale;
			inverse[pivot][j] /= scale;
		}
		for (size_t row = 0; row < n; row++)
		{
			long double factor = a[row][pivot];

			for (size_t j = 0; j < n && row != pivot; j++)
			{
				a[row][j] -= factor * a[pivot][j];
				inverse[row][j] -= factor * inverse[pivot][j];
			}
		}
	}
}

/* (X'X)^-1 (sum of w_i e_i² x_i x_i') (X'X)^-1, or with robust -1 sigma² (X'X)^-1. */
static oracle
solve_by_hand(const sample_row rows[ROWS], bool intercept, int robust)
{
	oracle answer = {0};
	long double products[MOST_COLUMNS][MOST_COLUMNS] = {{0}};
	long double targets[MOST_COLUMNS] = {0};
	long double meat[MOST_COLUMNS][MOST_COLUMNS] = {{0}};
	long double squares = 0.0;
	double x[MOST_COLUMNS];
	size_t n = answer.columns = design_row(&rows[0], intercept, x);

	for (int r = 0; r < ROWS; r++)
	{
		design_row(&rows[r], intercept, x);
		for (size_t i = 0; i < n; i++)
		{
			targets[i] += (long double) x[i] * rows[r].y;
			for (size_t j = 0; j < n; j++)
				products[i][j] += (long double) x[i] * x[j];
		}
	}
	invert(products, answer.inverse, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			answer.estimate[i] += answer.inverse[i][j] * targets[j];
	for (int r = 0; r < ROWS; r++)
	{
		long double residual = rows[r].y;
		long double leverage = 0.0;
		long double weight;

		design_row(&rows[r], intercept, x);
		for (size_t i = 0; i < n; i++)
		{
			residual -= answer.estimate[i] * x[i];
			for (size_t j = 0; j < n; j++)
				leverage += x[i] * answer.inverse[i][j] * x[j];
		}
		squares += residual * residual;
		weight = robust == MI_ROBUST_HC1   ? (long double) ROWS / (ROWS - n)
				 : robust == MI_ROBUST_HC2 ? 1.0L / (1.0L - leverage)
				 : robust == MI_ROBUST_HC3 ? 1.0L / ((1.0L - leverage) * (1.0L - leverage))
										   : 1.0L;
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				meat[i][j] += weight * residual * residual * x[i] * x[j];
	}
	for (size_t k = 0; k < n; k++)
	{
		long double variance = 0.0;

		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				variance += answer.inverse[k][i] * meat[i][j] * answer.inverse[j][k];
		if (robust == MI_NO_WORD)
			variance = squares / (ROWS - n) * answer.inverse[k][k];
		answer.std_error[k] = sqrtl(variance);
	}
	return answer;
}

static void
check_against_oracle(bool intercept, int robust, test_random *random)
{
	mi_linear_regression_params params = default_linear_params();
	sample_row rows[ROWS];
	oracle expected;
	mi_writer bytes;
	mi_model model;
	mi_error error = {0};

	params.intercept = intercept;
	params.robust = robust;
	make_rows(rows, random);
	shuffle(rows, random);
	expected = solve_by_hand(rows, intercept, robust);
	bytes = train(rows, &params);
	if (CHECK_INT_EQ(mi_model_open(&model, bytes.bytes, bytes.length, &error), MI_OK))
	{
		CHECK_INT_EQ(model.algorithm->coefficient_count(&model), expected.columns);
		for (size_t i = 0; i < expected.columns; i++)
		{
			mi_coefficient got;

			model.algorithm->coefficient(&model, i, &got);
			CHECK_NEAR(got.estimate, (double) expected.estimate[i], 1e-10);
			CHECK_NEAR(got.std_error, (double) expected.std_error[i], 1e-10);
		}
		mi_model_close(&model);
	}
	mi_release(bytes.bytes);
}

MI_TEST(estimates_and_errors_are_those_of_the_textbook)
{
	test_random random = random_seeded(__func__);

	for (int robust = MI_NO_WORD; robust <= MI_ROBUST_HC3; robust++)
		for (int intercept = 0; intercept <= 1; intercept++)
			check_against_oracle(intercept, robust, &random);
}

MI_TEST(terms_are_named_by_feature_and_level_and_the_reference_has_none)
{
	static const char *const with_intercept[] = {"(intercept)", "tempo",     "genre=folk",  "genre=pop", "genre=rock",
												 "energy",      "mood=dark", "mood=mellow", "explicit"};
	test_random random = random_seeded(__func__);
	mi_linear_regression_params params = default_linear_params();
	sample_row rows[ROWS];
	mi_coefficient got;

	make_rows(rows, &random);
	for (int intercept = 0; intercept <= 1; intercept++)
	{
		mi_writer bytes;
		mi_model model;
		mi_error error = {0};

		params.intercept = intercept;
		bytes = train(rows, &params);
		if (!CHECK_INT_EQ(mi_model_open(&model, bytes.bytes, bytes.length, &error), MI_OK))
			return;
		CHECK_INT_EQ(model.algorithm->coefficient_count(&model),
					 9); /* one reference is kept in the intercept's place */
		for (size_t i = 0; i < 9 && intercept; i++)
		{
			model.algorithm->coefficient(&model, i, &got);
			CHECK_STR_EQ(got.term, with_intercept[i]);
		}
		if (!intercept)
		{
			model.algorithm->coefficient(&model, 1, &got);
			CHECK_STR_EQ(got.term, "genre=ambient");
			model.algorithm->coefficient(&model, 6, &got);
			CHECK_STR_EQ(got.term, "mood=dark");
		}
		mi_model_close(&model);
		mi_release(bytes.bytes);
	}
}

/* A category is its dummy columns: the same fit by the aggregate over an array of them. */
MI_TEST(categories_fit_like_dummy_columns_in_the_aggregate)
{
	test_random random = random_seeded(__func__);
	mi_linear_regression_params params = default_linear_params();

	for (int intercept = 0; intercept <= 1; intercept++)
	{
		sample_row rows[ROWS];
		double x[MOST_COLUMNS];
		mi_writer trained;
		mi_writer state = {0};
		mi_writer sealed = {0};
		mi_model by_category;
		mi_model by_dummies;
		mi_error error = {0};
		size_t columns;

		params.intercept = intercept;
		make_rows(rows, &random);
		shuffle(rows, &random);
		trained = train(rows, &params);
		columns = design_row(&rows[0], intercept, x);
		mi_linear_state_create(&state, (uint32_t) (columns - (size_t) intercept), &params, &error);
		for (int i = 0; i < ROWS; i++)
		{
			design_row(&rows[i], intercept, x);
			mi_linear_state_add_row(state.bytes, state.length, x + intercept, columns - (size_t) intercept, rows[i].y,
									&error);
		}
		CHECK_INT_EQ(mi_linear_state_seal(state.bytes, state.length, &sealed, &error), MI_OK);
		CHECK_INT_EQ(mi_model_open(&by_category, trained.bytes, trained.length, &error), MI_OK);
		CHECK_INT_EQ(mi_model_open(&by_dummies, sealed.bytes, sealed.length, &error), MI_OK);
		for (size_t i = 0; i < columns; i++)
		{
			mi_coefficient a;
			mi_coefficient b;

			by_category.algorithm->coefficient(&by_category, i, &a);
			by_dummies.algorithm->coefficient(&by_dummies, i, &b);
			CHECK_NEAR(a.estimate, b.estimate, 1e-13);
			CHECK_NEAR(a.std_error, b.std_error, 1e-13);
			CHECK_NEAR(a.p_value, b.p_value, 1e-11);
		}
		for (int i = 0; i < ROWS; i++)
		{
			double values[] = {rows[i].tempo, rows[i].genre, rows[i].energy, rows[i].mood, rows[i].explicit};

			design_row(&rows[i], intercept, x);
			CHECK_NEAR(by_category.algorithm->predict(&by_category, values),
					   by_dummies.algorithm->predict(&by_dummies, x + intercept), 1e-13);
		}
		mi_model_close(&by_category);
		mi_model_close(&by_dummies);
		mi_release(trained.bytes);
		mi_release(state.bytes);
		mi_release(sealed.bytes);
	}
}

MI_TEST(the_order_in_which_levels_appear_does_not_matter)
{
	test_random random = random_seeded(__func__);
	mi_linear_regression_params params = default_linear_params();
	sample_row rows[ROWS];
	mi_coefficient first[MOST_COLUMNS];
	char first_terms[MOST_COLUMNS][32]; /* a term lives no longer than its model */

	make_rows(rows, &random);
	for (int order = 0; order < 20; order++)
	{
		mi_writer bytes;
		mi_model model;
		mi_error error = {0};

		shuffle(rows, &random);
		bytes = train(rows, &params);
		CHECK_INT_EQ(mi_model_open(&model, bytes.bytes, bytes.length, &error), MI_OK);
		for (size_t i = 0; i < model.algorithm->coefficient_count(&model); i++)
		{
			mi_coefficient got;

			model.algorithm->coefficient(&model, i, &got);
			if (order == 0)
			{
				first[i] = got;
				snprintf(first_terms[i], sizeof(first_terms[i]), "%s", got.term);
			}
			CHECK_STR_EQ(got.term, first_terms[i]);
			CHECK_NEAR(got.estimate, first[i].estimate, 1e-13);
			CHECK_NEAR(got.std_error, first[i].std_error, 1e-13);
		}
		mi_model_close(&model);
		mi_release(bytes.bytes);
	}
}

MI_TEST(the_same_rows_in_the_same_order_give_the_same_bytes)
{
	test_random random = random_seeded(__func__);
	mi_linear_regression_params params = default_linear_params();
	sample_row rows[ROWS];
	mi_writer once;
	mi_writer again;

	make_rows(rows, &random);
	once = train(rows, &params);
	again = train(rows, &params);
	if (CHECK_INT_EQ(once.length, again.length))
		CHECK_BYTES_EQ(once.bytes, again.bytes, once.length);
	mi_release(once.bytes);
	mi_release(again.bytes);
}

/* ---- limits ---- */

static const mi_feature one_number[] = {{.name = "x", .kind = MI_FEATURE_NUMBER}};

MI_TEST(robust_errors_need_memory_and_the_error_says_how_much)
{
	mi_linear_regression_params params = default_linear_params();
	training_run run;
	mi_writer model = {0};

	params.robust = MI_ROBUST_HC1;
	/* 10,000 rows of a feature and the target: three chunks of 64 kB */
	CHECK_INT_EQ(trainer_begin(&run, one_number, 1, &params, 64 * 1024), MI_OK);
	for (int i = 0; i < 10000; i++)
		trainer_add(&run, &(cell){.number = i}, i % 7);
	CHECK_INT_EQ(trainer_finish(&run, &model), MI_BUDGET_EXCEEDED);
	CHECK_STR_EQ(run.error.message, "training data takes 192 kB of memory, the limit is 64 kB");
	CHECK_STR_EQ(run.error.hint, "SET musicintel.training_memory = '192kB', or train on fewer rows.");
	trainer_release(&run);
	mi_release(model.bytes);
}

MI_TEST(classical_errors_need_no_memory)
{
	mi_linear_regression_params params = default_linear_params();
	training_run run;
	mi_writer model = {0};

	CHECK_INT_EQ(trainer_begin(&run, one_number, 1, &params, 0), MI_OK);
	for (int i = 0; i < 10000; i++)
		trainer_add(&run, &(cell){.number = i}, i % 7);
	CHECK_INT_EQ(trainer_finish(&run, &model), MI_OK);
	trainer_release(&run);
	mi_release(model.bytes);
}

/* Numbers that are all zero, which costs little, and a category with a level of its own in every row. */
static mi_status
train_with_identifier(uint32_t numbers, int rows, mi_error *error)
{
	static mi_feature wide[MI_MAX_FEATURES];
	static cell cells[MI_MAX_FEATURES];
	static char names[MI_MAX_LEVELS][12];
	mi_linear_regression_params params = default_linear_params();
	training_run run;
	mi_status status;

	for (uint32_t i = 0; i < numbers; i++)
		wide[i] = (mi_feature){.name = "zero", .kind = MI_FEATURE_NUMBER};
	wide[numbers] = (mi_feature){.name = "track", .kind = MI_FEATURE_CATEGORY};
	status = trainer_begin(&run, wide, numbers + 1, &params, SIZE_MAX);
	for (int i = 0; i < rows && status == MI_OK; i++)
	{
		snprintf(names[i], sizeof(names[i]), "%d", i);
		cells[numbers] = (cell){0.0, names[i]};
		status = trainer_add(&run, cells, i);
	}
	*error = run.error;
	trainer_release(&run);
	return status;
}

MI_TEST(an_identifier_is_no_category)
{
	mi_error error;

	CHECK_INT_EQ(train_with_identifier(0, 200, &error), MI_OK);
	/* 1,999 numbers, the intercept and 48 levels are as many columns as there may be */
	CHECK_INT_EQ(train_with_identifier(MI_MAX_FEATURES - 1, 48, &error), MI_OK);
	CHECK_INT_EQ(train_with_identifier(MI_MAX_FEATURES - 1, 49, &error), MI_TOO_LARGE);
	CHECK(strstr(error.message, "too many levels in feature \"track\"") != NULL);
	CHECK_STR_EQ(error.hint, "Leave identifiers out of the query, and group rare levels into one.");
}

MI_TEST(bad_values_are_refused_with_column_and_row)
{
	mi_linear_regression_params params = default_linear_params();
	training_run run;

	CHECK_INT_EQ(trainer_begin(&run, one_number, 1, &params, SIZE_MAX), MI_OK);
	CHECK_INT_EQ(trainer_add(&run, &(cell){.number = 1.0}, 2.0), MI_OK);
	CHECK_INT_EQ(trainer_add(&run, &(cell){.number = NAN}, 2.0), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(run.error.message, "column \"x\" is NaN in row 2");
	CHECK_INT_EQ(trainer_add(&run, &(cell){.number = 1.0}, -INFINITY), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(run.error.message, "the target is infinite in row 2");
	CHECK_INT_EQ(trainer_add(&run, &(cell){.number = -1e101}, 1.0), MI_OUT_OF_RANGE);
	CHECK_STR_EQ(run.error.message, "column \"x\" is beyond 1e100 in row 2");
	trainer_release(&run);
}

MI_TEST(nothing_to_fit_is_an_error)
{
	mi_linear_regression_params params = default_linear_params();
	training_run run;

	params.intercept = false;
	CHECK_INT_EQ(trainer_begin(&run, NULL, 0, &params, SIZE_MAX), MI_INVALID_ARGUMENT);
	trainer_release(&run);
}
