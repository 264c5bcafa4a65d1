/*
 * Theil's index split into what lies between groups and what lies within them: with s the share of a group in the
 * total, and T its own index,
 *
 *     between = sum of s ln(mean of the group / mean of all)      within = sum of s T
 *
 * which add up to the index over all (A. F. Shorrocks, Econometrica 48 (1980), 613-625: it is one of the few indices
 * that come apart like that).
 *
 * The sums of inequality.h for each group, in one piece of memory that needs no pointer: a table of slots, in which a
 * group is found by the hash of its name, followed by the names. Such a piece may come from anybody (an aggregate's
 * INITCOND): what is used of it is checked when it is used.
 */
#ifndef MI_THEIL_GROUPS_H
#define MI_THEIL_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inequality.h"

typedef struct mi_theil_groups
{
	uint32_t length_word; /* the server's */
	uint32_t magic;
	uint32_t slot_count; /* a power of two, of which at most three quarters are taken */
	uint32_t group_count;
	uint32_t names_used; /* bytes */
	uint32_t names_size;
} mi_theil_groups;

/* A name of any bytes; bytes NULL is the group of those that have none. */
typedef struct mi_group_name
{
	const char *bytes;
	uint32_t length;
} mi_group_name;

/* MI_CORRUPT unless these are groups of exactly this length. The start must be aligned for doubles. */
extern mi_status mi_theil_groups_check(const void *bytes, size_t length, mi_error *error);

extern size_t mi_theil_groups_length(const mi_theil_groups *groups);

extern mi_theil_groups *mi_theil_groups_create(void);

/*
 * Adds to a group, which may be new. Answers the groups, which are another piece of memory, from mi_allocate, where
 * they had to grow: the old one is the caller's to release. NULL with the error where they would be longer than the
 * limit, or do not make sense.
 */
extern mi_theil_groups *mi_theil_groups_add(mi_theil_groups *groups, mi_group_name name, const mi_exposure_sums *sums,
											size_t limit, mi_error *error);

/* The same for all groups of another piece. */
extern mi_theil_groups *
mi_theil_groups_combine(mi_theil_groups *into, const mi_theil_groups *from, size_t limit, mi_error *error);

/* False for a total of zero. */
extern bool mi_theil_between(const mi_theil_groups *groups, double *result);
extern bool mi_theil_within(const mi_theil_groups *groups, double *result);

#endif
