/*
 * Gradient boosting of decision trees over binned features: options, training, the stored model.
 *
 * J. H. Friedman, "Greedy function approximation", Annals of Statistics 29 (2001), 1189-1232; the histogram method of
 * G. Ke et al., "LightGBM", NeurIPS 2017; integer histograms after Y. Shi et al., "Quantized training of gradient
 * boosting decision trees", NeurIPS 2022.
 */
#ifndef MI_GRADIENT_BOOSTING_H
#define MI_GRADIENT_BOOSTING_H

#include "../model/algorithm.h"
#include "forest.h"

#define MI_BOOSTING_ALPHA 0.9 /* the quantile, unless asked for */

/* Names, meanings and defaults as LightGBM's, unless docs/gradient_boosting.md says otherwise. */
typedef struct mi_boosting_params
{
	int objective; /* a word, see objective.h; MI_NO_WORD: by the kind of the target */
	double num_iterations;
	double learning_rate;
	double num_leaves;
	double max_depth; /* <= 0: none */
	double min_data_in_leaf;
	double min_sum_hessian_in_leaf;
	double min_gain_to_split;
	double lambda_l1;
	double lambda_l2;
	double max_delta_step; /* <= 0: none */
	double max_bin;
	double min_data_in_bin;
	double bin_construct_sample_cnt;
	double bagging_fraction;
	double bagging_freq;
	double feature_fraction;        /* of a tree */
	double feature_fraction_bynode; /* of a node, among the tree's */
	double cat_smooth;
	double cat_l2;
	double max_cat_threshold;
	double max_cat_to_onehot;
	double min_data_per_group;
	double alpha; /* of quantile */
	double poisson_max_delta_step;
	double scale_pos_weight;
	bool is_unbalance;
	bool boost_from_average;
	bool use_quantized_grad;
	double seed;
	double early_stopping_round; /* 0: never */
	double validation_fraction;
	double parallel_workers;               /* < 0: as many as the host thinks right */
	mi_named_numbers monotone_constraints; /* by feature: -1, 0, 1 */
	mi_named_numbers class_weight;         /* by class: "true", "false", or the label */
	const char *weight_by;                 /* role columns of train(): NULL when there is none */
	const char *group_by;
	const char *time_by;
	mi_names features; /* aggregate: names of the elements */
} mi_boosting_params;

/* An opened model. */
typedef struct mi_boosting_model
{
	mi_forest forest;
	int objective;
	mi_learning_curve curve; /* mean losses */
	mi_class_list classes;   /* of multiclass, else empty */
	double rows;             /* trained on */
	double rows_held_out;
	double memory; /* bytes */
	struct mi_forest_scorer *scorer;
	struct mi_tree_shap *shap; /* by prepare_explain */
} mi_boosting_model;

static inline const mi_boosting_model *
mi_boosting_model_of(const mi_model *model)
{
	return model->decoded;
}

/* What is stored beside the forest. */
typedef struct mi_boosting_facts
{
	int objective;
	mi_learning_curve curve; /* mean losses */
	mi_class_list classes;
	double rows; /* trained on */
	double rows_held_out;
	double memory; /* bytes that the training took */
} mi_boosting_facts;

/* Writes the sealed model: of training, and of an import from another library's format. */
extern mi_status mi_boosting_write_model(mi_writer *model, const mi_contract *contract, const mi_forest *forest,
										 const mi_boosting_facts *facts, mi_error *error);

extern const mi_algorithm mi_gradient_boosting_algorithm;

#endif
