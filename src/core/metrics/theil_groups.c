/*
 * Theil's index by groups; see theil_groups.h.
 */
#include "theil_groups.h"

#include <math.h>
#include <string.h>

#include "../base/bytes.h"
#include "../base/host.h"

#define MAGIC UINT32_C(0x6C696854) /* "Thil" */
#define FIRST_SLOTS 8
#define FIRST_NAMES 64
#define SLOTS_MAXIMUM (UINT32_C(1) << 24) /* more than a value of 1 GB can hold */
#define NO_NAME UINT32_MAX                /* as a length: the group of those without a name */
#define INTERRUPT_EVERY 16384             /* slots */

typedef struct group_slot
{
	uint64_t hash;
	uint32_t name_start; /* in the names */
	uint32_t name_length;
	mi_exposure_sums sums; /* no row: the slot is free */
} group_slot;

static group_slot *
slots_of(const mi_theil_groups *groups)
{
	return (group_slot *) (groups + 1);
}

static char *
names_of(const mi_theil_groups *groups)
{
	return (char *) (slots_of(groups) + groups->slot_count);
}

static size_t
length_for(size_t slot_count, size_t names_size)
{
	return sizeof(mi_theil_groups) + slot_count * sizeof(group_slot) + names_size;
}

size_t
mi_theil_groups_length(const mi_theil_groups *groups)
{
	return length_for(groups->slot_count, groups->names_size);
}

mi_status
mi_theil_groups_check(const void *bytes, size_t length, mi_error *error)
{
	const mi_theil_groups *groups = bytes;

	if (length < sizeof(*groups) || groups->magic != MAGIC || groups->slot_count == 0 ||
		groups->slot_count > SLOTS_MAXIMUM || (groups->slot_count & (groups->slot_count - 1)) != 0 ||
		groups->names_used > groups->names_size || length != mi_theil_groups_length(groups))
		return mi_fail(error, MI_CORRUPT, "not the state of an aggregate over groups");
	return MI_OK;
}

static mi_theil_groups *
create(uint32_t slot_count, uint32_t names_size)
{
	mi_theil_groups *groups = mi_allocate_zeroed(length_for(slot_count, names_size));

	groups->magic = MAGIC;
	groups->slot_count = slot_count;
	groups->names_size = names_size;
	return groups;
}

mi_theil_groups *
mi_theil_groups_create(void)
{
	return create(FIRST_SLOTS, FIRST_NAMES);
}

static bool
is_free(const group_slot *slot)
{
	return !(slot->sums.count > 0.0);
}

