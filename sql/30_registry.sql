-- Named, versioned models: tables under row-level security, and how a name is resolved.

CREATE TABLE musicintel.model_versions (
    owner regrole NOT NULL DEFAULT pg_catalog.quote_ident(CURRENT_USER)::regrole,
    name text NOT NULL CHECK (name <> ''),
    version integer NOT NULL CHECK (version > 0),
    is_current boolean NOT NULL,
    algorithm text NOT NULL,
    model musicintel.model NOT NULL,
    target text,
    query text,
    options jsonb NOT NULL DEFAULT '{}',
    rows bigint,
    rows_left_out bigint,
    features integer,
    metrics jsonb,
    seed bigint,
    seconds double precision,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (owner, name, version)
);
CREATE UNIQUE INDEX model_versions_current ON musicintel.model_versions (owner, name) WHERE is_current;

COMMENT ON TABLE musicintel.model_versions IS
'Every version of every named model. Row-level security shows each role its own models and those shared with it. '
'Read the view musicintel.models instead.';
COMMENT ON COLUMN musicintel.model_versions.owner IS 'Role that trained it; its members may use and change it.';
COMMENT ON COLUMN musicintel.model_versions.name IS 'Name of the model, unique within its owner''s.';
COMMENT ON COLUMN musicintel.model_versions.version IS 'Counts up from 1 within a name.';
COMMENT ON COLUMN musicintel.model_versions.is_current IS
'Whether predict(name, row) uses this version; at most one of a name is.';
COMMENT ON COLUMN musicintel.model_versions.algorithm IS 'Name of the algorithm.';
COMMENT ON COLUMN musicintel.model_versions.model IS 'The fitted model.';
COMMENT ON COLUMN musicintel.model_versions.target IS 'Column that is predicted.';
COMMENT ON COLUMN musicintel.model_versions.query IS 'Query that it was trained on.';
COMMENT ON COLUMN musicintel.model_versions.options IS 'Options as given to train().';
COMMENT ON COLUMN musicintel.model_versions.rows IS 'Rows of the query that were used, those held out included.';
COMMENT ON COLUMN musicintel.model_versions.rows_left_out IS 'Rows of the query that were left out because of NULLs.';
COMMENT ON COLUMN musicintel.model_versions.features IS 'Number of features.';
COMMENT ON COLUMN musicintel.model_versions.metrics IS 'Figures of the fit on its own training rows.';
COMMENT ON COLUMN musicintel.model_versions.seed IS 'Seed of the random numbers used; NULL when none were.';
COMMENT ON COLUMN musicintel.model_versions.seconds IS 'Duration of the training, query included.';
COMMENT ON COLUMN musicintel.model_versions.created_at IS 'When the training ended.';

CREATE TABLE musicintel.model_shares (
    owner regrole NOT NULL DEFAULT pg_catalog.quote_ident(CURRENT_USER)::regrole,
    name text NOT NULL,
    grantee regrole NOT NULL,
    PRIMARY KEY (owner, name, grantee)
);
COMMENT ON TABLE musicintel.model_shares IS
'Who else may use a model, all versions of it. Written by share_model() and unshare_model().';
COMMENT ON COLUMN musicintel.model_shares.owner IS 'Owner of the model.';
COMMENT ON COLUMN musicintel.model_shares.name IS 'Name of the model.';
COMMENT ON COLUMN musicintel.model_shares.grantee IS 'Role whose members may use it; - is everybody.';

ALTER TABLE musicintel.model_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE musicintel.model_shares ENABLE ROW LEVEL SECURITY;

CREATE POLICY shares_of_owner ON musicintel.model_shares
    USING (pg_catalog.pg_has_role(owner, 'USAGE'));
CREATE POLICY shares_with_me ON musicintel.model_shares FOR SELECT
    USING (grantee = 0::regrole OR pg_catalog.pg_has_role(grantee, 'USAGE'));
CREATE POLICY own_models ON musicintel.model_versions
    USING (pg_catalog.pg_has_role(owner, 'USAGE'));
CREATE POLICY shared_models ON musicintel.model_versions FOR SELECT
    USING (EXISTS (SELECT FROM musicintel.model_shares s
                   WHERE s.owner = model_versions.owner AND s.name = model_versions.name
                     AND (s.grantee = 0::regrole OR pg_catalog.pg_has_role(s.grantee, 'USAGE')))
           AND model_versions.owner::text !~ '^[0-9]+$'); -- as the number of a role that is gone is shown, and no other
