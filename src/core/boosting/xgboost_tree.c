/*
 * Trees of XGBoost's JSON models; see xgboost_tree.h.
 *
 * There, nodes and leaves are numbered together, in any order, and some may be left over from pruning. Ours are those
 * that are reached from the root, in the order in which a walk meets them.
 */
#include "xgboost_tree.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "xgboost_json.h"

#define MI_XGBOOST_MAX_PLACES (4 * MI_FOREST_MAX_LEAVES) /* nodes, leaves, and what pruning left over */
#define NO_PLACE (-1)
#define CHECK_INTERRUPTS_EVERY 1024 /* nodes, whose sets can have 8 kB each */

enum member
{
	LEFT_CHILDREN,
	RIGHT_CHILDREN,
	SPLIT_INDICES,
	SPLIT_CONDITIONS,
	DEFAULT_LEFT,
	LOSS_CHANGES,
	SUM_HESSIAN,
	SPLIT_TYPE,
	CATEGORIES,
	CATEGORIES_NODES,
	CATEGORIES_SEGMENTS,
	CATEGORIES_SIZES,
	TREE_PARAM,
	MEMBERS
};

static const char *const member_names[MEMBERS] = {
	"left_children",       "right_children",   "split_indices", "split_conditions", "default_left",
	"loss_changes",        "sum_hessian",      "split_type",    "categories",       "categories_nodes",
	"categories_segments", "categories_sizes", "tree_param",
};

/* A node or leaf as it is there. */
typedef struct place
{
	long left; /* NO_PLACE: it is a leaf */
	long right;
	long feature;
	long is_category;
	long first_category; /* of its set, in categories */
	long category_count;
	long number; /* ours: of a node, or ~ that of a leaf; while it is not known, whether it was reached */
	float condition;
	bool default_left;
	mi_forest_statistics statistics;
} place;

typedef struct tree_reader
{
	const mi_xgboost_trees *trees;
	mi_json_value members[MEMBERS];
	place *places;
	size_t place_count;
	long *categories;
	size_t category_count;
	long *reached; /* places in the order of the walk */
	size_t reached_count;
	uint32_t leaf_count;
	mi_writer words;
	const char *wrong; /* NULL while nothing is */
} tree_reader;

static bool
complain(tree_reader *reader, const char *wrong)
{
	if (reader->wrong == NULL)
		reader->wrong = wrong;
	return false;
}

/* ---- Values ---- */

bool
mi_xgboost_is_float(mi_json_value value, float *number)
{
	const double too_large = FLT_MAX * (1.0 + FLT_EPSILON / 4.0); /* from there on it is rounded to infinity */
	double exact;

	if (!mi_json_is_number(value, &exact) || !(fabs(exact) < too_large))
		return false;
	*number = (float) fmax(-FLT_MAX, fmin(exact, FLT_MAX));
	return true;
}

/* 0 and 1, or false and true, as versions have it. */
static bool
is_yes_or_no(mi_json_value value, bool *yes)
{
	long number;

	if (mi_json_is_boolean(value, yes))
		return true;
	if (!mi_json_is_integer(value, 0, 1, &number))
		return false;
	*yes = number == 1;
	return true;
}

static bool
is_not_finite(mi_json_value value, float *number)
{
	double exact;

	if (!mi_json_is_not_finite(value, &exact))
		return false;
	*number = (float) exact;
	return true;
}

/* One of a place's fields. */
static bool
read_field(place *into, enum member member, mi_json_value value)
{
	switch (member)
	{
		case LEFT_CHILDREN:
			return mi_json_is_integer(value, NO_PLACE, INT32_MAX, &into->left);
		case RIGHT_CHILDREN:
			return mi_json_is_integer(value, NO_PLACE, INT32_MAX, &into->right);
		case SPLIT_INDICES:
			return mi_json_is_integer(value, 0, INT32_MAX, &into->feature);
		case SPLIT_CONDITIONS: /* of categories, versions before 3 write NaN */
			return mi_xgboost_is_float(value, &into->condition) || is_not_finite(value, &into->condition);
		case DEFAULT_LEFT:
			return is_yes_or_no(value, &into->default_left);
		case LOSS_CHANGES:
			return mi_json_is_number(value, &into->statistics.gain);
		case SUM_HESSIAN:
			return mi_json_is_number(value, &into->statistics.hessian);
		case SPLIT_TYPE:
			return mi_json_is_integer(value, 0, 1, &into->is_category);
		default:
			return false;
	}
}

