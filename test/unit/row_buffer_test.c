/*
 * States of aggregates that hold rows: put together, made flat and back, and bytes that are not quite one.
 */
#include "fits.h"

#include "core/boosting/gradient_boosting.h"
#include "core/model/row_buffer.h"
#include "core/regression/huber_regression.h"
#include "core/regression/logistic_regression.h"
#include "random_input.h"

#define MUTATIONS 20000

static void
add_rows(mi_row_buffer *buffer, int first, int count)
{
	mi_error error = {0};

	for (int row = first; row < first + count; row++)
	{
		double x[] = {row, (row * 7) % 11};

		CHECK_INT_EQ(mi_row_buffer_add_row(buffer, x, 2, (row * 5) % 3 == 0, &error), MI_OK);
	}
}

static void
buffer_create(mi_row_buffer *buffer, int rows)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	mi_error error = {0};

	CHECK_INT_EQ(mi_row_buffer_create(buffer, &mi_logistic_regression_algorithm, &params, MI_FEATURE_BOOLEAN, 2,
									  SIZE_MAX, &error),
				 MI_OK);
	add_rows(buffer, 0, rows);
}

static mi_writer
flat_bytes(const mi_row_buffer *buffer)
{
	mi_writer flat = {.length = mi_row_buffer_flat_size(buffer)};

	flat.bytes = mi_allocate(flat.length);
	mi_row_buffer_flatten(buffer, flat.bytes);
	return flat;
}

static void
check_same_model(mi_row_buffer *a, mi_row_buffer *b)
{
	mi_writer one = {0};
	mi_writer other = {0};
	mi_error error = {0};

	CHECK_INT_EQ(mi_row_buffer_fit(a, &one, &error), MI_OK);
	CHECK_INT_EQ(mi_row_buffer_fit(b, &other, &error), MI_OK);
	if (CHECK_INT_EQ(one.length, other.length))
		CHECK_BYTES_EQ(one.bytes, other.bytes, one.length);
	mi_release(one.bytes);
	mi_release(other.bytes);
}

MI_TEST(flat_and_back_is_the_same)
{
	mi_row_buffer buffer;
	mi_row_buffer again;
	mi_writer flat;
	mi_error error = {0};

	buffer_create(&buffer, 300);
	flat = flat_bytes(&buffer);
	CHECK_INT_EQ(
		mi_row_buffer_expand(&again, &mi_logistic_regression_algorithm, flat.bytes, flat.length, SIZE_MAX, &error),
		MI_OK);
	check_same_model(&buffer, &again);
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);
	mi_row_buffer_release(&again);
}

MI_TEST(parts_put_together_are_the_whole)
{
	mi_row_buffer whole;
	mi_row_buffer first;
	mi_row_buffer second;
	mi_error error = {0};

	buffer_create(&whole, 300);
	buffer_create(&first, 0);
	add_rows(&first, 0, 130);
	buffer_create(&second, 0);
	add_rows(&second, 130, 170);
	CHECK_INT_EQ(mi_row_buffer_append(&first, &second, &error), MI_OK);
	check_same_model(&whole, &first);
	mi_row_buffer_release(&whole);
	mi_row_buffer_release(&first);
	mi_row_buffer_release(&second);
}

MI_TEST(different_options_are_not_put_together)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	mi_row_buffer one;
	mi_row_buffer other;
	mi_error error = {0};

	buffer_create(&one, 5);
	params.tuning = 1.0;
	mi_row_buffer_create(&other, &mi_logistic_regression_algorithm, &params, MI_FEATURE_BOOLEAN, 2, SIZE_MAX, &error);
	CHECK_INT_EQ(mi_row_buffer_append(&one, &other, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "states cannot be put together: they differ in features or options");
	mi_row_buffer_release(&other);
	memset(&error, 0, sizeof(error));
	params.tuning = 0.0;
	mi_row_buffer_create(&other, &mi_logistic_regression_algorithm, &params, MI_FEATURE_BOOLEAN, 3, SIZE_MAX, &error);
	CHECK_INT_EQ(mi_row_buffer_append(&one, &other, &error), MI_INVALID_ARGUMENT);
	mi_row_buffer_release(&other);
	mi_row_buffer_release(&one);
}

