/*
 * TreeSHAP against Shapley's own formula, over all subsets of the features.
 *
 * L. S. Shapley, "A value for n-person games" (1953): what a feature adds to each set of others, weighted by
 * |S|! (n - |S| - 1)! / n!.
 */
#include "unit.h"

#include "core/boosting/gauss_rule.h"
#include "core/boosting/tree_shap.h"
#include "forests.h"

#define MOST_FEATURES 6
#define FORESTS 150
#define ROWS 6

static double
cover(const mi_forest *forest, const mi_forest_tree *tree, int32_t child)
{
	const mi_forest_statistics *statistics = child >= 0
												 ? &forest->node_statistics[tree->first_node + (uint32_t) child]
												 : &forest->leaf_statistics[tree->first_leaf + (uint32_t) ~child];

	return forest->cover == MI_COVER_ROWS ? statistics->rows : statistics->hessian;
}

/* What is below, when the features of the set are known. */
static double
expected_below(const mi_forest *forest, uint32_t tree_index, int32_t at, const double *values, unsigned known)
{
	const mi_forest_tree *tree = &forest->trees[tree_index];
	const mi_forest_node *node;
	double left;
	double right;
	double left_cover;
	double right_cover;

	if (at < 0)
		return forest->leaf_values[tree->first_leaf + (uint32_t) ~at];
	node = &forest->nodes[tree->first_node + (uint32_t) at];
	left = expected_below(forest, tree_index, node->left, values, known);
	right = expected_below(forest, tree_index, node->right, values, known);
	if ((known >> node->feature & 1) != 0)
		return plain_goes_left(forest, node, values[node->feature]) ? left : right;
	left_cover = cover(forest, tree, node->left);
	right_cover = cover(forest, tree, node->right);
	if (left_cover + right_cover == 0.0)
		return (left + right) / 2.0;
	return (left * left_cover + right * right_cover) / (left_cover + right_cover);
}

static double
expected_margin(const mi_forest *forest, uint32_t output, const double *values, unsigned known)
{
	double sum = forest->base_scores[output];

	for (uint32_t tree = output; tree < forest->tree_count; tree += forest->outputs)
		sum += expected_below(forest, tree, forest->trees[tree].leaf_count > 1 ? 0 : ~0, values, known);
	return sum;
}

/* margins: of each set of known features. */
static double
shapley_value(const double *margins, unsigned features, unsigned feature)
{
	double sum = 0.0;

	for (unsigned set = 0; set < 1u << features; set++)
	{
		unsigned size = (unsigned) __builtin_popcount(set);

		if ((set >> feature & 1) == 0)
			sum += tgamma(size + 1.0) * tgamma(features - size) / tgamma(features + 1.0) *
				   (margins[set | 1u << feature] - margins[set]);
	}
	return sum;
}

static void
check_against_all_subsets(const mi_forest *forest, const mi_tree_shap *shap, const double *values)
{
	double contributions[2 * MOST_FEATURES];
	double base_values[2];
	double margins[1 << MOST_FEATURES];

	mi_tree_shap_explain(shap, values, contributions, base_values);
	for (uint32_t output = 0; output < forest->outputs; output++)
	{
		for (unsigned set = 0; set < 1u << forest->feature_count; set++)
			margins[set] = expected_margin(forest, output, values, set);
		CHECK(fabs(base_values[output] - margins[0]) < 1e-12);
		for (unsigned i = 0; i < forest->feature_count; i++)
			CHECK(fabs(contributions[output * forest->feature_count + i] -
					   shapley_value(margins, forest->feature_count, i)) < 1e-12);
	}
}

MI_TEST(contributions_are_shapley_values)
{
	test_random random = random_seeded("shapley");

	for (int i = 0; i < FORESTS; i++)
	{
		forest_plan plan = {
			.features = 1 + (uint32_t) random_below(&random, MOST_FEATURES),
			.outputs = 1 + (uint32_t) random_below(&random, 2),
			.trees = 2 * (uint32_t) random_below(&random, 4),
			.most_leaves = 1 + (uint32_t) random_below(&random, 24),
			.cover = (mi_cover) random_below(&random, MI_COVERS),
			.plain = random_below(&random, 3) == 0,
		};
		test_forest made = random_forest(&random, &plan);
		mi_tree_shap *shap = mi_tree_shap_new(&made.forest);

		for (int row = 0; row < ROWS; row++)
		{
			double *values = random_row(&random, plan.features, row % 2 == 0);

			check_against_all_subsets(&made.forest, shap, values);
			mi_release(values);
		}
		mi_tree_shap_release(shap);
		test_forest_release(&made);
	}
}

