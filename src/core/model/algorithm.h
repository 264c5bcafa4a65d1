/*
 * The table of algorithms. train(), predict(), coefficients() … all go through it: adding an algorithm is one row.
 *
 * A NULL function means that the algorithm does not offer it, and asking is an error that says what is offered.
 */
#ifndef MI_ALGORITHM_H
#define MI_ALGORITHM_H

#include <stddef.h>
#include <stdint.h>

#include "../base/json.h"
#include "../base/options.h"
#include "../base/status.h"
#include "contract.h"
#include "model.h"

/* One line of coefficients(). NaN where there is no number: a collinear column, no degrees of freedom. */
typedef struct mi_coefficient
{
	const char *term; /* feature, feature=level, or (intercept); the model's own */
	double estimate;
	double std_error;
	double statistic; /* Student's t */
	double p_value;   /* two-sided */
	double conf_low;
	double conf_high;
} mi_coefficient;

/* What the target is. Its classes are numbered as they first appear, like levels, and grow with the rows. */
typedef struct mi_training_target
{
	mi_feature_kind kind;
	uint32_t class_count; /* of a category, else 0 */
	const char **classes;
} mi_training_target;

/* Columns of the query that are no features, by the options weight_by, group_by and time_by. */
typedef struct mi_training_roles
{
	double weight;  /* 1 when there is no such column */
	uint64_t group; /* hash of the value; 0 */
	double time;    /* number, or seconds of a date or timestamp; 0 */
} mi_training_roles;

/*
 * A training under way. A category's levels are numbered as they first appear; the contract grows with them and is
 * complete, levels in that order, when the last row is in.
 */
typedef struct mi_training
{
	const struct mi_algorithm *algorithm;
	mi_contract *contract;
	const void *params;  /* checked */
	size_t memory_limit; /* bytes that rows held in memory may take */
	mi_training_target target;
	mi_training_roles roles; /* of the row that is being added */
	void *state;             /* the algorithm's own */
} mi_training;

/* What predict() answers, and so which target training takes and which metrics judge it. */
typedef enum mi_task
{
	MI_TASK_REGRESSION, /* a number; the target is a number */
	MI_TASK_BINARY,     /* a probability; the target is a boolean, 0 or 1 in the core */
	MI_TASK_MULTICLASS, /* a class, and a probability of each; the target is text, its number in the core */
	MI_TASK_BY_MODEL    /* one of these, by the target and the options: mi_model_task() tells */
} mi_task;

/* The labels of the classes, in the order of their numbers: ascending by strcmp. */
typedef struct mi_class_list
{
	uint32_t count;
	const char *const *labels;
} mi_class_list;

/* What training noted at each iteration: the mean loss. */
typedef struct mi_learning_curve
{
	uint32_t iterations;
	const double *training;
	const double *validation; /* NULL when nothing was held out */
} mi_learning_curve;

struct mi_forest;
struct mi_frame;

typedef struct mi_algorithm
{
	const char *name;
	uint16_t code; /* in the header of stored models: never changes, never reused */
	mi_task task;
	mi_null_policy null_policy;
	const mi_option *options;
	size_t params_size;
	void (*set_default_params)(void *params);
	const char *(*check_params)(const void *params); /* NULL, or what is wrong */

	/*
	 * Training: begin, add_row for every row in order, finish, release. values has one number per feature, for a
	 * category its level's number. Rows with a NULL feature never come this far, or with MI_NULL_MISSING it is NaN;
	 * rows with a NULL target, weight, group or time never do. finish writes the sealed model under the final contract,
	 * which is the training's with the levels in ascending order.
	 */
	mi_status (*train_begin)(mi_training *training, mi_error *error);
	mi_status (*train_add_row)(mi_training *training, const double *values, double target, mi_error *error);
	mi_status (*train_finish)(mi_training *training, const mi_contract *final, mi_writer *model, mi_error *error);
	void (*train_release)(mi_training *training);

	/* Where training keeps its rows, if it keeps them all as they come: features first, target last. */
	struct mi_frame *(*held_rows)(const mi_training *training);

	/* Stored models. open checks the parameters and trusts nothing; all others may rely on it. */
	mi_status (*open)(mi_model *model, mi_error *error);
	void (*close)(mi_model *model);

	/* The state of its aggregate, if it merges: see linear_regression.h. Else it holds rows: row_buffer.h. */
	mi_status (*thaw_state)(mi_writer *state, const uint8_t *model, size_t length, mi_error *error);
	mi_status (*merge_state)(uint8_t *into, size_t into_length, const uint8_t *from, size_t from_length,
							 mi_error *error);
	mi_status (*seal_state)(const uint8_t *state, size_t length, mi_writer *sealed, mi_error *error);

	/* What can be asked of a model. */
	mi_task (*task_of)(const mi_model *model);                      /* with MI_TASK_BY_MODEL */
	double (*predict)(const mi_model *model, const double *values); /* of MI_TASK_MULTICLASS the number of the class */
	size_t (*outputs)(const mi_model *model);                       /* margins of a row; NULL: one */
	void (*margins)(const mi_model *model, const double *values, double *margins); /* NULL: it has no link */
	const struct mi_forest *(*forest)(const mi_model *model);                      /* one that consists of trees */
	const mi_class_list *(*classes)(const mi_model *model); /* of MI_TASK_MULTICLASS, else NULL */

	/*
	 * The contributions of the features and a base value, which sum to the margin (to the prediction, where there is no
	 * link); with several outputs, those of one after the other. prepare_explain comes before the first, in memory that
	 * lives as long as the model's.
	 */
	void (*prepare_explain)(mi_model *model);
	void (*explain)(const mi_model *model, const double *values, double *contributions, double *base_values);
	mi_learning_curve (*learning_curve)(const mi_model *model);
	void (*prepare_leverage)(const mi_model *model); /* before the first; its memory lives as long as the model's */
	double (*leverage)(const mi_model *model, const double *values);
	size_t (*coefficient_count)(const mi_model *model);
	void (*coefficient)(const mi_model *model, size_t index, mi_coefficient *coefficient);
	void (*summary)(const mi_model *model, mi_json *json);  /* members of an open object */
	void (*describe)(const mi_model *model, mi_json *json); /* likewise: parameters for to_json() */
} mi_algorithm;

extern const mi_algorithm *
mi_algorithm_by_name(const char *name, mi_error *error);        /* NULL with the names in the hint */
extern const mi_algorithm *mi_algorithm_by_code(uint16_t code); /* NULL when unknown */
extern mi_task mi_model_task(const mi_model *model);

/* Fails with a message that names the algorithm and what it does offer. */
extern mi_status mi_algorithm_lacks(const mi_algorithm *algorithm, const char *operation, mi_error *error);

#endif
