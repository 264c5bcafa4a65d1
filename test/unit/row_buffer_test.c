/*
 * States of aggregates that hold rows: put together, made flat and back, and bytes that are not quite one.
 */
#include "fits.h"

#include "core/regression/huber_regression.h"
#include "core/regression/logistic_regression.h"
#include "core/regression/row_buffer.h"
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

	CHECK_INT_EQ(mi_row_buffer_create(buffer, &mi_logistic_regression_algorithm, &params, 2, SIZE_MAX, &error), MI_OK);
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
	mi_row_buffer_create(&other, &mi_logistic_regression_algorithm, &params, 2, SIZE_MAX, &error);
	CHECK_INT_EQ(mi_row_buffer_append(&one, &other, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "states cannot be put together: they differ in features or options");
	mi_row_buffer_release(&other);
	memset(&error, 0, sizeof(error));
	params.tuning = 0.0;
	mi_row_buffer_create(&other, &mi_logistic_regression_algorithm, &params, 3, SIZE_MAX, &error);
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

	mi_row_buffer_create(&buffer, &mi_logistic_regression_algorithm, &params, 2, 2 * chunk, &error);
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
	CHECK_INT_EQ(mi_row_buffer_create(&buffer, &mi_logistic_regression_algorithm, &params, 2, SIZE_MAX, &error),
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
