/*
 * A forest of decision trees, as it is used and as it is stored: flat arrays, no pointer between nodes.
 *
 * The margin of output k is base_scores[k] plus the values of the leaves that the row reaches in the trees of k; tree t
 * belongs to output t mod outputs. The link turns margins into predictions.
 *
 * A node sends a row left when
 *   a number:   x <= threshold
 *   a category: x, truncated to an integer, is in the node's set of bits
 * Missing is NaN, and by the node's missing kind also zero (|x| <= 1e-35), or nothing, NaN then being the number 0. A
 * missing number goes to the default side. A missing category, one below 0 or beyond the set goes right.
 *
 * Where NaN goes depends only on the node: the builder works it out (node.nan_left), opening checks it.
 */
#ifndef MI_FOREST_H
#define MI_FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/bytes.h"
#include "../base/status.h"

/* node.flags */
#define MI_NODE_CATEGORY 1u     /* a set of categories, no threshold */
#define MI_NODE_DEFAULT_LEFT 2u /* missing numbers go left */
#define MI_NODE_MISSING_NAN 4u  /* NaN is missing */
#define MI_NODE_MISSING_ZERO 8u /* NaN and zero are missing */

#define MI_FOREST_MAX_LEAVES 131072 /* of one tree */
#define MI_FOREST_MAX_TREES 1000000
#define MI_FOREST_MAX_OUTPUTS 1000
#define MI_FOREST_MAX_SET_WORDS 2048 /* of one set: categories below 65,536 */
#define MI_FOREST_MAX_DEPTH 1000     /* of what is read from outside: bounds recursion */

typedef enum mi_link
{
	MI_LINK_IDENTITY,
	MI_LINK_LOGIT,   /* 1 / (1 + exp(-scale · margin)) */
	MI_LINK_LOG,     /* exp(margin) */
	MI_LINK_SOFTMAX, /* exp(margin k) / Σ exp(margin j) */
	MI_LINKS
} mi_link;

/* Which of the statistics TreeSHAP takes for the share of rows that go each way. */
typedef enum mi_cover
{
	MI_COVER_ROWS,    /* rows: as LightGBM */
	MI_COVER_HESSIAN, /* sums of hessians: as XGBoost */
	MI_COVERS
} mi_cover;

typedef struct mi_forest_node
{
	double threshold;
	union
	{
		struct
		{
			int32_t left;  /* >= 0: a node, further on in the tree; < 0: leaf ~left */
			int32_t right; /* both counted within the tree */
		};
		int32_t children[2]; /* left, right */
	};
	uint32_t set; /* of a category: index of the first of set_words in category_words */
	uint16_t feature;
	uint8_t flags;
	uint8_t nan_left; /* by the builder: 1 when NaN goes left */
} mi_forest_node;

/* What is known of a node or leaf, and only asked for when somebody looks. */
typedef struct mi_forest_statistics
{
	double gain;    /* of the split; 0 for a leaf */
	double value;   /* what the node would answer as a leaf, or the leaf's value */
	double hessian; /* sum over its training rows */
	double rows;    /* how many */
} mi_forest_statistics;

typedef struct mi_forest_tree
{
	uint32_t first_node;
	uint32_t first_leaf;
	uint32_t leaf_count; /* at least 1; nodes are one fewer */
	uint32_t reserved;   /* 0 */
} mi_forest_tree;

/* Arrays are the builder's when it is built, and lie in the model's bytes when it is opened. */
typedef struct mi_forest
{
	uint32_t feature_count;
	uint32_t outputs; /* margins per row; trees are a multiple of it */
	mi_link link;
	mi_cover cover;
	double link_scale;         /* of MI_LINK_LOGIT; else 1 */
	const double *base_scores; /* outputs */
	uint32_t tree_count;
	uint32_t node_count;
	uint32_t leaf_count;
	uint32_t category_word_count;
	const mi_forest_tree *trees;
	const mi_forest_node *nodes;
	const double *leaf_values;
	const mi_forest_statistics *node_statistics;
	const mi_forest_statistics *leaf_statistics;
	const uint32_t
		*category_words; /* a set: number of words, and then so many; category c is bit c % 32 of word c / 32 */
} mi_forest;

/* ---- Building ---- */

/* One tree, as it comes from training or from outside: indices and sets are the tree's own, counted from 0. */
typedef struct mi_tree_draft
{
	uint32_t leaf_count;
	mi_forest_node *nodes; /* leaf_count - 1; children come after their parent */
	double *leaf_values;
	mi_forest_statistics *node_statistics;
	mi_forest_statistics *leaf_statistics;
	uint32_t category_word_count;
	uint32_t *category_words;
} mi_tree_draft;

typedef struct mi_forest_builder mi_forest_builder;

/* Where a node sends NaN, by its flags and threshold. */
extern bool mi_forest_node_nan_left(const mi_forest_node *node);

extern mi_forest_builder *mi_forest_builder_new(uint32_t feature_count, uint32_t outputs, mi_link link, mi_cover cover);
extern void mi_forest_builder_add(mi_forest_builder *builder, const mi_tree_draft *tree); /* copies it */
extern void mi_forest_builder_truncate(mi_forest_builder *builder, uint32_t tree_count);  /* early stopping */

/* Bytes that the trees so far would take in a model. */
extern size_t mi_forest_builder_size(const mi_forest_builder *builder);

/* The forest so far; its arrays are the builder's. */
extern mi_forest mi_forest_built(const mi_forest_builder *builder, const double *base_scores, double link_scale);
extern void mi_forest_builder_release(mi_forest_builder *builder);

/* ---- Stored ---- */

extern void mi_forest_pack(const mi_forest *forest, mi_writer *writer); /* begins and ends at a multiple of 8 */

/*
 * Opens in place; bytes begin at a multiple of 8, and *used is how many of them it took. Trusts nothing: MI_CORRUPT
 * unless every index is in its tree, every child comes after its parent and has one parent, no path is longer than
 * MI_FOREST_MAX_DEPTH, every number that must be finite is (thresholds may be infinite), and features are fewer than
 * feature_count, which is not 0.
 */
extern mi_status mi_forest_open(mi_forest *forest, const uint8_t *bytes, size_t length, size_t *used, mi_error *error);

/* ---- Predictions: margins are made by forest_scorer.h ---- */

/* Through the link, in place: outputs numbers. */
extern void mi_forest_apply_link(const mi_forest *forest, double *margins);

#endif
