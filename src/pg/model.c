/*
 * Input and output of the type musicintel.model: base64 text and plain bytes, without the length word.
 *
 * What comes in is opened, that is checked from end to end, before it is accepted; what goes out is always sealed.
 */
#include "postgres.h"

#include "common/base64.h"
#include "fmgr.h"
#include "libpq/pqformat.h"

#include "core/model/prediction.h"
#include "pg/model_datum.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(model_in);
PG_FUNCTION_INFO_V1(model_out);
PG_FUNCTION_INFO_V1(model_recv);
PG_FUNCTION_INFO_V1(model_send);
PG_FUNCTION_INFO_V1(model_eq);
PG_FUNCTION_INFO_V1(model_ne);

/* bytes: room for the length word, then length - VARHDRSZ bytes from outside. */
static Datum
accept(char *bytes, size_t length)
{
	mi_model model;
	mi_error error = {0};

	mi_model_open(&model, (uint8 *) bytes, length, &error);
	mi_report(&error);
	mi_check_names(&model.contract);
	for (size_t i = 0; i < mi_model_class_count(&model); i++)
		mi_check_name(mi_model_class_label(&model, i));
	mi_model_close(&model);
	SET_VARSIZE(bytes, length);
	return PointerGetDatum(bytes);
}

Datum
model_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	int text_length = (int) strlen(text);
	int room = pg_b64_dec_len(text_length);
	char *bytes;
	int length;

	if ((size_t) room > MI_MODEL_MAX_BYTES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("model of about %d MB: the limit is %zu MB", room >> 20, MI_MODEL_MAX_BYTES >> 20)));
	bytes = palloc0(Max((size_t) room + VARHDRSZ, sizeof(mi_model_header)));
	length = pg_b64_decode(text, text_length, (void *) (bytes + VARHDRSZ), room);
	if (length < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s", "musicintel.model"),
				 errhint("The text of a model is base64. A model by its name is musicintel.get_model('name').")));
	return accept(bytes, length + VARHDRSZ);
}

Datum
model_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	int length = message->len - message->cursor;
	char *bytes;

	if ((size_t) length > MI_MODEL_MAX_BYTES)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("model of %d MB: the limit is %zu MB", length >> 20, MI_MODEL_MAX_BYTES >> 20)));
	bytes = palloc0(Max((size_t) length + VARHDRSZ, sizeof(mi_model_header)));
	pq_copymsgbytes(message, bytes + VARHDRSZ, length);
	return accept(bytes, length + VARHDRSZ);
}

Datum
model_out(PG_FUNCTION_ARGS)
{
	mi_model model = mi_model_argument(fcinfo, 0);
	const uint8 *bytes = model.bytes + VARHDRSZ;
	int length = (int) (model.length - VARHDRSZ);
	int room = pg_b64_enc_len(length);
	char *text = palloc(room + 1);
	int written = pg_b64_encode((const void *) bytes, length, text, room);

	Assert(written >= 0);
	text[written] = '\0';
	PG_RETURN_CSTRING(text);
}

Datum
model_send(PG_FUNCTION_ARGS)
{
	mi_model model = mi_model_argument(fcinfo, 0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendbytes(&message, (const void *) (model.bytes + VARHDRSZ), (int) (model.length - VARHDRSZ));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static bool
same_bytes(FunctionCallInfo fcinfo)
{
	mi_model a = mi_model_argument(fcinfo, 0);
	mi_model b = mi_model_argument(fcinfo, 1);

	return a.length == b.length && memcmp(a.bytes + VARHDRSZ, b.bytes + VARHDRSZ, a.length - VARHDRSZ) == 0;
}

Datum
model_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(same_bytes(fcinfo));
}

Datum
model_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!same_bytes(fcinfo));
}
