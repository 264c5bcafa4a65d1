/*
 * JSON text from outside: what is read from sound text, and every way in which text is not JSON.
 */
#include "unit.h"

#include <float.h>

#include "core/base/json.h"
#include "core/base/json_reader.h"

/* In memory of exactly its size: the sanitizer sees whoever looks behind it. */
static char *
copy_of(const char *text)
{
	return memcpy(mi_allocate(strlen(text)), text, strlen(text));
}

static mi_status
status_of(const char *text, unsigned how)
{
	char *copy = copy_of(text);
	mi_json_value document;
	mi_error error = {0};

	mi_json_open(&document, copy, strlen(text), how, &error);
	mi_release(copy);
	return error.status;
}

static mi_json_value
opened(const char *text)
{
	mi_json_value document = {MI_JSON_NOTHING, NULL};
	mi_error error = {0};

	CHECK_INT_EQ(mi_json_open(&document, text, strlen(text), MI_JSON_UNICODE, &error), MI_OK);
	return document;
}

static void
check_string(const char *text, const char *expected)
{
	char *copy = copy_of(text);
	mi_json_value document;
	mi_json_items items;
	mi_json_value item;
	mi_error error = {0};
	char *string;

	if (CHECK_INT_EQ(mi_json_open(&document, copy, strlen(text), MI_JSON_UNICODE, &error), MI_OK))
	{
		items = mi_json_items_of(document);
		CHECK(mi_json_next(&items, &item));
		string = mi_json_string_of(item);
		CHECK_STR_EQ(string, expected);
		CHECK(mi_json_is_string(item, expected));
		CHECK(!mi_json_is_string(item, "other"));
		mi_release(string);
	}
	mi_release(copy);
}

MI_TEST(members_are_found_by_name)
{
	static const char *const names[] = {"c", "none", "a", "\xC3\xA9"};
	mi_json_value object =
		opened(" { \"a\" :\t{\"c\":[{}, \"]}\\\"\"]},\"b\":null ,\r\n \"c\": -1.5e2, \"\\u00e9\" : true,"
			   "\"c\":2 } \n");
	mi_json_value members[4];
	double number = 0.0;
	bool boolean = false;

	CHECK_INT_EQ(object.kind, MI_JSON_OBJECT);
	mi_json_members(object, names, 4, members);
	CHECK(mi_json_is_number(members[0], &number)); /* the first of the two */
	CHECK_NEAR(number, -150.0, 0);
	CHECK_INT_EQ(members[1].kind, MI_JSON_NOTHING);
	CHECK_INT_EQ(members[2].kind, MI_JSON_OBJECT);
	CHECK(mi_json_is_boolean(members[3], &boolean) && boolean);
	CHECK_INT_EQ(mi_json_member(object, "b").kind, MI_JSON_NULL);
	CHECK_INT_EQ(mi_json_count(mi_json_member(members[2], "c")), 2);
	CHECK_INT_EQ(mi_json_member(members[0], "c").kind, MI_JSON_NOTHING);
	CHECK_INT_EQ(mi_json_member(opened("{}"), "c").kind, MI_JSON_NOTHING);
}

MI_TEST(arrays_are_walked_over)
{
	mi_json_items items = mi_json_items_of(opened("[1,[2,[3]],\"4,\\\\\",{\"5\":[6,7]},true,false,null,[],{}]"));
	static const mi_json_kind kinds[] = {MI_JSON_NUMBER, MI_JSON_ARRAY,   MI_JSON_STRING,
										 MI_JSON_OBJECT, MI_JSON_BOOLEAN, MI_JSON_BOOLEAN,
										 MI_JSON_NULL,   MI_JSON_ARRAY,   MI_JSON_OBJECT};
	mi_json_value item;
	size_t count = 0;

	while (mi_json_next(&items, &item))
		CHECK_INT_EQ(item.kind, kinds[count++]);
	CHECK_INT_EQ(count, 9);
	CHECK_INT_EQ(mi_json_count(opened("[ ]")), 0);
	CHECK_INT_EQ(mi_json_count(opened("{\"a\":1}")), 0);
}

