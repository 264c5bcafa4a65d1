/*
 * The base of the core: bytes, checksums, JSON text, options, rows held in memory.
 */
#include "unit.h"

#include "core/base/bytes.h"
#include "core/base/frame.h"
#include "core/base/json.h"
#include "core/base/options.h"
#include "random_input.h"

/* ---- bytes ---- */

MI_TEST(what_is_written_reads_back)
{
	mi_writer writer = {0};
	mi_reader reader;
	char *text;

	mi_write_u8(&writer, 200);
	mi_write_u32(&writer, 0xDEADBEEF);
	mi_write_string(&writer, "B\xC3\xA9la");
	mi_write_string(&writer, "");
	mi_write_padding(&writer, 8);
	CHECK_INT_EQ(writer.length, 24);
	reader = mi_reader_over(writer.bytes, writer.length);
	CHECK_INT_EQ(mi_read_u8(&reader), 200);
	CHECK_INT_EQ(mi_read_u32(&reader), 0xDEADBEEF);
	text = mi_read_string(&reader);
	CHECK_STR_EQ(text, "B\xC3\xA9la");
	mi_release(text);
	text = mi_read_string(&reader);
	CHECK_STR_EQ(text, "");
	mi_release(text);
	CHECK(!reader.failed);
	mi_release(writer.bytes);
}

MI_TEST(a_writer_grows_to_any_size)
{
	mi_writer writer = {0};
	long wrong = 0;

	for (uint32_t i = 0; i < 100000; i++)
		mi_write_u32(&writer, i);
	mi_write(&writer, writer.bytes, 0);
	CHECK_INT_EQ(writer.length, 400000);
	for (uint32_t i = 0; i < 100000; i++)
		wrong += memcmp(writer.bytes + 4 * i, &i, 4) != 0;
	CHECK_INT_EQ(wrong, 0);
	mi_release(writer.bytes);
}

MI_TEST(a_reader_that_failed_once_answers_zeros)
{
	const uint8_t bytes[] = {1, 2, 3, 4, 5};
	mi_reader reader = mi_reader_over(bytes, sizeof(bytes));
	char *text;

	CHECK_INT_EQ(mi_read_u32(&reader), 0x04030201);
	CHECK_INT_EQ(mi_read_u32(&reader), 0); /* one byte is left */
	CHECK(reader.failed);
	CHECK_INT_EQ(mi_read_u8(&reader), 0);
	CHECK_INT_EQ(mi_read_count(&reader, 1), 0);
	CHECK(mi_read(&reader, 0) == NULL);
	text = mi_read_string(&reader);
	CHECK_STR_EQ(text, "");
	mi_release(text);
}

MI_TEST(counts_and_lengths_beyond_the_bytes_fail)
{
	const uint8_t huge[] = {0xFF, 0xFF, 0xFF, 0xFF, 'a', 'b'};
	const uint8_t three[] = {3, 0, 0, 0, 1, 2, 3, 4, 5, 6};
	const uint8_t embedded[] = {3, 0, 0, 0, 'a', 0, 'b'};
	mi_reader reader = mi_reader_over(huge, sizeof(huge));
	char *text = mi_read_string(&reader);

	CHECK(reader.failed);
	CHECK_STR_EQ(text, "");
	mi_release(text);
	reader = mi_reader_over(three, sizeof(three));
	CHECK_INT_EQ(mi_read_count(&reader, 2), 3);
	CHECK(!reader.failed);
	reader = mi_reader_over(three, sizeof(three) - 1);
	CHECK_INT_EQ(mi_read_count(&reader, 2), 0);
	CHECK(reader.failed);
	reader = mi_reader_over(embedded, sizeof(embedded));
	text = mi_read_string(&reader);
	CHECK(reader.failed);
	mi_release(text);
	reader = mi_reader_over(NULL, 0);
	CHECK_INT_EQ(mi_read_u8(&reader), 0);
	CHECK(reader.failed);
}

