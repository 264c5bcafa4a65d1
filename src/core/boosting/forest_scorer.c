/*
 * Scoring rows by a forest; see forest_scorer.h.
 *
 * Every node asks "is input <= threshold". What else nodes ask is answered before, once a row: the row is written out
 * as inputs, in one of which NaN is -Infinity, for nodes that send it left, in another NaN, which is <= nothing, and so
 * on. A leaf is a node that leads to itself, and whose threshold is its value: who has arrived stays there, so that
 * trees of any shape are gone down together in the same number of rounds.
 */
#include "forest_scorer.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "forest_route.h"

#define MI_TREES_TOGETHER 10          /* enough to hide the latency of a round */
#define MI_ROUNDS_BETWEEN_LOOKS 16    /* whether all have arrived: deep trees are that deep in few places */
#define MI_ROUNDS_BETWEEN_CHECKS 8192 /* for interrupts; well below 100 ms */
#define MI_DEPTHS 64                  /* told apart when trees are ordered */
#define MI_CACHE_LINE 64

/* Inputs of each kind are as many as features. The first is the value as it is. */
typedef enum input_kind
{
	INPUT_VALUE,         /* NaN goes right */
	INPUT_NAN_LEFT,      /* NaN goes left */
	INPUT_MISSING_RIGHT, /* NaN and zero go right */
	INPUT_MISSING_LEFT,  /* NaN and zero go left */
	INPUT_KINDS
} input_kind;

typedef struct scoring_node
{
	double threshold;  /* of a leaf its value */
	uint32_t input;    /* goes left when that is <= threshold; of a leaf the one that always is */
	uint32_t children; /* where the left one is, in bytes, followed by the right; of a leaf where it is itself */
} scoring_node;

/* An input that tells whether a category is in a set: -Infinity if so, else NaN. */
typedef struct set_input
{
	uint32_t feature;
	uint32_t set;
} set_input;

typedef struct tree_group
{
	uint32_t rounds;                   /* depth of the deepest */
	uint32_t trees[MI_TREES_TOGETHER]; /* those of the last group that are too many: tree_count */
} tree_group;

struct mi_forest_scorer
{
	const mi_forest *forest;
	uint32_t kinds; /* of inputs that are in use: 2, or 4 when zero may be missing */
	uint32_t set_count;
	set_input *sets;
	double *inputs; /* by kind and feature, then the sets', and one that is -Infinity */
	uint32_t group_count;
	tree_group *groups;
	scoring_node *nodes; /* the roots, group by group; then pairs of children */
	void *node_memory;   /* in which they are, at a multiple of MI_CACHE_LINE */
	double *reached;     /* by tree: the leaf's value; one more for trees that are too many */
};

/* ---- Laying out ---- */

/* Splits from the root to the deepest leaf; depths has room for the tree's nodes. */
static uint32_t
depth_of(const mi_forest *forest, const mi_forest_tree *tree, uint32_t *depths)
{
	const mi_forest_node *nodes = forest->nodes + tree->first_node;
	uint32_t deepest = 0;

	depths[0] = 1;
	for (uint32_t i = 0; i + 1 < tree->leaf_count; i++)
	{
		if (depths[i] > deepest)
			deepest = depths[i];
		for (int side = 0; side < 2; side++)
			if (nodes[i].children[side] >= 0)
				depths[nodes[i].children[side]] = depths[i] + 1;
	}
	return deepest;
}

/* Puts trees of like depth together. scratch has room for the largest tree's leaves. */
static void
group_trees(mi_forest_scorer *scorer, uint32_t *scratch)
{
	const mi_forest *forest = scorer->forest;
	uint32_t *depth = mi_allocate(forest->tree_count * sizeof(*depth));
	uint32_t before[MI_DEPTHS + 1] = {0}; /* trees that are less deep */

	for (uint32_t i = 0; i < forest->tree_count; i++)
	{
		depth[i] = depth_of(forest, &forest->trees[i], scratch);
		before[1 + (depth[i] < MI_DEPTHS ? depth[i] : MI_DEPTHS - 1)]++;
	}
	for (uint32_t i = 1; i <= MI_DEPTHS; i++)
		before[i] += before[i - 1];
	for (uint32_t i = 0; i < scorer->group_count; i++)
		for (uint32_t k = 0; k < MI_TREES_TOGETHER; k++)
			scorer->groups[i].trees[k] = forest->tree_count;
	for (uint32_t i = 0; i < forest->tree_count; i++)
	{
		uint32_t place = before[depth[i] < MI_DEPTHS ? depth[i] : MI_DEPTHS - 1]++;
		tree_group *group = &scorer->groups[place / MI_TREES_TOGETHER];

		group->trees[place % MI_TREES_TOGETHER] = i;
		if (depth[i] > group->rounds)
			group->rounds = depth[i];
	}
	mi_release(depth);
}

