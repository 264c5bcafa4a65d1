/*
 * Levels by text; see levels.h. A simplehash in the memory context of its creation.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "pg/levels.h"

typedef struct level_entry
{
	const char *text;
	uint32 number;
	char status; /* simplehash's own */
} level_entry;

#define SH_PREFIX level_hash
#define SH_ELEMENT_TYPE level_entry
#define SH_KEY_TYPE const char *
#define SH_KEY text
#define SH_HASH_KEY(table, key) hash_bytes((const unsigned char *) (key), (int) strlen(key))
#define SH_EQUAL(table, a, b) (strcmp(a, b) == 0)
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

struct mi_levels
{
	level_hash_hash *table;
	MemoryContext context;
};

mi_levels *
mi_levels_new(void)
{
	mi_levels *levels = palloc(sizeof(*levels));

	levels->context = CurrentMemoryContext;
	levels->table = level_hash_create(CurrentMemoryContext, 64, NULL);
	return levels;
}

uint32
mi_levels_number(mi_levels *levels, const char **text, bool *is_new)
{
	level_entry *entry = level_hash_lookup(levels->table, *text);
	bool found;

	*is_new = entry == NULL;
	if (entry == NULL)
	{
		*text = MemoryContextStrdup(levels->context, *text);
		entry = level_hash_insert(levels->table, *text, &found);
		entry->number = levels->table->members - 1;
	}
	return entry->number;
}
