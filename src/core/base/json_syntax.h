/*
 * What the two halves of the JSON reader share: json_check.c, which trusts no byte, and json_reader.c, which trusts
 * all.
 */
#ifndef MI_JSON_SYNTAX_H
#define MI_JSON_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool
mi_json_is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* How many bytes of the text are a number of JSON's grammar; 0 when it begins with none. */
static inline size_t
mi_json_number_length(const char *text, const char *end)
{
	const char *at = text;

	if (at < end && *at == '-')
		at++;
	if (at == end || *at < '0' || *at > '9')
		return 0;
	if (*at == '0')
		at++;
	else
		while (at < end && *at >= '0' && *at <= '9')
			at++;
	if (at < end && *at == '.')
	{
		const char *digits = ++at;

		while (at < end && *at >= '0' && *at <= '9')
			at++;
		if (at == digits)
			return 0;
	}
	if (at < end && (*at == 'e' || *at == 'E'))
	{
		const char *digits;

		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		digits = at;
		while (at < end && *at >= '0' && *at <= '9')
			at++;
		if (at == digits)
			return 0;
	}
	return (size_t) (at - text);
}

/* Four hexadecimal digits; negative when they are not. */
static inline int32_t
mi_json_hexadecimal(const char *digits)
{
	int32_t code = 0;

	for (int i = 0; i < 4; i++)
	{
		char digit = digits[i];

		if (digit >= '0' && digit <= '9')
			code = code * 16 + (digit - '0');
		else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
			code = code * 16 + ((digit | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return code;
}

static inline bool
mi_json_is_high_surrogate(int32_t code)
{
	return code >= 0xD800 && code <= 0xDBFF;
}

static inline bool
mi_json_is_low_surrogate(int32_t code)
{
	return code >= 0xDC00 && code <= 0xDFFF;
}

#endif
