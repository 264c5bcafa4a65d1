/*
 * The objectives; see objective.h.
 */
#include "objective.h"

#include <math.h>
#include <string.h>

#include "../base/host.h"
#include "../base/vector.h"
#include "../base/vector_exp.h"

const char *const mi_objective_names[] = {"binary",     "regression", "regression_l1", "quantile", "poisson",
										  "multiclass", NULL};

#define SMALLEST 1e-15 /* probability: what a prediction that was certain and wrong is taken for, as elsewhere */

/* ---- Gradients: of rows one after the other, with the loss of each ---- */

/* What one row says: its gradient and hessian go into *at. */
typedef double (*row_loss)(const mi_objective *objective, double target, double margin, mi_gradient *at);

static double
squared_row(const mi_objective *objective, double target, double margin, mi_gradient *at)
{
	double error = margin - target;

	(void) objective;
	at->gradient = (float) error;
	at->hessian = 1.0f;
	return error * error;
}

static double
absolute_row(const mi_objective *objective, double target, double margin, mi_gradient *at)
{
	double error = margin - target;

	(void) objective;
	at->gradient = (float) ((error > 0.0) - (error < 0.0));
	at->hessian = 1.0f;
	return fabs(error);
}

static double
quantile_row(const mi_objective *objective, double target, double margin, mi_gradient *at)
{
	double error = margin - target;

	at->gradient = (float) (error >= 0.0 ? 1.0 - objective->alpha : -objective->alpha);
	at->hessian = 1.0f;
	return error >= 0.0 ? (1.0 - objective->alpha) * error : -objective->alpha * error;
}

static double
poisson_row(const mi_objective *objective, double target, double margin, mi_gradient *at)
{
	double mean = exp(margin);

	at->gradient = (float) (mean - target);
	at->hessian = (float) (mean * exp(objective->max_delta_step));
	return mean - target * margin;
}

static const struct
{
	row_loss row;
	mi_link link;
	mi_task task;
	bool hessian_is_constant;
	bool renews_leaves;
} objectives[MI_OBJECTIVE_COUNT] = {
	[MI_OBJECTIVE_BINARY] = {NULL, MI_LINK_LOGIT, MI_TASK_BINARY, false, false},
	[MI_OBJECTIVE_REGRESSION] = {squared_row, MI_LINK_IDENTITY, MI_TASK_REGRESSION, true, false},
	[MI_OBJECTIVE_L1] = {absolute_row, MI_LINK_IDENTITY, MI_TASK_REGRESSION, true, true},
	[MI_OBJECTIVE_QUANTILE] = {quantile_row, MI_LINK_IDENTITY, MI_TASK_REGRESSION, true, true},
	[MI_OBJECTIVE_POISSON] = {poisson_row, MI_LINK_LOG, MI_TASK_REGRESSION, false, false},
	[MI_OBJECTIVE_MULTICLASS] = {NULL, MI_LINK_SOFTMAX, MI_TASK_MULTICLASS, false, false},
};

mi_link
mi_objective_link(mi_objective_code code)
{
	return objectives[code].link;
}

mi_task
mi_objective_task(mi_objective_code code)
{
	return objectives[code].task;
}

bool
mi_objective_hessian_is_constant(mi_objective_code code)
{
	return objectives[code].hessian_is_constant;
}

bool
mi_objective_renews_leaves(const mi_objective *objective, double *quantile)
{
	*quantile = objective->code == MI_OBJECTIVE_QUANTILE ? objective->alpha : 0.5;
	return objectives[objective->code].renews_leaves;
}

static void
add_loss(mi_objective_rows *rows, size_t row, double loss)
{
	double weighted = rows->weights != NULL ? rows->weights[row] * loss : loss;

	if (rows->held_out != NULL && rows->held_out[row])
		rows->held_out_loss += weighted;
	else
		rows->loss += weighted;
}

static void
apply_weight(const mi_objective_rows *rows, size_t row, mi_gradient *at)
{
	if (rows->weights != NULL)
	{
		at->gradient *= rows->weights[row];
		at->hessian *= rows->weights[row];
	}
}

/* Softmax of one row: hessians are k / (k - 1) of p (1 - p), as Friedman's (1999) diagonal bound. */
static void
multiclass_row(mi_objective_rows *rows, size_t row)
{
	double factor = (double) rows->outputs / (rows->outputs - 1);
	double margins[MI_FOREST_MAX_OUTPUTS];
	double largest = -INFINITY;
	double sum = 0.0;
	unsigned target = (unsigned) rows->targets[row];
	double likely = 0.0;

	for (unsigned k = 0; k < rows->outputs; k++)
	{
		margins[k] = rows->scores[k * rows->apart + row] + rows->base_scores[k];
		largest = fmax(largest, margins[k]);
	}
	for (unsigned k = 0; k < rows->outputs; k++)
		sum += margins[k] = exp(margins[k] - largest);
	for (unsigned k = 0; k < rows->outputs; k++)
	{
		mi_gradient *at = &rows->gradients[k * rows->apart + row];
		double probability = margins[k] / sum;

		if (k == target)
			likely = probability;
		at->gradient = (float) (probability - (k == target));
		at->hessian = (float) (factor * probability * (1.0 - probability));
		apply_weight(rows, row, at);
	}
	add_loss(rows, row, -log(fmax(likely, SMALLEST)));
}