static uint32_t
resting_input(const mi_forest_scorer *scorer)
{
	return scorer->kinds * scorer->forest->feature_count + scorer->set_count;
}

static input_kind
input_kind_of(const mi_forest_node *node)
{
	if ((node->flags & MI_NODE_MISSING_ZERO) != 0)
		return node->nan_left ? INPUT_MISSING_LEFT : INPUT_MISSING_RIGHT;
	return node->nan_left ? INPUT_NAN_LEFT : INPUT_VALUE;
}

/* The next set's input is made with its node. */
static scoring_node
node_laid_out(const mi_forest_scorer *scorer, const mi_forest_node *node, uint32_t *sets_used, uint32_t children)
{
	uint32_t feature_count = scorer->forest->feature_count;

	if ((node->flags & MI_NODE_CATEGORY) == 0)
		return (scoring_node){
			.threshold = node->threshold,
			.input = input_kind_of(node) * feature_count + node->feature,
			.children = children,
		};
	scorer->sets[*sets_used] = (set_input){.feature = node->feature, .set = node->set};
	return (scoring_node){.input = scorer->kinds * feature_count + (*sets_used)++, .children = children};
}

/* places has room for where the tree's nodes are to be. */
static void
lay_out_tree(mi_forest_scorer *scorer, const mi_forest_tree *tree, uint32_t root, uint32_t *places, uint32_t *used,
			 uint32_t *sets_used)
{
	const mi_forest_node *nodes = scorer->forest->nodes + tree->first_node;
	const double *leaf_values = scorer->forest->leaf_values + tree->first_leaf;
	uint32_t rest = resting_input(scorer);

	places[0] = root;
	if (tree->leaf_count == 1)
		scorer->nodes[root] = (scoring_node){leaf_values[0], rest, root * (uint32_t) sizeof(scoring_node)};
	for (uint32_t i = 0; i + 1 < tree->leaf_count; i++)
	{
		uint32_t pair = *used;

		*used += 2;
		scorer->nodes[places[i]] = node_laid_out(scorer, &nodes[i], sets_used, pair * (uint32_t) sizeof(scoring_node));
		for (uint32_t side = 0; side < 2; side++)
		{
			int32_t child = nodes[i].children[side];
			uint32_t place = pair + side;

			if (child >= 0)
				places[child] = place;
			else
				scorer->nodes[place] =
					(scoring_node){leaf_values[~child], rest, place * (uint32_t) sizeof(scoring_node)};
		}
	}
}

static void
lay_out(mi_forest_scorer *scorer, uint32_t *scratch)
{
	const mi_forest *forest = scorer->forest;
	uint32_t used = scorer->group_count * MI_TREES_TOGETHER;
	uint32_t sets_used = 0;

	for (uint32_t i = 0; i < scorer->group_count; i++)
		for (uint32_t k = 0; k < MI_TREES_TOGETHER; k++)
		{
			uint32_t tree = scorer->groups[i].trees[k];
			uint32_t root = i * MI_TREES_TOGETHER + k;

			if (tree < forest->tree_count)
				lay_out_tree(scorer, &forest->trees[tree], root, scratch, &used, &sets_used);
			else
				scorer->nodes[root] =
					(scoring_node){0.0, resting_input(scorer), root * (uint32_t) sizeof(scoring_node)};
		}
}

static uint32_t
most_leaves(const mi_forest *forest)
{
	uint32_t most = 1;

	for (uint32_t i = 0; i < forest->tree_count; i++)
		if (forest->trees[i].leaf_count > most)
			most = forest->trees[i].leaf_count;
	return most;
}

/* Which inputs there have to be. */
static void
count_inputs(mi_forest_scorer *scorer)
{
	const mi_forest *forest = scorer->forest;
	uint8_t flags = 0;

	for (uint32_t i = 0; i < forest->node_count; i++)
	{
		flags |= forest->nodes[i].flags;
		scorer->set_count += (forest->nodes[i].flags & MI_NODE_CATEGORY) != 0;
	}
	scorer->kinds = (flags & MI_NODE_MISSING_ZERO) != 0 ? INPUT_KINDS : INPUT_NAN_LEFT + 1;
}

mi_forest_scorer *
mi_forest_scorer_new(const mi_forest *forest)
{
	mi_forest_scorer *scorer = mi_allocate_zeroed(sizeof(*scorer));
	uint32_t *scratch = mi_allocate(most_leaves(forest) * sizeof(*scratch));
	size_t node_count;

	scorer->forest = forest;
	scorer->group_count = (forest->tree_count + MI_TREES_TOGETHER - 1) / MI_TREES_TOGETHER;
	scorer->groups = mi_allocate_zeroed(scorer->group_count * sizeof(*scorer->groups));
	scorer->reached = mi_allocate((forest->tree_count + 1) * sizeof(*scorer->reached));
	count_inputs(scorer);
	scorer->sets = mi_allocate(scorer->set_count * sizeof(*scorer->sets));
	scorer->inputs = mi_allocate((resting_input(scorer) + (size_t) 1) * sizeof(*scorer->inputs));
	scorer->inputs[resting_input(scorer)] = -INFINITY;
	node_count = (size_t) scorer->group_count * MI_TREES_TOGETHER + 2 * (size_t) forest->node_count;
	scorer->node_memory = mi_allocate(node_count * sizeof(*scorer->nodes) + MI_CACHE_LINE);
	scorer->nodes = (void *) (((uintptr_t) scorer->node_memory + MI_CACHE_LINE - 1) & ~(uintptr_t) (MI_CACHE_LINE - 1));
	group_trees(scorer, scratch);
	lay_out(scorer, scratch);
	mi_release(scratch);
	return scorer;
}

