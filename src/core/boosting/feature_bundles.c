/*
 * Bundles of features; see feature_bundles.h.
 */
#include "feature_bundles.h"

#include <string.h>

#include "../base/host.h"

typedef struct bundle
{
	uint32_t combinations;
	uint32_t members;
} bundle;

static uint32_t
bins_of(const mi_bins *bins)
{
	return bins->count + bins->has_missing;
}

/* The first bundle that has room for a feature; count when none has. */
static uint32_t
first_with_room(const bundle *bundles, uint32_t count, uint32_t bins)
{
	uint32_t at = 0;

	while (at < count && bundles[at].combinations * bins > MI_BINS_MAX)
		at++;
	return at;
}

static void
put(bundle *into, uint32_t number, mi_bundled_feature *feature)
{
	feature->bundle = number;
	feature->weight = (uint16_t) into->combinations;
	into->combinations *= feature->bins;
	into->members++;
}

/* First fit, those with most bins first. */
uint32_t
mi_bundle_features(const mi_bins *bins, uint32_t count, mi_bundled_feature *features)
{
	bundle *bundles = mi_allocate((count > 0 ? count : 1) * sizeof(*bundles));
	uint32_t bundle_count = 0;

	for (uint32_t i = 0; i < count; i++)
		features[i].bins = (uint16_t) bins_of(&bins[i]);
	for (uint32_t size = MI_BINS_MAX; size > 0; size--)
		for (uint32_t i = 0; i < count; i++)
		{
			uint32_t number;

			if (features[i].bins != size)
				continue;
			number = first_with_room(bundles, bundle_count, size);
			if (number == bundle_count)
				bundles[bundle_count++] = (bundle){.combinations = 1};
			put(&bundles[number], number, &features[i]);
		}
	for (uint32_t i = 0; i < count; i++)
		features[i].alone = bundles[features[i].bundle].members == 1;
	mi_release(bundles);
	return bundle_count;
}