/* Also through flat bytes and put together: the figure is that of all rows seen, not of those that were held. */
MI_TEST(memory_beyond_the_limit_is_counted)
{
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	mi_row_buffer buffer;
	mi_row_buffer again;
	mi_writer flat;
	mi_writer model = {0};
	mi_error error = {0};
	size_t chunk = MI_PLAIN_BLOCK_ROWS * 3 * sizeof(double);

	mi_row_buffer_create(&buffer, &mi_logistic_regression_algorithm, &params, MI_FEATURE_BOOLEAN, 2, 2 * chunk, &error);
	add_rows(&buffer, 0, 10 * MI_PLAIN_BLOCK_ROWS);
	flat = flat_bytes(&buffer);
	CHECK_INT_EQ(
		mi_row_buffer_expand(&again, &mi_logistic_regression_algorithm, flat.bytes, flat.length, SIZE_MAX, &error),
		MI_OK);
	CHECK_INT_EQ(mi_row_buffer_append(&buffer, &again, &error), MI_OK);
	CHECK_INT_EQ(mi_row_buffer_fit(&buffer, &model, &error), MI_BUDGET_EXCEEDED);
	CHECK_STR_EQ(error.message, "training data takes 60 kB of memory, the limit is 6 kB");
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);
	mi_row_buffer_release(&again);
}

MI_TEST(ragged_rows_and_names_are_refused)
{
	static const char *const names[] = {"tempo"};
	mi_iterative_params params = default_params(&mi_logistic_regression_algorithm);
	mi_row_buffer buffer;
	mi_error error = {0};

	buffer_create(&buffer, 4);
	CHECK_INT_EQ(mi_row_buffer_add_row(&buffer, (double[]){1, 2, 3}, 3, 1.0, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "array of features has 3 elements in row 5, 2 in the rows before");
	mi_row_buffer_release(&buffer);
	memset(&error, 0, sizeof(error));
	params.features = (mi_names){1, names};
	CHECK_INT_EQ(mi_row_buffer_create(&buffer, &mi_logistic_regression_algorithm, &params, MI_FEATURE_BOOLEAN, 2,
									  SIZE_MAX, &error),
				 MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "option \"features\" has 1 names, the array has 2 elements");
	mi_row_buffer_release(&buffer);
}

/* Expands bytes of exactly this length, and fits what comes out; neither may crash. */
static mi_status
expand_and_fit(const uint8_t *bytes, size_t length)
{
	uint8_t *exact = memcpy(mi_allocate(length), bytes, length);
	mi_row_buffer buffer;
	mi_writer model = {0};
	mi_error error = {0};
	mi_error ignored = {0};

	if (mi_row_buffer_expand(&buffer, &mi_logistic_regression_algorithm, exact, length, 1 << 20, &error) == MI_OK)
	{
		mi_row_buffer_fit(&buffer, &model, &ignored);
		mi_release(model.bytes);
		mi_row_buffer_release(&buffer);
	}
	mi_release(exact);
	return error.status;
}

MI_TEST(bytes_that_are_no_state_are_refused)
{
	mi_row_buffer buffer;
	mi_row_buffer other;
	mi_writer flat;
	mi_error error = {0};

	buffer_create(&buffer, 20);
	flat = flat_bytes(&buffer);
	CHECK_INT_EQ(expand_and_fit(flat.bytes, flat.length), MI_OK);
	for (size_t length = 0; length < flat.length; length++)
		CHECK_INT_EQ(expand_and_fit(flat.bytes, length), MI_CORRUPT);
	CHECK_INT_EQ(
		mi_row_buffer_expand(&other, &mi_huber_regression_algorithm, flat.bytes, flat.length, SIZE_MAX, &error),
		MI_CORRUPT);
	CHECK_STR_EQ(error.message, "not the state of an aggregate");
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);
}

MI_TEST(made_up_states_are_refused_or_work)
{
	test_random random = random_seeded(__func__);
	mi_row_buffer buffer;
	mi_writer flat;
	int expanded = 0;

	buffer_create(&buffer, 20);
	flat = flat_bytes(&buffer);
	for (int i = 0; i < MUTATIONS; i++)
	{
		uint8_t *mutant = memcpy(mi_allocate(flat.length), flat.bytes, flat.length);

		for (size_t times = 1 + random_below(&random, 3); times > 0; times--)
		{
			double number = random_double_bits(&random);
			size_t at = random_below(&random, flat.length - sizeof(number) + 1);

			if (random_below(&random, 2) == 0)
				mutant[at] ^= (uint8_t) (1 << random_below(&random, 8));
			else
				memcpy(mutant + at, &number, sizeof(number));
		}
		expanded += expand_and_fit(mutant, flat.length) == MI_OK;
		mi_release(mutant);
	}
	CHECK(expanded > MUTATIONS / 100 && expanded < MUTATIONS);
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);
}