/* The probability of what happened goes to likely[], by row. */
MI_VECTOR_CLONES static void
binary_gradients(size_t count, const double *scores, double base, const double *targets, mi_gradient *gradients,
				 double *likely)
{
	for (size_t row = 0; row < count; row++)
	{
		double margin = scores[row] + base;
		double e = mi_exp_of_negative(-fabs(margin));
		double larger = 1.0 / (1.0 + e);
		double smaller = e * larger;
		double probability = margin >= 0.0 ? larger : smaller;
		double other = margin >= 0.0 ? smaller : larger;

		gradients[row].gradient = (float) (targets[row] != 0.0 ? -other : probability);
		gradients[row].hessian = (float) (larger * smaller);
		likely[row] = targets[row] != 0.0 ? probability : other;
	}
}

#define BINARY_BLOCK 512

#define FACTORS 16 /* of SMALLEST at least, whose product is still a double */

/* Leaves of each product what is from 1 to 2, and answers how often they were doubled for that, all together. */
MI_ALWAYS_INLINE int64_t
take_exponents(double *products)
{
	int64_t doubled = 0;

	for (int lane = 0; lane < MI_LANES; lane++)
	{
		uint64_t bits;

		memcpy(&bits, &products[lane], sizeof(bits));
		doubled += 1023 - (int64_t) (bits >> 52);
		bits = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1023) << 52;
		memcpy(&products[lane], &bits, sizeof(bits));
	}
	return doubled;
}

/* The logarithm of a product for the sum of logarithms. */
MI_VECTOR_CLONES static double
sum_of_losses(const double *likely, size_t count)
{
	double products[MI_LANES];
	double product = 1.0;
	int64_t doubled = 0;
	size_t i = 0;

	for (int lane = 0; lane < MI_LANES; lane++)
		products[lane] = 1.0;
	while (i + MI_LANES <= count)
	{
		size_t left = (count - i) / MI_LANES;

		for (size_t factor = left < FACTORS ? left : FACTORS; factor > 0; factor--, i += MI_LANES)
			for (int lane = 0; lane < MI_LANES; lane++)
				products[lane] *= likely[i + lane] > SMALLEST ? likely[i + lane] : SMALLEST;
		doubled += take_exponents(products);
	}
	for (int lane = 0; i < count; i++, lane++)
		products[lane] *= likely[i] > SMALLEST ? likely[i] : SMALLEST;
	doubled += take_exponents(products);
	for (int lane = 0; lane < MI_LANES; lane++)
		product *= products[lane];
	return (double) doubled * M_LN2 - log(product);
}

static void
binary_rows(mi_objective_rows *rows)
{
	double likely[BINARY_BLOCK];

	for (size_t first = 0; first < rows->count; first += BINARY_BLOCK)
	{
		size_t count = rows->count - first < BINARY_BLOCK ? rows->count - first : BINARY_BLOCK;

		binary_gradients(count, rows->scores + first, rows->base_scores[0], rows->targets + first,
						 rows->gradients + first, likely);
		if (rows->weights == NULL && rows->held_out == NULL)
		{
			rows->loss += sum_of_losses(likely, count);
			continue;
		}
		for (size_t i = 0; i < count; i++)
		{
			add_loss(rows, first + i, -log(fmax(likely[i], SMALLEST)));
			apply_weight(rows, first + i, &rows->gradients[first + i]);
		}
	}
}

static void
regression_rows(const mi_objective *objective, mi_objective_rows *rows)
{
	row_loss row_of = objectives[objective->code].row;

	for (size_t row = 0; row < rows->count; row++)
	{
		mi_gradient *at = &rows->gradients[row];

		add_loss(rows, row, row_of(objective, rows->targets[row], rows->scores[row] + rows->base_scores[0], at));
		apply_weight(rows, row, at);
	}
}

void
mi_objective_gradients(const mi_objective *objective, mi_objective_rows *rows)
{
	rows->loss = 0.0;
	rows->held_out_loss = 0.0;
	if (objective->code == MI_OBJECTIVE_BINARY)
		binary_rows(rows);
	else if (objective->code == MI_OBJECTIVE_MULTICLASS)
		for (size_t row = 0; row < rows->count; row++)
			multiclass_row(rows, row);
	else
		regression_rows(objective, rows);
}

/* ---- First scores ---- */

