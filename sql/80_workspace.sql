-- The workspace: tables and views in a schema of the user's own, made by create_workspace().
--
-- A topic (tables, popularity, ...) is a function create_workspace_<topic>() that makes what is missing and says what it
-- did, and rows in workspace_columns, which say what its relations look like: the same rows make a table, check one that
-- was there before, and write the comments. Everything runs with the rights of the caller, who owns what it makes.

CREATE TABLE musicintel.workspace_columns (
    relation text NOT NULL,
    position integer GENERATED ALWAYS AS IDENTITY,
    column_name text NOT NULL,
    data_type text NOT NULL,
    refers_to text,
    constraints text,
    description text NOT NULL,
    PRIMARY KEY (relation, column_name)
);

COMMENT ON TABLE musicintel.workspace_columns IS
'What the tables and views of a workspace look like. A table or view that was there before create_workspace() has '
'to have these columns, in any order, among any others.';
COMMENT ON COLUMN musicintel.workspace_columns.relation IS
'Table or view in the workspace''s schema.';
COMMENT ON COLUMN musicintel.workspace_columns.position IS
'Order of the columns in a relation that create_workspace() makes.';
COMMENT ON COLUMN musicintel.workspace_columns.column_name IS
'Column.';
COMMENT ON COLUMN musicintel.workspace_columns.data_type IS
'Its type. An existing column may have another one of the same category: numeric for integer, text for varchar.';
COMMENT ON COLUMN musicintel.workspace_columns.refers_to IS
'Table whose key of the same name it refers to.';
COMMENT ON COLUMN musicintel.workspace_columns.constraints IS
'Further column constraints, as in CREATE TABLE.';
COMMENT ON COLUMN musicintel.workspace_columns.description IS
'What it holds, with its unit; becomes the comment on the column.';

COMMENT ON SEQUENCE musicintel.workspace_columns_position_seq IS
'Numbers the rows of workspace_columns in the order in which this script inserts them.';

GRANT SELECT ON musicintel.workspace_columns TO PUBLIC;


