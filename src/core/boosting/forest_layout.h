/*
 * The bytes of a forest: this header, and then its arrays in the order of mi_forest, padded to a multiple of 8.
 */
#ifndef MI_FOREST_LAYOUT_H
#define MI_FOREST_LAYOUT_H

#include "forest.h"

typedef struct mi_forest_header
{
	uint32_t feature_count;
	uint32_t outputs;
	uint32_t link;
	uint32_t cover;
	double link_scale;
	uint32_t tree_count;
	uint32_t node_count;
	uint32_t leaf_count;
	uint32_t category_word_count;
} mi_forest_header;

/* Structs are stored as they are: no compiler may put anything between their fields. */
_Static_assert(sizeof(mi_forest_header) == 40, "layout of the header");
_Static_assert(sizeof(mi_forest_tree) == 16, "layout of a tree");
_Static_assert(sizeof(mi_forest_node) == 24, "layout of a node");
_Static_assert(sizeof(mi_forest_statistics) == 32, "layout of statistics");

#endif
