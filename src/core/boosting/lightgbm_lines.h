/*
 * Pieces of LightGBM's text models: lines, words, and lists of numbers. They stay where they are in the text, which
 * need not be terminated.
 */
#ifndef MI_LIGHTGBM_LINES_H
#define MI_LIGHTGBM_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct mi_span
{
	const char *at; /* NULL: there is none */
	const char *end;
} mi_span;

extern size_t mi_span_length(mi_span piece);
extern bool mi_span_begins(mi_span piece, const char *text);
extern bool mi_span_equals(mi_span piece, const char *text);
extern char *mi_span_text(mi_span piece); /* an allocated copy */

/* Cuts off what comes before the next such byte, which goes; false when nothing is left. */
extern bool mi_cut(mi_span *rest, char at, mi_span *piece);

/* Cut off the next line, without its end, or the next word up to a blank; false when there is none left. */
extern bool mi_cut_line(mi_span *rest, mi_span *line);
extern bool mi_cut_word(mi_span *rest, mi_span *word);

/* What the block's line "key=…" says. */
extern mi_span mi_block_value(mi_span block, const char *key);

/* LightGBM's numbers include inf, a threshold that all numbers are below, and nan, where a figure makes no sense. */
extern bool mi_read_number(mi_span word, double *number);

/* A list of exactly so many numbers, or integers in a range. */
extern bool mi_read_numbers(mi_span list, size_t count, double *numbers);
extern bool mi_read_integers(mi_span list, size_t count, double low, double high, double *numbers);
extern bool mi_block_integer(mi_span block, const char *key, double low, double high, uint32_t *integer);

#endif