MI_TEST(numbers_are_read_to_the_last_bit)
{
	static const double numbers[] = {0.0,    -0.0,    1.0, -17.0, 0.1, 1e300, -2.2250738585072014e-308,
									 5e-324, DBL_MAX, 1e22};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
	{
		char text[40] = "[";
		mi_json_items items;
		mi_json_value item;
		double number = NAN;

		mi_format_double(numbers[i], text + 1);
		strcat(text, "]");
		items = mi_json_items_of(opened(text));
		CHECK(mi_json_next(&items, &item) && mi_json_is_number(item, &number));
		CHECK_NEAR(number, numbers[i], 0);
		CHECK_INT_EQ(signbit(number) != 0, signbit(numbers[i]) != 0);
	}
}

MI_TEST(what_is_no_number_is_none)
{
	static const char *const wrong[] = {"",   "+1", "01",  ".5",  "5.",    "1e",  "1e+",   "--1", "-",     "0x10",
										"1 ", " 1", "nan", "inf", "1e5.0", "1,5", "1e999", "1f",  "1_000", "Infinity"};
	char long_number[MI_NUMBER_MAX_LENGTH + 2];
	double number = 7.0;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!mi_parse_number(wrong[i], strlen(wrong[i]), &number));
	memset(long_number, '1', sizeof(long_number));
	long_number[1] = '.';
	CHECK(mi_parse_number(long_number, MI_NUMBER_MAX_LENGTH, &number));
	CHECK_NEAR(number, 10.0 / 9.0, 1e-15);
	CHECK(!mi_parse_number(long_number, MI_NUMBER_MAX_LENGTH + 1, &number));
	CHECK(mi_parse_number("12345", 3, &number));
	CHECK_NEAR(number, 123.0, 0);
}

MI_TEST(integers_are_whole_and_in_their_range)
{
	mi_json_items items = mi_json_items_of(opened("[3, 3.0, 3.5, -4, 30, \"3\", 1e999, 3e0]"));
	static const bool are[] = {true, true, false, true, false, false, false, true};
	mi_json_value item;

	for (size_t i = 0; mi_json_next(&items, &item); i++)
	{
		long integer = 0;

		CHECK_INT_EQ(mi_json_is_integer(item, -4, 29, &integer), are[i]);
		if (are[i])
			CHECK(integer == 3 || integer == -4);
	}
}

MI_TEST(strings_lose_their_escapes)
{
	check_string("[\"\"]", "");
	check_string("[\"plain\"]", "plain");
	check_string("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "\"\\/\b\f\n\r\t");
	check_string("[\"B\\u00e9la \\u20AC \\ud834\\uDD1E \\u007f\"]", "B\xC3\xA9la \xE2\x82\xAC \xF0\x9D\x84\x9E \x7F");
	check_string("[\"B\xC3\xA9la\"]", "B\xC3\xA9la");
	check_string("[\"\\u0041\"]", "A");
}

