/*
 * Options by table; see options.h.
 */
#include "options.h"

#include <stdio.h>
#include <string.h>

static int
find_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return MI_NO_WORD;
}

/* Stores the value at its field; false when it is of the wrong kind. */
static bool
store(const mi_option *option, void *field, const mi_option_value *value)
{
	int word = MI_NO_WORD;

	if (value->kind == MI_VALUE_STRING && option->words != NULL)
		word = find_word(option->words, value->string);

	switch (option->kind)
	{
		case MI_OPTION_BOOLEAN:
			*(bool *) field = value->boolean;
			return value->kind == MI_VALUE_BOOLEAN;
		case MI_OPTION_NUMBER:
			*(double *) field = value->number;
			return value->kind == MI_VALUE_NUMBER;
		case MI_OPTION_WORD:
			*(int *) field = word;
			return word != MI_NO_WORD;
		case MI_OPTION_NUMBER_OR_WORD:
			*(mi_number_or_word *) field = (mi_number_or_word){value->number, word};
			return value->kind == MI_VALUE_NUMBER || word != MI_NO_WORD;
		case MI_OPTION_NAMES:
			*(mi_names *) field = value->strings;
			return value->kind == MI_VALUE_STRINGS;
		case MI_OPTION_TEXT:
		case MI_OPTION_WEIGHT_COLUMN:
		case MI_OPTION_GROUP_COLUMN:
		case MI_OPTION_TIME_COLUMN:
			*(const char **) field = value->string;
			return value->kind == MI_VALUE_STRING;
		case MI_OPTION_NAMED_NUMBERS:
			*(mi_named_numbers *) field = value->named_numbers;
			return value->kind == MI_VALUE_NAMED_NUMBERS;
	}
	return false;
}

static void
list_names(const mi_option *options, int where, char *list, size_t size)
{
	size_t used = 0;

	list[0] = '\0';
	for (const mi_option *option = options; option->name != NULL && used < size; option++)
		if (option->where & where)
			used += (size_t) snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", option->name);
}

mi_status
mi_options_set(const mi_option *options, int where, void *params, const char *name, const mi_option_value *value,
			   mi_error *error)
{
	const mi_option *option = mi_options_find(options, name);
	char names[960]; /* below the size of a hint */

	if (option == NULL)
	{
		list_names(options, where, names, sizeof(names));
		mi_fail(error, MI_INVALID_ARGUMENT, "unknown option \"%s\"", name);
		return mi_hint(error, "Options here are: %s.", names);
	}
	if (!(option->where & where))
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "option \"%s\" cannot be given here", name);
		return mi_hint(error, where == MI_OPTION_IN_TRAIN
								  ? "It belongs to the aggregate; train() takes names and types from its query."
								  : "It needs all rows a second time: use musicintel.train().");
	}
	if (!store(option, (char *) params + option->offset, value))
	{
		mi_fail(error, MI_INVALID_ARGUMENT, "invalid value for option \"%s\"", name);
		return mi_hint(error, "Allowed is %s.", option->allowed);
	}
	return MI_OK;
}

const mi_option *
mi_options_of_kind(const mi_option *options, mi_option_kind kind)
{
	for (const mi_option *option = options; option->name != NULL; option++)
		if (option->kind == kind)
			return option;
	return NULL;
}

const mi_option *
mi_options_find(const mi_option *options, const char *name)
{
	for (const mi_option *option = options; option->name != NULL; option++)
		if (strcmp(option->name, name) == 0)
			return option;
	return NULL;
}

bool
mi_option_is_text(const mi_option *option)
{
	return option->kind == MI_OPTION_TEXT || option->kind == MI_OPTION_WEIGHT_COLUMN ||
		   option->kind == MI_OPTION_GROUP_COLUMN || option->kind == MI_OPTION_TIME_COLUMN;
}

const char *
mi_option_text(const mi_option *option, const void *params)
{
	return *(const char *const *) ((const char *) params + option->offset);
}

double
mi_option_number(const mi_option *option, const void *params)
{
	double number;

	memcpy(&number, (const char *) params + option->offset, sizeof(number));
	return number;
}
