/*
 * Checking of JSON text; see json_reader.h.
 */
#include "json_reader.h"

#include <stdint.h>
#include <string.h>

#include "host.h"
#include "json_syntax.h"

#define CHECK_INTERRUPTS_EVERY 65536 /* values: a millisecond or two */

typedef struct checker
{
	const char *at;
	const char *end;
	unsigned how;
	bool needs_unicode;              /* something is written that cannot be without */
	const char *wrong;               /* what is; NULL while nothing */
	char closers[MI_JSON_MAX_DEPTH]; /* of the containers that are open */
	unsigned depth;
} checker;

static bool
complain(checker *state, const char *wrong)
{
	if (state->wrong == NULL)
		state->wrong = wrong;
	return false;
}

static void
skip_blanks(checker *state)
{
	while (state->at < state->end && mi_json_is_blank(*state->at))
		state->at++;
}

static bool
is_next(const checker *state, char byte)
{
	return state->at < state->end && *state->at == byte;
}

/* At the u of \u; stays at the last digit. */
static bool
check_code(checker *state)
{
	int32_t code = state->end - state->at > 4 ? mi_json_hexadecimal(state->at + 1) : -1;

	if (code <= 0)
		return complain(state, code < 0 ? "\\u needs four hexadecimal digits" : "\\u0000 cannot be in a text");
	state->at += 4;
	if (code > 0x7F && !(state->how & MI_JSON_UNICODE))
		state->needs_unicode = true;
	if (mi_json_is_low_surrogate(code))
		return complain(state, "half a surrogate pair");
	if (mi_json_is_high_surrogate(code))
	{
		if (state->end - state->at <= 6 || state->at[1] != '\\' || state->at[2] != 'u' ||
			!mi_json_is_low_surrogate(mi_json_hexadecimal(state->at + 3)))
			return complain(state, "half a surrogate pair");
		state->at += 6;
	}
	return true;
}

/* At the quote that begins it; goes behind the one that ends it. */
static bool
check_string(checker *state)
{
	if (!is_next(state, '"'))
		return complain(state, "a string was expected");
	for (state->at++; state->at < state->end && *state->at != '"'; state->at++)
	{
		if ((unsigned char) *state->at < 0x20)
			return complain(state, "a control character in a string");
		if (*state->at != '\\')
			continue;
		state->at++;
		if (state->at == state->end || *state->at == '\0' || strchr("\"\\/bfnrtu", *state->at) == NULL)
			return complain(state, "an unknown escape");
		if (*state->at == 'u' && !check_code(state))
			return false;
	}
	if (state->at == state->end)
		return complain(state, "a string does not end");
	state->at++;
	return true;
}

/* What begins with neither a quote nor a bracket, nor ends with one. */
static bool
check_word(checker *state)
{
	static const char *const words[] = {"null", "true", "false", "NaN", "Infinity", "-Infinity"};
	size_t word_count = state->how & MI_JSON_WITH_NOT_FINITE ? 6 : 3;
	size_t left = (size_t) (state->end - state->at);
	size_t length = mi_json_number_length(state->at, state->end);

	for (size_t i = 0; length == 0 && i < word_count; i++)
		if (left >= strlen(words[i]) && memcmp(state->at, words[i], strlen(words[i])) == 0)
			length = strlen(words[i]);
	if (length == 0)
		return complain(state, left == 0 ? "it ends too early" : "a value was expected");
	state->at += length;
	return true;
}

static bool
check_name(checker *state)
{
	skip_blanks(state);
	if (!check_string(state))
		return false;
	skip_blanks(state);
	if (!is_next(state, ':'))
		return complain(state, "a colon was expected");
	state->at++;
	return true;
}

/* At a bracket. *is_empty: it is closed at once; otherwise a value comes next. */
static bool
open_container(checker *state, bool *is_empty)
{
	bool is_object = is_next(state, '{');
	char closer = is_object ? '}' : ']';

	state->at++;
	skip_blanks(state);
	*is_empty = is_next(state, closer);
	if (*is_empty)
	{
		state->at++;
		return true;
	}
	if (state->depth == MI_JSON_MAX_DEPTH)
		return complain(state, "too many containers in each other");
	state->closers[state->depth++] = closer;
	return !is_object || check_name(state);
}

/* Behind a value: closes what ends here, and stops where the next value begins, or the text ends. */
static bool
end_value(checker *state)
{
	for (skip_blanks(state); state->depth > 0; skip_blanks(state))
	{
		char closer = state->closers[state->depth - 1];

		if (is_next(state, closer))
		{
			state->at++;
			state->depth--;
			continue;
		}
		if (!is_next(state, ','))
			return complain(state, closer == '}' ? "a comma or } was expected" : "a comma or ] was expected");
		state->at++;
		return closer == ']' || check_name(state);
	}
	return true;
}

static bool
check_document(checker *state)
{
	uint32_t values = 0;

	do
	{
		bool is_whole = true;

		if (++values % CHECK_INTERRUPTS_EVERY == 0)
			mi_check_interrupts();
		skip_blanks(state);
		if (is_next(state, '{') || is_next(state, '['))
		{
			if (!open_container(state, &is_whole))
				return false;
		}
		else if (!(is_next(state, '"') ? check_string(state) : check_word(state)))
			return false;
		if (is_whole && !end_value(state))
			return false;
	} while (state->depth > 0);
	return state->at == state->end || complain(state, "something follows the end");
}

mi_status
mi_json_open(mi_json_value *document, const char *text, size_t length, unsigned how, mi_error *error)
{
	checker state = {.at = text, .end = text + length, .how = how};
	const char *begin;

	skip_blanks(&state);
	begin = state.at;
	if (is_next(&state, '{') || is_next(&state, '['))
		check_document(&state);
	else
		complain(&state, "an object or an array was expected");
	if (state.wrong != NULL)
		return mi_fail(error, MI_MALFORMED, "this is not JSON: %s, at byte %zu", state.wrong,
					   (size_t) (state.at - text) + 1);
	if (state.needs_unicode)
	{
		mi_fail(error, MI_NOT_SUPPORTED, "the JSON has an escape (\\u) for a character beyond ASCII");
		return mi_hint(error, "Only databases in UTF8 can read it. Elsewhere, write the character itself.");
	}
	*document = (mi_json_value){*begin == '{' ? MI_JSON_OBJECT : MI_JSON_ARRAY, begin};
	return MI_OK;
}
