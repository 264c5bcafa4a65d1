/*
 * Bytes that are not quite a model: flipped, cut, made up, from a later version; sealed, and open as the state of an
 * aggregate.
 */
#include "unit.h"

#include <gsl/gsl_errno.h>

#include "core/regression/linear_regression_layout.h"
#include "models.h"
#include "random_input.h"

#define MUTATIONS 20000 /* about two seconds under the sanitizers */

/* As the server does: the default handler aborts. */
__attribute__((constructor)) static void
switch_gsl_handler_off(void)
{
	gsl_set_error_handler_off();
}

static mi_writer
sample(int which)
{
	switch (which)
	{
		case 0:
			return sample_array_model();
		case 1:
			return sample_category_model(MI_NO_WORD);
		case 2:
			return sample_forest_model();
		default:
			return sample_category_model(MI_ROBUST_HC3);
	}
}

#define SAMPLES 4

/* The checksum of whatever the bytes say now, so that a mutation reaches the decoders below it. */
static void
seal_again(mi_writer *model)
{
	mi_error error = {0};

	if (model->length >= sizeof(mi_model_header))
		mi_model_finish(model, &error);
}

MI_TEST(every_flipped_bit_is_found)
{
	for (int which = 0; which < SAMPLES; which++)
	{
		mi_writer model = sample(which);
		size_t found = 0;

		for (size_t at = 0; at < model.length; at++)
			for (int bit = 0; bit < 8; bit++)
			{
				model.bytes[at] ^= (uint8_t) (1 << bit);
				found += open_and_use(model.bytes, model.length) != MI_OK;
				model.bytes[at] ^= (uint8_t) (1 << bit);
			}
		CHECK_INT_EQ(found, 8 * (model.length - sizeof(uint32_t))); /* all but the host's own word */
		CHECK_INT_EQ(open_and_use(model.bytes, model.length), MI_OK);
		mi_release(model.bytes);
	}
}

MI_TEST(every_changed_byte_is_found)
{
	mi_writer model = sample_category_model(MI_NO_WORD);
	size_t found = 0;

	for (size_t at = sizeof(uint32_t); at < model.length; at++)
		for (int change = 1; change < 256; change++)
		{
			model.bytes[at] ^= (uint8_t) change;
			found += open_and_use(model.bytes, model.length) != MI_OK;
			model.bytes[at] ^= (uint8_t) change;
		}
	CHECK_INT_EQ(found, 255 * (model.length - sizeof(uint32_t)));
	mi_release(model.bytes);
}

MI_TEST(every_cut_and_every_addition_is_found)
{
	for (int which = 0; which < SAMPLES; which++)
	{
		mi_writer model = sample(which);
		size_t found = 0;

		for (size_t length = 0; length < model.length; length++)
		{
			uint8_t *cut = memcpy(mi_allocate(length), model.bytes, length);

			found += open_and_use(cut, length) != MI_OK;
			mi_release(cut);
		}
		CHECK_INT_EQ(found, model.length);
		for (int more = 1; more <= 16; more++)
		{
			mi_write_u8(&model, 0);
			CHECK(open_and_use(model.bytes, model.length) == MI_CORRUPT);
		}
		mi_release(model.bytes);
	}
}

MI_TEST(a_later_format_and_an_unknown_algorithm_say_to_update)
{
	mi_writer model = sample_array_model();
	mi_model_header *header = (mi_model_header *) model.bytes;
	mi_model opened;
	mi_error error = {0};

	header->format = MI_MODEL_FORMAT + 1; /* a later checksum may be another: format comes first */
	CHECK_INT_EQ(mi_model_open(&opened, model.bytes, model.length, &error), MI_NEWER_FORMAT);
	CHECK_STR_EQ(error.message, "model has format 2, this version of musicintel reads up to 1");
	CHECK_STR_EQ(error.hint, "Update the extension's library on this server.");
	header->format = 0;
	CHECK_INT_EQ(mi_model_open(&opened, model.bytes, model.length, &error), MI_CORRUPT);
	header->format = MI_MODEL_FORMAT;

	header->algorithm = 65535;
	seal_again(&model);
	CHECK_INT_EQ(mi_model_open(&opened, model.bytes, model.length, &error), MI_NEWER_FORMAT);
	CHECK_STR_EQ(error.message, "model is of an unknown algorithm (code 65535)");
	mi_release(model.bytes);
}

MI_TEST(an_unfinished_state_is_not_a_model)
{
	mi_writer state = sample_open_state(70);
	mi_model opened;
	mi_error error = {0};

	CHECK(mi_model_is_open_state(state.bytes));
	CHECK_INT_EQ(mi_model_open(&opened, state.bytes, state.length, &error), MI_CORRUPT);
	((mi_model_header *) state.bytes)->open = 0; /* pretends */
	seal_again(&state);
	CHECK_INT_EQ(mi_model_open(&opened, state.bytes, state.length, &error), MI_CORRUPT);
	mi_release(state.bytes);
}