/* Stored models of these algorithms: every cut is found, whatever passes the checksum is refused or works. */
static mi_status
open_and_use(mi_writer *bytes)
{
	mi_model model;
	mi_error error = {0};
	mi_coefficient coefficient;

	mi_model_finish(bytes, &error);
	if (mi_model_open(&model, bytes->bytes, bytes->length, &error) == MI_OK)
	{
		model.algorithm->predict(&model, (double[]){1.0, 2.0});
		for (size_t i = 0; i < model.algorithm->coefficient_count(&model); i++)
			model.algorithm->coefficient(&model, i, &coefficient);
		mi_release((void *) mi_model_to_json(&model));
		mi_model_close(&model);
	}
	return error.status;
}

MI_TEST(made_up_models_are_refused_or_work)
{
	test_random random = random_seeded(__func__);
	mi_row_buffer buffer;
	mi_writer model = {0};
	mi_error error = {0};
	int opened = 0;

	buffer_create(&buffer, 40);
	CHECK_INT_EQ(mi_row_buffer_fit(&buffer, &model, &error), MI_OK);
	for (int i = 0; i < MUTATIONS; i++)
	{
		mi_writer mutant = {0};
		size_t at = 20 + random_below(&random, model.length - 20 - 8);
		double number = random_double_bits(&random);

		mi_write(&mutant, model.bytes, model.length);
		if (random_below(&random, 2) == 0)
			mutant.bytes[at] ^= (uint8_t) (1 << random_below(&random, 8));
		else
			memcpy(mutant.bytes + at / 8 * 8, &number, sizeof(number));
		opened += open_and_use(&mutant) == MI_OK;
		mi_release(mutant.bytes);
	}
	CHECK(opened > MUTATIONS / 100 && opened < MUTATIONS);
	mi_release(model.bytes);
	mi_row_buffer_release(&buffer);
}

/* ---- Of an algorithm whose training does not hold its rows: they are held by the buffer itself ---- */

static const mi_algorithm *const boosting = &mi_gradient_boosting_algorithm;

static void
boosting_create(mi_row_buffer *buffer, mi_feature_kind target, int first, int count)
{
	static const char *const names[] = {"tempo", "loud"};
	static const double directions[] = {1.0, 0.0};
	mi_boosting_params params;
	mi_error error = {0};

	boosting->set_default_params(&params);
	params.num_iterations = 3.0;
	params.min_data_in_leaf = 1.0;
	params.parallel_workers = 0.0;
	params.features = (mi_names){2, names};
	params.monotone_constraints = (mi_named_numbers){2, names, directions};
	CHECK_INT_EQ(mi_row_buffer_create(buffer, boosting, &params, target, 2, SIZE_MAX, &error), MI_OK);
	for (int row = first; row < first + count; row++)
	{
		double x[] = {row, row % 4 == 0 ? NAN : (row * 7) % 11};

		CHECK_INT_EQ(mi_row_buffer_add_row(buffer, x, 2, (row * 5) % 3 == 0, &error), MI_OK);
	}
}

MI_TEST(rows_held_by_the_buffer_go_flat_and_back)
{
	mi_row_buffer buffer;
	mi_row_buffer again;
	mi_writer flat;
	mi_error error = {0};

	boosting_create(&buffer, MI_FEATURE_BOOLEAN, 0, 300);
	flat = flat_bytes(&buffer);
	CHECK(mi_row_buffer_algorithm(flat.bytes, flat.length) == boosting);
	CHECK_INT_EQ(mi_row_buffer_expand(&again, boosting, flat.bytes, flat.length, SIZE_MAX, &error), MI_OK);
	CHECK_STR_EQ(again.contract.features[1].name, "loud");
	CHECK_STR_EQ(((const mi_boosting_params *) again.params)->monotone_constraints.names[0], "tempo");
	check_same_model(&buffer, &again);
	check_same_model(&buffer, &buffer); /* a fit leaves the rows */
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);
	mi_row_buffer_release(&again);
}

MI_TEST(and_are_put_together)
{
	mi_row_buffer whole;
	mi_row_buffer first;
	mi_row_buffer second;
	mi_row_buffer numbers;
	mi_error error = {0};

	boosting_create(&whole, MI_FEATURE_BOOLEAN, 0, 300);
	boosting_create(&first, MI_FEATURE_BOOLEAN, 0, 130);
	boosting_create(&second, MI_FEATURE_BOOLEAN, 130, 170);
	boosting_create(&numbers, MI_FEATURE_NUMBER, 130, 170);
	CHECK_INT_EQ(mi_row_buffer_append(&first, &second, &error), MI_OK);
	check_same_model(&whole, &first);
	CHECK_INT_EQ(mi_row_buffer_append(&first, &numbers, &error), MI_INVALID_ARGUMENT);
	mi_row_buffer_release(&whole);
	mi_row_buffer_release(&first);
	mi_row_buffer_release(&second);
	mi_row_buffer_release(&numbers);
}

