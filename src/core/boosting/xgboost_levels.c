/*
 * Texts of categories in XGBoost's JSON models; see xgboost_levels.h.
 */
#include "xgboost_levels.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/host.h"
#include "../base/json.h"

/* ---- Reading ---- */

/* A text's bytes are numbers there, beginning with that at the first of two offsets. */
static char *
text_of_bytes(mi_json_items *bytes, long length)
{
	char *text = mi_allocate((size_t) length + 1);
	mi_json_value item;
	long byte;

	for (long i = 0; i < length; i++)
	{
		if (!mi_json_next(bytes, &item) || !mi_json_is_integer(item, SCHAR_MIN, UCHAR_MAX, &byte) || byte == 0)
		{
			mi_release(text);
			return NULL;
		}
		text[i] = (char) (unsigned char) byte;
	}
	text[length] = '\0';
	return text;
}

/* The texts of a feature's categories, NULL behind the last that is sound. */
static void
read_level_texts(mi_json_value encoding, size_t count, char **levels)
{
	mi_json_value values = mi_json_member(encoding, "values");
	mi_json_items items = mi_json_items_of(values);
	mi_json_items offsets = mi_json_items_of(mi_json_member(encoding, "offsets"));
	long limit = (long) mi_json_count(values);
	mi_json_value item;
	double number;
	long from = 0;
	long to;

	if (offsets.at == NULL) /* numbers, and not texts */
	{
		for (size_t i = 0; i < count && mi_json_next(&items, &item) && mi_json_is_number(item, &number); i++)
			mi_format_double(number, levels[i] = mi_allocate(32));
		return;
	}
	if (!mi_json_next(&offsets, &item) || !mi_json_is_integer(item, 0, 0, &from))
		return;
	for (size_t i = 0; i < count; i++)
	{
		if (!mi_json_next(&offsets, &item) || !mi_json_is_integer(item, from, limit, &to))
			return;
		levels[i] = text_of_bytes(&items, to - from);
		if (levels[i] == NULL)
			return;
		from = to;
	}
}

static bool
is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char) *text < 0x80)
		text++;
	return *text == '\0';
}

/* XGBoost 3.1 and later, until its pull request 12371 of July 2026, cut texts by characters where it meant bytes. */
static bool
may_be_cut_wrongly(mi_json_value version)
{
	mi_json_items items = mi_json_items_of(version);
	mi_json_value item;
	long number;

	return mi_json_next(&items, &item) && mi_json_is_integer(item, 3, 3, &number) && mi_json_next(&items, &item) &&
		   mi_json_is_integer(item, 1, 3, &number);
}

static mi_status
read_levels_of(mi_import *import, uint32_t feature, mi_json_value encoding, bool ascii_only, mi_error *error)
{
	mi_json_value offsets = mi_json_member(encoding, "offsets");
	size_t count = mi_json_count(offsets.kind != MI_JSON_NOTHING ? offsets : mi_json_member(encoding, "values"));
	bool all_ascii = true;
	char **levels;

	if (offsets.kind != MI_JSON_NOTHING && count > 0)
		count--;
	if (count == 0)
		return MI_OK; /* no category */
	levels = mi_allocate_zeroed(count * sizeof(char *));
	read_level_texts(encoding, count, levels);
	for (size_t i = 0; i < count && all_ascii; i++)
		all_ascii = levels[i] == NULL || is_ascii(levels[i]);
	if (levels[count - 1] == NULL)
		mi_fail(error, MI_MALFORMED, "this is not an XGBoost model: the texts of a feature's categories make no sense");
	else if (ascii_only && !all_ascii)
	{
		mi_fail(error, MI_NOT_SUPPORTED, "categories of feature \"%.100s\" have characters beyond ASCII",
				import->contract.features[feature].name);
		mi_hint(error, import->options->unicode
						   ? "XGBoost stores them wrongly up to this version. Rename them, or train on their numbers."
						   : "Only databases in UTF8 can read them.");
	}
	else
		mi_import_set_levels(import, feature, (const char **) levels, count, error);
	for (size_t i = 0; i < count; i++)
		mi_release(levels[i]);
	mi_release(levels);
	return error->status;
}

mi_status
mi_xgboost_read_levels(mi_import *import, mi_json_value cats, mi_json_value version, mi_error *error)
{
	bool ascii_only = may_be_cut_wrongly(version) || !import->options->unicode;
	mi_json_items items = mi_json_items_of(mi_json_member(cats, "enc"));
	mi_json_value item;

	for (uint32_t i = 0; mi_json_next(&items, &item); i++)
	{
		if (i == import->contract.feature_count)
			return mi_fail(error, MI_MALFORMED,
						   "this is not an XGBoost model: it has categories of features that it lacks");
		if (read_levels_of(import, i, item, ascii_only, error) != MI_OK)
			return error->status;
	}
	return MI_OK;
}

/* ---- Writing ---- */

/* XGBoost's order of texts: by bytes, which are signed there. */
static int
compare_signed(const void *a, const void *b)
{
	const char *left = *(const char *const *) a;
	const char *right = *(const char *const *) b;

	while (*left != '\0' && *left == *right)
	{
		left++;
		right++;
	}
	if (*left == '\0' || *right == '\0')
		return (*left != '\0') - (*right != '\0');
	return (signed char) *left < (signed char) *right ? -1 : 1;
}

static void
put_texts(mi_json *json, const mi_feature *feature)
{
	uint64_t offset = 0;

	mi_json_begin_object(json, NULL);
	mi_json_begin_array(json, "offsets");
	for (uint32_t level = 0; level < feature->level_count; level++)
	{
		if (level == 0)
			mi_json_integer(json, NULL, 0);
		offset += strlen(feature->levels[level]);
		mi_json_integer(json, NULL, offset);
	}
	mi_json_end_array(json);
	mi_json_begin_array(json, "values");
	for (uint32_t level = 0; level < feature->level_count; level++)
		for (const char *at = feature->levels[level]; *at != '\0'; at++)
			mi_json_number(json, NULL, (signed char) *at);
	mi_json_end_array(json);
	mi_json_end_object(json);
}

static void
put_order(mi_json *json, const mi_feature *feature)
{
	const char **sorted = mi_allocate(feature->level_count * sizeof(char *));

	if (feature->level_count > 0)
		memcpy(sorted, feature->levels, feature->level_count * sizeof(char *));
	qsort(sorted, feature->level_count, sizeof(char *), compare_signed);
	for (uint32_t level = 0; level < feature->level_count; level++)
		mi_json_integer(json, NULL, (uint64_t) mi_feature_find_level(feature, sorted[level]));
	mi_release(sorted);
}

void
mi_xgboost_write_levels(mi_json *json, const mi_contract *contract)
{
	uint32_t feature_count = mi_contract_has_categories(contract) ? contract->feature_count : 0;
	uint64_t segment = 0;

	mi_json_begin_object(json, "cats");
	mi_json_begin_array(json, "enc");
	for (uint32_t i = 0; i < feature_count; i++)
		put_texts(json, &contract->features[i]);
	mi_json_end_array(json);
	mi_json_begin_array(json, "feature_segments");
	for (uint32_t i = 0; i < feature_count; i++)
	{
		if (i == 0)
			mi_json_integer(json, NULL, 0);
		segment += contract->features[i].level_count;
		mi_json_integer(json, NULL, segment);
	}
	mi_json_end_array(json);
	mi_json_begin_array(json, "sorted_idx");
	for (uint32_t i = 0; i < feature_count; i++)
		put_order(json, &contract->features[i]);
	mi_json_end_array(json);
	mi_json_end_object(json);
}
