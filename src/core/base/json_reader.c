/*
 * JSON text from outside; see json_reader.h.
 *
 * After mi_json_open every byte is known to be in its place, so the functions that walk over a text look for brackets,
 * quotes and commas alone, and need not know where it ends.
 */
#include "json_reader.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "json_syntax.h"

/* ---- Numbers ---- */

bool
mi_parse_number(const char *text, size_t length, double *number)
{
	char digits[MI_NUMBER_MAX_LENGTH + 1];

	if (length == 0 || length > MI_NUMBER_MAX_LENGTH || mi_json_number_length(text, text + length) != length)
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	*number = strtod(digits, NULL); /* the host runs with LC_NUMERIC=C, as PostgreSQL does */
	return isfinite(*number);
}

/* ---- Walking ---- */

static const char *
behind_blanks(const char *at)
{
	while (mi_json_is_blank(*at))
		at++;
	return at;
}

static const char *
behind_string(const char *at)
{
	for (at++; *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at + 1;
}

static mi_json_value
value_at(const char *at)
{
	at = behind_blanks(at);
	switch (*at)
	{
		case '{':
			return (mi_json_value){MI_JSON_OBJECT, at};
		case '[':
			return (mi_json_value){MI_JSON_ARRAY, at};
		case '"':
			return (mi_json_value){MI_JSON_STRING, at};
		case 'n':
			return (mi_json_value){MI_JSON_NULL, at};
		case 't':
		case 'f':
			return (mi_json_value){MI_JSON_BOOLEAN, at};
		case 'N':
		case 'I':
			return (mi_json_value){MI_JSON_NOT_FINITE, at};
		default:
			return (mi_json_value){*at == '-' && at[1] == 'I' ? MI_JSON_NOT_FINITE : MI_JSON_NUMBER, at};
	}
}

/* Whether a byte can be of a number, null, true or false. */
static bool
is_of_word(char byte)
{
	return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte == '-' ||
		   byte == '+' || byte == '.';
}

static const char *
behind(mi_json_value value)
{
	const char *at = value.text;
	size_t depth = 0;

	if (value.kind == MI_JSON_STRING)
		return behind_string(at);
	if (value.kind != MI_JSON_ARRAY && value.kind != MI_JSON_OBJECT)
	{
		while (is_of_word(*at))
			at++;
		return at;
	}
	do
	{
		if (*at == '"')
		{
			at = behind_string(at);
			continue;
		}
		if (*at == '[' || *at == '{')
			depth++;
		else if (*at == ']' || *at == '}')
			depth--;
		at++;
	} while (depth > 0);
	return at;
}

mi_json_items
mi_json_items_of(mi_json_value array)
{
	return (mi_json_items){array.kind == MI_JSON_ARRAY ? array.text + 1 : NULL};
}

bool
mi_json_next(mi_json_items *items, mi_json_value *item)
{
	if (items->at == NULL)
		return false;
	items->at = behind_blanks(items->at);
	if (*items->at == ',')
		items->at++;
	else if (*items->at == ']')
		return false;
	*item = value_at(items->at);
	items->at = behind(*item);
	return true;
}

size_t
mi_json_count(mi_json_value array)
{
	mi_json_items items = mi_json_items_of(array);
	mi_json_value item;
	size_t count = 0;

	while (mi_json_next(&items, &item))
		count++;
	return count;
}

void
mi_json_members(mi_json_value object, const char *const *names, size_t count, mi_json_value *members)
{
	const char *at = object.text;

	for (size_t i = 0; i < count; i++)
		members[i] = (mi_json_value){MI_JSON_NOTHING, NULL};
	if (object.kind != MI_JSON_OBJECT)
		return;
	at = behind_blanks(at + 1);
	while (*at != '}')
	{
		mi_json_value name = {MI_JSON_STRING, at};
		mi_json_value value = value_at(behind_blanks(behind_string(at)) + 1);

		for (size_t i = 0; i < count; i++)
			if (members[i].kind == MI_JSON_NOTHING && mi_json_is_string(name, names[i]))
				members[i] = value;
		at = behind_blanks(behind(value));
		if (*at == ',')
			at = behind_blanks(at + 1);
	}
}

mi_json_value
mi_json_member(mi_json_value object, const char *name)
{
	mi_json_value member;

	mi_json_members(object, &name, 1, &member);
	return member;
}

/* ---- Values ---- */

bool
mi_json_is_number(mi_json_value value, double *number)
{
	size_t length = 0;

	if (value.kind != MI_JSON_NUMBER)
		return false;
	while (is_of_word(value.text[length]))
		length++;
	return mi_parse_number(value.text, length, number);
}

bool
mi_json_is_not_finite(mi_json_value value, double *number)
{
	if (value.kind != MI_JSON_NOT_FINITE)
		return false;
	*number = *value.text == 'N' ? NAN : *value.text == '-' ? -INFINITY : INFINITY;
	return true;
}

bool
mi_json_is_boolean(mi_json_value value, bool *boolean)
{
	if (value.kind != MI_JSON_BOOLEAN)
		return false;
	*boolean = *value.text == 't';
	return true;
}

bool
mi_json_is_integer(mi_json_value value, long low, long high, long *integer)
{
	double number;

	if (!mi_json_is_number(value, &number) || !(number >= (double) low && number <= (double) high) ||
		number != floor(number))
		return false;
	*integer = (long) number;
	return true;
}

/* A code point as UTF-8; returns behind it. */
static char *
put_code(char *into, uint32_t code)
{
	if (code < 0x80)
		*into++ = (char) code;
	else
	{
		int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;

		*into++ = (char) ((0xF0 << (3 - more) & 0xF0) | code >> (6 * more));
		while (more-- > 0)
			*into++ = (char) (0x80 | (code >> (6 * more) & 0x3F));
	}
	return into;
}

char *
mi_json_string_of(mi_json_value value)
{
	static const char letters[] = "bfnrt";
	static const char meant[] = "\b\f\n\r\t";
	const char *at = value.text;
	char *string;
	char *into;

	if (value.kind != MI_JSON_STRING)
		return NULL;
	/* No escape is shorter than what it stands for. */
	string = into = mi_allocate((size_t) (behind_string(at) - at) - 1);
	for (at++; *at != '"'; at++)
	{
		const char *letter;
		uint32_t code;

		if (*at != '\\')
		{
			*into++ = *at;
			continue;
		}
		at++;
		letter = strchr(letters, *at);
		if (letter != NULL)
			*into++ = meant[letter - letters];
		else if (*at != 'u')
			*into++ = *at;
		else
		{
			code = (uint32_t) mi_json_hexadecimal(at + 1);
			at += 4;
			if (mi_json_is_high_surrogate((int32_t) code))
			{
				code = 0x10000 + ((code - 0xD800) << 10) + ((uint32_t) mi_json_hexadecimal(at + 3) - 0xDC00);
				at += 6;
			}
			into = put_code(into, code);
		}
	}
	*into = '\0';
	return string;
}

bool
mi_json_is_string(mi_json_value value, const char *text)
{
	size_t length = strlen(text);
	char *string;
	bool same;

	if (value.kind != MI_JSON_STRING)
		return false;
	/* What is written plainly is compared where it lies. */
	if (strncmp(value.text + 1, text, length) == 0 && value.text[1 + length] == '"')
		return true;
	if (memchr(value.text, '\\', (size_t) (behind_string(value.text) - value.text)) == NULL)
		return false;
	string = mi_json_string_of(value);
	same = strcmp(string, text) == 0;
	mi_release(string);
	return same;
}