static bool
read_places(tree_reader *reader)
{
	reader->place_count = mi_json_count(reader->members[LEFT_CHILDREN]);
	if (reader->place_count == 0 || reader->place_count > MI_XGBOOST_MAX_PLACES)
		return complain(reader, reader->place_count == 0 ? "it has no nodes" : "it has too many nodes");
	reader->places = mi_allocate_zeroed(reader->place_count * sizeof(place));
	for (enum member member = LEFT_CHILDREN; member <= SPLIT_TYPE; member++)
	{
		mi_json_items items = mi_json_items_of(reader->members[member]);
		mi_json_value item;
		size_t count = 0;

		mi_check_interrupts();
		if (member == SPLIT_TYPE && reader->members[member].kind == MI_JSON_NOTHING)
			continue; /* early versions know no categories */
		while (mi_json_next(&items, &item))
			if (count == reader->place_count || !read_field(&reader->places[count++], member, item))
				return complain(reader, member_names[member]);
		if (count != reader->place_count)
			return complain(reader, member_names[member]);
	}
	return true;
}

/* ---- Sets ---- */

static bool
read_categories(tree_reader *reader)
{
	mi_json_items items = mi_json_items_of(reader->members[CATEGORIES]);
	mi_json_value item;

	reader->category_count = mi_json_count(reader->members[CATEGORIES]);
	reader->categories = mi_allocate(reader->category_count * sizeof(long));
	for (size_t i = 0; mi_json_next(&items, &item); i++)
		if (!mi_json_is_integer(item, 0, INT32_MAX, &reader->categories[i]))
			return complain(reader, member_names[CATEGORIES]);
	return true;
}

/* Which categories are whose. */
static bool
read_sets(tree_reader *reader)
{
	mi_json_items nodes = mi_json_items_of(reader->members[CATEGORIES_NODES]);
	mi_json_items segments = mi_json_items_of(reader->members[CATEGORIES_SEGMENTS]);
	mi_json_items sizes = mi_json_items_of(reader->members[CATEGORIES_SIZES]);
	mi_json_value node;
	mi_json_value segment;
	mi_json_value size;
	long last = (long) reader->place_count - 1;
	long count = (long) reader->category_count;
	long used = 0;

	while (mi_json_next(&nodes, &node))
	{
		long number = 0;
		place *whose;

		if (!mi_json_is_integer(node, 0, last, &number))
			return complain(reader, member_names[CATEGORIES_NODES]);
		whose = &reader->places[number];
		if (whose->category_count > 0 || !mi_json_next(&segments, &segment) ||
			!mi_json_is_integer(segment, 0, count, &whose->first_category))
			return complain(reader, member_names[CATEGORIES_SEGMENTS]);
		if (!mi_json_next(&sizes, &size) ||
			!mi_json_is_integer(size, 0, count - whose->first_category, &whose->category_count))
			return complain(reader, member_names[CATEGORIES_SIZES]);
		used += whose->category_count;
	}
	return used <= count || complain(reader, "categories are of several nodes");
}

/* Members of the set go right there, left here, and all others, known or not, the other way. */
static void
write_set(tree_reader *reader, const place *from, mi_forest_node *node, const mi_contract *contract)
{
	uint32_t level_count = contract->features[node->feature].level_count;
	int32_t left = node->left;
	mi_category_set set = {.word_count = 0};

	for (long i = 0; i < from->category_count; i++)
		if (!mi_category_set_add(&set, (uint32_t) reader->categories[from->first_category + i]))
			complain(reader, "a category's number is too large");
	node->flags = MI_NODE_CATEGORY;
	if (from->default_left)
	{
		node->left = node->right;
		node->right = left;
	}
	else
		/* A missing one goes right here: so must members, and all others left, which have to be told apart from it. */
		mi_category_set_invert(&set, level_count > 0 ? level_count : reader->trees->category_limit);
	node->set = mi_import_write_set(reader->trees->import, node->feature, &set, &reader->words);
	if (reader->words.length > MI_MODEL_MAX_BYTES)
		complain(reader, "its sets of categories are too large");
}

/* ---- The tree ---- */

/* Finds all that is reached from the root, and numbers it in that order: parents before their children. */
static bool
walk(tree_reader *reader)
{
	place *places = reader->places;
	long last = (long) reader->place_count - 1;
	long *waiting = mi_allocate(reader->place_count * sizeof(long));
	size_t waiting_count = 1;
	long nodes = 0;
	long leaves = 0;

	reader->reached = mi_allocate(reader->place_count * sizeof(long));
	waiting[0] = 0;
	places[0].number = true;
	while (waiting_count > 0 && reader->wrong == NULL)
	{
		long at = waiting[--waiting_count];
		long children[] = {places[at].right, places[at].left};

		reader->reached[reader->reached_count++] = at;
		if (places[at].left == NO_PLACE && places[at].right == NO_PLACE)
		{
			places[at].number = ~leaves++;
			continue;
		}
		places[at].number = nodes++;
		for (int side = 0; side < 2 && reader->wrong == NULL; side++)
		{
			if (children[side] < 0 || children[side] > last || children[side] == 0)
				complain(reader, "a child is not in the tree");
			else if (places[children[side]].number != 0)
				complain(reader, "a node has two parents");
			else
			{
				places[children[side]].number = true;
				waiting[waiting_count++] = children[side];
			}
		}
	}
	mi_release(waiting);
	if (leaves > MI_FOREST_MAX_LEAVES)
		complain(reader, "it has too many leaves");
	reader->leaf_count = (uint32_t) leaves;
	return reader->wrong == NULL;
}

