/*
 * Our models for other libraries; see forest_export.h.
 */
#include "forest_export.h"

#include <stdio.h>
#include <string.h>

#include "../base/host.h"
#include "gradient_boosting.h"

#define ROOM_FOR_NUMBER 8 /* "_2" and so on, behind a name that is there already */

/* ---- Names ---- */

static bool
is_taken(char *const *names, uint32_t count, const char *name)
{
	mi_check_interrupts();
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void
name_features(mi_export *export, const char *not_allowed)
{
	uint32_t count = export->contract->feature_count;

	export->names = mi_allocate_zeroed(count * sizeof(char *));
	for (uint32_t i = 0; i < count; i++)
	{
		const char *name = export->contract->features[i].name;
		size_t length = *name != '\0' ? strlen(name) : 1;
		char *into = memcpy(mi_allocate(length + ROOM_FOR_NUMBER), *name != '\0' ? name : "_", length + 1);

		for (char *at = into; *at != '\0'; at++)
			if ((unsigned char) *at <= ' ' || strchr(not_allowed, *at) != NULL)
				*at = '_';
		for (unsigned number = 2; is_taken(export->names, i, into); number++)
			snprintf(into + length, ROOM_FOR_NUMBER, "_%u", number % 100000);
		export->names[i] = into;
	}
}

/* ---- Classes ---- */

/* Classes that are labelled 0, 1, 2, … in any order get their numbers back; others keep the order of their labels. */
static void
order_outputs(mi_export *export, const mi_class_list *classes)
{
	uint32_t count = export->forest.outputs;
	uint32_t numbered = 0;

	export->outputs = mi_allocate(count * sizeof(uint32_t));
	for (uint32_t number = 0; number < count; number++)
		for (uint32_t i = 0; i < classes->count; i++)
		{
			char label[12];

			snprintf(label, sizeof(label), "%u", (unsigned) number);
			if (strcmp(label, classes->labels[i]) == 0)
			{
				export->outputs[number] = i;
				numbered++;
			}
		}
	for (uint32_t i = 0; numbered < count && i < count; i++)
		export->outputs[i] = i;
}

/* ---- Trees ---- */

static void
find_codes(mi_export *export)
{
	const mi_forest *forest = &export->forest;

	export->codes = mi_allocate_zeroed(forest->feature_count * sizeof(uint32_t));
	for (uint32_t i = 0; i < forest->feature_count; i++)
		export->codes[i] = export->contract->features[i].level_count;
	for (uint32_t i = 0; i < forest->node_count; i++)
	{
		const mi_forest_node *node = &forest->nodes[i];
		uint32_t *codes = &export->codes[node->feature];

		if (!(node->flags & MI_NODE_CATEGORY))
			continue;
		if (*codes == 0)
			*codes = 1;
		for (uint32_t code = forest->category_words[node->set] * 32; code > *codes; code--)
			if (forest->category_words[node->set + 1 + (code - 1) / 32] >> (code - 1) % 32 & 1)
				*codes = code;
	}
}

/* A forest of leaves alone. */
static void
make_leaves(mi_export *export)
{
	mi_forest *forest = &export->forest;

	export->trees = mi_allocate(forest->outputs * sizeof(mi_forest_tree));
	export->statistics = mi_allocate_zeroed(forest->outputs * sizeof(mi_forest_statistics));
	export->leaf_values = mi_allocate_zeroed(forest->outputs * sizeof(double));
	for (uint32_t i = 0; i < forest->outputs; i++)
		export->trees[i] = (mi_forest_tree){.first_leaf = i, .leaf_count = 1};
	forest->trees = export->trees;
	forest->leaf_statistics = export->statistics;
	forest->tree_count = forest->leaf_count = forest->outputs;
}

/* The base scores go where LightGBM has them itself: into the first tree of each output. */
static void
add_base_scores(mi_export *export)
{
	mi_forest *forest = &export->forest;

	if (forest->tree_count == 0)
		make_leaves(export);
	else
	{
		export->statistics = mi_allocate(forest->node_count * sizeof(mi_forest_statistics));
		export->leaf_values = mi_allocate(forest->leaf_count * sizeof(double));
		memcpy(export->statistics, forest->node_statistics, forest->node_count * sizeof(mi_forest_statistics));
		memcpy(export->leaf_values, forest->leaf_values, forest->leaf_count * sizeof(double));
		forest->node_statistics = export->statistics;
	}
	forest->leaf_values = export->leaf_values;
	for (uint32_t i = 0; i < forest->outputs; i++)
	{
		const mi_forest_tree *tree = &forest->trees[i];

		for (uint32_t leaf = 0; leaf < tree->leaf_count; leaf++)
			export->leaf_values[tree->first_leaf + leaf] += forest->base_scores[i];
		for (uint32_t node = 0; node + 1 < tree->leaf_count; node++)
			export->statistics[tree->first_node + node].value += forest->base_scores[i];
	}
}

mi_status
mi_export_begin(mi_export *export, const mi_model *model, const char *operation, const char *not_allowed,
				mi_error *error)
{
	const mi_boosting_model *boosting;

	*export = (mi_export){.contract = &model->contract};
	if (model->algorithm != &mi_gradient_boosting_algorithm)
		return mi_algorithm_lacks(model->algorithm, operation, error);
	boosting = mi_boosting_model_of(model);
	export->forest = boosting->forest;
	export->objective = (mi_objective_code) boosting->objective;
	name_features(export, not_allowed);
	order_outputs(export, &boosting->classes);
	find_codes(export);
	add_base_scores(export);
	return MI_OK;
}

void
mi_export_release(mi_export *export)
{
	for (uint32_t i = 0; export->names != NULL && i < export->contract->feature_count; i++)
		mi_release(export->names[i]);
	mi_release(export->names);
	mi_release(export->outputs);
	mi_release(export->codes);
	mi_release(export->leaf_values);
	mi_release(export->trees);
	mi_release(export->statistics);
}

const char *
mi_export_objective(const mi_export *export, const mi_foreign_objective *objectives)
{
	while (objectives->name != NULL && objectives->objective != export->objective)
		objectives++;
	return objectives->name;
}

double
mi_export_cover(const mi_export *export, const mi_forest_statistics *statistics)
{
	return export->forest.cover == MI_COVER_ROWS ? statistics->rows : statistics->hessian;
}