MI_TEST(what_is_not_json_is_refused)
{
	static const char *const wrong[] = {
		"",
		" ",
		"1",
		"\"a\"",
		"null",
		"[",
		"{",
		"]",
		"[1",
		"[1,",
		"[1,]",
		"[,1]",
		"[1 2]",
		"[1}",
		"{]",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{a:1}",
		"{1:1}",
		"{\"a\" 1}",
		"{\"a\":1",
		"[1]x",
		"[1][2]",
		"[\"a]",
		"[\"\\\"]",
		"[\"\\",
		"[\"\\x\"]",
		"[\"\\u12\"]",
		"[\"\\u12g4\"]",
		"[\"\\u0000\"]",
		"[\"\n\"]",
		"[nul]",
		"[tru]",
		"[falsey]",
		"[NaN]",
		"[Infinity]",
		"[-]",
		"[01]",
		"[+1]",
		"[1.]",
		"[\"\\ud834\"]",
		"[\"\\udd1e\"]",
		"[\"\\ud834\\u0041\"]",
		"[\"\\ud834\\\\udd1e\"]",
		"[\v1]",
		"[1]\v",
		"/**/[]",
		"[\"\\u",
		"[\"\\u00e9",
		"[\"\\ud834\\u",
		"{\"a\":1,,}",
		"{L",
		"[1]\x01",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (status_of(wrong[i], MI_JSON_UNICODE) != MI_MALFORMED)
			CHECK_STR_EQ(wrong[i], "refused");
}

MI_TEST(the_place_of_an_error_is_told)
{
	mi_json_value document;
	mi_error error = {0};

	mi_json_open(&document, "[1, x]", 6, MI_JSON_UNICODE, &error);
	CHECK_STR_EQ(error.message, "this is not JSON: a value was expected, at byte 5");
}

MI_TEST(containers_nest_to_a_limit)
{
	char text[2 * (MI_JSON_MAX_DEPTH + 1) + 2];

	for (size_t depth = MI_JSON_MAX_DEPTH; depth <= MI_JSON_MAX_DEPTH + 1; depth++)
	{
		memset(text, '[', depth);
		text[depth] = '1';
		memset(text + depth + 1, ']', depth);
		text[2 * depth + 1] = '\0';
		CHECK_INT_EQ(status_of(text, 0), depth <= MI_JSON_MAX_DEPTH ? MI_OK : MI_MALFORMED);
	}
}

MI_TEST(escapes_beyond_ascii_need_unicode)
{
	CHECK_INT_EQ(status_of("[\"\\u0041\"]", 0), MI_OK);
	CHECK_INT_EQ(status_of("[\"\\u00e9\"]", 0), MI_NOT_SUPPORTED);
	CHECK_INT_EQ(status_of("[\"\xE9\"]", 0), MI_OK);
}

MI_TEST(numbers_that_are_not_finite_pass_if_they_may)
{
	static const char text[] = "[NaN,Infinity,-Infinity,{\"a\":NaN},-1]";
	mi_json_value document;
	mi_json_items items;
	mi_json_value item;
	mi_error error = {0};
	double numbers[3];
	double none;

	CHECK_INT_EQ(mi_json_open(&document, text, strlen(text), MI_JSON_WITH_NOT_FINITE, &error), MI_OK);
	items = mi_json_items_of(document);
	for (int i = 0; i < 3; i++)
	{
		CHECK(mi_json_next(&items, &item) && mi_json_is_not_finite(item, &numbers[i]));
		CHECK(!mi_json_is_number(item, &none));
	}
	CHECK(isnan(numbers[0]) && numbers[1] == INFINITY && numbers[2] == -INFINITY);
	CHECK(mi_json_next(&items, &item) && mi_json_is_not_finite(mi_json_member(item, "a"), &none));
	CHECK(mi_json_next(&items, &item) && !mi_json_is_not_finite(item, &none));
	CHECK_INT_EQ(status_of("[-Infinite]", MI_JSON_WITH_NOT_FINITE), MI_MALFORMED);
	CHECK_INT_EQ(status_of("[nan]", MI_JSON_WITH_NOT_FINITE), MI_MALFORMED);
}

/* Every text with one byte changed, cut or doubled is read or refused, and never runs past its end. */
MI_TEST(damaged_text_does_no_harm)
{
	static const char sound[] = "{\"a\":[1,-2.5e3,\"x\\u00e9\\n\"],\"b\":{\"c\":[true,false,null,{}]},\"d\":\"\\\\\"}";
	static const char bytes[] = "{}[]\",:\\u0e-. tnNI\x01";
	static const char *const names[] = {"a", "b", "d"};
	size_t length = strlen(sound);

	for (size_t at = 0; at < length; at++)
		for (size_t byte = 0; byte <= sizeof(bytes); byte++)
		{
			size_t size = byte == sizeof(bytes) ? at : length;
			char *copy = memcpy(mi_allocate(size), sound, size);
			mi_json_value document;
			mi_json_value members[3];
			mi_json_items items;
			mi_json_value item;
			mi_error error = {0};

			if (byte < sizeof(bytes))
				copy[at] = bytes[byte];
			if (mi_json_open(&document, copy, size, MI_JSON_UNICODE | MI_JSON_WITH_NOT_FINITE, &error) == MI_OK)
			{
				mi_json_members(document, names, 3, members);
				items = mi_json_items_of(members[0]);
				while (mi_json_next(&items, &item))
					mi_release(mi_json_string_of(item));
			}
			mi_release(copy);
		}
	CHECK(true);
}
