/*
 * Options from jsonb; see options.h.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "pg/options.h"
#include "pg/report.h"

static char *
string_of(const JsonbValue *value)
{
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* An array becomes a list of strings, or MI_VALUE_OTHER as soon as an element is none. */
static mi_option_value
array_value(JsonbContainer *array)
{
	mi_option_value result = {.kind = MI_VALUE_STRINGS};
	uint32 count = JsonContainerSize(array);
	const char **names = palloc0(Max(count, 1) * sizeof(char *));

	for (uint32 i = 0; i < count; i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(array, i);

		if (element->type != jbvString)
			return (mi_option_value){.kind = MI_VALUE_OTHER};
		names[i] = string_of(element);
	}
	result.strings = (mi_names){count, names};
	return result;
}

static double
number_of(const JsonbValue *value)
{
	return DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(value->val.numeric)));
}

/* An object becomes numbers by name, or MI_VALUE_OTHER as soon as a member is none. */
static mi_option_value
object_value(JsonbContainer *object)
{
	uint32 count = JsonContainerSize(object);
	const char **names = palloc0(Max(count, 1) * sizeof(char *));
	double *numbers = palloc0(Max(count, 1) * sizeof(double));
	JsonbIterator *iterator = JsonbIteratorInit(object);
	JsonbIteratorToken token;
	JsonbValue item;
	uint32 member = 0;

	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			names[member] = string_of(&item);
		if (token != WJB_VALUE)
			continue;
		if (item.type != jbvNumeric)
			return (mi_option_value){.kind = MI_VALUE_OTHER};
		numbers[member++] = number_of(&item);
	}
	return (mi_option_value){.kind = MI_VALUE_NAMED_NUMBERS, .named_numbers = {count, names, numbers}};
}

static mi_option_value
option_value(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvBool:
			return (mi_option_value){.kind = MI_VALUE_BOOLEAN, .boolean = value->val.boolean};
		case jbvNumeric:
			return (mi_option_value){.kind = MI_VALUE_NUMBER, .number = number_of(value)};
		case jbvString:
			return (mi_option_value){.kind = MI_VALUE_STRING, .string = string_of(value)};
		case jbvBinary:
			return JsonContainerIsArray(value->val.binary.data) ? array_value(value->val.binary.data)
																: object_value(value->val.binary.data);
		default:
			break;
	}
	return (mi_option_value){.kind = MI_VALUE_OTHER};
}

static void
set_options(const mi_algorithm *algorithm, int where, void *params, Jsonb *options)
{
	JsonbIterator *iterator = JsonbIteratorInit(&options->root);
	JsonbIteratorToken token;
	JsonbValue item;
	char *key = NULL;

	while ((token = JsonbIteratorNext(&iterator, &item, true)) != WJB_DONE)
	{
		mi_error error = {0};

		if (token == WJB_KEY)
			key = string_of(&item);
		if (token != WJB_VALUE)
			continue;
		if (item.type != jbvNull) /* null: the default */
		{
			mi_option_value value = option_value(&item);

			mi_options_set(algorithm->options, where, params, key, &value, &error);
			mi_report(&error);
		}
	}
}

void *
mi_params_from_jsonb(const mi_algorithm *algorithm, int where, Jsonb *options)
{
	void *params = palloc0(algorithm->params_size);
	const char *complaint;

	algorithm->set_default_params(params);
	if (options != NULL)
	{
		if (!JB_ROOT_IS_OBJECT(options))
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("options must be a JSON object"),
							errhint("For example '{\"%s\": …}'.", algorithm->options[0].name)));
		set_options(algorithm, where, params, options);
	}
	complaint = algorithm->check_params(params);
	if (complaint != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", complaint)));
	return params;
}
