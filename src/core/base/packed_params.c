/*
 * Parameters as bytes; see packed_params.h. A boolean is a byte, a number 8, a word its index in 4; a text comes behind
 * whether there is one, a list behind its length.
 */
#include "packed_params.h"

#include <string.h>

#include "host.h"

/* ---- Writing ---- */

static void
write_text(mi_writer *writer, const char *text)
{
	mi_write_u8(writer, text != NULL);
	if (text != NULL)
		mi_write_string(writer, text);
}

/* numbers: NULL when the names have none. */
static void
write_list(mi_writer *writer, uint32_t count, const char *const *names, const double *numbers)
{
	mi_write_u32(writer, count);
	for (uint32_t i = 0; i < count; i++)
	{
		mi_write_string(writer, names[i]);
		if (numbers != NULL)
			mi_write(writer, &numbers[i], sizeof(double));
	}
}

static void
write_value(mi_writer *writer, const mi_option *option, const void *field)
{
	const mi_names *names = field;
	const mi_named_numbers *named = field;
	const mi_number_or_word *either = field;
	const int *word = field;

	switch (option->kind)
	{
		case MI_OPTION_BOOLEAN:
			mi_write_u8(writer, *(const bool *) field);
			break;
		case MI_OPTION_NUMBER:
			mi_write(writer, field, sizeof(double));
			break;
		case MI_OPTION_WORD:
			mi_write_u32(writer, (uint32_t) *word);
			break;
		case MI_OPTION_NUMBER_OR_WORD:
			mi_write(writer, &either->number, sizeof(double));
			mi_write_u32(writer, (uint32_t) either->word);
			break;
		case MI_OPTION_NAMES:
			write_list(writer, names->count, names->names, NULL);
			break;
		case MI_OPTION_NAMED_NUMBERS:
			write_list(writer, named->count, named->names, named->numbers);
			break;
		case MI_OPTION_TEXT:
		case MI_OPTION_WEIGHT_COLUMN:
		case MI_OPTION_GROUP_COLUMN:
		case MI_OPTION_TIME_COLUMN:
			write_text(writer, *(const char *const *) field);
			break;
	}
}

void
mi_params_pack(const mi_option *options, int where, const void *params, mi_writer *writer)
{
	for (const mi_option *option = options; option->name != NULL; option++)
		if (option->where & where)
			write_value(writer, option, (const char *) params + option->offset);
}

/* ---- Reading ---- */

static bool
read_boolean(mi_reader *reader)
{
	uint8_t value = mi_read_u8(reader);

	if (value > 1)
		reader->failed = true;
	return value == 1;
}

static double
read_number(mi_reader *reader)
{
	const uint8_t *bytes = mi_read(reader, sizeof(double));
	double number = 0.0;

	if (bytes != NULL)
		memcpy(&number, bytes, sizeof(number));
	return number;
}

static int
read_word(mi_reader *reader, const char *const *words)
{
	uint32_t word = mi_read_u32(reader);
	uint32_t count = 0;

	while (words[count] != NULL)
		count++;
	if (word == (uint32_t) MI_NO_WORD)
		return MI_NO_WORD;
	if (word >= count)
		reader->failed = true;
	return (int) word;
}

static const char *const *
read_list(mi_reader *reader, uint32_t *count, double **numbers)
{
	const char **names;

	*count = mi_read_count(reader, sizeof(uint32_t) + (numbers != NULL ? sizeof(double) : 0));
	names = mi_allocate_zeroed(*count * sizeof(char *));
	if (numbers != NULL)
		*numbers = mi_allocate_zeroed(*count * sizeof(double));
	for (uint32_t i = 0; i < *count && !reader->failed; i++)
	{
		names[i] = mi_read_string(reader);
		if (numbers != NULL)
			(*numbers)[i] = read_number(reader);
	}
	return names;
}

static void
read_value(mi_reader *reader, const mi_option *option, void *field)
{
	mi_names *names = field;
	mi_named_numbers *named = field;
	mi_number_or_word *either = field;
	double *numbers;

	switch (option->kind)
	{
		case MI_OPTION_BOOLEAN:
			*(bool *) field = read_boolean(reader);
			break;
		case MI_OPTION_NUMBER:
			*(double *) field = read_number(reader);
			break;
		case MI_OPTION_WORD:
			*(int *) field = read_word(reader, option->words);
			break;
		case MI_OPTION_NUMBER_OR_WORD:
			either->number = read_number(reader);
			either->word = read_word(reader, option->words);
			break;
		case MI_OPTION_NAMES:
			names->names = read_list(reader, &names->count, NULL);
			break;
		case MI_OPTION_NAMED_NUMBERS:
			named->names = read_list(reader, &named->count, &numbers);
			named->numbers = numbers;
			break;
		case MI_OPTION_TEXT:
		case MI_OPTION_WEIGHT_COLUMN:
		case MI_OPTION_GROUP_COLUMN:
		case MI_OPTION_TIME_COLUMN:
			*(const char **) field = read_boolean(reader) ? mi_read_string(reader) : NULL;
			break;
	}
}

/* Fields that point somewhere point nowhere. */
static void
forget_value(const mi_option *option, void *field)
{
	if (option->kind == MI_OPTION_NAMES)
		*(mi_names *) field = (mi_names){0};
	else if (option->kind == MI_OPTION_NAMED_NUMBERS)
		*(mi_named_numbers *) field = (mi_named_numbers){0};
	else if (mi_option_is_text(option))
		*(const char **) field = NULL;
}

bool
mi_params_unpack(const mi_option *options, int where, void *params, mi_reader *reader)
{
	for (const mi_option *option = options; option->name != NULL; option++)
		if (option->where & where)
			forget_value(option, (char *) params + option->offset); /* release finds nothing there when reading stops */
	for (const mi_option *option = options; option->name != NULL && !reader->failed; option++)
		if (option->where & where)
			read_value(reader, option, (char *) params + option->offset);
	return !reader->failed;
}

static void
release_list(uint32_t count, const char *const *names, const double *numbers)
{
	for (uint32_t i = 0; i < count; i++)
		mi_release((void *) names[i]);
	mi_release((void *) names);
	mi_release((void *) numbers);
}

void
mi_params_release(const mi_option *options, int where, void *params)
{
	for (const mi_option *option = options; option->name != NULL; option++)
	{
		void *field = (char *) params + option->offset;
		const mi_names *names = field;
		const mi_named_numbers *named = field;

		if (!(option->where & where))
			continue;
		if (option->kind == MI_OPTION_NAMES)
			release_list(names->count, names->names, NULL);
		else if (option->kind == MI_OPTION_NAMED_NUMBERS)
			release_list(named->count, named->names, named->numbers);
		else if (mi_option_is_text(option))
			mi_release(*(void **) field);
		forget_value(option, field);
	}
}
