-- refresh(): the model fitted anew, then every materialized view of the workspace filled, in the order in which
-- workspace_columns lists them, which is that of their dependence.
--
-- Called on its own, each step is a transaction: readers see its result at once, a step that fails leaves what it was to
-- renew as it was and is logged, what depends on it is left out, and the rest goes on. Inside a transaction block (or a
-- function), where a procedure may not commit, everything happens or nothing, log included.
--
-- One refresh at a time, by an advisory lock that every transaction of a refresh takes anew. A lock of the session would
-- stay when the refresh is cancelled, or fails, between two steps, where no exception handler can be, since it would not
-- let the procedure commit. The price: in the instant between two steps another refresh can begin. Then the first one ends.

CREATE FUNCTION musicintel.may_commit() RETURNS boolean
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION musicintel.may_commit() IS
'Whether the procedure that asks may COMMIT: not inside a transaction block, a function, or a block with an exception '
'handler.';


CREATE FUNCTION musicintel.create_workspace_refresh(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    object := pg_catalog.format('%I.refresh()', schema_name);
    kind := 'procedure';
    action := 'kept';
    IF pg_catalog.to_regprocedure(object) IS NULL THEN
        EXECUTE pg_catalog.format(
            'CREATE PROCEDURE %I.refresh() LANGUAGE plpgsql AS %L', schema_name,
            pg_catalog.format('BEGIN CALL musicintel.refresh_workspace(%L); END', schema_name));
        EXECUTE pg_catalog.format('COMMENT ON PROCEDURE %I.refresh() IS %L', schema_name,
            'Fits expected popularity anew and renews what the views show; their readers are not kept waiting. '
            'What it did is in refresh_log.');
        action := 'created';
    END IF;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_refresh(text) IS
'Part of create_workspace: the procedure refresh().';


-- Everything but committing is in functions, which set search_path; a procedure that does so may not commit, and is compiled
-- under its caller's, hence the schemas before its types.
CREATE PROCEDURE musicintel.refresh_workspace(schema_name text)
LANGUAGE plpgsql
AS $$
DECLARE
    commits pg_catalog.bool;
    callers_path pg_catalog.text;
    this_run pg_catalog.int8;
    began pg_catalog.timestamptz;
    step pg_catalog.text;
    step_began pg_catalog.timestamptz;
    step_rows pg_catalog.int8;
    failure pg_catalog.text;
    failure_state pg_catalog.text;
    ends_early pg_catalog.bool := false;
    failed pg_catalog.text[] := '{}';
    first_failure pg_catalog.text;
    first_state pg_catalog.text;
BEGIN
    callers_path := pg_catalog.current_setting('search_path');
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    commits := musicintel.may_commit();
    PERFORM musicintel.refresh_begin(schema_name);
    began := pg_catalog.clock_timestamp();
    this_run := musicintel.refresh_log_step(schema_name, NULL, 'refresh', began, NULL, NULL, NULL);

    FOREACH step IN ARRAY musicintel.refresh_steps(schema_name) LOOP
        IF commits THEN
            COMMIT;
            PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
            ends_early := NOT musicintel.refresh_lock(schema_name);
            IF ends_early THEN
                first_failure := coalesce(first_failure, pg_catalog.format('%s: another session has begun a refresh', step));
                first_state := coalesce(first_state, '55P03');
                EXIT;
            END IF;
        END IF;
        step_began := pg_catalog.clock_timestamp();
        step_rows := NULL;
        failure := musicintel.refresh_obstacle(schema_name, step, failed);
        IF failure IS NOT NULL THEN
            failed := failed || step;
        ELSIF NOT commits THEN
            step_rows := musicintel.refresh_step(schema_name, step);
        ELSE
            BEGIN
                step_rows := musicintel.refresh_step(schema_name, step);
            EXCEPTION
                WHEN query_canceled OR assert_failure OR OTHERS THEN
                    GET STACKED DIAGNOSTICS failure = MESSAGE_TEXT, failure_state = RETURNED_SQLSTATE;
                    ends_early := failure_state = '57014';
                    failed := failed || step;
                    first_failure := coalesce(first_failure, pg_catalog.format('%s: %s', step, failure));
                    first_state := coalesce(first_state, failure_state);
            END;
        END IF;
        PERFORM musicintel.refresh_log_step(schema_name, this_run, step, step_began,
            extract(epoch FROM pg_catalog.clock_timestamp() - step_began), step_rows, failure);
        EXIT WHEN ends_early;
    END LOOP;

    PERFORM musicintel.refresh_log_step(schema_name, this_run, 'refresh', began,
        extract(epoch FROM pg_catalog.clock_timestamp() - began), NULL, first_failure);
    IF commits THEN
        COMMIT;
        IF first_failure IS NOT NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = first_state,
                MESSAGE = pg_catalog.format('refresh of %I failed at %s', schema_name, first_failure),
                DETAIL = CASE WHEN ends_early THEN 'What came before it is renewed, the rest is as it was before.'
                    ELSE 'What did not depend on it is renewed, the rest is as it was before.' END,
                HINT = pg_catalog.format('SELECT * FROM %I.refresh_log WHERE run = %s', schema_name, this_run);
        END IF;
    ELSE
        PERFORM pg_catalog.set_config('search_path', callers_path, true);
    END IF;
END
$$;

COMMENT ON PROCEDURE musicintel.refresh_workspace(text) IS
'What the procedure refresh() of a workspace does.';


CREATE FUNCTION musicintel.refresh_lock_key(schema_name text)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.hashtextextended('musicintel refresh ' || schema_name, 0)
$$;

COMMENT ON FUNCTION musicintel.refresh_lock_key(text) IS
'Part of refresh(): the number of the advisory lock that a refresh of this workspace holds.';


CREATE FUNCTION musicintel.refresh_lock(schema_name text)
RETURNS boolean
LANGUAGE sql
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.pg_try_advisory_xact_lock(musicintel.refresh_lock_key(schema_name))
$$;

COMMENT ON FUNCTION musicintel.refresh_lock(text) IS
'Part of refresh(): takes the lock for this transaction; false when another session has it.';


CREATE FUNCTION musicintel.refresh_begin(schema_name text)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner CONSTANT name := (SELECT pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c
        WHERE c.oid = musicintel.workspace_relation(schema_name, 'track_scores'));
    has_settings boolean;
BEGIN
    IF owner IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_schema_name',
            MESSAGE = pg_catalog.format('there is no workspace %s', coalesce(pg_catalog.quote_ident(schema_name), 'NULL')),
            HINT = 'musicintel.create_workspace() makes one.';
    END IF;

    -- Materialized views are filled with the rights of their owner, who would not see a model of anybody else's.
    IF owner <> CURRENT_USER THEN
        RAISE EXCEPTION USING
            ERRCODE = 'insufficient_privilege',
            MESSAGE = pg_catalog.format('workspace %I is refreshed by its owner, %I', schema_name, owner),
            HINT = pg_catalog.format('SET ROLE %I; before it.', owner);
    END IF;

    IF NOT musicintel.refresh_lock(schema_name) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'lock_not_available',
            MESSAGE = pg_catalog.format('another session is refreshing workspace %I', schema_name),
            HINT = pg_catalog.format('Wait for it. SELECT * FROM %I.refresh_log ORDER BY started DESC shows how far it is.', schema_name);
    END IF;

    EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %I.settings)', schema_name) INTO has_settings;
    IF NOT has_settings THEN
        RAISE EXCEPTION USING
            ERRCODE = 'object_not_in_prerequisite_state',
            MESSAGE = pg_catalog.format('workspace %I has no settings', schema_name),
            HINT = pg_catalog.format('INSERT INTO %I.settings DEFAULT VALUES puts back the usual ones.', schema_name);
    END IF;
