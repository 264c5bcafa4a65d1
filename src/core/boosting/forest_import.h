/*
 * What the readers of other libraries' models share: features and classes by name, sets of categories, trees that are
 * checked before anything follows them, and the sealed model that comes of it all.
 */
#ifndef MI_FOREST_IMPORT_H
#define MI_FOREST_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/algorithm.h"
#include "forest.h"
#include "objective.h"

/* What the text of a model does not say. */
typedef struct mi_import_options
{
	const char *target;    /* name of what is predicted, for evaluate(); "" */
	mi_class_list classes; /* labels by the number that a class has in the text; empty: the numbers themselves */
	bool unicode;          /* texts are in UTF-8 */
} mi_import_options;

/* An objective of another library, and which of ours has its link. The first with one of ours is what it becomes. */
typedef struct mi_foreign_objective
{
	const char *name; /* NULL ends the table */
	mi_objective_code objective;
} mi_foreign_objective;

typedef struct mi_import
{
	const mi_import_options *options;
	mi_contract contract;
	uint32_t **level_numbers; /* by feature, and by code in the text: number of the level; NULL unless a category */
	mi_objective_code objective;
	mi_cover cover;
	double link_scale;
	double rows; /* trained on; 0 when not told */
	uint32_t outputs;
	double *base_scores;
	uint32_t *class_numbers; /* by output: the number that its class has in the text */
	const char **labels;     /* by output, of several classes; else NULL */
	mi_forest_builder *builder;
	uint32_t tree_count; /* by now */
	size_t bytes;        /* that they take, at least */
} mi_import;

/* A set of categories while it is made: bit c % 32 of word c / 32. */
typedef struct mi_category_set
{
	uint32_t word_count;
	uint32_t words[MI_FOREST_MAX_SET_WORDS];
} mi_category_set;

/* "unsupported objective", with those that are in the hint, when the table has no such row. */
extern const mi_foreign_objective *
mi_foreign_objective_find(const mi_foreign_objective *objectives, const char *name, mi_error *error);

/* Features have no names yet. */
extern mi_status
mi_import_begin(mi_import *import, const mi_import_options *options, size_t feature_count, mi_error *error);
extern void mi_import_release(mi_import *import);

/* Makes the feature a category of these levels, by their code in the text; it keeps them. */
extern mi_status
mi_import_set_levels(mi_import *import, uint32_t feature, const char **levels, size_t count, mi_error *error);

/* When objective and outputs are known and all features are named: begins the forest, with base scores of 0. */
extern mi_status mi_import_begin_forest(mi_import *import, mi_error *error);

/* Trees come in the order of the forest's. One that makes no sense is MI_MALFORMED; tree is its number in the text. */
extern mi_tree_draft mi_import_draft(uint32_t leaf_count);
extern void mi_import_draft_release(mi_tree_draft *draft);
extern mi_status mi_import_add(mi_import *import, mi_tree_draft *draft, size_t tree, mi_error *error);

/* Codes beyond MI_FOREST_MAX_SET_WORDS words cannot be added: false. */
extern bool mi_category_set_add(mi_category_set *set, uint32_t code);

/* All codes below the given one that are not in the set. */
extern void mi_category_set_invert(mi_category_set *set, uint32_t below);

/* Appends the set, its codes made numbers of levels, to a draft's words; returns what node.set has to be. */
extern uint32_t
mi_import_write_set(const mi_import *import, uint32_t feature, const mi_category_set *set, mi_writer *words);

/* The sealed model, opened once more to be sure. */
extern mi_status mi_import_finish(const mi_import *import, mi_writer *model, mi_error *error);

#endif
