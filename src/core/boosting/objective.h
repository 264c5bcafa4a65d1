/*
 * What boosting minimises: a table of losses with their gradients, hessians, links and first scores.
 *
 * Names and formulas are LightGBM's (its src/objective); losses of y at the margin s:
 *   binary         log(1 + exp(-s)) of what happened, s = log-odds
 *   regression     (y - s)²; gradients are those of half of it
 *   regression_l1  |y - s|
 *   quantile       alpha (y - s) above, (1 - alpha)(s - y) below
 *   poisson        exp(s) - y s
 *   multiclass     -log of the softmax of the class that it was
 */
#ifndef MI_OBJECTIVE_H
#define MI_OBJECTIVE_H

#include "../model/algorithm.h"
#include "forest.h"

typedef enum mi_objective_code
{
	MI_OBJECTIVE_BINARY,
	MI_OBJECTIVE_REGRESSION,
	MI_OBJECTIVE_L1,
	MI_OBJECTIVE_QUANTILE,
	MI_OBJECTIVE_POISSON,
	MI_OBJECTIVE_MULTICLASS,
	MI_OBJECTIVE_COUNT
} mi_objective_code;

/* Their names in options, in that order, ended by NULL. */
extern const char *const mi_objective_names[];

/* One of them with its numbers. */
typedef struct mi_objective
{
	mi_objective_code code;
	double alpha;          /* of quantile */
	double max_delta_step; /* of poisson: what its hessian is enlarged by, as exp() of it */
} mi_objective;

typedef struct mi_gradient
{
	float gradient;
	float hessian;
} mi_gradient;

/* Some rows, one after the other in arrays; margins and gradients of output k lie "apart" further on for each k. */
typedef struct mi_objective_rows
{
	size_t count;
	size_t apart;
	unsigned outputs;
	const double *targets;
	const float *weights; /* NULL: all 1 */
	const double *scores; /* margins are these plus the base scores */
	const double *base_scores;
	mi_gradient *gradients;
	const uint8_t *held_out; /* NULL: none */
	double loss;             /* results: sums of weighted losses over the rows trained on */
	double held_out_loss;
} mi_objective_rows;

extern mi_link mi_objective_link(mi_objective_code code);
extern mi_task mi_objective_task(mi_objective_code code);

/* The hessian is 1, times the weight, in every row: histograms count rows exactly. */
extern bool mi_objective_hessian_is_constant(mi_objective_code code);

/* The leaf's value is a quantile of what is left to explain, not a Newton step; *quantile says which. */
extern bool mi_objective_renews_leaves(const mi_objective *objective, double *quantile);

/* Gradients and hessians at the margins, weighted, and the losses. */
extern void mi_objective_gradients(const mi_objective *objective, mi_objective_rows *rows);

/*
 * The best constant margins: outputs numbers. targets and weights of the rows trained on; work has room for one number
 * a row.
 */
extern void mi_objective_base_scores(const mi_objective *objective, const mi_objective_rows *rows, double *base_scores);

/* NULL, or why a target cannot be one of this objective's. */
extern const char *mi_objective_check_target(mi_objective_code code, double target);

/*
 * A quantile of values: R's type 7, or with weights the smallest value such that those up to it have that share of the
 * weight; 0 when there is no value, or none that weighs anything.
 */
extern double mi_weighted_quantile(const double *values, const float *weights, size_t count, double quantile);

#endif