END
$$;

COMMENT ON FUNCTION musicintel.refresh_begin(text) IS
'Part of refresh(): checks that there is such a workspace and that the caller may refresh it, and takes the lock.';


CREATE FUNCTION musicintel.refresh_steps(schema_name text)
RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'popularity model'::text || pg_catalog.array_agg(view.relation ORDER BY view.position)
    FROM (SELECT w.relation, pg_catalog.min(w.position) AS position FROM musicintel.workspace_columns w GROUP BY w.relation) view
    JOIN pg_catalog.pg_class c ON c.oid = musicintel.workspace_relation(schema_name, view.relation) AND c.relkind = 'm'
$$;

COMMENT ON FUNCTION musicintel.refresh_steps(text) IS
'Part of refresh(): the popularity model and the materialized views of the workspace, in order.';


CREATE FUNCTION musicintel.refresh_obstacle(schema_name text, step text, failed text[])
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT pg_catalog.format('left out, since %s failed', needed.name)
    FROM pg_catalog.unnest(failed) AS needed (name)
    WHERE (step = 'track_scores' AND needed.name = 'popularity model')
        OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r
            JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
                AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            WHERE r.ev_class = musicintel.workspace_relation(schema_name, step)
                AND d.refobjid = musicintel.workspace_relation(schema_name, needed.name))
    LIMIT 1
