/*
 * Pieces of LightGBM's text models; see lightgbm_lines.h.
 */
#include "lightgbm_lines.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/json_reader.h"

#define CHECK_INTERRUPTS_EVERY 65536 /* blanks in a row */

size_t
mi_span_length(mi_span piece)
{
	return (size_t) (piece.end - piece.at);
}

bool
mi_cut(mi_span *rest, char at, mi_span *piece)
{
	const char *end;

	if (rest->at == NULL || rest->at == rest->end)
		return false;
	end = memchr(rest->at, at, mi_span_length(*rest));
	*piece = (mi_span){rest->at, end != NULL ? end : rest->end};
	rest->at = end != NULL ? end + 1 : rest->end;
	return true;
}

bool
mi_cut_line(mi_span *rest, mi_span *line)
{
	if (!mi_cut(rest, '\n', line))
		return false;
	if (line->end > line->at && line->end[-1] == '\r')
		line->end--;
	return true;
}

bool
mi_cut_word(mi_span *rest, mi_span *word)
{
	for (size_t blanks = 1; mi_cut(rest, ' ', word); blanks++)
	{
		if (mi_span_length(*word) > 0)
			return true;
		if (blanks % CHECK_INTERRUPTS_EVERY == 0)
			mi_check_interrupts();
	}
	return false;
}

bool
mi_span_begins(mi_span piece, const char *text)
{
	return mi_span_length(piece) >= strlen(text) && memcmp(piece.at, text, strlen(text)) == 0;
}

bool
mi_span_equals(mi_span piece, const char *text)
{
	return mi_span_length(piece) == strlen(text) && mi_span_begins(piece, text);
}

char *
mi_span_text(mi_span piece)
{
	char *text = mi_allocate(mi_span_length(piece) + 1);

	memcpy(text, piece.at, mi_span_length(piece));
	text[mi_span_length(piece)] = '\0';
	return text;
}

mi_span
mi_block_value(mi_span block, const char *key)
{
	mi_span line;

	while (mi_cut_line(&block, &line))
		if (mi_span_begins(line, key) && mi_span_length(line) > strlen(key) && line.at[strlen(key)] == '=')
			return (mi_span){line.at + strlen(key) + 1, line.end};
	return (mi_span){NULL, NULL};
}

bool
mi_read_number(mi_span word, double *number)
{
	bool is_negative = mi_span_begins(word, "-");
	mi_span plain = {word.at + is_negative, word.end};

	if (mi_span_equals(plain, "nan") || mi_span_equals(plain, "inf"))
	{
		*number = *plain.at == 'n' ? NAN : is_negative ? -INFINITY : INFINITY;
		return true;
	}
	return mi_parse_number(word.at, mi_span_length(word), number);
}

bool
mi_read_numbers(mi_span list, size_t count, double *numbers)
{
	mi_span word;

	for (size_t i = 0; i < count; i++)
		if (!mi_cut_word(&list, &word) || !mi_read_number(word, &numbers[i]))
			return false;
	return !mi_cut_word(&list, &word);
}

bool
mi_read_integers(mi_span list, size_t count, double low, double high, double *numbers)
{
	if (!mi_read_numbers(list, count, numbers))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!(numbers[i] >= low && numbers[i] <= high && numbers[i] == floor(numbers[i])))
			return false;
	return true;
}

bool
mi_block_integer(mi_span block, const char *key, double low, double high, uint32_t *integer)
{
	double number;

	if (!mi_read_integers(mi_block_value(block, key), 1, low, high, &number))
		return false;
	*integer = (uint32_t) number;
	return true;
}
