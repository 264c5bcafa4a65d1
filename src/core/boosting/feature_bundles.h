/*
 * Features with few bins share a byte.
 *
 * A bundle is a set of features whose bins can be combined in at most MI_BINS_MAX ways. A row's byte says its bins of
 * all of them, one addition counts it in all their histograms, and each one's is had from that of the combinations by
 * adding up: eight features that are true or false cost what one number does, and nothing is lost. (LightGBM's bundles,
 * G. Ke et al., NeurIPS 2017, section 4, are of features that are hardly ever set together.)
 */
#ifndef MI_FEATURE_BUNDLES_H
#define MI_FEATURE_BUNDLES_H

#include <stdbool.h>
#include <stdint.h>

#include "bins.h"

/* Where a feature's bin is in the bytes of a row. */
typedef struct mi_bundled_feature
{
	uint32_t bundle;
	uint16_t weight; /* of the bin in the bundle's byte */
	uint16_t bins;   /* that of missing values included */
	bool alone;      /* in its bundle: the byte is the bin */
} mi_bundled_feature;

/* So many features' places; answers the number of bundles. O(features × bundles). */
extern uint32_t mi_bundle_features(const mi_bins *bins, uint32_t count, mi_bundled_feature *features);

static inline uint32_t
mi_bundled_bin(mi_bundled_feature feature, uint32_t byte)
{
	return byte / feature.weight % feature.bins;
}

#endif