MI_TEST(a_checksum_depends_on_every_bit_the_length_and_the_seed)
{
	uint8_t bytes[41] = {0};
	uint64_t seen = mi_checksum(bytes, sizeof(bytes), 1);
	long same = 0;

	for (size_t at = 0; at < sizeof(bytes); at++)
		for (int bit = 0; bit < 8; bit++)
		{
			bytes[at] ^= (uint8_t) (1 << bit);
			same += mi_checksum(bytes, sizeof(bytes), 1) == seen;
			bytes[at] ^= (uint8_t) (1 << bit);
		}
	for (size_t length = 0; length < sizeof(bytes); length++) /* shorter by zeros alone */
		same += mi_checksum(bytes, length, 1) == seen;
	same += mi_checksum(bytes, sizeof(bytes), 2) == seen;
	CHECK_INT_EQ(same, 0);
}

/* ---- JSON ---- */

MI_TEST(json_nests_and_puts_its_commas)
{
	mi_json json = {0};

	mi_json_begin_object(&json, NULL);
	mi_json_begin_array(&json, "empty");
	mi_json_end_array(&json);
	mi_json_begin_array(&json, "mixed");
	mi_json_number(&json, NULL, 0.5);
	mi_json_begin_object(&json, NULL);
	mi_json_end_object(&json);
	mi_json_string(&json, NULL, "text");
	mi_json_end_array(&json);
	mi_json_integer(&json, "large", UINT64_MAX);
	mi_json_boolean(&json, "true", true);
	mi_json_boolean(&json, "false", false);
	mi_json_end_object(&json);
	CHECK_STR_EQ(mi_json_finish(&json),
				 "{\"empty\": [], \"mixed\": [0.5, {}, \"text\"], \"large\": 18446744073709551615, "
				 "\"true\": true, \"false\": false}");
	mi_release(json.text.bytes);
}

MI_TEST(json_escapes_keys_and_values)
{
	mi_json json = {0};

	mi_json_begin_object(&json, NULL);
	mi_json_string(&json, "say \"hi\"", "a\\b\n\t\x01\x1F/\x7F\xC3\xA9");
	mi_json_end_object(&json);
	CHECK_STR_EQ(mi_json_finish(&json), "{\"say \\\"hi\\\"\": \"a\\\\b\\u000a\\u0009\\u0001\\u001f/\x7F\xC3\xA9\"}");
	mi_release(json.text.bytes);
}

MI_TEST(json_has_no_nan_and_no_infinity)
{
	mi_json json = {0};

	mi_json_begin_array(&json, NULL);
	mi_json_number(&json, NULL, NAN);
	mi_json_number(&json, NULL, INFINITY);
	mi_json_number(&json, NULL, -INFINITY);
	mi_json_number(&json, NULL, -1e-300);
	mi_json_end_array(&json);
	CHECK_STR_EQ(mi_json_finish(&json), "[null, null, null, -1e-300]");
	mi_release(json.text.bytes);
}

MI_TEST(numbers_print_short_and_read_back_the_same)
{
	test_random random = random_seeded(__func__);
	char text[32];
	long wrong = 0;
	long longer = 0;

	mi_format_double(0.1, text);
	CHECK_STR_EQ(text, "0.1");
	mi_format_double(1.0 / 3.0, text);
	CHECK_STR_EQ(text, "0.3333333333333333");
	mi_format_double(5e-324, text);
	CHECK_NEAR(strtod(text, NULL), 5e-324, 0.0);
	for (int i = 0; i < 100000; i++)
	{
		double value = random_double_bits(&random);
		char shorter[400];
		int digits = 0;

		if (!isfinite(value))
			continue;
		mi_format_double(value, text);
		wrong += strtod(text, NULL) != value;
		for (const char *at = text + strcspn(text, "123456789"); *at != '\0' && *at != 'e'; at++)
			digits += *at != '.';
		snprintf(shorter, sizeof(shorter), "%.*g", digits > 1 ? digits - 1 : 1, value);
		longer += digits > 15 && strtod(shorter, NULL) == value;
	}
	CHECK_INT_EQ(wrong, 0);
	CHECK_INT_EQ(longer, 0);
}

/* ---- options ---- */

typedef struct params
{
	bool flag;
	double number;
	int word;
	mi_number_or_word either;
	mi_names names;
	const char *column;
} params;