void
mi_forest_scorer_release(mi_forest_scorer *scorer)
{
	if (scorer == NULL)
		return;
	mi_release(scorer->sets);
	mi_release(scorer->inputs);
	mi_release(scorer->groups);
	mi_release(scorer->node_memory);
	mi_release(scorer->reached);
	mi_release(scorer);
}

/* ---- Scoring ---- */

/* The row as the nodes want to see it. */
static void
write_inputs(const mi_forest_scorer *scorer, const double *restrict values, double *restrict inputs)
{
	const mi_forest *forest = scorer->forest;
	uint32_t count = forest->feature_count;

	memcpy(inputs + INPUT_VALUE * count, values, count * sizeof(double));
	for (uint32_t i = 0; i < count; i++)
		inputs[INPUT_NAN_LEFT * count + i] = isnan(values[i]) ? -INFINITY : values[i];
	if (scorer->kinds == INPUT_KINDS)
		for (uint32_t i = 0; i < count; i++)
		{
			bool missing = isnan(values[i]) || fabs(values[i]) <= MI_FOREST_ZERO;

			inputs[INPUT_MISSING_RIGHT * count + i] = missing ? NAN : values[i];
			inputs[INPUT_MISSING_LEFT * count + i] = missing ? -INFINITY : values[i];
		}
	for (uint32_t i = 0; i < scorer->set_count; i++)
	{
		const set_input *asked = &scorer->sets[i];
		unsigned is_in = mi_route_category(forest->category_words + asked->set, values[asked->feature]);

		inputs[scorer->kinds * count + i] = is_in ? -INFINITY : NAN;
	}
}

MI_ALWAYS_INLINE const scoring_node *
node_at(const mi_forest_scorer *scorer, uint64_t at)
{
	return (const void *) ((const uint8_t *) scorer->nodes + at);
}

/* The leaves of the trees whose roots begin at first. */
MI_ALWAYS_INLINE void
go_down(mi_forest_scorer *scorer, const tree_group *group, uint64_t first, const double *inputs)
{
	uint32_t rest = resting_input(scorer);
	uint32_t left = group->rounds;
	uint64_t at[MI_TREES_TOGETHER];

	for (int k = 0; k < MI_TREES_TOGETHER; k++)
		at[k] = first + k * sizeof(scoring_node);
	while (left > 0)
	{
		uint32_t rounds = left < MI_ROUNDS_BETWEEN_LOOKS ? left : MI_ROUNDS_BETWEEN_LOOKS;
		bool arrived = true;

		left -= rounds;
		for (; rounds > 0; rounds--)
#pragma GCC unroll 10
			for (int k = 0; k < MI_TREES_TOGETHER; k++)
			{
				const scoring_node *node = node_at(scorer, at[k]);
				unsigned right = !(inputs[node->input] <= node->threshold);

				at[k] = node->children + right * sizeof(scoring_node);
			}
		if (left == 0)
			break;
		for (int k = 0; k < MI_TREES_TOGETHER; k++)
			arrived &= node_at(scorer, at[k])->input == rest;
		if (arrived)
			break;
	}
	for (int k = 0; k < MI_TREES_TOGETHER; k++)
		scorer->reached[group->trees[k]] = node_at(scorer, at[k])->threshold;
}

void
mi_forest_margins(mi_forest_scorer *scorer, const double *values, double *margins)
{
	const mi_forest *forest = scorer->forest;
	uint32_t unchecked = 0;

	write_inputs(scorer, values, scorer->inputs);
	for (uint32_t i = 0; i < scorer->group_count; i++)
	{
		go_down(scorer, &scorer->groups[i], (uint64_t) i * MI_TREES_TOGETHER * sizeof(scoring_node), scorer->inputs);
		unchecked += scorer->groups[i].rounds;
		if (unchecked >= MI_ROUNDS_BETWEEN_CHECKS)
		{
			mi_check_interrupts();
			unchecked = 0;
		}
	}
	for (uint32_t output = 0; output < forest->outputs; output++)
	{
		double margin = forest->base_scores[output];

		for (uint32_t i = output; i < forest->tree_count; i += forest->outputs)
			margin += scorer->reached[i];
		margins[output] = margin;
	}
}
