/*
 * Contracts; see contract.h. On disk: u8 named, u8 null policy, target, u32 count, then per feature name, u8 kind,
 * u32 levels and their texts; zeros to a multiple of 8.
 */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/host.h"
#include "../base/texts.h"

#define MI_PACKED_FEATURE_MINIMUM 9 /* name length, kind, level count: what one feature takes at least */

mi_contract
mi_contract_for_array(uint32_t feature_count, const char *const *names)
{
	mi_contract contract = {.target = mi_copy_text(""), .feature_count = feature_count};

	contract.features = mi_allocate_zeroed(feature_count * sizeof(mi_feature));
	for (uint32_t i = 0; i < feature_count; i++)
	{
		char name[16];

		snprintf(name, sizeof(name), "x%u", (unsigned) i + 1);
		contract.features[i].name = mi_copy_text(names != NULL ? names[i] : name);
	}
	return contract;
}

mi_status
mi_contract_check_names(const char *const *names, uint32_t count, uint32_t feature_count, mi_error *error)
{
	mi_numbered_text *sorted;
	const char *twice;

	if (count == 0)
		return MI_OK;
	if (count != feature_count)
		return mi_fail(error, MI_INVALID_ARGUMENT, "option \"features\" has %u names, the array has %u elements",
					   (unsigned) count, (unsigned) feature_count);
	sorted = mi_allocate(count * sizeof(*sorted));
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = (mi_numbered_text){names[i], i};
	twice = mi_sort_texts(sorted, count);
	if (sorted[0].text[0] == '\0')
		mi_fail(error, MI_INVALID_ARGUMENT, "option \"features\" has an empty name");
	else if (twice != NULL)
		mi_fail(error, MI_INVALID_ARGUMENT, "option \"features\" has two names \"%s\"", twice);
	mi_release(sorted);
	return error->status;
}

static int
compare_levels(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

mi_contract
mi_contract_sorted(const mi_contract *contract)
{
	mi_contract sorted = *contract;

	sorted.target = mi_copy_text(contract->target);
	sorted.features = mi_allocate(contract->feature_count * sizeof(mi_feature));
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *from = &contract->features[i];
		mi_feature *into = &sorted.features[i];

		*into = *from;
		into->name = mi_copy_text(from->name);
		into->levels = from->level_count > 0 ? mi_allocate(from->level_count * sizeof(char *)) : NULL;
		for (uint32_t level = 0; level < from->level_count; level++)
			into->levels[level] = mi_copy_text(from->levels[level]);
		if (from->level_count > 0)
			qsort(into->levels, from->level_count, sizeof(char *), compare_levels);
	}
	return sorted;
}

void
mi_contract_pack(const mi_contract *contract, mi_writer *writer)
{
	mi_write_u8(writer, contract->named);
	mi_write_u8(writer, (uint8_t) contract->null_policy);
	mi_write_string(writer, contract->target);
	mi_write_u32(writer, contract->feature_count);
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *feature = &contract->features[i];

		mi_write_string(writer, feature->name);
		mi_write_u8(writer, (uint8_t) feature->kind);
		mi_write_u32(writer, feature->level_count);
		for (uint32_t level = 0; level < feature->level_count; level++)
			mi_write_string(writer, feature->levels[level]);
	}
	mi_write_padding(writer, 8);
}

/* A category that was missing in every row has no levels; where rows with a missing one are left out, each has some. */
static bool
may_have_levels(const mi_feature *feature, mi_null_policy null_policy)
{
	if (feature->kind != MI_FEATURE_CATEGORY)
		return feature->level_count == 0;
	return feature->level_count <= MI_MAX_LEVELS && (feature->level_count > 0 || null_policy == MI_NULL_MISSING);
}

static void
unpack_feature(mi_feature *feature, mi_null_policy null_policy, mi_reader *reader)
{
	feature->name = mi_read_string(reader);
	feature->kind = (mi_feature_kind) mi_read_u8(reader);
	feature->level_count = mi_read_count(reader, sizeof(uint32_t));
	if (feature->kind >= MI_FEATURE_KINDS || !may_have_levels(feature, null_policy))
	{
		feature->level_count = 0;
		reader->failed = true;
		return;
	}
	if (feature->level_count == 0)
		return;
	feature->levels = mi_allocate_zeroed(feature->level_count * sizeof(char *));
	for (uint32_t level = 0; level < feature->level_count; level++)
	{
		feature->levels[level] = mi_read_string(reader);
		if (level > 0 && strcmp(feature->levels[level - 1], feature->levels[level]) >= 0)
			reader->failed = true; /* binary search relies on the order */
	}
}

mi_status
mi_contract_unpack(mi_contract *contract, const uint8_t *bytes, size_t length, mi_error *error)
{
	mi_reader reader = mi_reader_over(bytes, length);
	uint8_t named = mi_read_u8(&reader);
	uint8_t null_policy = mi_read_u8(&reader);

	memset(contract, 0, sizeof(*contract));
	contract->named = named == 1;
	contract->null_policy = (mi_null_policy) null_policy;
	contract->target = mi_read_string(&reader);
	contract->feature_count = mi_read_count(&reader, MI_PACKED_FEATURE_MINIMUM);
	if (named > 1 || null_policy >= MI_NULL_POLICIES || contract->feature_count > MI_MAX_FEATURES)
	{
		contract->feature_count = 0;
		reader.failed = true;
	}
	contract->features = mi_allocate_zeroed(contract->feature_count * sizeof(mi_feature));
	for (uint32_t i = 0; i < contract->feature_count && !reader.failed; i++)
		unpack_feature(&contract->features[i], contract->null_policy, &reader);
	if (!reader.failed && mi_align8(reader.position) == length)
		return MI_OK;
	mi_contract_release(contract);
	return mi_fail(error, MI_CORRUPT, "model is damaged: its list of features cannot be read");
}

void
mi_contract_release(mi_contract *contract)
{
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		mi_feature *feature = &contract->features[i];

		for (uint32_t level = 0; level < feature->level_count; level++)
			mi_release((void *) feature->levels[level]);
		mi_release(feature->levels);
		mi_release((void *) feature->name);
	}
	mi_release(contract->features);
	mi_release((void *) contract->target);
	memset(contract, 0, sizeof(*contract));
}

int
mi_contract_find_feature(const mi_contract *contract, const char *name)
{
	for (uint32_t i = 0; i < contract->feature_count; i++)
		if (strcmp(contract->features[i].name, name) == 0)
			return (int) i;
	return -1;
}

int
mi_feature_find_level(const mi_feature *feature, const char *level)
{
	uint32_t low = 0;
	uint32_t high = feature->level_count;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(feature->levels[middle], level);

		if (order == 0)
			return (int) middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

bool
mi_contract_has_categories(const mi_contract *contract)
{
	for (uint32_t i = 0; i < contract->feature_count; i++)
		if (contract->features[i].kind == MI_FEATURE_CATEGORY)
			return true;
	return false;
}

const char *
mi_feature_kind_name(mi_feature_kind kind)
{
	static const char *const names[MI_FEATURE_KINDS] = {
		[MI_FEATURE_NUMBER] = "number",
		[MI_FEATURE_BOOLEAN] = "boolean",
		[MI_FEATURE_CATEGORY] = "category",
	};

	return names[kind];
}

const char *
mi_null_policy_name(mi_null_policy policy)
{
	static const char *const names[MI_NULL_POLICIES] = {
		[MI_NULL_OMIT] = "omit",
		[MI_NULL_MISSING] = "missing",
	};

	return names[policy];
}
