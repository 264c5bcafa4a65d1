/*
 * Writing of LightGBM's text models; see lightgbm_text.h. Numbers are the shortest that read back as the same double.
 */
#include "lightgbm_text.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/json.h"
#include "forest_export.h"
#include "lightgbm_tree.h"

static void
put(mi_writer *text, const char *piece)
{
	mi_write(text, piece, strlen(piece));
}

/* A number of a list; all but the first have a blank before them. */
static void
put_number(mi_writer *text, uint32_t place, double number)
{
	char digits[32];

	mi_format_double(number, digits);
	if (place > 0)
		put(text, " ");
	put(text, digits);
}

static void
put_integer(mi_writer *text, const char *key, uint32_t number)
{
	put(text, key);
	put(text, "=");
	put_number(text, 0, number);
	put(text, "\n");
}

/* ---- Trees ---- */

/* A count of rows is an integer there, and not 0 where rows are shared out among children. */
static double
count_of(const mi_export *export, const mi_forest_statistics *statistics)
{
	return fmin(fmax(1.0, round(mi_export_cover(export, statistics))), INT32_MAX);
}

typedef enum figure
{
	GAIN,
	VALUE,
	WEIGHT,
	COUNT
} figure;

static void
put_figures(mi_writer *text, const mi_export *export, const char *key, const mi_forest_statistics *statistics,
			uint32_t count, figure which)
{
	put(text, key);
	put(text, "=");
	for (uint32_t i = 0; i < count; i++)
		switch (which)
		{
			case GAIN:
				put_number(text, i, statistics[i].gain);
				break;
			case VALUE:
				put_number(text, i, statistics[i].value);
				break;
			case WEIGHT:
				put_number(text, i, statistics[i].hessian);
				break;
			case COUNT:
				put_number(text, i, count_of(export, &statistics[i]));
				break;
		}
	put(text, "\n");
}

static unsigned
decision_of(const mi_forest_node *node)
{
	unsigned missing = node->flags & MI_NODE_MISSING_ZERO  ? MI_LIGHTGBM_MISSING_ZERO
					   : node->flags & MI_NODE_MISSING_NAN ? MI_LIGHTGBM_MISSING_NAN
														   : 0;

	if (node->flags & MI_NODE_CATEGORY) /* early versions take a missing one for category 0, unless it is NaN */
		return MI_LIGHTGBM_CATEGORY | MI_LIGHTGBM_MISSING_NAN << MI_LIGHTGBM_MISSING_SHIFT;
	return (node->flags & MI_NODE_DEFAULT_LEFT ? MI_LIGHTGBM_DEFAULT_LEFT : 0) | missing << MI_LIGHTGBM_MISSING_SHIFT;
}

static void
put_splits(mi_writer *text, const mi_forest_node *nodes, uint32_t count)
{
	uint32_t sets = 0;

	put(text, "threshold=");
	for (uint32_t i = 0; i < count; i++)
		put_number(text, i, nodes[i].flags & MI_NODE_CATEGORY ? sets++ : nodes[i].threshold);
	put(text, "\ndecision_type=");
	for (uint32_t i = 0; i < count; i++)
		put_number(text, i, decision_of(&nodes[i]));
	put(text, "\nleft_child=");
	for (uint32_t i = 0; i < count; i++)
		put_number(text, i, nodes[i].left);
	put(text, "\nright_child=");
	for (uint32_t i = 0; i < count; i++)
		put_number(text, i, nodes[i].right);
	put(text, "\n");
}

static void
put_sets(mi_writer *text, const mi_forest *forest, const mi_forest_node *nodes, uint32_t count)
{
	uint32_t words = 0;

	put(text, "cat_boundaries=0");
	for (uint32_t i = 0; i < count; i++)
		if (nodes[i].flags & MI_NODE_CATEGORY)
			put_number(text, 1, words += forest->category_words[nodes[i].set]);
	put(text, "\ncat_threshold=");
	words = 0;
	for (uint32_t i = 0; i < count; i++)
	{
		const uint32_t *set = &forest->category_words[nodes[i].set];

		if (nodes[i].flags & MI_NODE_CATEGORY)
			for (uint32_t word = 1; word <= set[0]; word++)
				put_number(text, words++, set[word]);
	}
	put(text, "\n");
}

static void
put_tree(mi_writer *text, const mi_export *export, const mi_forest_tree *tree, uint32_t number)
{
	const mi_forest *forest = &export->forest;
	const mi_forest_node *nodes = &forest->nodes[tree->first_node];
	const mi_forest_statistics *inner = &forest->node_statistics[tree->first_node];
	const mi_forest_statistics *leaves = &forest->leaf_statistics[tree->first_leaf];
	uint32_t leaf_count = tree->leaf_count;
	uint32_t node_count = leaf_count - 1;
	uint32_t sets = 0;

	for (uint32_t i = 0; i < node_count; i++)
		sets += (nodes[i].flags & MI_NODE_CATEGORY) != 0;
	put_integer(text, "Tree", number);
	put_integer(text, "num_leaves", leaf_count);
	put_integer(text, "num_cat", sets);
	put(text, "split_feature=");
	for (uint32_t i = 0; i < node_count; i++)
		put_number(text, i, nodes[i].feature);
	put(text, "\n");
	put_figures(text, export, "split_gain", inner, node_count, GAIN);
	put_splits(text, nodes, node_count);
	put(text, "leaf_value=");
	for (uint32_t i = 0; i < leaf_count; i++)
		put_number(text, i, forest->leaf_values[tree->first_leaf + i]);
	put(text, "\n");
	put_figures(text, export, "leaf_weight", leaves, leaf_count, WEIGHT);
	put_figures(text, export, "leaf_count", leaves, leaf_count, COUNT);
	put_figures(text, export, "internal_value", inner, node_count, VALUE);
	put_figures(text, export, "internal_weight", inner, node_count, WEIGHT);
	put_figures(text, export, "internal_count", inner, node_count, COUNT);
	if (sets > 0)
		put_sets(text, forest, nodes, node_count);
	put(text, "is_linear=0\nshrinkage=1\n\n\n");
}