COMMENT ON POLICY shares_of_owner ON musicintel.model_shares IS 'Owners see and change the shares of their models.';
COMMENT ON POLICY shares_with_me ON musicintel.model_shares IS 'Everybody sees what is shared with them.';
COMMENT ON POLICY own_models ON musicintel.model_versions IS 'Members of the owning role see and change its models.';
COMMENT ON POLICY shared_models ON musicintel.model_versions IS
'Grantees see, and so may use, models shared with them, as long as their owner exists.';

GRANT SELECT, INSERT, UPDATE, DELETE ON musicintel.model_versions, musicintel.model_shares TO PUBLIC;

-- What is in these tables is the users', not the extension's: pg_dump takes it along.
SELECT pg_catalog.pg_extension_config_dump('musicintel.model_versions', '');
SELECT pg_catalog.pg_extension_config_dump('musicintel.model_shares', '');

CREATE VIEW musicintel.models WITH (security_invoker = true) AS
SELECT owner, name, version, is_current, algorithm, target, features, rows, rows_left_out, metrics, options, query,
       seed, seconds, pg_catalog.pg_column_size(model)::bigint AS stored_bytes, created_at
FROM musicintel.model_versions;
GRANT SELECT ON musicintel.models TO PUBLIC;
COMMENT ON VIEW musicintel.models IS
'The versions of all models that you own or that are shared with you.';
COMMENT ON COLUMN musicintel.models.owner IS 'Role that trained it.';
COMMENT ON COLUMN musicintel.models.name IS 'Name of the model.';
COMMENT ON COLUMN musicintel.models.version IS 'Counts up from 1 within a name.';
COMMENT ON COLUMN musicintel.models.is_current IS 'Whether predict(name, row) uses this version.';
COMMENT ON COLUMN musicintel.models.algorithm IS 'Name of the algorithm.';
COMMENT ON COLUMN musicintel.models.target IS 'Column that is predicted.';
COMMENT ON COLUMN musicintel.models.features IS 'Number of features.';
COMMENT ON COLUMN musicintel.models.rows IS 'Rows of the query that were used, those held out included.';
COMMENT ON COLUMN musicintel.models.rows_left_out IS 'Rows of the query that were left out because of NULLs.';
COMMENT ON COLUMN musicintel.models.metrics IS 'Figures of the fit on its own training rows.';
COMMENT ON COLUMN musicintel.models.options IS 'Options as given to train().';
COMMENT ON COLUMN musicintel.models.query IS 'Query that it was trained on.';
COMMENT ON COLUMN musicintel.models.seed IS 'Seed of the random numbers used; NULL when none were.';
COMMENT ON COLUMN musicintel.models.seconds IS 'Duration of the training, query included.';
COMMENT ON COLUMN musicintel.models.stored_bytes IS 'Size of the model as stored.';
COMMENT ON COLUMN musicintel.models.created_at IS 'When the training ended.';

CREATE FUNCTION musicintel.get_model(name text, version integer DEFAULT NULL) RETURNS musicintel.model
LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $function$
DECLARE
    found_owners regrole[];
    found_models musicintel.model[];
    is_settled boolean;
    me CONSTANT regrole := pg_catalog.quote_ident(CURRENT_USER)::regrole;
BEGIN
    -- "owner.name" is that owner's: what a view says must not depend on who looks, nor on who shares a model with a dot
    -- in its name, which is to be had by its full name alone. Else one's own comes first.
    SELECT pg_catalog.array_agg(f.owner ORDER BY f.is_qualified DESC, f.owner = me DESC),
           pg_catalog.array_agg(f.model ORDER BY f.is_qualified DESC, f.owner = me DESC),
           pg_catalog.bool_or(f.is_qualified OR f.owner = me)
    INTO found_owners, found_models, is_settled
    FROM (SELECT v.owner, v.model, v.owner::text || '.' || v.name = get_model.name AS is_qualified
          FROM musicintel.model_versions v
          WHERE (v.owner::text || '.' || v.name = get_model.name
                 OR v.name = get_model.name AND (v.owner = me OR pg_catalog.strpos(v.name, '.') = 0))
            AND CASE WHEN get_model.version IS NULL THEN v.is_current ELSE v.version = get_model.version END) AS f;

    IF found_owners IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'undefined_object',
            MESSAGE = pg_catalog.format('model "%s"%s does not exist', name, ' version ' || version),
            HINT = 'SELECT * FROM musicintel.models lists the models that you may use.';
    END IF;
    IF pg_catalog.cardinality(found_owners) > 1 AND NOT is_settled THEN
        RAISE EXCEPTION USING
            ERRCODE = 'ambiguous_parameter',
            MESSAGE = pg_catalog.format('model name "%s" is ambiguous: several owners share one with you', name),
            HINT = pg_catalog.format('Say whose: %L.', found_owners[1]::text || '.' || name);
    END IF;
    RETURN found_models[1];
