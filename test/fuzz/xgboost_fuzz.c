/*
 * Any text as an XGBoost model: refused, or a model that can be used and written both ways. Begins with the models of
 * test/fixtures.
 */
#include "fuzz.h"

#include "core/boosting/xgboost_json.h"
#include "exchange.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_reader(mi_xgboost_read, data, size);
	return 0;
}
