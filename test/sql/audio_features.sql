\unset ECHO
\i test/pgtap/begin.psql
SELECT plan(46);

SET search_path = public, musicintel;

---- A writer of WAV files ----------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.reversed(bytes bytea) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN (SELECT string_agg(substring(bytes FROM n FOR 1), '' ORDER BY n DESC) FROM generate_series(1, length(bytes)) AS n);

CREATE FUNCTION pg_temp.int4(value bigint) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN pg_temp.reversed(substring(int8send(value) FROM 5));

-- format: 1 = PCM, 3 = floating point.
CREATE FUNCTION pg_temp.wav(content bytea, rate bigint, channels integer DEFAULT 1, bits integer DEFAULT 16,
	format integer DEFAULT 1, promised bigint DEFAULT NULL) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN 'RIFF'::bytea || pg_temp.int4(36 + length(content)) || 'WAVEfmt ' || pg_temp.int4(16)
	|| substring(pg_temp.int4(format) FROM 1 FOR 2) || substring(pg_temp.int4(channels) FROM 1 FOR 2)
	|| pg_temp.int4(rate) || pg_temp.int4(rate * channels * bits / 8)
	|| substring(pg_temp.int4(channels * bits / 8) FROM 1 FOR 2) || substring(pg_temp.int4(bits) FROM 1 FOR 2)
	|| 'data' || pg_temp.int4(coalesce(promised, length(content))) || content;

CREATE FUNCTION pg_temp.pcm(value float8) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN substring(int2send(round(value * 32768)::int2) FROM 2) || substring(int2send(round(value * 32768)::int2) FROM 1 FOR 1);

