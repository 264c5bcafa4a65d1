/*
 * Any bytes as the state of an aggregate: users can make one up (CREATE AGGREGATE with an INITCOND, or one that returns
 * its state). No checksum guards it.
 */
#include "fuzz.h"

#include "unit/models.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *state;

	if (size < sizeof(mi_model_header))
		return 0;
	state = memcpy(mi_allocate(size), data, size);
	((mi_model_header *) state)->magic = MI_MODEL_MAGIC;
	use_state(state, size);
	mi_release(state);
	return 0;
}