static const char *const words[] = {"slow", "fast", NULL};
static const mi_option options[] = {
	{"flag", MI_OPTION_BOOLEAN, MI_OPTION_ANYWHERE, offsetof(params, flag), NULL, "true or false"},
	{"number", MI_OPTION_NUMBER, MI_OPTION_ANYWHERE, offsetof(params, number), NULL, "a number"},
	{"word", MI_OPTION_WORD, MI_OPTION_IN_TRAIN, offsetof(params, word), words, "\"slow\" or \"fast\""},
	{"either", MI_OPTION_NUMBER_OR_WORD, MI_OPTION_ANYWHERE, offsetof(params, either), words, "a number or a word"},
	{"names", MI_OPTION_NAMES, MI_OPTION_IN_AGGREGATE, offsetof(params, names), NULL, "an array of names"},
	{"group_by", MI_OPTION_GROUP_COLUMN, MI_OPTION_IN_TRAIN, offsetof(params, column), NULL, "a column"},
	{NULL}};

static const mi_option_value a_boolean = {.kind = MI_VALUE_BOOLEAN, .boolean = true};
static const mi_option_value a_number = {.kind = MI_VALUE_NUMBER, .number = 2.5};
static const mi_option_value a_word = {.kind = MI_VALUE_STRING, .string = "fast"};
static const mi_option_value no_word = {.kind = MI_VALUE_STRING, .string = "Fast"};
static const mi_option_value strings = {.kind = MI_VALUE_STRINGS, .strings = {2, words}};
static const mi_option_value other = {.kind = MI_VALUE_OTHER};

static mi_status
set(params *into, int where, const char *name, const mi_option_value *value, mi_error *error)
{
	memset(error, 0, sizeof(*error));
	return mi_options_set(options, where, into, name, value, error);
}

MI_TEST(options_go_to_their_fields)
{
	params into = {0};
	mi_error error;

	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "flag", &a_boolean, &error), MI_OK);
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "number", &a_number, &error), MI_OK);
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "word", &a_word, &error), MI_OK);
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "either", &a_number, &error), MI_OK);
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_AGGREGATE, "names", &strings, &error), MI_OK);
	CHECK(into.flag);
	CHECK_NEAR(into.number, 2.5, 0.0);
	CHECK_INT_EQ(into.word, 1);
	CHECK_NEAR(into.either.number, 2.5, 0.0);
	CHECK_INT_EQ(into.either.word, MI_NO_WORD);
	CHECK_INT_EQ(into.names.count, 2);
	CHECK_STR_EQ(into.names.names[0], "slow");
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "either", &a_word, &error), MI_OK);
	CHECK_INT_EQ(into.either.word, 1);
}

MI_TEST(an_unknown_option_lists_those_that_are_known_there)
{
	params into = {0};
	mi_error error;

	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "flags", &a_boolean, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "unknown option \"flags\"");
	CHECK_STR_EQ(error.hint, "Options here are: flag, number, word, either, group_by.");
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_AGGREGATE, "", &a_boolean, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.hint, "Options here are: flag, number, either, names.");
}

MI_TEST(options_are_found_by_kind_and_name)
{
	params into = {0};
	mi_error error;
	const mi_option *option = mi_options_of_kind(options, MI_OPTION_GROUP_COLUMN);

	if (!CHECK(option != NULL && option == mi_options_find(options, "group_by")))
		return;
	CHECK(mi_option_text(option, &into) == NULL);
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "group_by", &a_word, &error), MI_OK);
	CHECK_STR_EQ(mi_option_text(option, &into), "fast");
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "group_by", &a_number, &error), MI_INVALID_ARGUMENT);
	CHECK(mi_options_of_kind(options, MI_OPTION_TIME_COLUMN) == NULL);
	CHECK(mi_options_find(options, "groups") == NULL);
}

MI_TEST(an_option_of_elsewhere_says_so)
{
	params into = {0};
	mi_error error;

	CHECK_INT_EQ(set(&into, MI_OPTION_IN_AGGREGATE, "word", &a_word, &error), MI_INVALID_ARGUMENT);
	CHECK_STR_EQ(error.message, "option \"word\" cannot be given here");
	CHECK(strstr(error.hint, "musicintel.train()") != NULL);
	CHECK_INT_EQ(set(&into, MI_OPTION_IN_TRAIN, "names", &strings, &error), MI_INVALID_ARGUMENT);
}