/* ---- Header and end ---- */

/* The values of features as far as the trees tell: between which thresholds, or which categories. */
static void
put_infos(mi_writer *text, const mi_export *export)
{
	const mi_forest *forest = &export->forest;
	double *low = mi_allocate(forest->feature_count * sizeof(double));
	double *high = mi_allocate(forest->feature_count * sizeof(double));

	for (uint32_t i = 0; i < forest->feature_count; i++)
	{
		low[i] = DBL_MAX;
		high[i] = -DBL_MAX;
	}
	for (uint32_t i = 0; i < forest->node_count; i++)
	{
		const mi_forest_node *node = &forest->nodes[i];

		low[node->feature] = fmin(low[node->feature], fmax(node->threshold, -DBL_MAX));
		high[node->feature] = fmax(high[node->feature], fmin(node->threshold, DBL_MAX));
	}
	put(text, "feature_infos=");
	for (uint32_t i = 0; i < forest->feature_count; i++)
	{
		put(text, i > 0 ? " " : "");
		for (uint32_t code = 0; code < export->codes[i]; code++)
		{
			put(text, code > 0 ? ":" : "");
			put_number(text, 0, code);
		}
		if (export->codes[i] > 0)
			continue;
		if (low[i] > high[i])
			put(text, "none");
		else
		{
			put(text, "[");
			put_number(text, 0, low[i]);
			put(text, ":");
			put_number(text, 0, high[i]);
			put(text, "]");
		}
	}
	put(text, "\n");
	mi_release(low);
	mi_release(high);
}

static void
put_objective(mi_writer *text, const mi_export *export)
{
	put(text, mi_export_objective(export, mi_lightgbm_objectives));
	if (export->objective == MI_OBJECTIVE_BINARY)
	{
		put(text, " sigmoid:");
		put_number(text, 0, export->forest.link_scale);
	}
	if (export->objective == MI_OBJECTIVE_MULTICLASS)
	{
		put(text, " num_class:");
		put_number(text, 0, export->forest.outputs);
	}
}

static void
put_header(mi_writer *text, const mi_export *export)
{
	put(text, "tree\nversion=v4\n");
	put_integer(text, "num_class", export->forest.outputs);
	put_integer(text, "num_tree_per_iteration", export->forest.outputs);
	put_integer(text, "label_index", 0);
	put_integer(text, "max_feature_idx", export->forest.feature_count - 1);
	put(text, "objective=");
	put_objective(text, export);
	put(text, "\nfeature_names=");
	for (uint32_t i = 0; i < export->forest.feature_count; i++)
	{
		put(text, i > 0 ? " " : "");
		put(text, export->names[i]);
	}
	put(text, "\n");
	put_infos(text, export);
}

/* Texts of categories, for data frames whose columns are some. */
static void
put_levels(mi_writer *text, const mi_contract *contract)
{
	mi_json json = {0};

	mi_json_begin_array(&json, NULL);
	for (uint32_t i = 0; i < contract->feature_count; i++)
	{
		const mi_feature *feature = &contract->features[i];

		if (feature->kind != MI_FEATURE_CATEGORY)
			continue;
		mi_json_begin_array(&json, NULL);
		for (uint32_t level = 0; level < feature->level_count; level++)
			mi_json_string(&json, NULL, feature->levels[level]);
		mi_json_end_array(&json);
	}
	mi_json_end_array(&json);
	put(text, "pandas_categorical:");
	put(text, mi_contract_has_categories(contract) ? mi_json_finish(&json) : "null");
	put(text, "\n");
	mi_release(json.text.bytes);
}

mi_status
mi_lightgbm_write(const mi_model *model, mi_writer *text, mi_error *error)
{
	mi_export export;
	mi_writer trees = {0};

	if (mi_export_begin(&export, model, "to_lightgbm", "\"\\,:[]{}=", error) != MI_OK)
		return error->status;
	put_header(text, &export);
	put(text, "tree_sizes=");
	for (uint32_t i = 0; i < export.forest.tree_count; i++)
	{
		uint32_t tree = i - i % export.forest.outputs + export.outputs[i % export.forest.outputs];
		size_t length = trees.length;

		mi_check_interrupts();
		put_tree(&trees, &export, &export.forest.trees[tree], i);
		put_number(text, i, (double) (trees.length - length));
	}
	put(text, "\n\n");
	mi_write(text, trees.bytes, trees.length);
	put(text, "end of trees\n\nparameters:\n[boosting: gbdt]\n[objective: ");
	put(text, mi_export_objective(&export, mi_lightgbm_objectives));
	put(text, "]\n");
	put(text, "\nend of parameters\n\n");
	put_levels(text, export.contract);
	mi_release(trees.bytes);
	mi_export_release(&export);
	return MI_OK;
}
