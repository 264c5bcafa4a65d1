/*
 * Trees for XGBoost's JSON models; see xgboost_write_tree.h. Numbers are the shortest that read back as the same float.
 *
 * There, nodes and leaves are numbered together, and a right child is the one that follows the left: XGBoost scores by
 * that, whatever right_children says.
 */
#include "xgboost_write_tree.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/host.h"
#include "xgboost_json.h"

#define ZERO 1e-35          /* what counts as zero, up or down; see forest.h */
#define NO_PARENT INT32_MAX /* of the root */
#define NO_CHILD (-1.0)     /* of a leaf */

typedef struct tree_writer
{
	mi_json *json;
	const mi_export *export;
	const mi_forest *forest;
	const mi_forest_tree *tree;
	const mi_forest_node *nodes;
	uint32_t count;
	int32_t *places;        /* by number there: a node, or ~ a leaf */
	uint32_t *parents;      /* by number there */
	uint32_t *left_numbers; /* by node: number there of its left child */
} tree_writer;

/* ---- Nodes and leaves ---- */

static bool
is_category(const mi_forest_node *node)
{
	return (node->flags & MI_NODE_CATEGORY) != 0;
}

static void
number_places(tree_writer *writer)
{
	uint32_t node_count = writer->tree->leaf_count - 1;
	uint32_t *numbers = mi_allocate_zeroed(node_count * sizeof(uint32_t)); /* by node */
	uint32_t next = 1;

	writer->count = node_count + writer->tree->leaf_count;
	writer->places = mi_allocate(writer->count * sizeof(int32_t));
	writer->parents = mi_allocate(writer->count * sizeof(uint32_t));
	writer->left_numbers = mi_allocate(node_count * sizeof(uint32_t));
	writer->places[0] = node_count > 0 ? 0 : ~0;
	writer->parents[0] = NO_PARENT;
	for (uint32_t i = 0; i < node_count; i++)
	{
		const mi_forest_node *node = &writer->nodes[i];
		bool swap = is_category(node); /* members of a set go right there */

		writer->left_numbers[i] = next;
		for (int side = 0; side < 2; side++)
		{
			int32_t child = (side == 0) != swap ? node->left : node->right;

			writer->places[next] = child;
			writer->parents[next] = numbers[i];
			if (child >= 0)
				numbers[child] = next;
			next++;
		}
	}
	mi_release(numbers);
}

static const mi_forest_statistics *
statistics_of(const tree_writer *writer, int32_t place)
{
	return place >= 0 ? &writer->forest->node_statistics[writer->tree->first_node + (uint32_t) place]
					  : &writer->forest->leaf_statistics[writer->tree->first_leaf + (uint32_t) ~place];
}

/* There is no scale in XGBoost's link. */
static double
value_of(const tree_writer *writer, int32_t place)
{
	return writer->forest->link_scale *
		   (place >= 0 ? statistics_of(writer, place)->value
					   : writer->forest->leaf_values[writer->tree->first_leaf + (uint32_t) ~place]);
}

static double
gain_of(const tree_writer *writer, int32_t place)
{
	return statistics_of(writer, place)->gain;
}

/* What explanations there take for the share of rows is what those here do. */
static double
cover_of(const tree_writer *writer, int32_t place)
{
	return mi_export_cover(writer->export, statistics_of(writer, place));
}

static double
condition_of(const tree_writer *writer, int32_t place)
{
	if (place < 0)
		return value_of(writer, place);
	return is_category(&writer->nodes[place]) ? 0.0 : (double) mi_xgboost_condition(writer->nodes[place].threshold);
}

static double
left_of(const tree_writer *writer, int32_t place)
{
	return place >= 0 ? writer->left_numbers[place] : NO_CHILD;
}

static double
right_of(const tree_writer *writer, int32_t place)
{
	return place >= 0 ? writer->left_numbers[place] + 1.0 : NO_CHILD;
}

static double
feature_of(const tree_writer *writer, int32_t place)
{
	return place >= 0 ? writer->nodes[place].feature : 0.0;
}

static double
type_of(const tree_writer *writer, int32_t place)
{
	return place >= 0 && is_category(&writer->nodes[place]);
}

/* NaN is missing there, and nothing else. */
static double
default_left_of(const tree_writer *writer, int32_t place)
{
	return place >= 0 && (is_category(&writer->nodes[place]) || mi_forest_node_nan_left(&writer->nodes[place]));
}

bool
mi_xgboost_can_split(const mi_forest_node *node)
{
	if (is_category(node) || !(node->flags & MI_NODE_MISSING_ZERO))
		return true;
	/* Zero may be taken for missing if it goes to that side anyway. */
	return node->flags & MI_NODE_DEFAULT_LEFT ? node->threshold >= ZERO : node->threshold < -ZERO;
}

