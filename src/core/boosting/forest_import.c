/*
 * Models of other libraries become ours; see forest_import.h.
 */
#include "forest_import.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/host.h"
#include "../base/texts.h"
#include "gradient_boosting.h"

const mi_foreign_objective *
mi_foreign_objective_find(const mi_foreign_objective *objectives, const char *name, mi_error *error)
{
	char names[600] = "";
	size_t used = 0;

	for (const mi_foreign_objective *row = objectives; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return row;
	for (const mi_foreign_objective *row = objectives; row->name != NULL && used < sizeof(names); row++)
		used += (size_t) snprintf(names + used, sizeof(names) - used, "%s%s", used > 0 ? ", " : "", row->name);
	mi_fail(error, MI_NOT_SUPPORTED, "models with the objective \"%.100s\" are not supported", name);
	mi_hint(error, "Objectives that are: %s.", names);
	return NULL;
}

mi_status
mi_import_begin(mi_import *import, const mi_import_options *options, size_t feature_count, mi_error *error)
{
	*import = (mi_import){.options = options, .link_scale = 1.0, .outputs = 1};
	if (feature_count == 0)
		return mi_fail(error, MI_MALFORMED, "the model has no features");
	if (feature_count > MI_MAX_FEATURES)
		return mi_fail(error, MI_TOO_LARGE, "the model has %zu features, the limit is %d", feature_count,
					   MI_MAX_FEATURES);
	import->contract = (mi_contract){
		.named = true,
		.null_policy = MI_NULL_MISSING,
		.target = mi_copy_text(options->target),
		.feature_count = (uint32_t) feature_count,
		.features = mi_allocate_zeroed(feature_count * sizeof(mi_feature)),
	};
	import->level_numbers = mi_allocate_zeroed(feature_count * sizeof(uint32_t *));
	return MI_OK;
}

void
mi_import_release(mi_import *import)
{
	for (uint32_t i = 0; i < import->contract.feature_count; i++)
		mi_release(import->level_numbers[i]);
	for (uint32_t i = 0; import->labels != NULL && i < import->outputs; i++)
		mi_release((void *) import->labels[i]);
	mi_release(import->level_numbers);
	mi_contract_release(&import->contract);
	mi_release(import->base_scores);
	mi_release(import->class_numbers);
	mi_release(import->labels);
	if (import->builder != NULL)
		mi_forest_builder_release(import->builder);
}

/* ---- Names ---- */

mi_status
mi_import_set_levels(mi_import *import, uint32_t feature, const char **levels, size_t count, mi_error *error)
{
	mi_feature *into = &import->contract.features[feature];
	mi_numbered_text *texts;
	const char *twice;

	if (count == 0 || count > MI_MAX_LEVELS)
	{
		mi_fail(error, count == 0 ? MI_MALFORMED : MI_TOO_LARGE,
				"feature \"%.100s\" has %zu categories, the limit is %d", into->name, count, MI_MAX_LEVELS);
		return mi_hint(error, "Without the texts of its categories in the model, the feature would be their number.");
	}
	texts = mi_allocate(count * sizeof(*texts));
	for (size_t i = 0; i < count; i++)
		texts[i] = (mi_numbered_text){levels[i], (uint32_t) i};
	twice = mi_sort_texts(texts, count);
	if (twice != NULL)
		mi_fail(error, MI_MALFORMED, "feature \"%.100s\" has the category \"%.100s\" twice", into->name, twice);
	else
	{
		into->kind = MI_FEATURE_CATEGORY;
		into->level_count = (uint32_t) count;
		into->levels = mi_allocate(count * sizeof(char *));
		import->level_numbers[feature] = mi_allocate(count * sizeof(uint32_t));
		for (uint32_t i = 0; i < count; i++)
		{
			into->levels[i] = mi_copy_text(texts[i].text);
			import->level_numbers[feature][texts[i].number] = i;
		}
	}
	mi_release(texts);
	return error->status;
}

static mi_status
check_feature_names(const mi_contract *contract, mi_error *error)
{
	mi_numbered_text *texts = mi_allocate(contract->feature_count * sizeof(*texts));
	const char *twice;

	for (uint32_t i = 0; i < contract->feature_count; i++)
		texts[i].text = contract->features[i].name;
	twice = mi_sort_texts(texts, contract->feature_count);
	mi_release(texts);
	if (twice == NULL)
		return MI_OK;
	mi_fail(error, MI_MALFORMED, "the model has two features named \"%.100s\"", twice);
	return mi_hint(error, "Features are told apart by name: give every one a name of its own.");
}

/* The order of classes here is that of their labels. */
static mi_status
name_classes(mi_import *import, mi_error *error)
{
	const mi_class_list *given = &import->options->classes;
	mi_numbered_text texts[MI_FOREST_MAX_OUTPUTS];
	char numbers[MI_FOREST_MAX_OUTPUTS][12];
	const char *twice;

	if (given->count > 0 && import->objective != MI_OBJECTIVE_MULTICLASS)
		return mi_fail(error, MI_INVALID_ARGUMENT, "labels of classes were given, but the model has no classes");
	if (given->count > 0 && given->count != import->outputs)
		return mi_fail(error, MI_INVALID_ARGUMENT, "labels of %u classes were given, but the model has %u",
					   (unsigned) given->count, (unsigned) import->outputs);
	for (uint32_t i = 0; i < import->outputs; i++)
	{
		snprintf(numbers[i], sizeof(numbers[i]), "%u", (unsigned) i);
		texts[i] = (mi_numbered_text){given->count > 0 ? given->labels[i] : numbers[i], i};
	}
	twice = mi_sort_texts(texts, import->outputs);
	if (twice != NULL)
		return mi_fail(error, MI_INVALID_ARGUMENT, "two classes were labelled \"%.100s\"", twice);
	if (import->objective == MI_OBJECTIVE_MULTICLASS)
		import->labels = mi_allocate_zeroed(import->outputs * sizeof(char *));
	for (uint32_t i = 0; i < import->outputs; i++)
	{
		import->class_numbers[i] = texts[i].number;
		if (import->labels != NULL)
			import->labels[i] = mi_copy_text(texts[i].text);
	}
	return MI_OK;
}

mi_status
mi_import_begin_forest(mi_import *import, mi_error *error)
{
	bool several = import->objective == MI_OBJECTIVE_MULTICLASS;

	if (import->outputs > MI_FOREST_MAX_OUTPUTS)
		return mi_fail(error, MI_TOO_LARGE, "the model has %u classes, the limit is %d", (unsigned) import->outputs,
					   MI_FOREST_MAX_OUTPUTS);
	if (several != (import->outputs > 1))
		return mi_fail(error, several ? MI_MALFORMED : MI_NOT_SUPPORTED,
					   several ? "the model has one class only" : "models of several targets are not supported");
	if (check_feature_names(&import->contract, error) != MI_OK)
		return error->status;
	import->base_scores = mi_allocate_zeroed(import->outputs * sizeof(double));
	import->class_numbers = mi_allocate(import->outputs * sizeof(uint32_t));
	if (name_classes(import, error) != MI_OK)
		return error->status;
	import->builder = mi_forest_builder_new(import->contract.feature_count, import->outputs,
											mi_objective_link(import->objective), import->cover);
	return MI_OK;
}

/* ---- Sets ---- */

bool
mi_category_set_add(mi_category_set *set, uint32_t code)
{
	if (code / 32 >= MI_FOREST_MAX_SET_WORDS)
		return false;
	while (set->word_count <= code / 32)
		set->words[set->word_count++] = 0;
	set->words[code / 32] |= UINT32_C(1) << code % 32;
	return true;
}

static bool
is_in_set(const mi_category_set *set, uint32_t code)
{
	return code / 32 < set->word_count && (set->words[code / 32] >> code % 32 & 1);
}

void
mi_category_set_invert(mi_category_set *set, uint32_t below)
{
	uint32_t word_count = (below + 31) / 32;

	for (uint32_t i = 0; i < word_count; i++)
		set->words[i] = i < set->word_count ? ~set->words[i] : UINT32_MAX;
	if (below % 32 != 0)
		set->words[word_count - 1] &= (UINT32_C(1) << below % 32) - 1;
	set->word_count = word_count;
}

uint32_t
mi_import_write_set(const mi_import *import, uint32_t feature, const mi_category_set *set, mi_writer *words)
{
	uint32_t at = (uint32_t) (words->length / sizeof(uint32_t));
	const uint32_t *numbers = import->level_numbers[feature];
	mi_category_set of_levels;

	if (numbers != NULL)
	{
		of_levels.word_count = 0;
		for (uint32_t code = 0; code < import->contract.features[feature].level_count; code++)
			if (is_in_set(set, code))
				mi_category_set_add(&of_levels, numbers[code]);
		set = &of_levels;
	}
	mi_write_u32(words, set->word_count);
	mi_write(words, set->words, set->word_count * sizeof(uint32_t));
	return at;
}

/* ---- Trees ---- */

mi_tree_draft
mi_import_draft(uint32_t leaf_count)
{
	uint32_t node_count = leaf_count - 1;

	return (mi_tree_draft){
		.leaf_count = leaf_count,
		.nodes = mi_allocate_zeroed(node_count * sizeof(mi_forest_node)),
		.leaf_values = mi_allocate_zeroed(leaf_count * sizeof(double)),
		.node_statistics = mi_allocate_zeroed(node_count * sizeof(mi_forest_statistics)),
		.leaf_statistics = mi_allocate_zeroed(leaf_count * sizeof(mi_forest_statistics)),
	};
}

void
mi_import_draft_release(mi_tree_draft *draft)
{
	mi_release(draft->nodes);
	mi_release(draft->leaf_values);
	mi_release(draft->node_statistics);
	mi_release(draft->leaf_statistics);
	mi_release(draft->category_words);
}

/* Takes note of a child; what is wrong with it, or NULL. depths: of nodes and then leaves, 0 where nobody was yet. */
static const char *
reach_child(const mi_tree_draft *draft, uint32_t parent, int32_t child, uint16_t *depths)
{
	uint32_t node_count = draft->leaf_count - 1;
	uint32_t place = child >= 0 ? (uint32_t) child : node_count + (uint32_t) ~child;

	if (place >= node_count + draft->leaf_count || (child >= 0 && place >= node_count))
		return "a child is not in the tree";
	if (child >= 0 && place <= parent)
		return "a child comes before its parent";
	if (depths[place] != 0)
		return "a node has two parents";
	if (child >= 0 && depths[parent] >= MI_FOREST_MAX_DEPTH)
		return "it is too deep";
	depths[place] = depths[parent] + 1;
	return NULL;
}

/* Figures for display and for explanations: what is no number, or cannot be, counts as not told. */
static void
clean_statistics(mi_forest_statistics *statistics, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
	{
		mi_forest_statistics *of = &statistics[i];

		of->gain = isfinite(of->gain) ? of->gain : 0.0;
		of->value = isfinite(of->value) ? of->value : 0.0;
		of->hessian = isfinite(of->hessian) && of->hessian > 0.0 ? of->hessian : 0.0;
		of->rows = isfinite(of->rows) && of->rows > 0.0 ? of->rows : 0.0;
	}
}

static const char *
find_flaw(const mi_tree_draft *draft, const mi_contract *contract, uint16_t *depths)
{
	const char *wrong = NULL;

	depths[0] = 1;
	for (uint32_t i = 0; i + 1 < draft->leaf_count && wrong == NULL; i++)
	{
		const mi_forest_node *node = &draft->nodes[i];

		if (depths[i] == 0)
			return "a node has no parent";
		if (node->feature >= contract->feature_count)
			return "a feature is not in the model";
		if (contract->features[node->feature].kind == MI_FEATURE_CATEGORY && !(node->flags & MI_NODE_CATEGORY))
			return "a category is compared with a number";
		if (isnan(node->threshold))
			return "a threshold is not a number";
		wrong = reach_child(draft, i, node->left, depths);
		if (wrong == NULL)
			wrong = reach_child(draft, i, node->right, depths);
	}
	/* As many children as there are nodes and leaves but the root, none of them twice: all leaves are reached. */
	for (uint32_t i = 0; i < draft->leaf_count && wrong == NULL; i++)
		if (!isfinite(draft->leaf_values[i]))
			wrong = "a leaf's value is not finite";
	return wrong;
}

mi_status
mi_import_add(mi_import *import, mi_tree_draft *draft, size_t tree, mi_error *error)
{
	size_t place_count = 2 * (size_t) draft->leaf_count - 1;
	uint16_t *depths = mi_allocate_zeroed(place_count * sizeof(uint16_t));
	const char *wrong = find_flaw(draft, &import->contract, depths);

	mi_check_interrupts();
	mi_release(depths);
	clean_statistics(draft->node_statistics, draft->leaf_count - 1);
	clean_statistics(draft->leaf_statistics, draft->leaf_count);
	if (wrong != NULL)
		return mi_fail(error, MI_MALFORMED, "tree %zu of the model makes no sense: %s", tree, wrong);
	import->bytes += place_count * sizeof(mi_forest_statistics) + draft->category_word_count * sizeof(uint32_t) +
					 (draft->leaf_count - 1) * sizeof(mi_forest_node) + draft->leaf_count * sizeof(double);
	if (++import->tree_count > MI_FOREST_MAX_TREES)
		return mi_fail(error, MI_TOO_LARGE, "the model has more than %d trees", MI_FOREST_MAX_TREES);
	if (import->bytes > MI_MODEL_MAX_BYTES)
		return mi_fail(error, MI_TOO_LARGE, "the model would take more than %zu MB", MI_MODEL_MAX_BYTES >> 20);
	mi_forest_builder_add(import->builder, draft);
	return MI_OK;
}

mi_status
mi_import_finish(const mi_import *import, mi_writer *model, mi_error *error)
{
	mi_forest forest = mi_forest_built(import->builder, import->base_scores, import->link_scale);
	mi_boosting_facts facts = {.objective = import->objective};
	mi_model opened;

	if (import->rows <= 0x1p53)
		facts.rows = round(import->rows);
	if (import->labels != NULL)
		facts.classes = (mi_class_list){import->outputs, import->labels};
	for (uint32_t i = 0; i < import->outputs; i++)
		if (!isfinite(import->base_scores[i]))
			return mi_fail(error, MI_MALFORMED, "the model's base score is not finite");
	if (mi_boosting_write_model(model, &import->contract, &forest, &facts, error) == MI_OK &&
		mi_model_open(&opened, model->bytes, model->length, error) == MI_OK)
		mi_model_close(&opened);
	return error->status;
}
