/*
 * Metrics of regression; see regression_metrics.h.
 */
#include "regression_metrics.h"

#include <math.h>

#include "../base/host.h"
#include "../base/sort.h"

#define INTERRUPT_EVERY 65536 /* numbers */

void
mi_regression_metrics_add(mi_regression_metrics *metrics, double predicted, double actual)
{
	double error = actual - predicted;
	double from_mean = actual - metrics->mean_actual;

	metrics->count += 1.0;
	metrics->sum_absolute_error += fabs(error);
	metrics->sum_squared_error += error * error;
	metrics->mean_actual += from_mean / metrics->count;
	metrics->squares_about_mean += from_mean * (actual - metrics->mean_actual);
}

void
mi_regression_metrics_combine(mi_regression_metrics *into, const mi_regression_metrics *from)
{
	double count = into->count + from->count;
	double apart = from->mean_actual - into->mean_actual;

	if (from->count == 0.0)
		return;
	into->sum_absolute_error += from->sum_absolute_error;
	into->sum_squared_error += from->sum_squared_error;
	into->squares_about_mean += from->squares_about_mean + apart * apart * into->count * from->count / count;
	into->mean_actual += apart * from->count / count;
	into->count = count;
}

bool
mi_r_squared(const mi_regression_metrics *metrics, double *result)
{
	*result = 1.0 - metrics->sum_squared_error / metrics->squares_about_mean;
	return metrics->count > 0.0 && metrics->squares_about_mean != 0.0;
}

bool
mi_mean_absolute_error(const mi_regression_metrics *metrics, double *result)
{
	*result = metrics->sum_absolute_error / metrics->count;
	return metrics->count > 0.0;
}

bool
mi_root_mean_squared_error(const mi_regression_metrics *metrics, double *result)
{
	*result = sqrt(metrics->sum_squared_error / metrics->count);
	return metrics->count > 0.0;
}

static bool
has_nan(const double *const *pieces, size_t piece_length, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		if (i % INTERRUPT_EVERY == 0)
			mi_check_interrupts();
		if (isnan(pieces[i / piece_length][i % piece_length]))
			return true;
	}
	return false;
}

bool
mi_median_absolute_error(const double *const *pieces, size_t piece_length, size_t count, double *result)
{
	if (count == 0)
		return false;
	*result = NAN;
	if (!has_nan(pieces, piece_length, count))
		*result = mi_median_of_pieces(pieces, piece_length, count);
	return true;
}
