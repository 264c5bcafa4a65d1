/*
 * Writes sound models and states into a directory, for the fuzzers to begin with.
 */
#include "fuzz.h"

#include <stdio.h>

#include "unit/models.h"

static void
write_seed(const char *directory, const char *name, mi_writer bytes)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes.bytes, 1, bytes.length, file) != bytes.length || fclose(file) != 0)
	{
		perror(path);
		exit(EXIT_FAILURE);
	}
	mi_release(bytes.bytes);
}

int
main(int argc, char **argv)
{
	LLVMFuzzerInitialize(&argc, &argv);
	write_seed(argv[1], "array_model", sample_array_model());
	write_seed(argv[1], "category_model", sample_category_model(MI_NO_WORD));
	write_seed(argv[1], "robust_model", sample_category_model(MI_ROBUST_HC3));
	write_seed(argv[1], "empty_state", sample_open_state(0));
	write_seed(argv[1], "small_state", sample_open_state(5));
	write_seed(argv[1], "state", sample_open_state(70));
	return EXIT_SUCCESS;
}
