/*
 * simulate_catalogue_artists, _tracks, _coefficients: the rows of a simulated catalogue, one at a time, as they are
 * asked for. simulate_catalogue() of SQL puts them into a workspace.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "core/base/host.h"
#include "core/simulation/catalogue.h"
#include "core/simulation/genres.h"
#include "pg/progress.h"
#include "pg/report.h"

PG_FUNCTION_INFO_V1(simulate_catalogue_artists);
PG_FUNCTION_INFO_V1(simulate_catalogue_tracks);
PG_FUNCTION_INFO_V1(simulate_catalogue_coefficients);

#define PROGRESS_EVERY 1024 /* rows */
#define TRACK_COLUMNS 24

/* At the end of the query, also one that did not want every row. */
static void
end_progress(Datum unused)
{
	mi_progress_end();
}

/* The state of a call for rows, made at the first of them; "what" names it in musicintel.progress. */
static mi_catalogue *
catalogue_of_call(FunctionCallInfo fcinfo, FuncCallContext **call, const char *what)
{
	if (SRF_IS_FIRSTCALL())
	{
		mi_error error = {0};
		mi_catalogue *catalogue;
		TupleDesc columns;
		MemoryContext caller;

		*call = SRF_FIRSTCALL_INIT();
		caller = MemoryContextSwitchTo((*call)->multi_call_memory_ctx);
		if (get_call_result_type(fcinfo, NULL, &columns) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		(*call)->tuple_desc = BlessTupleDesc(columns);
		(*call)->user_fctx = catalogue = palloc(sizeof(*catalogue));
		mi_catalogue_begin(catalogue, PG_GETARG_INT32(0), PG_GETARG_INT32(1), PG_GETARG_INT64(2), &error);
		mi_report(&error);
		RegisterExprContextCallback(((ReturnSetInfo *) fcinfo->resultinfo)->econtext, end_progress, (Datum) 0);
		mi_progress_start("simulate", what);
		MemoryContextSwitchTo(caller);
	}
	*call = SRF_PERCALL_SETUP();
	return (*call)->user_fctx;
}

static void
report_progress(const FuncCallContext *call, uint64 total)
{
	if (call->call_cntr % PROGRESS_EVERY == 0)
		mi_report_progress(MI_PHASE_SIMULATING, call->call_cntr, total);
}

static Datum
text_datum(const char *format, uint64 first, uint64 second)
{
	return PointerGetDatum(cstring_to_text(psprintf(format, (unsigned long long) first, (unsigned long long) second)));
}

static Datum
artist_id(const mi_simulated_artist *artist)
{
	return text_datum("simulated-artist-%08llu", artist->number, 0);
}

Datum
simulate_catalogue_artists(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	mi_catalogue *catalogue = catalogue_of_call(fcinfo, &call, "artists");
	mi_simulated_artist *artist = &catalogue->artist;
	MemoryContext caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
	bool found = mi_catalogue_next_artist(catalogue);
	Datum values[5];
	bool nulls[5] = {0};

	MemoryContextSwitchTo(caller);
	if (!found)
		SRF_RETURN_DONE(call);
	report_progress(call, catalogue->artists);
	values[0] = artist_id(artist);
	values[1] = text_datum("Simulated Artist %llu", artist->number, 0);
	values[2] = Int32GetDatum(artist->popularity);
	values[3] = Int64GetDatum(artist->followers);
	values[4] = CStringGetTextDatum(mi_genres[artist->genre].name);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

static void
put_track(const mi_simulated_artist *artist, const mi_simulated_track *track, Datum *values, bool *nulls)
{
	int i = 0;

	values[i++] = text_datum("simulated-track-%09llu", track->number, 0);
	values[i++] = text_datum("Simulated Track %llu", track->number, 0);
	values[i++] = artist_id(artist);
	values[i++] = text_datum("simulated-album-%08llu-%llu", artist->number, track->album);
	values[i++] = text_datum("Simulated Album %llu of Artist %llu", track->album, artist->number);
	values[i++] = DateADTGetDatum(track->day);
	values[i++] = CStringGetTextDatum(mi_genres[artist->genre].name);
	values[i++] = Int32GetDatum(track->popularity);
	values[i++] = Int32GetDatum(track->duration_ms);
	values[i++] = BoolGetDatum(track->is_explicit);
	values[i++] = Float8GetDatum(track->danceability);
	values[i++] = Float8GetDatum(track->energy);
	values[i++] = Int16GetDatum(track->key);
	values[i++] = Float8GetDatum(track->loudness);
	values[i++] = Int16GetDatum(track->mode);
	values[i++] = Float8GetDatum(track->speechiness);
	values[i++] = Float8GetDatum(track->acousticness);
	values[i++] = Float8GetDatum(track->instrumentalness);
	values[i++] = Float8GetDatum(track->liveness);
	values[i++] = Float8GetDatum(track->valence);
	values[i++] = Float8GetDatum(track->tempo);
	nulls[i] = !track->has_past;
	values[i++] = Float8GetDatum(track->expected);
	nulls[i] = !track->has_past;
	values[i++] = Float8GetDatum(track->popularity - track->expected);
	values[i++] = BoolGetDatum(track->is_planted);
	Assert(i == TRACK_COLUMNS);
}

Datum
simulate_catalogue_tracks(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	mi_catalogue *catalogue = catalogue_of_call(fcinfo, &call, "tracks");
	MemoryContext caller = MemoryContextSwitchTo(call->multi_call_memory_ctx);
	mi_simulated_track track;
	bool found = catalogue->artist.number > 0 && mi_catalogue_next_track(catalogue, &track);
	Datum values[TRACK_COLUMNS];
	bool nulls[TRACK_COLUMNS] = {0};

	/* Every artist has one. */
	if (!found)
		found = mi_catalogue_next_artist(catalogue) && mi_catalogue_next_track(catalogue, &track);
	MemoryContextSwitchTo(caller);
	if (!found)
		SRF_RETURN_DONE(call);
	report_progress(call, catalogue->tracks);
	put_track(&catalogue->artist, &track, values, nulls);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(heap_form_tuple(call->tuple_desc, values, nulls)));
}

Datum
simulate_catalogue_coefficients(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < MI_CATALOGUE_COEFFICIENTS; i++)
	{
		const mi_catalogue_coefficient *coefficient = &mi_catalogue_coefficients[i];
		Datum values[] = {CStringGetTextDatum(coefficient->term), Float8GetDatum(coefficient->value)};
		bool nulls[] = {false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