-- create_workspace is what a user calls. A new topic adds one line to it. The views are empty at first: to compile their
-- queries would be nine tenths of the work.
CREATE FUNCTION musicintel.create_workspace(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
BEGIN
    RETURN QUERY SELECT * FROM musicintel.create_workspace_schema(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_tables(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_settings(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_popularity(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_residuals(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_bias(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_exposure(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_diagnostics(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_ablation(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_audit(schema_name);
    RETURN QUERY SELECT * FROM musicintel.create_workspace_refresh(schema_name);
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace(text) IS
'Makes a workspace in the schema named: ordinary tables for tracks and listening, views with features and '
'results, and a procedure refresh(). What is there already is checked and kept, so it can be called again at any '
'time.';


CREATE FUNCTION musicintel.create_workspace_schema(schema_name text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    schema_id oid;
BEGIN
    kind := 'schema';
    object := pg_catalog.quote_ident(schema_name);

    IF schema_name IS NULL OR schema_name = '' THEN
        RAISE EXCEPTION 'a workspace needs the name of a schema'
            USING ERRCODE = 'invalid_schema_name', HINT = 'For instance: SELECT * FROM musicintel.create_workspace(''music'').';
    ELSIF pg_catalog.octet_length(schema_name) > 63 THEN
        RAISE EXCEPTION 'schema name "%" is longer than 63 bytes', schema_name USING ERRCODE = 'name_too_long';
    ELSIF schema_name LIKE 'pg\_%' OR schema_name = 'information_schema' THEN
        RAISE EXCEPTION 'schema "%" is the server''s own', schema_name USING ERRCODE = 'reserved_name';
    END IF;

    SELECT n.oid INTO schema_id FROM pg_catalog.pg_namespace n WHERE n.nspname = schema_name;

    IF schema_id IS NULL THEN
        IF NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') THEN
            RAISE EXCEPTION 'permission denied to create schema % in database %', object,
                    pg_catalog.quote_ident(pg_catalog.current_database())
                USING ERRCODE = 'insufficient_privilege',
                    HINT = pg_catalog.format('Let an owner run: CREATE SCHEMA %I AUTHORIZATION %I;', schema_name, current_user);
        END IF;
        EXECUTE pg_catalog.format('CREATE SCHEMA %I', schema_name);
        action := 'created';
    ELSE
        -- A schema that an extension made goes away with it, and the names in ours are taken. A workspace must not be there.
        IF EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = schema_id AND d.deptype = 'e')
            OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extname = 'musicintel' AND e.extnamespace = schema_id) THEN
            RAISE EXCEPTION 'schema % belongs to an extension', object
                USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Choose a schema of your own.';
        ELSIF NOT pg_catalog.has_schema_privilege(schema_id, 'CREATE') OR NOT pg_catalog.has_schema_privilege(schema_id, 'USAGE') THEN
            RAISE EXCEPTION 'permission denied for schema %', object
                USING ERRCODE = 'insufficient_privilege',
                    HINT = pg_catalog.format('Let its owner run: GRANT CREATE, USAGE ON SCHEMA %I TO %I;', schema_name, current_user);
        END IF;
        action := 'kept';
    END IF;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION musicintel.create_workspace_schema(text) IS
'Part of create_workspace: makes the schema, or checks that the caller may create relations in it.';


CREATE FUNCTION musicintel.workspace_relation(schema_name text, relation_name text)
RETURNS regclass
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid::pg_catalog.regclass
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = schema_name AND c.relname = relation_name
$$;

COMMENT ON FUNCTION musicintel.workspace_relation(text, text) IS
'Part of create_workspace: the relation with this name in this schema, or NULL.';


-- Two types are compatible when they are of one category, for then the casts in the views take one to the other.
CREATE FUNCTION musicintel.workspace_check(schema_name text, relation_name text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_relation regclass := musicintel.workspace_relation(schema_name, relation_name);
    found_kind "char" := (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = found_relation);
    complaints text;
    missing text;
BEGIN
    IF found_kind NOT IN ('r', 'p', 'v', 'm', 'f') THEN
        RAISE EXCEPTION '%.% is neither a table nor a view', pg_catalog.quote_ident(schema_name), pg_catalog.quote_ident(relation_name)
            USING ERRCODE = 'wrong_object_type', HINT = 'Rename it, or choose another schema.';
    ELSIF NOT pg_catalog.has_table_privilege(found_relation, 'SELECT') THEN
        RAISE EXCEPTION 'permission denied for %', found_relation
            USING ERRCODE = 'insufficient_privilege',
                HINT = pg_catalog.format('Let its owner run: GRANT SELECT ON %s TO %I;', found_relation, current_user);
    END IF;

    SELECT pg_catalog.string_agg(CASE WHEN a.attname IS NULL THEN pg_catalog.format('%I is missing: %s', w.column_name, w.data_type)
                ELSE pg_catalog.format('%I is of type %s, not %s', w.column_name, pg_catalog.format_type(a.atttypid, a.atttypmod),
                    w.data_type) END, E'\n' ORDER BY w.position),
            pg_catalog.string_agg(pg_catalog.format(CASE WHEN found_kind IN ('v', 'm') THEN 'NULL::%2$s AS %1$I' ELSE 'ADD COLUMN %I %s' END,
                w.column_name, w.data_type), ', ' ORDER BY w.position) FILTER (WHERE a.attname IS NULL)
        INTO complaints, missing
    FROM musicintel.workspace_columns w
    JOIN pg_catalog.pg_type expected ON expected.oid = w.data_type::pg_catalog.regtype
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = found_relation AND a.attname = w.column_name
        AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_type actual ON actual.oid = a.atttypid
    WHERE w.relation = relation_name AND actual.typcategory IS DISTINCT FROM expected.typcategory;

    IF complaints IS NOT NULL THEN
        RAISE EXCEPTION '% lacks columns that a workspace needs', found_relation
            USING ERRCODE = 'invalid_table_definition', DETAIL = complaints,
                HINT = CASE
                    WHEN missing IS NULL THEN 'Put a view of this name in its place, with casts.'
                    WHEN found_kind IN ('v', 'm') THEN pg_catalog.format('Unknown columns may be NULL. Let the view say: %s', missing)
                    ELSE pg_catalog.format('Unknown columns may be NULL: ALTER TABLE %s %s;', found_relation, missing) END;
    END IF;
END
$$;

COMMENT ON FUNCTION musicintel.workspace_check(text, text) IS
'Part of create_workspace: an error that lists the columns an existing table or view lacks, or has with another '
'type.';


-- The statement creates relation_name, which is then given its comments. When the relation exists, it is checked and kept.
CREATE FUNCTION musicintel.workspace_create(schema_name text, relation_name text, statement text, description text)
RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    named record;
BEGIN
    object := pg_catalog.format('%I.%I', schema_name, relation_name);
    IF musicintel.workspace_relation(schema_name, relation_name) IS NULL THEN
        EXECUTE statement;
        action := 'created';
    ELSE
        PERFORM musicintel.workspace_check(schema_name, relation_name);
        action := 'kept';
    END IF;

    kind := (SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END
        FROM pg_catalog.pg_class c WHERE c.oid = musicintel.workspace_relation(schema_name, relation_name));

    IF action = 'created' THEN
        EXECUTE pg_catalog.format('COMMENT ON %s %s IS %L', kind, object, description);
        FOR named IN SELECT w.column_name, w.description FROM musicintel.workspace_columns w WHERE w.relation = relation_name LOOP
            EXECUTE pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', object, named.column_name, named.description);
        END LOOP;
    END IF;
    RETURN NEXT;
END
$$;

COMMENT ON FUNCTION musicintel.workspace_create(text, text, text, text) IS
'Part of create_workspace: makes a table or view and comments on it and its columns, or checks and keeps the one '
'that is there.';


-- A view that answers at once, since what it shows is stored: the query fills the materialized view <relation>_stored, which
-- refresh() renews, and the view of the name shows it to tools that list no materialized views. Both have the columns
-- that workspace_columns gives the view. Before the first refresh() there is nothing to show and nothing is worked out.
CREATE FUNCTION musicintel.workspace_create_stored(
    schema_name text, relation_name text, key_columns text, ordering text, query text, description text
) RETURNS TABLE (object text, kind text, action text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stored_name text := relation_name || '_stored';
    cast_columns text;
    columns text;
BEGIN
    SELECT pg_catalog.string_agg(pg_catalog.format('q.%1$I::%2$s AS %1$I', w.column_name, w.data_type), ', ' ORDER BY w.position),
            pg_catalog.string_agg(pg_catalog.quote_ident(w.column_name), ', ' ORDER BY w.position)
        INTO cast_columns, columns
    FROM musicintel.workspace_columns w
    WHERE w.relation = relation_name;

    SELECT w.object, w.kind, w.action INTO object, kind, action
    FROM musicintel.workspace_create(schema_name, stored_name, pg_catalog.format(
            'CREATE MATERIALIZED VIEW %1$I.%2$I AS SELECT %3$s FROM (%4$s) AS q WHERE EXISTS (SELECT FROM %1$I.refresh_log)',
            schema_name, stored_name, cast_columns, query),
        pg_catalog.format('What the view %s shows, as of the last refresh().', relation_name)) w;
    IF action = 'created' THEN
        EXECUTE pg_catalog.format('CREATE UNIQUE INDEX ON %I.%I (%s)', schema_name, stored_name, key_columns);
    END IF;
    RETURN NEXT;

    RETURN QUERY SELECT * FROM musicintel.workspace_create(schema_name, relation_name, pg_catalog.format(
        'CREATE VIEW %1$I.%2$I AS SELECT %3$s FROM %1$I.%4$I ORDER BY %5$s', schema_name, relation_name, columns, stored_name, ordering),
        description || ' As of the last refresh().');
END
$$;

COMMENT ON FUNCTION musicintel.workspace_create_stored(text, text, text, text, text, text) IS
'Part of create_workspace: a view together with the materialized view that holds what it shows.';