/* The taken slots, one after the other: of what follows a place the first, or NULL. */
static group_slot *
next_group(const mi_theil_groups *groups, uint32_t *place)
{
	while (*place < groups->slot_count)
	{
		group_slot *slot = &slots_of(groups)[(*place)++];

		if (*place % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		if (!is_free(slot))
			return slot;
	}
	return NULL;
}

static mi_status
check_name(const mi_theil_groups *groups, const group_slot *slot, mi_error *error)
{
	if (slot->name_length != NO_NAME &&
		(slot->name_start > groups->names_used || slot->name_length > groups->names_used - slot->name_start))
		return mi_fail(error, MI_CORRUPT, "not the state of an aggregate over groups");
	return MI_OK;
}

static mi_group_name
name_of(const mi_theil_groups *groups, const group_slot *slot)
{
	if (slot->name_length == NO_NAME)
		return (mi_group_name){NULL, 0};
	return (mi_group_name){names_of(groups) + slot->name_start, slot->name_length};
}

/* The slot is chosen by the upper half, which the last product makes depend on every byte of the name. */
static uint64_t
hash_of(mi_group_name name)
{
	if (name.bytes == NULL)
		return 0;
	return mi_checksum((const uint8_t *) name.bytes, name.length, 0) * UINT64_C(0x9E3779B97F4A7C15);
}

static bool
same_name(mi_group_name a, mi_group_name b)
{
	if (a.bytes == NULL || b.bytes == NULL)
		return a.bytes == b.bytes;
	return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

/* The slot of a group, or the free one where it belongs; NULL when there is neither, which only made-up bytes have. */
static group_slot *
find(const mi_theil_groups *groups, mi_group_name name, uint64_t hash, mi_error *error)
{
	uint32_t mask = groups->slot_count - 1;

	for (uint32_t step = 0; step <= mask; step++)
	{
		group_slot *slot = &slots_of(groups)[((uint32_t) (hash >> 32) + step) & mask];

		if (is_free(slot))
			return slot;
		if (check_name(groups, slot, error) != MI_OK)
			return NULL;
		if (slot->hash == hash && same_name(name_of(groups, slot), name))
			return slot;
	}
	mi_fail(error, MI_CORRUPT, "not the state of an aggregate over groups");
	return NULL;
}

static mi_theil_groups *
too_long(size_t limit, mi_error *error)
{
	mi_fail(error, MI_BUDGET_EXCEEDED, "groups of an aggregate take more than the limit of %zu kB of memory",
			limit / 1024);
	mi_hint(error, "Raise musicintel.training_memory, which counts up to 1 GB here, or use fewer groups.");
	return NULL;
}

/* A copy with twice the slots where those are scarce, and room for a name of so many bytes. */
static mi_theil_groups *
grow(const mi_theil_groups *groups, uint32_t name_length, size_t limit, mi_error *error)
{
	bool crowded = groups->group_count >= groups->slot_count / 4 * 3;
	size_t slot_count = crowded ? (size_t) groups->slot_count * 2 : groups->slot_count;
	size_t names_size = groups->names_size;
	uint32_t place = 0;
	mi_theil_groups *grown;

	if (name_length > names_size - groups->names_used)
		names_size = names_size * 2 > groups->names_used + name_length ? names_size * 2
																	   : groups->names_used + (size_t) name_length;
	if (slot_count > SLOTS_MAXIMUM || names_size >= NO_NAME || length_for(slot_count, names_size) > limit)
		return too_long(limit, error);
	grown = create((uint32_t) slot_count, (uint32_t) names_size);
	grown->group_count = groups->group_count;
	grown->names_used = groups->names_used;
	memcpy(names_of(grown), names_of(groups), groups->names_used);
	for (const group_slot *group; (group = next_group(groups, &place)) != NULL;)
	{
		group_slot *to = NULL;

		if (check_name(groups, group, error) == MI_OK)
			to = find(grown, name_of(groups, group), group->hash, error);
		if (to == NULL)
		{
			mi_release(grown);
			return NULL;
		}
		*to = *group;
	}
	return grown;
}

static void
put_name(mi_theil_groups *groups, group_slot *slot, mi_group_name name)
{
	groups->group_count++;
	slot->name_length = NO_NAME;
	if (name.bytes == NULL)
		return;
	slot->name_start = groups->names_used;
	slot->name_length = name.length;
	memcpy(names_of(groups) + groups->names_used, name.bytes, name.length);
	groups->names_used += name.length;
}

mi_theil_groups *
mi_theil_groups_add(mi_theil_groups *groups, mi_group_name name, const mi_exposure_sums *sums, size_t limit,
					mi_error *error)
{
	uint64_t hash = hash_of(name);
	group_slot *slot = find(groups, name, hash, error);

	if (slot == NULL)
		return NULL;
	if (is_free(slot))
	{
		if (groups->group_count >= groups->slot_count / 4 * 3 || name.length > groups->names_size - groups->names_used)
		{
			groups = grow(groups, name.length, limit, error);
			slot = groups == NULL ? NULL : find(groups, name, hash, error);
			if (slot == NULL)
				return NULL;
		}
		slot->hash = hash;
		put_name(groups, slot, name);
	}
	mi_exposure_sums_combine(&slot->sums, sums);
	return groups;
}

mi_theil_groups *
mi_theil_groups_combine(mi_theil_groups *into, const mi_theil_groups *from, size_t limit, mi_error *error)
{
	mi_theil_groups *sum = into;
	uint32_t place = 0;

	for (const group_slot *group; sum != NULL && (group = next_group(from, &place)) != NULL;)
	{
		mi_theil_groups *before = sum;

		sum = check_name(from, group, error) != MI_OK
				  ? NULL
				  : mi_theil_groups_add(sum, name_of(from, group), &group->sums, limit, error);
		if (sum != before && before != into)
			mi_release(before);
	}
	return sum;
}

static mi_exposure_sums
sums_of_all(const mi_theil_groups *groups)
{
	mi_exposure_sums all = {0};
	uint32_t place = 0;

	for (const group_slot *group; (group = next_group(groups, &place)) != NULL;)
		mi_exposure_sums_combine(&all, &group->sums);
	return all;
}

bool
mi_theil_between(const mi_theil_groups *groups, double *result)
{
	mi_exposure_sums all = sums_of_all(groups);
	double total = mi_dd_value(all.total);
	mi_dd sum = {0.0, 0.0};
	uint32_t place = 0;

	for (const group_slot *group; (group = next_group(groups, &place)) != NULL;)
	{
		double part = mi_dd_value(group->sums.total);

		if (part > 0.0)
			sum = mi_dd_add(sum, mi_dd_two_product(part / total, log(part / group->sums.count / (total / all.count))));
	}
	*result = fmax(0.0, mi_dd_value(sum));
	return total > 0.0;
}

bool
mi_theil_within(const mi_theil_groups *groups, double *result)
{
	double total = mi_dd_value(sums_of_all(groups).total);
	mi_dd sum = {0.0, 0.0};
	uint32_t place = 0;

	for (const group_slot *group; (group = next_group(groups, &place)) != NULL;)
	{
		double index;

		if (mi_theil(&group->sums, &index))
			sum = mi_dd_add(sum, mi_dd_two_product(mi_dd_value(group->sums.total) / total, index));
	}
	*result = mi_dd_value(sum);
	return total > 0.0;
}
