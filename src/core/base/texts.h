/*
 * Copies of texts, and texts in ascending order, by strcmp, that still know their places before.
 */
#ifndef MI_TEXTS_H
#define MI_TEXTS_H

#include <stddef.h>
#include <stdint.h>

extern char *mi_copy_text(const char *text);

typedef struct mi_numbered_text
{
	const char *text;
	uint32_t number;
} mi_numbered_text;

/* Sorts them; answers a text that is there twice, or NULL. */
extern const char *mi_sort_texts(mi_numbered_text *texts, size_t count);

#endif
