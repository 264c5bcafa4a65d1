/*
 * Shapley values of a tree by integration; see tree_shap.h.
 *
 * Let each feature be known with probability t, whatever the others are. The Shapley value of a feature is the integral
 * over t, from 0 to 1, of what knowing it is then worth (G. Owen, "Multilinear extensions of games", Management Science
 * 18 (1972), P64-P79). For a tree whose paths ask for D different features at most it is a polynomial in t of degree
 * D - 1, which Gauss's rule with D / 2 points integrates exactly: sums with positive weights, with no subset to
 * enumerate, nothing to divide by that may be small, and the points are independent lanes of vectors.
 *
 * At one t, a node that asks for feature f is reached with some probability P. Let z be the product of the shares of
 * those sides on the way to it that f decided on (1 when it is asked for the first time). That f is known has become
 *
 *     A = t / (t + (1 - t) z)    if all those sides are the row's, else 0.
 *
 * Known, it sends all to the row's own side (hot); else each side gets its share. So, with T for the expected answer
 * below a node and p for the share of the other side (cold),
 *
 *     P(cold) = P (1 - A) p,    P(hot) = P - P(cold),    T = T(hot) - (1 - A) p (T(hot) - T(cold)),
 *
 * and knowing f is worth A P(cold) (T(hot) - T(cold)) / (t (1 - t)) here. One pass down for P and one up for T cost
 * some D / 2 operations a node; that polynomials need no more is due to P. Yu et al., "Linear TreeShap", NeurIPS 2022.
 */
#include "tree_shap.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "forest_route.h"
#include "gauss_rule.h"

#define MI_SHAP_LANES 4 /* points of the rule done together: a vector of AVX2 */
#define MI_SHAP_MOST_GROUPS ((MI_FOREST_MAX_DEPTH / 2 + MI_SHAP_LANES - 1) / MI_SHAP_LANES)
#define MI_SHAP_STEPS_BETWEEN_CHECKS 1000000 /* some ten milliseconds */

/* Side 0 is left. A slot is a node of the tree, or a leaf, counted on from the nodes. */
typedef struct shap_node
{
	double share[2];   /* of each side */
	double path_share; /* product of those of the sides above that the feature decided on */
	uint32_t slot[2];  /* what is at each side */
	uint32_t above;    /* the last of those sides: 1 + 2 node + side, 0 when there is none */
	uint32_t feature;
} shap_node;

/* Some points of a rule. */
typedef struct shap_points
{
	double t[MI_SHAP_LANES];
	double weight[MI_SHAP_LANES]; /* of the rule, over t (1 - t) */
} shap_points;

/* By slot or node of one tree: numbers for each lane. */
typedef struct shap_lanes
{
	double lane[MI_SHAP_LANES];
} shap_lanes;

struct mi_tree_shap
{
	const mi_forest *forest;
	shap_node *nodes;
	uint8_t *groups;                             /* by tree: groups of points that it needs */
	shap_points *rules[MI_SHAP_MOST_GROUPS + 1]; /* by number of groups; NULL when no tree needs it */
	double *base_values;                         /* by output */

	/* Of the tree, and row, at hand. */
	shap_lanes *reached;  /* by slot: P */
	shap_lanes *answer;   /* by slot: T */
	shap_lanes *worth;    /* by node: A P(cold) */
	shap_lanes *to_cold;  /* by node: (1 - A) p */
	uint8_t *hot;         /* by node: side of the row */
	uint8_t *open;        /* by side, from 1: whether the row is on all those on the way to it of the same feature */
	shap_lanes *features; /* contributions so far, lane by lane */
};

static shap_points *
rule_new(uint32_t groups)
{
	uint32_t count = groups * MI_SHAP_LANES;
	shap_points *rule = mi_allocate(groups * sizeof(shap_points));
	double *points = mi_allocate(2 * count * sizeof(double));
	double *weights = points + count;

	mi_gauss_rule(count, points, weights);
	for (uint32_t i = 0; i < count; i++)
	{
		rule[i / MI_SHAP_LANES].t[i % MI_SHAP_LANES] = points[i];
		rule[i / MI_SHAP_LANES].weight[i % MI_SHAP_LANES] = weights[i] / (points[i] * (1.0 - points[i]));
	}
	mi_release(points);
	return rule;
}

