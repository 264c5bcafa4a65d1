/*
 * Models as texts of other libraries; see model_exchange.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "pg/arrays.h"
#include "pg/model_datum.h"
#include "pg/model_exchange.h"
#include "pg/report.h"

static mi_class_list
classes_of_array(ArrayType *array)
{
	Datum *elements;
	int count;
	const char **labels;

	if (ARR_NDIM(array) > 1 || mi_first_null(array) > 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("labels of classes must be an array of one dimension without NULLs")));
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &count);
	labels = palloc(count * sizeof(char *));
	for (int i = 0; i < count; i++)
		labels[i] = TextDatumGetCString(elements[i]);
	return (mi_class_list){count, labels};
}

/* Texts in the model were put together byte by byte, and not all of them in one piece. */
static void
check_texts(const mi_writer *bytes)
{
	mi_model model;
	mi_error error = {0};

	mi_model_open(&model, bytes->bytes, bytes->length, &error);
	mi_report(&error);
	mi_check_names(&model.contract);
	mi_model_close(&model);
}

Datum
mi_model_from_text(FunctionCallInfo fcinfo, mi_model_text_reader reader)
{
	text *source = PG_GETARG_TEXT_PP(0);
	mi_import_options options = {
		.target = text_to_cstring(PG_GETARG_TEXT_PP(1)),
		.classes = classes_of_array(PG_GETARG_ARRAYTYPE_P(2)),
		.unicode = GetDatabaseEncoding() == PG_UTF8,
	};
	mi_writer model = {0};
	mi_error error = {0};

	reader(VARDATA_ANY(source), VARSIZE_ANY_EXHDR(source), &options, &model, &error);
	mi_report(&error);
	check_texts(&model);
	return mi_model_result(&model);
}

Datum
mi_model_to_text(FunctionCallInfo fcinfo, mi_model_text_writer writer)
{
	mi_model model = mi_model_argument(fcinfo, 0);
	mi_writer result = {0};
	mi_error error = {0};

	mi_write(&result, (char[VARHDRSZ]){0}, VARHDRSZ);
	writer(&model, &result, &error);
	mi_report(&error);
	if (result.length > MaxAllocSize)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("the text of the model would take %zu MB, the limit is %zu MB", result.length >> 20,
							   (size_t) MaxAllocSize >> 20)));
	SET_VARSIZE(result.bytes, result.length);
	PG_RETURN_TEXT_P(result.bytes);
}
