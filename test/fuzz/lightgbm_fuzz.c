/*
 * Any text as a LightGBM model: refused, or a model that can be used and written both ways. Begins with the models of
 * test/fixtures.
 */
#include "fuzz.h"

#include "core/boosting/lightgbm_text.h"
#include "exchange.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_reader(mi_lightgbm_read, data, size);
	return 0;
}