static bool
fill_node(tree_reader *reader, const place *from, mi_forest_node *node)
{
	const mi_contract *contract = &reader->trees->import->contract;

	if (from->feature >= (long) contract->feature_count)
		return complain(reader, member_names[SPLIT_INDICES]);
	node->feature = (uint16_t) from->feature;
	node->left = (int32_t) reader->places[from->left].number;
	node->right = (int32_t) reader->places[from->right].number;
	if (from->is_category)
		write_set(reader, from, node, contract);
	else if (isnan(from->condition))
		complain(reader, member_names[SPLIT_CONDITIONS]);
	else
	{
		node->threshold = mi_xgboost_threshold(from->condition);
		node->flags = MI_NODE_MISSING_NAN | (from->default_left ? MI_NODE_DEFAULT_LEFT : 0);
	}
	return reader->wrong == NULL;
}

static const mi_forest_statistics *
statistics_of(const mi_tree_draft *draft, int32_t child)
{
	return child >= 0 ? &draft->node_statistics[child] : &draft->leaf_statistics[~child];
}

/* What a node would answer as a leaf is not told in the scale of the leaves: the mean of what is below. */
static void
fill_node_values(mi_tree_draft *draft)
{
	for (uint32_t i = draft->leaf_count - 1; i-- > 0;)
	{
		const mi_forest_statistics *left = statistics_of(draft, draft->nodes[i].left);
		const mi_forest_statistics *right = statistics_of(draft, draft->nodes[i].right);
		double weight = left->hessian + right->hessian;
		double share = weight > 0.0 ? left->hessian / weight : 0.5;

		draft->node_statistics[i].value = share * left->value + (1.0 - share) * right->value;
	}
}

static void
fill_draft(tree_reader *reader, mi_tree_draft *draft, double leaf_scale)
{
	*draft = mi_import_draft(reader->leaf_count);
	for (size_t i = 0; i < reader->reached_count && reader->wrong == NULL; i++)
	{
		const place *from = &reader->places[reader->reached[i]];

		if (i % CHECK_INTERRUPTS_EVERY == 0)
			mi_check_interrupts();
		if (from->number >= 0)
		{
			draft->node_statistics[from->number] = from->statistics;
			fill_node(reader, from, &draft->nodes[from->number]);
			continue;
		}
		draft->leaf_values[~from->number] = from->condition * leaf_scale;
		draft->leaf_statistics[~from->number] = from->statistics;
		draft->leaf_statistics[~from->number].gain = 0.0;
		draft->leaf_statistics[~from->number].value = from->condition * leaf_scale;
	}
	if (reader->wrong == NULL)
		fill_node_values(draft);
	draft->category_words = (uint32_t *) (void *) reader->words.bytes;
	draft->category_word_count = (uint32_t) (reader->words.length / sizeof(uint32_t));
}

/* A leaf that is a vector has several outputs. */
static bool
has_vectors(mi_json_value tree_param)
{
	char *size = mi_json_string_of(mi_json_member(tree_param, "size_leaf_vector"));
	bool has = size != NULL && strcmp(size, "0") != 0 && strcmp(size, "1") != 0;

	mi_release(size);
	return has;
}

mi_status
mi_xgboost_read_tree(mi_tree_draft *draft, const mi_xgboost_trees *trees, mi_json_value tree, double leaf_scale,
					 size_t number, mi_error *error)
{
	tree_reader reader = {.trees = trees};

	*draft = (mi_tree_draft){0};
	mi_json_members(tree, member_names, MEMBERS, reader.members);
	if (has_vectors(reader.members[TREE_PARAM]))
		return mi_fail(error, MI_NOT_SUPPORTED,
					   "trees with vectors in their leaves (multi_output_tree) are not supported");
	if (read_places(&reader) && read_categories(&reader) && read_sets(&reader) && walk(&reader))
		fill_draft(&reader, draft, leaf_scale);
	mi_release(reader.places);
	mi_release(reader.categories);
	mi_release(reader.reached);
	if (reader.wrong == NULL)
		return MI_OK;
	return mi_fail(error, MI_MALFORMED, "tree %zu of the model makes no sense: %s", number, reader.wrong);
}
