/*
 * Metrics of yes and no; see classification_metrics.h.
 */
#include "classification_metrics.h"

#include <float.h>
#include <math.h>

void
mi_confusion_add(mi_confusion *confusion, bool predicted, bool actual)
{
	if (predicted && actual)
		confusion->true_positives += 1.0;
	else if (predicted)
		confusion->false_positives += 1.0;
	else if (actual)
		confusion->false_negatives += 1.0;
	else
		confusion->true_negatives += 1.0;
}

void
mi_confusion_combine(mi_confusion *into, const mi_confusion *from)
{
	into->true_positives += from->true_positives;
	into->false_positives += from->false_positives;
	into->false_negatives += from->false_negatives;
	into->true_negatives += from->true_negatives;
}

static bool
ratio(double part, double whole, double *result)
{
	*result = part / whole;
	return whole > 0.0;
}

bool
mi_accuracy(const mi_confusion *confusion, double *result)
{
	double right = confusion->true_positives + confusion->true_negatives;

	return ratio(right, right + confusion->false_positives + confusion->false_negatives, result);
}

bool
mi_precision(const mi_confusion *confusion, double *result)
{
	return ratio(confusion->true_positives, confusion->true_positives + confusion->false_positives, result);
}

bool
mi_recall(const mi_confusion *confusion, double *result)
{
	return ratio(confusion->true_positives, confusion->true_positives + confusion->false_negatives, result);
}

bool
mi_specificity(const mi_confusion *confusion, double *result)
{
	return ratio(confusion->true_negatives, confusion->true_negatives + confusion->false_positives, result);
}

bool
mi_f1(const mi_confusion *confusion, double *result)
{
	double twice = 2.0 * confusion->true_positives;

	return ratio(twice, twice + confusion->false_positives + confusion->false_negatives, result);
}

/*
 * The logarithm is taken of no less than the spacing of doubles at 1, as scikit-learn does: one sure prediction that
 * was wrong costs 36, and does not hide all others behind an infinity.
 */
static double
log_loss_of(double probability_of_actual)
{
	return -log(fmax(probability_of_actual, DBL_EPSILON));
}

mi_status
mi_probability_metrics_add(mi_probability_metrics *metrics, double probability, bool actual, mi_error *error)
{
	double apart = actual ? 1.0 - probability : probability;

	if (!(probability >= 0.0 && probability <= 1.0))
		return mi_fail(error, MI_OUT_OF_RANGE, "probability must be between 0 and 1, not %g", probability);
	metrics->count += 1.0;
	metrics->sum_log_loss += log_loss_of(actual ? probability : 1.0 - probability);
	metrics->sum_squared_error += apart * apart;
	return MI_OK;
}

void
mi_probability_metrics_combine(mi_probability_metrics *into, const mi_probability_metrics *from)
{
	into->count += from->count;
	into->sum_log_loss += from->sum_log_loss;
	into->sum_squared_error += from->sum_squared_error;
}

bool
mi_log_loss(const mi_probability_metrics *metrics, double *result)
{
	return ratio(metrics->sum_log_loss, metrics->count, result);
}

bool
mi_brier(const mi_probability_metrics *metrics, double *result)
{
	return ratio(metrics->sum_squared_error, metrics->count, result);
}