static double
cover_of(const mi_forest *forest, const mi_forest_statistics *statistics)
{
	return fmax(forest->cover == MI_COVER_HESSIAN ? statistics->hessian : statistics->rows, 0.0);
}

/* Share of what comes to a node that goes left. Halves, so that no sum overflows. */
static double
share_left(const mi_forest *forest, const mi_forest_tree *tree, const mi_forest_node *node)
{
	double half[2];

	for (int side = 0; side < 2; side++)
	{
		int32_t child = node->children[side];

		half[side] =
			0.5 * cover_of(forest, child >= 0 ? &forest->node_statistics[tree->first_node + (uint32_t) child]
											  : &forest->leaf_statistics[tree->first_leaf + (uint32_t) ~child]);
	}
	return half[0] + half[1] > 0.0 ? half[0] / (half[0] + half[1]) : 0.5;
}

static void
count_steps(size_t *steps, size_t more)
{
	*steps += more;
	if (*steps >= MI_SHAP_STEPS_BETWEEN_CHECKS)
	{
		mi_check_interrupts();
		*steps = 0;
	}
}

/* What is known of a node once all above it are done. */
typedef struct node_path
{
	uint32_t side;     /* it hangs at: 1 + 2 parent + side, 0 for the root */
	uint32_t features; /* different ones asked for on the way, its own included */
} node_path;

/* Fills in the tree's nodes and answers how many different features a path asks for at most. */
static uint32_t
prepare_tree(const mi_forest *forest, const mi_forest_tree *tree, shap_node *nodes, node_path *paths, size_t *steps)
{
	uint32_t node_count = tree->leaf_count - 1;
	uint32_t most = 0;

	if (node_count > 0)
		paths[0] = (node_path){0};
	for (uint32_t i = 0; i < node_count; i++)
	{
		const mi_forest_node *node = &forest->nodes[tree->first_node + i];
		shap_node *made = &nodes[i];
		uint32_t above = paths[i].side;
		size_t walked = 1;

		for (; above != 0 && nodes[(above - 1) / 2].feature != node->feature; walked++)
			above = paths[(above - 1) / 2].side;
		count_steps(steps, walked);
		made->feature = node->feature;
		made->above = above;
		made->share[0] = share_left(forest, tree, node);
		made->share[1] = 1.0 - made->share[0];
		made->path_share =
			above == 0 ? 1.0 : nodes[(above - 1) / 2].path_share * nodes[(above - 1) / 2].share[(above - 1) % 2];
		paths[i].features += above == 0;
		most = paths[i].features > most ? paths[i].features : most;
		for (uint32_t side = 0; side < 2; side++)
		{
			int32_t child = node->children[side];

			made->slot[side] = child >= 0 ? (uint32_t) child : node_count + (uint32_t) ~child;
			if (child >= 0)
				paths[child] = (node_path){.side = 1 + 2 * i + side, .features = paths[i].features};
		}
	}
	return most;
}

/* What a tree answers when nothing is known: the mean of its leaves by their shares. */
static double
expected_answer(const mi_forest *forest, const mi_forest_tree *tree, const shap_node *nodes, double *answers)
{
	uint32_t node_count = tree->leaf_count - 1;

	memcpy(answers + node_count, forest->leaf_values + tree->first_leaf, tree->leaf_count * sizeof(double));
	for (uint32_t i = node_count; i-- > 0;)
		answers[i] = nodes[i].share[0] * answers[nodes[i].slot[0]] + nodes[i].share[1] * answers[nodes[i].slot[1]];
	return answers[0];
}

