/*
 * Texts; see texts.h.
 */
#include "texts.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"

char *
mi_copy_text(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(mi_allocate(size), text, size);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(((const mi_numbered_text *) a)->text, ((const mi_numbered_text *) b)->text);
}

const char *
mi_sort_texts(mi_numbered_text *texts, size_t count)
{
	qsort(texts, count, sizeof(*texts), compare_texts);
	for (size_t i = 1; i < count; i++)
		if (strcmp(texts[i - 1].text, texts[i].text) == 0)
			return texts[i].text;
	return NULL;
}
