/*
 * Parameters as bytes: every kind of option there and back, and bytes that no parameters make.
 */
#include "unit.h"

#include "core/base/packed_params.h"
#include "random_input.h"

#define MUTATIONS 20000

typedef struct params
{
	bool flag;
	double number;
	int word;
	mi_number_or_word either;
	mi_names names;
	const char *text;
	const char *no_text;
	mi_named_numbers named_numbers;
	const char *weights;
	const char *elsewhere;
} params;

#define PARAM(field) offsetof(params, field)

static const char *const words[] = {"slow", "fast", NULL};
static const mi_option options[] = {
	{"flag", MI_OPTION_BOOLEAN, MI_OPTION_ANYWHERE, PARAM(flag), NULL, "true or false"},
	{"number", MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, PARAM(number), NULL, "a number"},
	{"word", MI_OPTION_WORD, MI_OPTION_ANYWHERE, PARAM(word), words, "\"slow\" or \"fast\""},
	{"either", MI_OPTION_NUMBER_OR_WORD, MI_OPTION_ANYWHERE, PARAM(either), words, "a number or a word"},
	{"names", MI_OPTION_NAMES, MI_OPTION_IN_AGGREGATE, PARAM(names), NULL, "an array of names"},
	{"text", MI_OPTION_TEXT, MI_OPTION_ANYWHERE, PARAM(text), NULL, "a text"},
	{"no_text", MI_OPTION_TEXT, MI_OPTION_ANYWHERE, PARAM(no_text), NULL, "a text"},
	{"named", MI_OPTION_NAMED_NUMBERS, MI_OPTION_ANYWHERE, PARAM(named_numbers), NULL, "an object of numbers"},
	{"weights", MI_OPTION_WEIGHT_COLUMN, MI_OPTION_ANYWHERE, PARAM(weights), NULL, "a column"},
	{"elsewhere", MI_OPTION_TEXT, MI_OPTION_IN_TRAIN, PARAM(elsewhere), NULL, "a text"},
	{NULL}};

static params
sample(void)
{
	static const char *const names[] = {"tempo", ""};
	static const double numbers[] = {1.5, -0.25};

	return (params){
		.flag = true,
		.number = 0.1,
		.word = MI_NO_WORD,
		.either = {2.5, 1},
		.names = {2, names},
		.text = "caf\xC3\xA9",
		.named_numbers = {2, names, numbers},
		.weights = "w",
		.elsewhere = "kept",
	};
}

static mi_writer
packed(const params *given)
{
	mi_writer bytes = {0};

	mi_params_pack(options, MI_OPTION_IN_AGGREGATE, given, &bytes);
	return bytes;
}

MI_TEST(every_kind_goes_there_and_back)
{
	params given = sample();
	params back = {.no_text = "a default", .elsewhere = "another default"};
	mi_writer bytes = packed(&given);
	mi_reader reader = mi_reader_over(bytes.bytes, bytes.length);
	mi_writer again;

	CHECK(mi_params_unpack(options, MI_OPTION_IN_AGGREGATE, &back, &reader));
	CHECK_INT_EQ(reader.position, bytes.length);
	CHECK(back.flag && back.number == 0.1 && back.word == MI_NO_WORD);
	CHECK(back.either.number == 2.5 && back.either.word == 1);
	CHECK_INT_EQ(back.names.count, 2);
	CHECK_STR_EQ(back.names.names[0], "tempo");
	CHECK_STR_EQ(back.text, "caf\xC3\xA9");
	CHECK(back.no_text == NULL);
	CHECK(back.named_numbers.count == 2 && back.named_numbers.numbers[1] == -0.25);
	CHECK_STR_EQ(back.named_numbers.names[0], "tempo");
	CHECK_STR_EQ(back.weights, "w");
	CHECK_STR_EQ(back.elsewhere, "another default");
	again = packed(&back);
	if (CHECK_INT_EQ(again.length, bytes.length))
		CHECK_BYTES_EQ(again.bytes, bytes.bytes, bytes.length);
	mi_params_release(options, MI_OPTION_IN_AGGREGATE, &back);
	CHECK(back.text == NULL && back.names.count == 0);
	mi_release(again.bytes);
	mi_release(bytes.bytes);
}

/* Whether bytes of exactly this length are taken. */
static bool
unpack(const uint8_t *bytes, size_t length)
{
	uint8_t *exact = memcpy(mi_allocate(length + 1), bytes, length);
	mi_reader reader = mi_reader_over(exact, length);
	params back = {.text = "a default"};
	bool taken = mi_params_unpack(options, MI_OPTION_IN_AGGREGATE, &back, &reader);

	mi_params_release(options, MI_OPTION_IN_AGGREGATE, &back);
	mi_release(exact);
	return taken;
}

MI_TEST(bytes_that_stop_short_are_refused)
{
	params given = sample();
	mi_writer bytes = packed(&given);

	CHECK(unpack(bytes.bytes, bytes.length));
	for (size_t length = 0; length < bytes.length; length++)
		CHECK(!unpack(bytes.bytes, length));
	mi_release(bytes.bytes);
}

MI_TEST(booleans_and_words_are_what_they_can_be)
{
	params given = sample();
	mi_writer bytes = packed(&given);

	bytes.bytes[0] = 2;
	CHECK(!unpack(bytes.bytes, bytes.length));
	bytes.bytes[0] = 0;
	memcpy(bytes.bytes + 9, &(uint32_t){1}, sizeof(uint32_t));
	CHECK(unpack(bytes.bytes, bytes.length));
	memcpy(bytes.bytes + 9, &(uint32_t){2}, sizeof(uint32_t));
	CHECK(!unpack(bytes.bytes, bytes.length));
	mi_release(bytes.bytes);
}

MI_TEST(any_bytes_are_refused_or_taken)
{
	test_random random = random_seeded(__func__);
	params given = sample();
	mi_writer bytes = packed(&given);
	int taken = 0;

	for (int i = 0; i < MUTATIONS; i++)
	{
		uint8_t *mutant = memcpy(mi_allocate(bytes.length), bytes.bytes, bytes.length);

		for (size_t times = 1 + random_below(&random, 3); times > 0; times--)
			mutant[random_below(&random, bytes.length)] ^= (uint8_t) (1 << random_below(&random, 8));
		taken += unpack(mutant, bytes.length);
		mi_release(mutant);
	}
	CHECK(taken > MUTATIONS / 100 && taken < MUTATIONS);
	mi_release(bytes.bytes);
}
