-- The workspace's tables: artists, users, tracks, sessions, listens, interactions.
--
-- tracks has the audio features of the Spotify Web API, listens the descriptors of the Spotify skip prediction challenge;
-- both are NULL where they are not known. The checks accept what real catalogues hold: loudness above 0 dB, tempo 0,
-- popularity 0, dates before 1900. They refuse NaN, which is above every upper bound.

INSERT INTO musicintel.workspace_columns (relation, column_name, data_type, refers_to, constraints, description) VALUES
    ('artists', 'artist_id', 'varchar(255)', NULL, 'PRIMARY KEY', 'The artist''s identifier, for instance the Spotify id.'),
    ('artists', 'artist_name', 'text', NULL, NULL, 'Name.'),
    ('artists', 'popularity', 'integer', NULL, 'CHECK (popularity BETWEEN 0 AND 100)', 'Popularity of the artist, 0 to 100.'),
    ('artists', 'followers', 'bigint', NULL, 'CHECK (followers >= 0)', 'Number of followers.'),
    ('artists', 'genres', 'text[]', NULL, NULL, 'Genres the artist is filed under.'),

    ('users', 'user_id', 'varchar(255)', NULL, 'PRIMARY KEY', 'The listener''s identifier.'),
    ('users', 'display_name', 'text', NULL, NULL, 'Name shown to others.'),
    ('users', 'country', 'text', NULL, NULL, 'Country, as an ISO 3166-1 code.'),
    ('users', 'premium', 'boolean', NULL, NULL, 'Is this a paying subscriber today?'),
    ('users', 'created_at', 'timestamptz', NULL, NULL, 'When the account was opened.'),

    ('tracks', 'track_id', 'varchar(255)', NULL, 'PRIMARY KEY', 'The track''s identifier, for instance the Spotify id.'),
    ('tracks', 'track_name', 'text', NULL, NULL, 'Title.'),
    ('tracks', 'artist_id', 'varchar(255)', 'artists', NULL, 'Main artist.'),
    ('tracks', 'artist_credit', 'text', NULL, NULL, 'Artist as billed on the release ("A & B"). Releases follow each other per billing; NULL: per artist_id.'),
    ('tracks', 'album_id', 'text', NULL, NULL, 'The album''s identifier.'),
    ('tracks', 'album_name', 'text', NULL, NULL, 'Album, single or compilation.'),
    ('tracks', 'release_date', 'date', NULL, NULL, 'Date of release; the first day of the month or year where only that is known.'),
    ('tracks', 'release_date_precision', 'text', NULL, 'DEFAULT ''day'' CHECK (release_date_precision IN (''year'', ''month'', ''day''))', 'How much of release_date is known: year, month or day.'),
    ('tracks', 'genre', 'text', NULL, NULL, 'Genre.'),
    ('tracks', 'subgenre', 'text', NULL, NULL, 'Genre within the genre.'),
    ('tracks', 'popularity', 'integer', NULL, 'CHECK (popularity BETWEEN 0 AND 100)', 'Popularity of the track, 0 to 100.'),
    ('tracks', 'duration_ms', 'integer', NULL, 'CHECK (duration_ms >= 0)', 'Playing time in milliseconds.'),
    ('tracks', 'explicit', 'boolean', NULL, NULL, 'Are the lyrics marked as explicit?'),
    ('tracks', 'danceability', 'double precision', NULL, 'CHECK (danceability BETWEEN 0 AND 1)', 'How suitable for dancing, 0 to 1.'),
    ('tracks', 'energy', 'double precision', NULL, 'CHECK (energy BETWEEN 0 AND 1)', 'Perceived intensity and activity, 0 to 1.'),
    ('tracks', 'key', 'smallint', NULL, 'CHECK (key BETWEEN -1 AND 11)', 'Pitch class, 0 = C, 1 = C sharp, ...; -1 where none was detected.'),
    ('tracks', 'loudness', 'double precision', NULL, 'CHECK (loudness BETWEEN -200 AND 50)', 'Overall loudness in dB, mostly -60 to 0, sometimes above.'),
    ('tracks', 'mode', 'smallint', NULL, 'CHECK (mode IN (0, 1))', '1 = major, 0 = minor.'),
    ('tracks', 'speechiness', 'double precision', NULL, 'CHECK (speechiness BETWEEN 0 AND 1)', 'Presence of spoken words, 0 to 1.'),
    ('tracks', 'acousticness', 'double precision', NULL, 'CHECK (acousticness BETWEEN 0 AND 1)', 'Confidence that the track is acoustic, 0 to 1.'),
    ('tracks', 'instrumentalness', 'double precision', NULL, 'CHECK (instrumentalness BETWEEN 0 AND 1)', 'Confidence that there are no vocals, 0 to 1.'),
    ('tracks', 'liveness', 'double precision', NULL, 'CHECK (liveness BETWEEN 0 AND 1)', 'Confidence that an audience was present, 0 to 1.'),
    ('tracks', 'valence', 'double precision', NULL, 'CHECK (valence BETWEEN 0 AND 1)', 'Musical positiveness, 0 (sad, angry) to 1 (happy).'),
    ('tracks', 'tempo', 'double precision', NULL, 'CHECK (tempo BETWEEN 0 AND 1000)', 'Beats per minute; 0 where none was detected.'),
    ('tracks', 'time_signature', 'smallint', NULL, 'CHECK (time_signature BETWEEN 0 AND 15)', 'Beats in a bar.'),

    ('sessions', 'session_id', 'varchar(255)', NULL, 'PRIMARY KEY', 'The listening session''s identifier.'),
    ('sessions', 'user_id', 'varchar(255)', 'users', NULL, 'Listener; NULL in anonymous logs.'),
    ('sessions', 'started_at', 'timestamptz', NULL, NULL, 'When the session began.'),
    ('sessions', 'session_length', 'integer', NULL, 'CHECK (session_length >= 0)', 'Number of tracks in the session.'),
    ('sessions', 'premium', 'boolean', NULL, NULL, 'Was this a paying subscriber at the time?'),

    ('listens', 'listen_id', 'bigint', NULL, 'GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY', 'Number of the listen.'),
    ('listens', 'session_id', 'varchar(255)', 'sessions', NULL, 'Session it belongs to.'),
    ('listens', 'session_position', 'integer', NULL, 'CHECK (session_position >= 1)', 'Place in the session, 1 = first.'),
    ('listens', 'user_id', 'varchar(255)', 'users', NULL, 'Listener; NULL in anonymous logs.'),
    ('listens', 'track_id', 'varchar(255)', 'tracks', NULL, 'Track played.'),
    ('listens', 'played_at', 'timestamptz', NULL, NULL, 'When playback ended.'),
    ('listens', 'ms_played', 'integer', NULL, 'CHECK (ms_played >= 0)', 'Time played in milliseconds; known only afterwards.'),
    ('listens', 'skipped', 'boolean', NULL, NULL, 'Did the listener skip it at any point? Known only afterwards.'),
    ('listens', 'skip_1', 'boolean', NULL, NULL, 'Skipped after a very short time; known only afterwards.'),
    ('listens', 'skip_2', 'boolean', NULL, NULL, 'Skipped after a short time at the latest; known only afterwards.'),
    ('listens', 'skip_3', 'boolean', NULL, NULL, 'Skipped after most of the track at the latest; known only afterwards.'),
    ('listens', 'not_skipped', 'boolean', NULL, NULL, 'Played to its end; known only afterwards.'),
    ('listens', 'context_switch', 'boolean', NULL, NULL, 'Did the listener change the context (playlist, album, ...) before this track?'),
    ('listens', 'no_pause_before_play', 'boolean', NULL, NULL, 'Did it follow the track before at once?'),
    ('listens', 'short_pause_before_play', 'boolean', NULL, NULL, 'Was there a short pause before it?'),
    ('listens', 'long_pause_before_play', 'boolean', NULL, NULL, 'Was there a long pause before it?'),
    ('listens', 'seekfwd', 'integer', NULL, 'CHECK (seekfwd >= 0)', 'Number of times the listener scrubbed forward; known only afterwards.'),
    ('listens', 'seekback', 'integer', NULL, 'CHECK (seekback >= 0)', 'Number of times the listener scrubbed back; known only afterwards.'),
    ('listens', 'shuffle', 'boolean', NULL, NULL, 'Was shuffle mode on?'),
    ('listens', 'hour_of_day', 'smallint', NULL, 'CHECK (hour_of_day BETWEEN 0 AND 23)', 'Hour on the listener''s clock, 0 to 23.'),
    ('listens', 'context_type', 'text', NULL, NULL, 'Where it was played from: editorial_playlist, user_collection, radio, ...'),
    ('listens', 'reason_start', 'text', NULL, NULL, 'Why playback began: trackdone, fwdbtn, clickrow, ...'),
    ('listens', 'reason_end', 'text', NULL, NULL, 'Why playback ended: trackdone, fwdbtn, endplay, ...; known only afterwards.'),
    ('listens', 'platform', 'text', NULL, NULL, 'Device or operating system.'),

    ('interactions', 'interaction_id', 'bigint', NULL, 'GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY', 'Number of the interaction.'),
    ('interactions', 'user_id', 'varchar(255)', 'users', NULL, 'Listener.'),
    ('interactions', 'track_id', 'varchar(255)', 'tracks', NULL, 'Track it is about, or NULL.'),
    ('interactions', 'artist_id', 'varchar(255)', 'artists', NULL, 'Artist it is about, or NULL.'),
    ('interactions', 'kind', 'text', NULL, 'NOT NULL', 'What was done: play, like, rating, playlist, tag, follow, ...'),
    ('interactions', 'value', 'double precision', NULL, NULL, 'How much: number of plays, stars of a rating; NULL where there is no amount.'),
    ('interactions', 'detail', 'text', NULL, NULL, 'The tag, the name of the playlist, ...'),
    ('interactions', 'occurred_at', 'timestamptz', NULL, NULL, 'When.');