CREATE FUNCTION pg_temp.answer(recording bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	RETURN musicintel.audio_features(recording)::text;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

---- Known sounds -------------------------------------------------------------------------------------------------------
CREATE TABLE tone AS SELECT f.* FROM
	(SELECT string_agg(pg_temp.pcm(0.5 * sin(2 * pi() * 441 * i / 22050)), '' ORDER BY i) AS content FROM generate_series(0, 66149) AS i) AS s,
	audio_features(pg_temp.wav(content, 22050)) AS f;
SELECT is(duration_seconds, 3::float8, 'three seconds') FROM tone;
SELECT is((sample_rate, channels), (22050, 1), 'rate and channels') FROM tone;
SELECT ok(abs(energy - 0.5 / sqrt(2)) < 0.01, 'the root mean square of a sine is its amplitude over root 2') FROM tone;
SELECT ok(abs(brightness - 441) < 10, 'its spectrum is about its frequency') FROM tone;
SELECT ok(abs(noisiness - 2 * 441 / 22050.0) < 0.0005, 'it crosses zero twice a period') FROM tone;
SELECT is(bpm, NULL, 'a steady tone has no tempo') FROM tone;
SELECT ok(rhythm_strength < 0.01, 'nor rhythm') FROM tone;

-- A click every half second, 120 a minute: 22 frames of 512 samples at 22,050 Hz, for so says librosa 0.11.
CREATE TABLE clicks AS
SELECT string_agg(pg_temp.pcm(CASE WHEN i % 4000 < 40 THEN 0.8 * sin(i % 4000 * 1.1) ELSE 0.001 * sin(i % 997 * 37 % 101) END), '' ORDER BY i) AS content
FROM generate_series(0, 63999) AS i;
SELECT ok(abs(bpm - 60 * 22050 / 512.0 / 22) < 1e-9, 'clicks at 120 a minute have that tempo') FROM clicks, audio_features(pg_temp.wav(content, 8000));
SELECT ok(abs(bpm - 60 * 22050 / 512.0 / 29) < 1e-9, 'and at 90 when played slower') FROM clicks, audio_features(pg_temp.wav(content, 6000));

-- A step every half second as libFLAC 1.4.3 wrote it; bpm, energy, brightness, rhythm_strength of it by librosa 0.11.0.
CREATE TABLE flac AS SELECT decode('
ZkxhQ4AAACIQABAAAAANAAANAgAA8AABQACDH1H+BaqNcFu29sdpTc6i//jNCAAgAIEBAAVQhf/4zQgBIADqAAAATY3/+M0IAiAAVwEABeqC//
jNCAMgADwAAAD3iv/4zQgEIAAqAQAFyPb/+M0IBSAAQQAAANX+//jNCAYgAPwBAAVy8f/4zQgHIACXAAAAb/n/+M0ICCAA0AEABYwe//jNCAkg
ALsAAACRFv/4zQgKIAAGAQAFNhn/+M0ICyAAbQAAACsR//jNCAwgAHsBAAUUbf/4zQgNIAAQAAAACWX/+M0IDiAArQEABa5q//jNCA8gAMYAAA
CzYv/4zQgQIAAjAQAFabb/+M0IESAASAAAAHS+//jNCBIgAPUBAAXTsf/4zQgTIACeAAAAzrk=', 'base64') AS file;
SELECT ok(duration_seconds = 10 AND sample_rate = 8192 AND channels = 1, 'FLAC is read') FROM flac, audio_features(file);
SELECT ok(abs(bpm - 117.45383523) < 1e-8, 'the same tempo as librosa''s') FROM flac, audio_features(file);
SELECT ok(abs(energy / 0.26421747 - 1) < 0.01, 'the same energy, within 1 %') FROM flac, audio_features(file);
SELECT ok(abs(rhythm_strength / 1.330303 - 1) < 0.05, 'the same rhythm strength, within 5 %') FROM flac, audio_features(file);
SELECT is(audio_features(file), audio_features(pg_temp.wav(
		(SELECT string_agg(pg_temp.pcm(CASE WHEN i / 4096 % 2 = 0 THEN 0.5 ELSE 0 END), '' ORDER BY i) FROM generate_series(0, 81919) AS i), 8192)),
	'the same samples in WAV, the same figures')
FROM flac;

---- Kinds of samples ---------------------------------------------------------------------------------------------------
-- Multiples of a 64th, which all of them hold exactly.
CREATE TABLE wave AS SELECT i, round(sin(i * 0.3) * 40) / 64 AS value FROM generate_series(1, 3000) AS i;
CREATE TABLE kinds AS
SELECT kind, audio_features(pg_temp.wav(content, 8000, bits => bits, format => format))::text AS features
FROM (SELECT '8 bits' AS kind, 8 AS bits, 1 AS format, string_agg(substring(int2send((value * 128 + 128)::int2) FROM 2), '' ORDER BY i) AS content FROM wave
	UNION ALL SELECT '16 bits', 16, 1, string_agg(pg_temp.pcm(value), '' ORDER BY i) FROM wave
	UNION ALL SELECT '24 bits', 24, 1, string_agg(substring(pg_temp.int4((value * 8388608)::bigint) FROM 1 FOR 3), '' ORDER BY i) FROM wave
	UNION ALL SELECT '32 bits', 32, 1, string_agg(pg_temp.int4((value * 2147483648)::bigint), '' ORDER BY i) FROM wave
	UNION ALL SELECT 'single precision', 32, 3, string_agg(pg_temp.reversed(float4send(value::float4)), '' ORDER BY i) FROM wave
	UNION ALL SELECT 'double precision', 64, 3, string_agg(pg_temp.reversed(float8send(value)), '' ORDER BY i) FROM wave) AS files;
SELECT is(features, (SELECT features FROM kinds WHERE kind = '16 bits'), kind) FROM kinds WHERE kind <> '16 bits' ORDER BY kind;

SELECT ok(energy = 0 AND channels = 2, 'channels are mixed: one against the other is silence')
FROM (SELECT string_agg(pg_temp.pcm(value) || pg_temp.pcm(-value), '' ORDER BY i) AS content FROM wave) AS s,
	audio_features(pg_temp.wav(content, 8000, channels => 2));
SELECT is((stereo.bpm, stereo.energy, stereo.brightness), (mono.bpm, mono.energy, mono.brightness), 'twice the same is the same')
FROM (SELECT string_agg(pg_temp.pcm(value) || pg_temp.pcm(value), '' ORDER BY i) AS twice, string_agg(pg_temp.pcm(value), '' ORDER BY i) AS once FROM wave) AS s,
	audio_features(pg_temp.wav(twice, 8000, channels => 2)) AS stereo, audio_features(pg_temp.wav(once, 8000)) AS mono;
SELECT ok(energy > 0.3, 'the length may be unknown to whoever wrote the header')
FROM (SELECT string_agg(pg_temp.pcm(value), '' ORDER BY i) AS content FROM wave) AS s,
	audio_features(pg_temp.wav(content, 8000, promised => 4294967295));

SELECT ok(duration_seconds = 31 AND energy = 0, 'what comes after 30 seconds counts for the duration alone')
FROM audio_features(pg_temp.wav(decode(repeat('00', 240000) || repeat('ff3f', 4000), 'hex'), 4000));

---- Next to nothing ----------------------------------------------------------------------------------------------------
SELECT is(audio_features(NULL), NULL, 'nothing');
SELECT is(pg_temp.answer(pg_temp.wav('', 44100)), '(0,44100,1,,,,,)', 'a file with no samples has a duration of 0, and no figures');
SELECT is(pg_temp.answer(pg_temp.wav(decode(repeat('00', 44100), 'hex'), 22050)), '(1,22050,1,,0,0,0,0)', 'silence has no tempo');
SELECT ok(bpm IS NULL AND noisiness = 0 AND abs(energy - 0.5) < 0.03, 'nor has a constant')
FROM audio_features(pg_temp.wav(decode(repeat('0040', 44100), 'hex'), 22050));
SELECT ok(bpm IS NULL AND energy > 0 AND abs(brightness - 5512.5) < 1e-6, 'nor has one sample; it has every frequency')
FROM audio_features(pg_temp.wav(pg_temp.pcm(0.5), 22050));

---- Bad input ----------------------------------------------------------------------------------------------------------
CREATE TABLE sound AS SELECT string_agg(pg_temp.pcm(value), '' ORDER BY i) AS content FROM wave;
SELECT is(pg_temp.answer(''), '22P03 audio is empty', 'an empty value');
SELECT is(pg_temp.answer('some text, long enough for a header'), '22P03 this is neither a WAV nor a FLAC file', 'no sound file');
SELECT is(pg_temp.answer('OggS' || decode(repeat('00', 100), 'hex')), '22P03 this is neither a WAV nor a FLAC file', 'a sound file of another kind');
SELECT is(pg_temp.answer(substring(pg_temp.wav(content, 8000) FROM 1 FOR 1044)),
	'22P03 audio is cut off: its header promises 6000 bytes of samples, 1000 are there', 'a WAV file cut off') FROM sound;
SELECT is(pg_temp.answer(substring(pg_temp.wav(content, 8000) FROM 1 FOR 30)),
	'22P03 audio is cut off: the WAV file has no samples', 'and in its header') FROM sound;
SELECT is(pg_temp.answer(substring(file FROM 1 FOR 200)), '22P03 audio is cut off or damaged within its first 30 seconds', 'a FLAC file cut off') FROM flac;
SELECT is(pg_temp.answer(set_byte(file, 150, 255 - get_byte(file, 150))), '22P03 audio is cut off or damaged within its first 30 seconds',
	'a FLAC file with a wrong byte') FROM flac;
SELECT ok(duration_seconds = 10 AND energy > 0, 'FLAC of unknown length is read to its end')
FROM flac, audio_features(overlay(file PLACING decode('00000000', 'hex') FROM 23));
SELECT is(pg_temp.answer(substring(file FROM 1 FOR 20)), '22P03 audio is cut off: the FLAC file has no samples', 'and cut off in its header') FROM flac;
SELECT is(pg_temp.answer(set_byte(set_byte(file, 21, get_byte(file, 21) | 15), 22, 255)),
	'22P03 audio is cut off: its header promises 68702781440 samples, which do not fit in 302 bytes', 'one that claims 2^36 samples') FROM flac;
SELECT is(pg_temp.answer(pg_temp.wav(content, 8000, channels => 10000)), '22P03 audio cannot be decoded', '10,000 channels') FROM sound;
SELECT is(pg_temp.answer(pg_temp.wav(content, 8000, channels => 0)), '22P03 audio cannot be decoded', 'no channel') FROM sound;
SELECT is(pg_temp.answer(pg_temp.wav(content, 1)), '22023 audio has a sampling rate of 1 Hz', 'one sample a second') FROM sound;
SELECT is(pg_temp.answer(pg_temp.wav(content, 2000000000)), '22023 audio has a sampling rate of 2000000000 Hz', '2,000,000,000 a second') FROM sound;
SELECT is(pg_temp.answer(pg_temp.wav(content, 8000, bits => 4, format => 17)), '22P03 audio cannot be decoded', 'a compression with a header that is wrong') FROM sound;
SELECT is(pg_temp.answer(pg_temp.wav(pg_temp.reversed(float4send(0.5)) || pg_temp.reversed(float4send('NaN')), 8000, bits => 32, format => 3)),
	'22023 audio has a sample that is not a finite number', 'NaN');
SELECT is(pg_temp.answer(pg_temp.wav(pg_temp.reversed(float4send(0.5)) || pg_temp.reversed(float4send('-Infinity')), 8000, bits => 32, format => 3)),
	'22023 audio has a sample that is not a finite number', 'infinity');
SELECT ok(energy > 1e38 AND brightness > 0, 'the largest numbers there are do no harm')
FROM audio_features(pg_temp.wav((SELECT string_agg(pg_temp.reversed(float4send((3e38 * (i % 2 * 2 - 1))::float4)), '') FROM generate_series(1, 1000) AS i), 22050,
	bits => 32, format => 3));

\i test/pgtap/end.psql