MI_TEST(values_of_a_wrong_kind_are_refused_with_what_is_allowed)
{
	const mi_option_value *const values[] = {&a_boolean, &a_number, &a_word, &no_word, &strings, &other};
	const struct
	{
		const char *name;
		const char *takes; /* of the values above, in order */
	} expected[] = {
		{"flag", "100000"}, {"number", "010000"}, {"word", "001000"}, {"either", "011000"}, {"names", "000010"},
	};
	mi_error error;

	for (size_t i = 0; i < 5; i++)
		for (size_t v = 0; v < 6; v++)
		{
			params into = {0};
			int where = i == 4 ? MI_OPTION_IN_AGGREGATE : MI_OPTION_IN_TRAIN;
			mi_status status = set(&into, where, expected[i].name, values[v], &error);

			CHECK_INT_EQ(status, expected[i].takes[v] == '1' ? MI_OK : MI_INVALID_ARGUMENT);
		}
	CHECK_STR_EQ(error.message, "invalid value for option \"names\"");
	CHECK_STR_EQ(error.hint, "Allowed is an array of names.");
}

/* ---- rows in memory ---- */

#define COLUMNS 3
#define CHUNK_BYTES (COLUMNS * MI_FRAME_CHUNK_ROWS * sizeof(double))

static mi_frame
frame_of(uint64_t rows, size_t memory_limit)
{
	mi_frame frame = mi_frame_new(COLUMNS, memory_limit);

	for (uint64_t row = 0; row < rows; row++)
		mi_frame_add_row(&frame, (double[]){(double) row, (double) row + 0.25, -(double) row});
	return frame;
}

MI_TEST(rows_come_back_as_they_went_in)
{
	mi_frame frame = frame_of(100000, SIZE_MAX);
	mi_error error = {0};
	long wrong = 0;

	CHECK_INT_EQ(mi_frame_check(&frame, &error), MI_OK);
	for (uint64_t row = 0; row < 100000; row++)
	{
		double values[COLUMNS];

		mi_frame_get_row(&frame, row, values);
		wrong += values[0] != (double) row || values[1] != (double) row + 0.25 || values[2] != -(double) row;
	}
	CHECK_INT_EQ(wrong, 0);
	mi_frame_release(&frame);
}

MI_TEST(a_budget_is_kept_to_the_byte_and_the_error_says_what_is_enough)
{
	mi_frame frame = frame_of(2 * MI_FRAME_CHUNK_ROWS, 2 * CHUNK_BYTES);
	mi_error error = {0};

	CHECK_INT_EQ(mi_frame_check(&frame, &error), MI_OK);
	mi_frame_release(&frame);

	frame = frame_of(2 * MI_FRAME_CHUNK_ROWS + 1, 2 * CHUNK_BYTES);
	CHECK_INT_EQ(mi_frame_check(&frame, &error), MI_BUDGET_EXCEEDED);
	CHECK_INT_EQ(frame.rows_held, 2 * MI_FRAME_CHUNK_ROWS);
	CHECK_STR_EQ(error.message, "training data takes 288 kB of memory, the limit is 192 kB");
	CHECK_STR_EQ(error.hint, "SET musicintel.training_memory = '288kB', or train on fewer rows.");
	mi_frame_release(&frame);

	memset(&error, 0, sizeof(error));
	frame = frame_of(2 * MI_FRAME_CHUNK_ROWS + 1, 288 * 1024);
	CHECK_INT_EQ(mi_frame_check(&frame, &error), MI_OK);
	mi_frame_release(&frame);
}

/* Rows that do not fit are counted, also after a later chunk would begin, so that the figure is that of all rows. */
MI_TEST(rows_beyond_the_budget_are_counted)
{
	mi_frame frame = frame_of(10 * MI_FRAME_CHUNK_ROWS, CHUNK_BYTES);
	mi_error error = {0};

	CHECK_INT_EQ(frame.rows, 10 * MI_FRAME_CHUNK_ROWS);
	CHECK_INT_EQ(frame.rows_held, MI_FRAME_CHUNK_ROWS);
	CHECK_INT_EQ(mi_frame_check(&frame, &error), MI_BUDGET_EXCEEDED);
	CHECK(strstr(error.message, "960 kB") != NULL);
	mi_frame_release(&frame);
}

MI_TEST(no_rows_and_no_budget_are_fine)
{
	mi_frame frame = frame_of(0, 0);
	mi_error error = {0};

	CHECK_INT_EQ(mi_frame_check(&frame, &error), MI_OK);
	mi_frame_release(&frame);
	frame = frame_of(1, 0);
	CHECK_INT_EQ(mi_frame_check(&frame, &error), MI_BUDGET_EXCEEDED);
	mi_frame_release(&frame);
}