CREATE FUNCTION musicintel.create_workspace_tables(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    wanted record;
    indexed text;
BEGIN
    -- A table comes after those it refers to.
    FOR wanted IN
        SELECT * FROM (VALUES
            ('artists', 'Artists of the catalogue.', NULL::text[]),
            ('users', 'Listeners.', NULL),
            ('tracks', 'Tracks of the catalogue, with their audio features.', ARRAY['artist_id']),
            ('sessions', 'Listening sessions.', ARRAY['user_id']),
            ('listens', 'Tracks played, in sessions where they are known.',
                ARRAY['session_id, session_position', 'user_id, played_at', 'track_id']),
            ('interactions', 'What listeners did with tracks and artists other than playing them once: likes, ratings, playlists, tags, play counts.',
                ARRAY['user_id', 'track_id', 'artist_id'])
        ) AS list (relation, description, indexes)
    LOOP
        SELECT w.object, w.kind, w.action INTO object, kind, action
        FROM musicintel.workspace_create(schema_name, wanted.relation, musicintel.workspace_table(schema_name, wanted.relation),
            wanted.description) w;
        IF action = 'created' THEN
            FOREACH indexed IN ARRAY coalesce(wanted.indexes, '{}') LOOP
                EXECUTE pg_catalog.format('CREATE INDEX ON %I.%I (%s)', schema_name, wanted.relation, indexed);
            END LOOP;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_tables(text) IS
'Part of create_workspace: the tables artists, users, tracks, sessions, listens and interactions.';


-- A reference is declared only where it can be: to a column that is a key of an ordinary table. It is deferrable, so that
-- a loader may fill the tables in any order within a transaction.
CREATE FUNCTION musicintel.workspace_table(schema_name text, relation_name text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.format('CREATE TABLE %I.%I (%s)', schema_name, relation_name, pg_catalog.string_agg(
        pg_catalog.concat_ws(' ', pg_catalog.quote_ident(w.column_name), w.data_type, w.constraints,
            CASE WHEN k.conrelid IS NOT NULL
                THEN pg_catalog.format('REFERENCES %I.%I (%I) DEFERRABLE', schema_name, w.refers_to, w.column_name) END),
        ', ' ORDER BY w.position))
    FROM musicintel.workspace_columns w
    LEFT JOIN (SELECT DISTINCT c.conrelid, a.attname FROM pg_catalog.pg_constraint c
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
            WHERE c.contype IN ('p', 'u') AND NOT c.condeferrable) k
        ON k.conrelid = musicintel.workspace_relation(schema_name, w.refers_to) AND k.attname = w.column_name
    WHERE w.relation = relation_name
$$;

COMMENT ON FUNCTION musicintel.workspace_table(text, text) IS
'Part of create_workspace: the CREATE TABLE statement of a table of the workspace.';
