/*
 * Inequality from sums; see inequality.h.
 */
#include "inequality.h"

#include <math.h>

mi_status
mi_check_exposure(double exposure, mi_error *error)
{
	if (exposure >= 0.0 && exposure <= MI_EXPOSURE_MAXIMUM)
		return MI_OK;
	if (exposure < 0.0)
	{
		mi_fail(error, MI_OUT_OF_RANGE, "exposure must not be negative, but one is %g", exposure);
		return mi_hint(error, "Shares of a total are defined for amounts of 0 and more.");
	}
	return mi_fail(error, MI_OUT_OF_RANGE, "exposure must be a number up to %g, but one is %g", MI_EXPOSURE_MAXIMUM,
				   exposure);
}

void
mi_exposure_sums_add(mi_exposure_sums *sums, double exposure)
{
	sums->count += 1.0;
	if (exposure == 0.0)
		return; /* x ln x has the limit 0 */
	sums->total = mi_dd_add(sums->total, mi_dd_from(exposure));
	sums->log_moment = mi_dd_add(sums->log_moment, mi_dd_two_product(exposure, log(exposure)));
	sums->squares = mi_dd_add(sums->squares, mi_dd_two_product(exposure, exposure));
}

void
mi_exposure_sums_combine(mi_exposure_sums *into, const mi_exposure_sums *from)
{
	into->count += from->count;
	into->total = mi_dd_add(into->total, from->total);
	into->log_moment = mi_dd_add(into->log_moment, from->log_moment);
	into->squares = mi_dd_add(into->squares, from->squares);
}

bool
mi_theil(const mi_exposure_sums *sums, double *result)
{
	double mean_log = mi_dd_value(mi_dd_divide(sums->log_moment, sums->total)); /* weighted by exposure */

	*result = fmax(0.0, mean_log - log(mi_dd_value(sums->total) / sums->count));
	return mi_dd_value(sums->total) > 0.0;
}

bool
mi_herfindahl(const mi_exposure_sums *sums, double *result)
{
	double total = mi_dd_value(sums->total);

	*result = mi_dd_value(sums->squares) / (total * total);
	return total > 0.0;
}

mi_status
mi_check_squares(const mi_exposure_sums *sums, mi_error *error)
{
	double total = mi_dd_value(sums->total);

	if (total == 0.0 || total >= 1.0 / MI_EXPOSURE_MAXIMUM)
		return MI_OK;
	mi_fail(error, MI_OUT_OF_RANGE, "exposures add up to %g, which is too little to square", total);
	return mi_hint(error, "Multiply them by a constant: shares stay the same.");
}
