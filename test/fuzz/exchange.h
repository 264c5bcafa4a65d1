/*
 * What the fuzz targets of other libraries' models share.
 */
#ifndef MI_FUZZ_EXCHANGE_H
#define MI_FUZZ_EXCHANGE_H

#include <math.h>
#include <string.h>

#include "core/boosting/forest_import.h"
#include "core/boosting/gradient_boosting.h"
#include "core/boosting/lightgbm_text.h"
#include "core/boosting/xgboost_json.h"
#include "core/model/prediction.h"

typedef mi_status (*fuzz_text_reader)(const char *text, size_t length, const mi_import_options *options,
									  mi_writer *model, mi_error *error);
typedef mi_status (*fuzz_text_writer)(const mi_model *model, mi_writer *text, mi_error *error);

static const mi_import_options fuzz_options = {.target = "", .unicode = true};

/* What is written has to be read again, whatever the model. */
static void
fuzz_write(const mi_model *model, fuzz_text_writer writer, fuzz_text_reader reader)
{
	mi_writer text = {0};
	mi_writer again = {0};
	mi_error error = {0};

	if (writer(model, &text, &error) == MI_OK &&
		reader((const char *) text.bytes, text.length, &fuzz_options, &again, &error) != MI_OK &&
		error.status != MI_TOO_LARGE)
		abort();
	mi_release(text.bytes);
	mi_release(again.bytes);
}

static void
fuzz_use(mi_model *model)
{
	uint32_t features = model->contract.feature_count;
	size_t outputs = model->algorithm->outputs(model);
	double *row = mi_allocate(features * sizeof(double));
	double *numbers = mi_allocate(outputs * ((size_t) features + 1) * sizeof(double));
	static const double values[] = {0.0, 1.5, -1.0, 40.0, NAN, INFINITY};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
	{
		for (uint32_t feature = 0; feature < features; feature++)
			row[feature] = values[i];
		model->algorithm->predict(model, row);
		mi_model_margins(model, row, numbers);
		mi_forest_apply_link(&mi_boosting_model_of(model)->forest, numbers);
	}
	model->algorithm->prepare_explain(model);
	model->algorithm->explain(model, row, numbers, numbers + outputs * features);
	mi_release((void *) mi_model_to_json(model));
	mi_release(row);
	mi_release(numbers);
}

static void
fuzz_reader(fuzz_text_reader reader, const uint8_t *data, size_t size)
{
	char *text = memcpy(mi_allocate(size), data, size); /* of exactly this size: the sanitizer sees its end */
	mi_writer bytes = {0};
	mi_model model;
	mi_error error = {0};

	if (reader(text, size, &fuzz_options, &bytes, &error) == MI_OK)
	{
		if (mi_model_open(&model, bytes.bytes, bytes.length, &error) != MI_OK)
			abort();
		fuzz_use(&model);
		fuzz_write(&model, mi_lightgbm_write, mi_lightgbm_read);
		fuzz_write(&model, mi_xgboost_write, mi_xgboost_read);
		mi_model_close(&model);
	}
	mi_release(bytes.bytes);
	mi_release(text);
}

#endif
