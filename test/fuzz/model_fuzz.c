/*
 * Any bytes as a model. What comes in gets the right magic and checksum, or the fuzzer would spend its life guessing
 * them; then it is refused, or everything that can be asked of a model is asked of it.
 */
#include "fuzz.h"

#include "unit/models.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	mi_writer model = {0};
	mi_error error = {0};

	if (size < sizeof(mi_model_header))
		return 0;
	model.bytes = memcpy(mi_allocate(size), data, size); /* of exactly this size: the sanitizer sees its end */
	model.length = model.capacity = size;
	((mi_model_header *) model.bytes)->magic = MI_MODEL_MAGIC;
	mi_model_finish(&model, &error);
	open_and_use(model.bytes, model.length);
	mi_release(model.bytes);
	return 0;
}