mi_tree_shap *
mi_tree_shap_new(const mi_forest *forest)
{
	mi_tree_shap *shap = mi_allocate_zeroed(sizeof(*shap));
	size_t most_leaves = 1;
	size_t steps = 0;
	node_path *paths;
	double *answers;

	for (uint32_t i = 0; i < forest->tree_count; i++)
		most_leaves = forest->trees[i].leaf_count > most_leaves ? forest->trees[i].leaf_count : most_leaves;
	paths = mi_allocate(most_leaves * sizeof(node_path));
	answers = mi_allocate(2 * most_leaves * sizeof(double));
	shap->forest = forest;
	shap->nodes = mi_allocate(forest->node_count * sizeof(shap_node));
	shap->groups = mi_allocate(forest->tree_count);
	shap->base_values = mi_allocate(forest->outputs * sizeof(double));
	shap->reached = mi_allocate(2 * most_leaves * sizeof(shap_lanes));
	shap->answer = mi_allocate(2 * most_leaves * sizeof(shap_lanes));
	shap->worth = mi_allocate(most_leaves * sizeof(shap_lanes));
	shap->to_cold = mi_allocate(most_leaves * sizeof(shap_lanes));
	shap->hot = mi_allocate(most_leaves);
	shap->open = mi_allocate(2 * most_leaves);
	shap->features = mi_allocate(forest->feature_count * sizeof(shap_lanes));

	memcpy(shap->base_values, forest->base_scores, forest->outputs * sizeof(double));
	for (uint32_t i = 0; i < forest->tree_count; i++)
	{
		const mi_forest_tree *tree = &forest->trees[i];
		shap_node *nodes = shap->nodes + tree->first_node;
		uint32_t points = (prepare_tree(forest, tree, nodes, paths, &steps) + 1) / 2;
		uint32_t groups = (points + MI_SHAP_LANES - 1) / MI_SHAP_LANES;

		shap->groups[i] = (uint8_t) groups;
		if (groups > 0 && shap->rules[groups] == NULL)
			shap->rules[groups] = rule_new(groups);
		shap->base_values[i % forest->outputs] += expected_answer(forest, tree, nodes, answers);
	}
	mi_release(paths);
	mi_release(answers);
	return shap;
}

void
mi_tree_shap_release(mi_tree_shap *shap)
{
	if (shap == NULL)
		return;
	for (size_t i = 0; i <= MI_SHAP_MOST_GROUPS; i++)
		mi_release(shap->rules[i]);
	mi_release(shap->nodes);
	mi_release(shap->groups);
	mi_release(shap->base_values);
	mi_release(shap->reached);
	mi_release(shap->answer);
	mi_release(shap->worth);
	mi_release(shap->to_cold);
	mi_release(shap->hot);
	mi_release(shap->open);
	mi_release(shap->features);
	mi_release(shap);
}

/* Where the row goes at every node, and which features are still as the row's on the way to each. */
MI_ALWAYS_INLINE void
follow_row(const mi_tree_shap *shap, const mi_forest_tree *tree, const double *values)
{
	const mi_forest_node *nodes = shap->forest->nodes + tree->first_node;
	const shap_node *paths = shap->nodes + tree->first_node;
	const mi_forest forest = *shap->forest; /* a copy, which stores of bytes cannot change */
	uint32_t node_count = tree->leaf_count - 1;
	uint8_t *hot = shap->hot;
	uint8_t *open = shap->open;

	open[0] = 1;
	for (uint32_t i = 0; i < node_count; i++)
	{
		uint8_t side = (uint8_t) !mi_route(&forest, &nodes[i], values[nodes[i].feature]);
		uint8_t still = open[paths[i].above];

		hot[i] = side;
		open[1 + 2 * i] = still & !side;
		open[2 + 2 * i] = still & side;
	}
}