MI_TEST(a_model_thawed_and_sealed_is_the_same_model)
{
	for (int which = 0; which < 2; which++)
	{
		mi_writer model = sample(which);
		mi_writer state = {0};
		mi_writer again = {0};
		mi_error error = {0};

		CHECK_INT_EQ(mi_linear_state_thaw(&state, model.bytes, model.length, &error), MI_OK);
		CHECK_INT_EQ(mi_linear_state_seal(state.bytes, state.length, &again, &error), MI_OK);
		if (CHECK_INT_EQ(again.length, model.length))
			CHECK_BYTES_EQ(again.bytes, model.bytes, model.length);
		mi_release(model.bytes);
		mi_release(state.bytes);
		mi_release(again.bytes);
	}
}

/* Numbers that decoders and formulas stumble over. */
static const uint32_t awkward_counts[] = {0, 1, 2, 255, 2047, 2048, 2049, 65535, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
static const double awkward_numbers[] = {0.0, -0.0, -1.0, 1e-300, 1e300, -1e300, 5e-324, NAN, INFINITY, -INFINITY};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void
mutate(mi_writer *model, test_random *random)
{
	size_t words = model->length / 8;
	uint8_t *word = model->bytes + 8 * random_below(random, words);

	switch (random_below(random, 7))
	{
		case 0:
			model->bytes[random_below(random, model->length)] ^= (uint8_t) (1 << random_below(random, 8));
			break;
		case 1:
			model->bytes[random_below(random, model->length)] = (uint8_t) random_bits(random);
			break;
		case 2: /* at any offset: the contract's counts are not aligned */
			memcpy(model->bytes + random_below(random, model->length - 3),
				   &awkward_counts[random_below(random, COUNT_OF(awkward_counts))], sizeof(uint32_t));
			break;
		case 3:
			memcpy(word, &awkward_numbers[random_below(random, COUNT_OF(awkward_numbers))], sizeof(double));
			break;
		case 4:
			memcpy(word, &(double){random_double_bits(random)}, sizeof(double));
			break;
		case 5:
			memmove(word, model->bytes + 8 * random_below(random, words - (size_t) (word - model->bytes) / 8), 8);
			break;
		case 6:
			model->length -= 8 * random_below(random, 4);
			break;
	}
}

static mi_writer
mutant_of(const mi_writer *sound, test_random *random)
{
	mi_writer mutant = {0};
	mi_writer exact = {0};

	mi_write(&mutant, sound->bytes, sound->length);
	for (size_t times = 1 + random_below(random, 4); times > 0; times--)
		mutate(&mutant, random);
	exact.bytes = memcpy(mi_allocate(mutant.length), mutant.bytes, mutant.length); /* the sanitizer sees its end */
	exact.length = exact.capacity = mutant.length;
	mi_release(mutant.bytes);
	return exact;
}

MI_TEST(made_up_models_with_a_right_checksum_are_refused_or_work)
{
	test_random random = random_seeded(__func__);
	int opened = 0;

	for (int which = 0; which < SAMPLES; which++)
	{
		mi_writer sound = sample(which);

		for (int i = 0; i < MUTATIONS / SAMPLES; i++)
		{
			mi_writer mutant = mutant_of(&sound, &random);

			seal_again(&mutant);
			opened += open_and_use(mutant.bytes, mutant.length) == MI_OK;
			mi_release(mutant.bytes);
		}
		mi_release(sound.bytes);
	}
	CHECK(opened > MUTATIONS / 10); /* or the mutations never got past the first check */
	CHECK(opened < MUTATIONS);
}

MI_TEST(made_up_states_are_refused_or_work)
{
	test_random random = random_seeded(__func__);

	for (int rows = 0; rows <= 70; rows += 35)
	{
		mi_writer sound = sample_open_state(rows);

		for (int i = 0; i < MUTATIONS / 10; i++)
		{
			mi_writer mutant = mutant_of(&sound, &random);

			use_state(mutant.bytes, mutant.length);
			mi_release(mutant.bytes);
		}
		mi_release(sound.bytes);
	}
	CHECK(true);
}

/* Every byte of what describes the numbers, by every bit: the numbers themselves may be anything. */
MI_TEST(states_with_a_wrong_header_are_refused_or_work)
{
	mi_writer sound = sample_open_state(70);
	size_t described =
		sizeof(mi_model_header) + mi_model_header_of(sound.bytes)->contract_length + sizeof(mi_linear_fixed);

	for (size_t at = 0; at < described; at++)
		for (int bit = 0; bit < 8; bit++)
		{
			sound.bytes[at] ^= (uint8_t) (1 << bit);
			use_state(sound.bytes, sound.length);
			sound.bytes[at] ^= (uint8_t) (1 << bit);
		}
	for (size_t length = 0; length < sound.length; length += length < described ? 1 : 64)
		use_state(sound.bytes, length);
	CHECK(true);
	mi_release(sound.bytes);
}
