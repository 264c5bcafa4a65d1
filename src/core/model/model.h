/*
 * A fitted model as bytes, and opened for use.
 *
 * The bytes are a varlena of the server as they are: the first word belongs to the host, then comes mi_model_header,
 * the contract (contract.h) and the parameters of the algorithm, each at a multiple of 8. Two states of the same
 * thing: sealed (checksummed, what users see) and open (an aggregate's state, still taking rows). Sealing an open one
 * is the aggregate's final function, and is also done on the way out of the server, so that nobody ever reads an open
 * one.
 */
#ifndef MI_MODEL_H
#define MI_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/bytes.h"
#include "../base/status.h"
#include "contract.h"

#define MI_MODEL_MAGIC UINT32_C(0x4D49444D)     /* "MDIM" in memory */
#define MI_MODEL_FORMAT 1                       /* raised when the bytes change meaning */
#define MI_MODEL_MAX_BYTES ((size_t) 256 << 20) /* a varlena beyond twice this cannot be dumped as text */

struct mi_algorithm;

typedef struct mi_model_header
{
	uint32_t host_word; /* the server's varlena length; not part of the model */
	uint32_t magic;
	uint16_t format;
	uint16_t algorithm;       /* code in the table of algorithms */
	uint32_t open;            /* 1 while an aggregate still adds rows */
	uint64_t checksum;        /* of all that follows it and of what precedes it; 0 while open */
	uint32_t contract_length; /* bytes, a multiple of 8 */
	uint32_t reserved;        /* 0 */
} mi_model_header;

/* A model opened for use: checked from end to end. Holds pointers into the bytes, which must outlive it. */
typedef struct mi_model
{
	const struct mi_algorithm *algorithm;
	const uint8_t *bytes;
	size_t length;
	mi_contract contract;
	const uint8_t *parameters; /* in the bytes */
	size_t parameters_length;
	void *decoded; /* what the algorithm's open made of them; NULL when it uses them in place */
} mi_model;

/* Checks the header against the length: cheap, for aggregate states that are looked at once a row. */
extern mi_status mi_model_check_header(const uint8_t *bytes, size_t length, mi_error *error);

/* Checks everything: header, checksum, contract, parameters. An open one is MI_CORRUPT: seal it first. */
extern mi_status mi_model_open(mi_model *model, const uint8_t *bytes, size_t length, mi_error *error);
extern void mi_model_close(mi_model *model);

extern bool mi_model_is_open_state(const uint8_t *bytes);

/* Makes a sealed model of an open one, in new memory; MI_CORRUPT when the state is not what it claims to be. */
extern mi_status
mi_model_seal_state(const uint8_t *bytes, size_t length, uint8_t **sealed, size_t *sealed_length, mi_error *error);

/*
 * Building: begin writes header and contract, the caller appends parameters, finish sets the checksum (sealed) and
 * enforces MI_MODEL_MAX_BYTES.
 */
extern void mi_model_begin(mi_writer *writer, const struct mi_algorithm *algorithm, const mi_contract *contract);
extern mi_status mi_model_finish(mi_writer *writer, mi_error *error);

/* The model as a JSON object: algorithm, contract, and what the algorithm adds. */
extern const char *mi_model_to_json(const mi_model *model);

static inline const mi_model_header *
mi_model_header_of(const uint8_t *bytes)
{
	return (const mi_model_header *) bytes;
}

#endif