MI_TEST(contributions_and_base_value_sum_to_the_margin)
{
	test_random random = random_seeded("sums");
	forest_plan plan = {.features = 30, .outputs = 3, .trees = 60, .most_leaves = 300};
	test_forest made = random_forest(&random, &plan);
	mi_tree_shap *shap = mi_tree_shap_new(&made.forest);

	for (int row = 0; row < 20; row++)
	{
		double *values = random_row(&random, plan.features, row % 2 == 0);
		double contributions[90];
		double sums[3];
		double margins[3];

		mi_tree_shap_explain(shap, values, contributions, sums);
		test_margins(&made.forest, values, margins);
		for (uint32_t i = 0; i < 90; i++)
			sums[i / 30] += contributions[i];
		for (int output = 0; output < 3; output++)
			CHECK(fabs(sums[output] - margins[output]) < 1e-12);
		mi_release(values);
	}
	mi_tree_shap_release(shap);
	test_forest_release(&made);
}

static void
explain_two_leaves(double left_rows, double right_rows, double expected_base)
{
	mi_forest_builder *builder = mi_forest_builder_new(2, 1, MI_LINK_IDENTITY, MI_COVER_ROWS);
	mi_tree_draft draft = chain_draft(1);
	mi_forest forest;
	mi_tree_shap *shap;
	double contributions[2];
	double base_value;

	draft.leaf_values[0] = 1.0;
	draft.leaf_values[1] = 3.0;
	draft.leaf_statistics[0].rows = left_rows;
	draft.leaf_statistics[1].rows = right_rows;
	mi_forest_builder_add(builder, &draft);
	forest = mi_forest_built(builder, (double[]){10.0}, 1.0);
	shap = mi_tree_shap_new(&forest);
	mi_tree_shap_explain(shap, (double[]){1.0, 1.0}, contributions, &base_value);
	CHECK_NEAR(base_value, 10.0 + expected_base, 1e-15);
	CHECK_NEAR(contributions[0], 3.0 - expected_base, 1e-15);
	CHECK(contributions[1] == 0.0);
	mi_tree_shap_release(shap);
	draft_release(&draft);
	mi_forest_builder_release(builder);
}

MI_TEST(covers_that_cannot_be)
{
	explain_two_leaves(3.0, 1.0, 1.5);
	explain_two_leaves(0.0, 0.0, 2.0);   /* halves */
	explain_two_leaves(-5.0, 1.0, 3.0);  /* nothing */
	explain_two_leaves(-5.0, -1.0, 2.0); /* nothing twice */
	explain_two_leaves(1.7e308, 1.7e308, 2.0);
	explain_two_leaves(0.0, 1e-320, 3.0);
}

/*
 * A thousand features, all of which have to be as the row's to get 1, else 0; each is so with probability s by itself.
 * They are alike, so that each gets a thousandth of 1 - s^1000.
 */
MI_TEST(a_path_through_a_thousand_features)
{
	const uint32_t features = MI_FOREST_MAX_DEPTH;
	const double share = 0.998;
	mi_forest_builder *builder = mi_forest_builder_new(features, 1, MI_LINK_IDENTITY, MI_COVER_HESSIAN);
	mi_tree_draft draft = chain_draft(features);
	double *values = mi_allocate(features * sizeof(double));
	double *contributions = mi_allocate(features * sizeof(double));
	double expected = (1.0 - pow(share, features)) / features;
	double base_value;
	double worst = 0.0;
	mi_forest forest;
	mi_tree_shap *shap;

	for (uint32_t i = 0; i < features; i++)
	{
		draft.nodes[i].feature = (uint16_t) i;
		draft.nodes[i].threshold = 0.0;
		draft.leaf_values[i] = 0.0;
		draft.node_statistics[i].hessian = pow(share, i);
		draft.leaf_statistics[i].hessian = pow(share, i) * (1.0 - share);
		values[i] = 1.0;
	}
	draft.leaf_values[features] = 1.0;
	draft.leaf_statistics[features].hessian = pow(share, features);
	mi_forest_builder_add(builder, &draft);
	forest = mi_forest_built(builder, (double[]){0.0}, 1.0);
	shap = mi_tree_shap_new(&forest);
	mi_tree_shap_explain(shap, values, contributions, &base_value);
	CHECK_NEAR(base_value, pow(share, features), 1e-12);
	for (uint32_t i = 0; i < features; i++)
		worst = fmax(worst, fabs(contributions[i] / expected - 1.0));
	CHECK(worst < 1e-11);
	mi_tree_shap_release(shap);
	mi_release(values);
	mi_release(contributions);
	draft_release(&draft);
	mi_forest_builder_release(builder);
}

/* The integral of t^k is 1 / (k + 1). */
MI_TEST(the_rule_is_exact_for_polynomials)
{
	for (uint32_t count = 1; count <= 500; count = count < 20 ? count + 1 : count + 120)
	{
		double points[500];
		double weights[500];
		double worst = 0.0;

		mi_gauss_rule(count, points, weights);
		for (uint32_t power = 0; power < 2 * count; power++)
		{
			double sum = 0.0;

			for (uint32_t i = 0; i < count; i++)
				sum += weights[i] * pow(points[i], power);
			worst = fmax(worst, fabs(sum * (power + 1.0) - 1.0));
		}
		CHECK(worst < 1e-11);
		CHECK(points[0] > 0.0 && points[count - 1] < 1.0);
	}
}