#define CHECK_INTERRUPTS_EVERY 65536 /* rows */

/* The bits of a double as an integer in the order of their values. */
static uint64_t
ordered_bits(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double
value_of_bits(uint64_t bits)
{
	double value;

	bits = bits >> 63 ? bits & ~(UINT64_C(1) << 63) : ~bits;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

/*
 * The smallest value such that those up to it weigh at least "wanted": byte by byte, from the most significant one, by
 * the weights of the values that begin like it. Eight passes and no copy.
 */
static double
value_at_weight(const double *values, const float *weights, size_t count, double wanted)
{
	uint64_t found = 0;
	uint64_t mask = 0;

	for (int shift = 56; shift >= 0; shift -= 8)
	{
		double sums[256] = {0};
		int last = 0; /* bucket that is not empty: rounding must not lead beyond it */
		int bucket = 0;

		mi_check_interrupts();
		for (size_t i = 0; i < count; i++)
		{
			uint64_t bits = ordered_bits(values[i]);
			int here = (int) (bits >> shift & 0xff);

			if ((bits & mask) != found)
				continue;
			sums[here] += weights != NULL ? weights[i] : 1.0;
			last = here > last ? here : last;
		}
		while (bucket < last && sums[bucket] < wanted)
			wanted -= sums[bucket++];
		found |= (uint64_t) bucket << shift;
		mask |= UINT64_C(0xff) << shift;
	}
	return value_of_bits(found);
}

double
mi_weighted_quantile(const double *values, const float *weights, size_t count, double quantile)
{
	double total = 0.0;
	double place;
	double below;

	for (size_t i = 0; weights != NULL && i < count; i++)
		total += weights[i];
	if (weights != NULL)
		return total > 0.0 ? value_at_weight(values, weights, count, quantile * total) : 0.0;
	if (count == 0)
		return 0.0;
	place = quantile * (double) (count - 1);
	below = value_at_weight(values, NULL, count, floor(place) + 1.0);
	if (place == floor(place))
		return below;
	return below + (place - floor(place)) * (value_at_weight(values, NULL, count, floor(place) + 2.0) - below);
}

static double
quantile_of_targets(const mi_objective_rows *rows, double quantile)
{
	double *values = mi_allocate((rows->count > 0 ? rows->count : 1) * sizeof(double));
	float *weights = rows->weights != NULL ? mi_allocate(rows->count * sizeof(float)) : NULL;
	size_t held = 0;
	double result;

	for (size_t row = 0; row < rows->count; row++)
	{
		if (row % CHECK_INTERRUPTS_EVERY == 0)
			mi_check_interrupts();
		if (rows->held_out != NULL && rows->held_out[row])
			continue;
		values[held] = rows->targets[row];
		if (weights != NULL)
			weights[held] = rows->weights[row];
		held++;
	}
	result = mi_weighted_quantile(values, weights, held, quantile);
	mi_release(values);
	mi_release(weights);
	return result;
}

void
mi_objective_base_scores(const mi_objective *objective, const mi_objective_rows *rows, double *base_scores)
{
	double *sums = mi_allocate_zeroed(rows->outputs * sizeof(double));
	double total = 0.0;

	for (size_t row = 0; row < rows->count; row++)
	{
		double weight = rows->weights != NULL ? rows->weights[row] : 1.0;

		if (row % CHECK_INTERRUPTS_EVERY == 0)
			mi_check_interrupts();
		if (rows->held_out != NULL && rows->held_out[row])
			continue;
		total += weight;
		if (objective->code == MI_OBJECTIVE_MULTICLASS)
			sums[(unsigned) rows->targets[row]] += weight;
		else
			sums[0] += weight * rows->targets[row];
	}
	for (unsigned k = 0; k < rows->outputs; k++)
	{
		double share = sums[k] / total;

		if (objective->code == MI_OBJECTIVE_BINARY)
			base_scores[k] = log(fmax(share, SMALLEST) / fmax(1.0 - share, SMALLEST));
		else if (objective->code == MI_OBJECTIVE_MULTICLASS || objective->code == MI_OBJECTIVE_POISSON)
			base_scores[k] = log(fmax(share, SMALLEST));
		else
			base_scores[k] = share;
	}
	if (objectives[objective->code].renews_leaves)
	{
		double quantile;

		mi_objective_renews_leaves(objective, &quantile);
		base_scores[0] = quantile_of_targets(rows, quantile);
	}
	mi_release(sums);
}

const char *
mi_objective_check_target(mi_objective_code code, double target)
{
	if (!isfinite(target))
		return "is NaN or infinite";
	if (code == MI_OBJECTIVE_BINARY && target != 0.0 && target != 1.0)
		return "is neither 0 nor 1, which objective binary asks for";
	if (code == MI_OBJECTIVE_POISSON && target < 0.0)
		return "is negative, objective poisson counts";
	return NULL;
}
