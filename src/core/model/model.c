/*
 * Models as bytes; see model.h.
 */
#include "model.h"

#include <string.h>

#include "../base/host.h"
#include "../base/json.h"
#include "algorithm.h"

/* Where the checksummed bytes begin: after the host's word and, apart, after the checksum itself. */
#define AFTER_HOST_WORD sizeof(uint32_t)
#define AFTER_CHECKSUM (offsetof(mi_model_header, checksum) + sizeof(uint64_t))

static uint64_t
checksum_of(const uint8_t *bytes, size_t length)
{
	uint64_t sum =
		mi_checksum(bytes + AFTER_HOST_WORD, offsetof(mi_model_header, checksum) - AFTER_HOST_WORD, MI_MODEL_MAGIC);

	return mi_checksum(bytes + AFTER_CHECKSUM, length - AFTER_CHECKSUM, sum);
}

mi_status
mi_model_check_header(const uint8_t *bytes, size_t length, mi_error *error)
{
	const mi_model_header *header = mi_model_header_of(bytes);

	if (length < sizeof(*header) || header->magic != MI_MODEL_MAGIC)
		return mi_fail(error, MI_CORRUPT, "not a model");
	if (header->format > MI_MODEL_FORMAT)
	{
		mi_fail(error, MI_NEWER_FORMAT, "model has format %u, this version of musicintel reads up to %d",
				header->format, MI_MODEL_FORMAT);
		return mi_hint(error, "Update the extension's library on this server.");
	}
	if (header->format == 0 || header->open > 1 || header->reserved != 0 || header->contract_length % 8 != 0 ||
		header->contract_length > length - sizeof(*header) || length > MI_MODEL_MAX_BYTES)
		return mi_fail(error, MI_CORRUPT, "model is damaged: its header makes no sense");
	return MI_OK;
}

bool
mi_model_is_open_state(const uint8_t *bytes)
{
	return mi_model_header_of(bytes)->open == 1;
}

mi_status
mi_model_open(mi_model *model, const uint8_t *bytes, size_t length, mi_error *error)
{
	const mi_model_header *header = mi_model_header_of(bytes);
	size_t parameters_at;

	memset(model, 0, sizeof(*model));
	if (mi_model_check_header(bytes, length, error) != MI_OK)
		return error->status;
	if (header->open)
		return mi_fail(error, MI_CORRUPT, "model is unfinished: the state of an aggregate");
	if (header->checksum != checksum_of(bytes, length))
		return mi_fail(error, MI_CORRUPT, "model is damaged: checksum does not match");
	model->algorithm = mi_algorithm_by_code(header->algorithm);
	if (model->algorithm == NULL)
	{
		mi_fail(error, MI_NEWER_FORMAT, "model is of an unknown algorithm (code %u)", header->algorithm);
		return mi_hint(error, "Update the extension's library on this server.");
	}
	if (mi_contract_unpack(&model->contract, bytes + sizeof(*header), header->contract_length, error) != MI_OK)
		return error->status;
	if (model->contract.null_policy == MI_NULL_MISSING && model->algorithm->null_policy != MI_NULL_MISSING)
	{
		mi_contract_release(&model->contract);
		return mi_fail(error, MI_CORRUPT, "model is damaged: a %s model knows no missing values",
					   model->algorithm->name);
	}
	parameters_at = sizeof(*header) + header->contract_length;
	model->bytes = bytes;
	model->length = length;
	model->parameters = bytes + parameters_at;
	model->parameters_length = length - parameters_at;
	if (model->algorithm->open(model, error) != MI_OK)
	{
		mi_contract_release(&model->contract);
		return error->status;
	}
	return MI_OK;
}

void
mi_model_close(mi_model *model)
{
	if (model->algorithm != NULL && model->algorithm->close != NULL)
		model->algorithm->close(model);
	mi_contract_release(&model->contract);
	memset(model, 0, sizeof(*model));
}

mi_status
mi_model_seal_state(const uint8_t *bytes, size_t length, uint8_t **sealed, size_t *sealed_length, mi_error *error)
{
	const mi_algorithm *algorithm;
	mi_writer writer = {0};

	if (mi_model_check_header(bytes, length, error) != MI_OK)
		return error->status;
	algorithm = mi_algorithm_by_code(mi_model_header_of(bytes)->algorithm);
	if (algorithm == NULL || algorithm->seal_state == NULL)
		return mi_fail(error, MI_CORRUPT, "not the state of an aggregate");
	if (algorithm->seal_state(bytes, length, &writer, error) != MI_OK)
	{
		mi_release(writer.bytes);
		return error->status;
	}
	*sealed = writer.bytes;
	*sealed_length = writer.length;
	return MI_OK;
}

void
mi_model_begin(mi_writer *writer, const struct mi_algorithm *algorithm, const mi_contract *contract)
{
	mi_model_header header = {.magic = MI_MODEL_MAGIC, .format = MI_MODEL_FORMAT, .algorithm = algorithm->code};

	mi_write(writer, &header, sizeof(header));
	mi_contract_pack(contract, writer);
	header.contract_length = (uint32_t) (writer->length - sizeof(header));
	memcpy(writer->bytes, &header, sizeof(header));
}

mi_status
mi_model_finish(mi_writer *writer, mi_error *error)
{
	mi_model_header *header = (mi_model_header *) writer->bytes;

	if (writer->length > MI_MODEL_MAX_BYTES)
		return mi_fail(error, MI_TOO_LARGE, "model would take %zu MB, the limit is %zu MB", writer->length >> 20,
					   MI_MODEL_MAX_BYTES >> 20);
	header->checksum = checksum_of(writer->bytes, writer->length);
	return MI_OK;
}

const char *
mi_model_to_json(const mi_model *model)
{
	mi_json json = {0};

	mi_json_begin_object(&json, NULL);
	mi_json_string(&json, "algorithm", model->algorithm->name);
	mi_json_integer(&json, "format", mi_model_header_of(model->bytes)->format);
	mi_json_integer(&json, "bytes", model->length);
	if (model->contract.named)
		mi_json_string(&json, "target", model->contract.target);
	mi_json_string(&json, "null_policy", mi_null_policy_name(model->contract.null_policy));
	mi_json_begin_array(&json, "features");
	for (uint32_t i = 0; i < model->contract.feature_count; i++)
	{
		const mi_feature *feature = &model->contract.features[i];

		mi_json_begin_object(&json, NULL);
		mi_json_string(&json, "name", feature->name);
		mi_json_string(&json, "kind", mi_feature_kind_name(feature->kind));
		if (feature->kind == MI_FEATURE_CATEGORY)
		{
			mi_json_begin_array(&json, "levels");
			for (uint32_t level = 0; level < feature->level_count; level++)
				mi_json_string(&json, NULL, feature->levels[level]);
			mi_json_end_array(&json);
		}
		mi_json_end_object(&json);
	}
	mi_json_end_array(&json);
	mi_json_begin_object(&json, "parameters");
	model->algorithm->describe(model, &json);
	mi_json_end_object(&json);
	mi_json_end_object(&json);
	return mi_json_finish(&json);
}