$$;

COMMENT ON FUNCTION musicintel.refresh_obstacle(text, text, text[]) IS
'Part of refresh(): why a step cannot be done after these have failed; NULL when it can.';


-- Compiling these long queries takes more time than it saves.
CREATE FUNCTION musicintel.refresh_step(schema_name text, step text)
RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
    is_filled boolean;
    filled_rows bigint;
BEGIN
    IF step = 'popularity model' THEN
        RETURN (musicintel.train(schema_name || '.popularity', 'linear_regression', pg_catalog.format(
            'SELECT popularity, artist_popularity, artist_followers, prev_release_popularity, prior_release_mean_popularity, '
            'track_time_minutes FROM %I.track_features', schema_name), target => 'popularity')).rows;
    END IF;

    -- Nobody reads an empty view, and filling it in one go is quicker.
    is_filled := pg_catalog.pg_relation_size(musicintel.workspace_relation(schema_name, step)) > 0;
    EXECUTE pg_catalog.format('REFRESH MATERIALIZED VIEW %s %I.%I', CASE WHEN is_filled THEN 'CONCURRENTLY' END, schema_name, step);
    EXECUTE pg_catalog.format('ANALYZE %I.%I', schema_name, step);
    EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM %I.%I', schema_name, step) INTO filled_rows;
    RETURN filled_rows;
END
$$;

COMMENT ON FUNCTION musicintel.refresh_step(text, text) IS
'Part of refresh(): trains the popularity model, or fills one materialized view; returns the number of rows.';


CREATE FUNCTION musicintel.refresh_log_step(
    schema_name text, run bigint, step text, began timestamptz, seconds double precision, step_rows bigint, failure text
) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    logged bigint;
BEGIN
    EXECUTE pg_catalog.format(
            'INSERT INTO %1$I.refresh_log (run, step, started, seconds, rows, error) '
            'VALUES (coalesce($1, (SELECT coalesce(pg_catalog.max(l.run), 0) + 1 FROM %1$I.refresh_log l)), $2, $3, $4, $5, $6) '
            'ON CONFLICT (run, step) DO UPDATE SET seconds = EXCLUDED.seconds, rows = EXCLUDED.rows, error = EXCLUDED.error '
            'RETURNING run', schema_name)
        INTO logged
        USING run, step, began, seconds, step_rows, pg_catalog."left"(failure, 1000);
    RETURN logged;
END
$$;

COMMENT ON FUNCTION musicintel.refresh_log_step(text, bigint, text, timestamptz, double precision, bigint, text) IS
'Part of refresh(): writes a line of refresh_log, or completes it; returns the number of the run.';