MI_TEST(what_is_wrong_with_them_is_said_by_the_fit)
{
	mi_boosting_params params;
	mi_row_buffer buffer;
	mi_writer model = {0};
	mi_error error = {0};

	boosting->set_default_params(&params);
	mi_row_buffer_create(&buffer, boosting, &params, MI_FEATURE_NUMBER, 1, SIZE_MAX, &error);
	mi_row_buffer_add_row(&buffer, (double[]){1.0}, 1, 2.0, &error);
	CHECK_INT_EQ(mi_row_buffer_add_row(&buffer, (double[]){INFINITY}, 1, 2.0, &error), MI_OK);
	CHECK_INT_EQ(mi_row_buffer_fit(&buffer, &model, &error), MI_OUT_OF_RANGE);
	mi_row_buffer_release(&buffer);
	memset(&error, 0, sizeof(error));
	mi_row_buffer_create(&buffer, boosting, &params, MI_FEATURE_NUMBER, 1, 8 * 128 * 2, &error);
	for (int row = 0; row < 1000; row++)
		mi_row_buffer_add_row(&buffer, (double[]){row}, 1, 2.0, &error);
	CHECK_INT_EQ(mi_row_buffer_fit(&buffer, &model, &error), MI_BUDGET_EXCEEDED);
	CHECK_STR_EQ(error.message, "training data takes 16 kB of memory, the limit is 2 kB");
	mi_row_buffer_release(&buffer);
}

MI_TEST(targets_are_what_the_algorithm_takes)
{
	mi_row_buffer buffer;
	mi_row_buffer other;
	mi_writer flat;
	mi_error error = {0};
	size_t target_at = 20; /* in the header */

	boosting_create(&buffer, MI_FEATURE_BOOLEAN, 0, 20);
	flat = flat_bytes(&buffer);
	CHECK_INT_EQ(flat.bytes[target_at], MI_FEATURE_BOOLEAN);
	flat.bytes[target_at] = MI_FEATURE_NUMBER;
	CHECK_INT_EQ(mi_row_buffer_expand(&other, boosting, flat.bytes, flat.length, SIZE_MAX, &error), MI_OK);
	mi_row_buffer_release(&other);
	flat.bytes[target_at] = MI_FEATURE_CATEGORY;
	CHECK_INT_EQ(mi_row_buffer_expand(&other, boosting, flat.bytes, flat.length, SIZE_MAX, &error), MI_CORRUPT);
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);

	memset(&error, 0, sizeof(error));
	buffer_create(&buffer, 20);
	flat = flat_bytes(&buffer);
	flat.bytes[target_at] = MI_FEATURE_NUMBER;
	CHECK_INT_EQ(
		mi_row_buffer_expand(&other, &mi_logistic_regression_algorithm, flat.bytes, flat.length, SIZE_MAX, &error),
		MI_CORRUPT);
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);
}

MI_TEST(made_up_states_of_theirs_are_refused_or_work)
{
	test_random random = random_seeded(__func__);
	mi_row_buffer buffer;
	mi_writer flat;
	int expanded = 0;

	boosting_create(&buffer, MI_FEATURE_BOOLEAN, 0, 20);
	flat = flat_bytes(&buffer);
	for (int i = 0; i < MUTATIONS; i++)
	{
		uint8_t *mutant = memcpy(mi_allocate(flat.length), flat.bytes, flat.length);
		mi_row_buffer made_up;
		mi_error error = {0};

		for (size_t times = 1 + random_below(&random, 3); times > 0; times--)
		{
			double number = random_double_bits(&random);
			size_t at = random_below(&random, flat.length - sizeof(number) + 1);

			if (random_below(&random, 2) == 0)
				mutant[at] ^= (uint8_t) (1 << random_below(&random, 8));
			else
				memcpy(mutant + at, &number, sizeof(number));
		}
		if (mi_row_buffer_expand(&made_up, boosting, mutant, flat.length, 1 << 20, &error) == MI_OK)
		{
			mi_writer back = flat_bytes(&made_up);

			expanded++;
			CHECK_INT_EQ(back.length, flat.length);
			mi_release(back.bytes);
			mi_row_buffer_release(&made_up);
		}
		mi_release(mutant);
	}
	CHECK(expanded > MUTATIONS / 100 && expanded < MUTATIONS);
	mi_release(flat.bytes);
	mi_row_buffer_release(&buffer);
}