END
$function$;
COMMENT ON FUNCTION musicintel.get_model(text, integer) IS
'The current version of a model, or the given one. The name may be prefixed with its owner and a dot. An error '
'when you may see none.';

-- Versions of one model are changed by one session at a time, so that one of them is always current. A row lock would
-- not do: the statement that waited for it would go on with the rows that its snapshot had.
CREATE FUNCTION musicintel.lock_model(name text) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
AS $function$
    SELECT pg_catalog.pg_advisory_xact_lock(
        pg_catalog.hashtextextended(pg_catalog.format('musicintel %I.%s', CURRENT_USER, name), 0));
$function$;
COMMENT ON FUNCTION musicintel.lock_model(text) IS
'Makes other sessions that would train, promote or drop your model of this name wait until this transaction ends.';

CREATE FUNCTION musicintel.promote(name text, version integer) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    me CONSTANT regrole := pg_catalog.quote_ident(CURRENT_USER)::regrole;
BEGIN
    PERFORM musicintel.lock_model(name);
    PERFORM FROM musicintel.model_versions v
    WHERE v.owner = me AND v.name = promote.name AND v.version = promote.version;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'undefined_object',
            MESSAGE = pg_catalog.format('you have no model "%s" version %s', name, version),
            HINT = 'SELECT name, version FROM musicintel.models lists them.';
    END IF;
    -- Two steps, since the unique index is checked row by row.
    UPDATE musicintel.model_versions v SET is_current = false
    WHERE v.owner = me AND v.name = promote.name AND v.is_current AND v.version <> promote.version;
    UPDATE musicintel.model_versions v SET is_current = true
    WHERE v.owner = me AND v.name = promote.name AND v.version = promote.version AND NOT v.is_current;
END
$function$;
COMMENT ON FUNCTION musicintel.promote(text, integer) IS
'Makes a version of your model the one that predict(name, row) uses.';

CREATE FUNCTION musicintel.drop_model(name text) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    me CONSTANT regrole := pg_catalog.quote_ident(CURRENT_USER)::regrole;
    dropped integer;
BEGIN
    PERFORM musicintel.lock_model(name);
    DELETE FROM musicintel.model_versions v WHERE v.owner = me AND v.name = drop_model.name;
    GET DIAGNOSTICS dropped = ROW_COUNT;
    IF dropped = 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'undefined_object',
            MESSAGE = pg_catalog.format('you have no model "%s"', name),
            HINT = 'SELECT DISTINCT owner, name FROM musicintel.models lists them.';
    END IF;
    DELETE FROM musicintel.model_shares s WHERE s.owner = me AND s.name = drop_model.name;
    RETURN dropped;
END
$function$;
COMMENT ON FUNCTION musicintel.drop_model(text) IS
'Deletes all versions of your model and its shares; returns the number of versions.';

CREATE FUNCTION musicintel.share_model(name text, grantee regrole DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    PERFORM FROM musicintel.model_versions v
    WHERE v.owner = pg_catalog.quote_ident(CURRENT_USER)::regrole AND v.name = share_model.name;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'undefined_object',
            MESSAGE = pg_catalog.format('you have no model "%s"', name);
    END IF;
    INSERT INTO musicintel.model_shares (name, grantee)
    VALUES (share_model.name, coalesce(share_model.grantee, 0::regrole))
    ON CONFLICT DO NOTHING;
END
$function$;
COMMENT ON FUNCTION musicintel.share_model(text, regrole) IS
'Lets another role and its members (NULL, the default: everybody) use all versions of your model.';

CREATE FUNCTION musicintel.unshare_model(name text, grantee regrole DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
AS $function$
    DELETE FROM musicintel.model_shares s
    WHERE s.owner = pg_catalog.quote_ident(CURRENT_USER)::regrole
      AND s.name = unshare_model.name
      AND s.grantee = coalesce(unshare_model.grantee, 0::regrole);
$function$;
COMMENT ON FUNCTION musicintel.unshare_model(text, regrole) IS
'Takes back what share_model() gave.';
