-- What a recording sounds like.

CREATE FUNCTION musicintel.audio_features(
    recording bytea,
    OUT duration_seconds double precision, OUT sample_rate integer, OUT channels integer, OUT bpm double precision,
    OUT energy double precision, OUT brightness double precision, OUT noisiness double precision,
    OUT rhythm_strength double precision
) RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1000000;
COMMENT ON FUNCTION musicintel.audio_features(bytea) IS
'Figures of the first 30 seconds of a WAV or FLAC file, as librosa computes them at 22,050 Hz, all channels mixed: bpm '
'(tempo; NULL where there is no onset to count from), energy (root mean square), brightness (spectral centroid in Hz), '
'noisiness (zero-crossing rate), rhythm_strength (mean onset strength). Give it pg_read_binary_file() or a bytea column.';