/* Down from the root, for some points of the rule: who comes how often to each node. */
MI_ALWAYS_INLINE void
go_down(const mi_tree_shap *shap, const mi_forest_tree *tree, const shap_points *points)
{
	const shap_node *nodes = shap->nodes + tree->first_node;

	memcpy(shap->reached[0].lane, points->weight, sizeof(points->weight));
	for (uint32_t i = 0; i < tree->leaf_count - 1; i++)
	{
		const shap_node *node = &nodes[i];
		uint32_t hot = shap->hot[i];
		double open = shap->open[node->above];
		double share = node->share[1 - hot];
		shap_lanes reached = shap->reached[i];
		shap_lanes to_cold;
		shap_lanes cold;
		shap_lanes worth;

		for (int lane = 0; lane < MI_SHAP_LANES; lane++)
		{
			double t = points->t[lane];
			double known = open * t / (t + (1.0 - t) * node->path_share);

			to_cold.lane[lane] = (1.0 - known) * share;
			cold.lane[lane] = reached.lane[lane] * to_cold.lane[lane];
			worth.lane[lane] = known * cold.lane[lane];
			reached.lane[lane] -= cold.lane[lane];
		}
		shap->to_cold[i] = to_cold;
		shap->worth[i] = worth;
		shap->reached[node->slot[1 - hot]] = cold;
		shap->reached[node->slot[hot]] = reached;
	}
}

/* Up from the leaves: what is to be expected below each node, and so what its feature is worth. */
MI_ALWAYS_INLINE void
come_up(const mi_tree_shap *shap, const mi_forest_tree *tree)
{
	const shap_node *nodes = shap->nodes + tree->first_node;
	const double *leaf_values = shap->forest->leaf_values + tree->first_leaf;
	uint32_t node_count = tree->leaf_count - 1;

	for (uint32_t leaf = 0; leaf < tree->leaf_count; leaf++)
	{
		shap_lanes answer;

		for (int lane = 0; lane < MI_SHAP_LANES; lane++)
			answer.lane[lane] = leaf_values[leaf];
		shap->answer[node_count + leaf] = answer;
	}
	for (uint32_t i = node_count; i-- > 0;)
	{
		const shap_node *node = &nodes[i];
		shap_lanes answer = shap->answer[node->slot[shap->hot[i]]];
		shap_lanes cold = shap->answer[node->slot[1 - shap->hot[i]]];
		shap_lanes to_cold = shap->to_cold[i];
		shap_lanes worth = shap->worth[i];
		shap_lanes sum = shap->features[node->feature];

		for (int lane = 0; lane < MI_SHAP_LANES; lane++)
		{
			double difference = answer.lane[lane] - cold.lane[lane];

			sum.lane[lane] += worth.lane[lane] * difference;
			answer.lane[lane] -= to_cold.lane[lane] * difference;
		}
		shap->features[node->feature] = sum;
		shap->answer[i] = answer;
	}
}

MI_VECTOR_CLONES
static void
explain_tree(const mi_tree_shap *shap, uint32_t index, const double *values, size_t *steps)
{
	const mi_forest_tree *tree = &shap->forest->trees[index];
	const shap_points *rule = shap->rules[shap->groups[index]];

	follow_row(shap, tree, values);
	for (uint32_t group = 0; group < shap->groups[index]; group++)
	{
		go_down(shap, tree, &rule[group]);
		come_up(shap, tree);
		count_steps(steps, tree->leaf_count);
	}
}

void
mi_tree_shap_explain(const mi_tree_shap *shap, const double *values, double *contributions, double *base_values)
{
	const mi_forest *forest = shap->forest;
	size_t steps = 0;

	memcpy(base_values, shap->base_values, forest->outputs * sizeof(double));
	for (uint32_t output = 0; output < forest->outputs; output++)
	{
		memset(shap->features, 0, forest->feature_count * sizeof(shap_lanes));
		for (uint32_t tree = output; tree < forest->tree_count; tree += forest->outputs)
			explain_tree(shap, tree, values, &steps);
		for (uint32_t i = 0; i < forest->feature_count; i++)
		{
			const double *lane = shap->features[i].lane;

			contributions[(size_t) output * forest->feature_count + i] = (lane[0] + lane[1]) + (lane[2] + lane[3]);
		}
	}
}
