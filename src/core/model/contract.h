/*
 * The contract of a model: what it was trained on and so what it must be given: features by name and kind, the levels
 * of each category, and the name of the target. Scoring matches by name, so two columns can never be swapped
 * silently.
 */
#ifndef MI_CONTRACT_H
#define MI_CONTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/bytes.h"
#include "../base/status.h"

#define MI_MAX_FEATURES 2000 /* above PostgreSQL's 1,600 columns of a table */
#define MI_MAX_LEVELS 1000   /* of one category; more is an identifier, not a category */

typedef enum mi_feature_kind
{
	MI_FEATURE_NUMBER,
	MI_FEATURE_BOOLEAN,  /* 0 or 1 */
	MI_FEATURE_CATEGORY, /* index into levels */
	MI_FEATURE_KINDS
} mi_feature_kind;

typedef struct mi_feature
{
	const char *name;
	mi_feature_kind kind;
	uint32_t level_count;
	const char **levels; /* ascending by strcmp */
} mi_feature;

typedef enum mi_null_policy
{
	MI_NULL_OMIT,    /* rows with a NULL are left out of training; their prediction is NULL */
	MI_NULL_MISSING, /* a NULL feature, or a category never seen in training, is NaN: rows are trained on and scored */
	MI_NULL_POLICIES
} mi_null_policy;

typedef struct mi_contract
{
	bool named; /* trained from a query's columns; false: from the elements of an array */
	mi_null_policy null_policy;
	const char *target; /* column name; "" when not named */
	uint32_t feature_count;
	mi_feature *features;
} mi_contract;

/* A contract for arrays of so many elements; names NULL: x1, x2, … */
extern mi_contract mi_contract_for_array(uint32_t feature_count, const char *const *names);

/*
 * Whether the names that the option "features" gives the elements of an array, none or as many as there are elements,
 * tell them apart.
 */
extern mi_status
mi_contract_check_names(const char *const *names, uint32_t count, uint32_t feature_count, mi_error *error);

/* A copy with every category's levels in ascending order. */
extern mi_contract mi_contract_sorted(const mi_contract *contract);

extern void mi_contract_pack(const mi_contract *contract, mi_writer *writer); /* padded to 8 bytes */
extern mi_status mi_contract_unpack(mi_contract *contract, const uint8_t *bytes, size_t length, mi_error *error);
extern void mi_contract_release(mi_contract *contract);

/* Index of a feature by name, or -1. */
extern int mi_contract_find_feature(const mi_contract *contract, const char *name);

/* Index of a level, or -1 when training never saw it. Binary search. */
extern int mi_feature_find_level(const mi_feature *feature, const char *level);

extern bool mi_contract_has_categories(const mi_contract *contract);
extern const char *mi_feature_kind_name(mi_feature_kind kind);
extern const char *mi_null_policy_name(mi_null_policy policy);

#endif