/* ---- Arrays ---- */

typedef double (*figure)(const tree_writer *writer, int32_t place);

/* XGBoost tells floats from integers by how they are written. */
static void
put_float(mi_json *json, double number)
{
	float single = (float) fmax(-FLT_MAX, fmin(number, FLT_MAX));
	char text[32];

	for (int digits = 6; digits <= 9; digits++)
	{
		snprintf(text, sizeof(text), "%.*e", digits - 1, (double) single);
		if (strtof(text, NULL) == single)
			break;
	}
	if (json->needs_comma)
		mi_write(&json->text, ",", 1);
	json->needs_comma = true;
	mi_write(&json->text, text, strlen(text));
}

static void
put_floats(const tree_writer *writer, const char *key, figure of)
{
	mi_json_begin_array(writer->json, key);
	for (uint32_t i = 0; i < writer->count; i++)
		put_float(writer->json, of(writer, writer->places[i]));
	mi_json_end_array(writer->json);
}

static void
put_integers(const tree_writer *writer, const char *key, figure of)
{
	mi_json_begin_array(writer->json, key);
	for (uint32_t i = 0; i < writer->count; i++)
		mi_json_number(writer->json, NULL, of(writer, writer->places[i]));
	mi_json_end_array(writer->json);
}

static void
put_parents(const tree_writer *writer)
{
	mi_json_begin_array(writer->json, "parents");
	for (uint32_t i = 0; i < writer->count; i++)
		mi_json_integer(writer->json, NULL, writer->parents[i]);
	mi_json_end_array(writer->json);
}

/* How many categories the node's set has; puts them, too, when asked to. */
static uint64_t
walk_set(const tree_writer *writer, const mi_forest_node *node, bool put)
{
	const uint32_t *set = &writer->forest->category_words[node->set];
	uint64_t count = 0;

	for (uint32_t code = 0; code < set[0] * 32; code++)
		if (set[1 + code / 32] >> code % 32 & 1)
		{
			count++;
			if (put)
				mi_json_integer(writer->json, NULL, code);
		}
	return count;
}

static void
put_sets(const tree_writer *writer)
{
	enum
	{
		CATEGORIES,
		NODES,
		SEGMENTS,
		SIZES
	};
	static const char *const keys[] = {"categories", "categories_nodes", "categories_segments", "categories_sizes"};

	for (int key = CATEGORIES; key <= SIZES; key++)
	{
		uint64_t segment = 0;

		mi_json_begin_array(writer->json, keys[key]);
		for (uint32_t i = 0; i < writer->count; i++)
		{
			int32_t place = writer->places[i];
			uint64_t size;

			if (place < 0 || !is_category(&writer->nodes[place]))
				continue;
			size = walk_set(writer, &writer->nodes[place], key == CATEGORIES);
			if (key != CATEGORIES)
				mi_json_integer(writer->json, NULL, key == NODES ? i : key == SEGMENTS ? segment : size);
			segment += size;
		}
		mi_json_end_array(writer->json);
	}
}

/* Parameters are strings there. */
static void
put_parameter(mi_json *json, const char *key, uint32_t number)
{
	char text[12];

	snprintf(text, sizeof(text), "%u", (unsigned) number);
	mi_json_string(json, key, text);
}

void
mi_xgboost_write_tree(mi_json *json, const mi_export *export, const mi_forest_tree *tree, uint32_t number)
{
	tree_writer writer = {
		.json = json,
		.export = export,
		.forest = &export->forest,
		.tree = tree,
		.nodes = &export->forest.nodes[tree->first_node],
	};

	number_places(&writer);
	mi_json_begin_object(json, NULL);
	put_floats(&writer, "base_weights", value_of);
	put_sets(&writer);
	put_integers(&writer, "default_left", default_left_of);
	mi_json_integer(json, "id", number);
	put_integers(&writer, "left_children", left_of);
	put_floats(&writer, "loss_changes", gain_of);
	put_parents(&writer);
	put_integers(&writer, "right_children", right_of);
	put_floats(&writer, "split_conditions", condition_of);
	put_integers(&writer, "split_indices", feature_of);
	put_integers(&writer, "split_type", type_of);
	put_floats(&writer, "sum_hessian", cover_of);
	mi_json_begin_object(json, "tree_param");
	put_parameter(json, "num_deleted", 0);
	put_parameter(json, "num_feature", export->forest.feature_count);
	put_parameter(json, "num_nodes", writer.count);
	put_parameter(json, "size_leaf_vector", 1);
	mi_json_end_object(json);
	mi_json_end_object(json);
	mi_release(writer.places);
	mi_release(writer.parents);
	mi_release(writer.left_numbers);
}
