-- Storing a model under a name, as its next version.

CREATE FUNCTION musicintel.add_model_version(
    name text, model musicintel.model, promotes boolean, target text, query text, options jsonb, rows bigint,
    rows_left_out bigint, seed bigint, seconds double precision
) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    me CONSTANT regrole := pg_catalog.quote_ident(CURRENT_USER)::regrole;
    described CONSTANT jsonb := musicintel.to_json(model);
    next_version integer;
BEGIN
    -- Two sessions that store a model of the same name take the next two numbers, one after the other.
    PERFORM musicintel.lock_model(name);
    SELECT coalesce(pg_catalog.max(v.version), 0) + 1 INTO next_version
    FROM musicintel.model_versions v WHERE v.owner = me AND v.name = add_model_version.name;
    promotes := promotes OR next_version = 1;
    IF promotes THEN
        UPDATE musicintel.model_versions v SET is_current = false
        WHERE v.owner = me AND v.name = add_model_version.name AND v.is_current;
    END IF;
    INSERT INTO musicintel.model_versions
        (name, version, is_current, algorithm, model, target, query, options, rows, rows_left_out, features,
         metrics, seed, seconds)
    VALUES
        (add_model_version.name, next_version, promotes, described ->> 'algorithm', add_model_version.model,
         add_model_version.target, add_model_version.query, add_model_version.options, add_model_version.rows,
         add_model_version.rows_left_out, pg_catalog.jsonb_array_length(described -> 'features'),
         musicintel.summary(add_model_version.model), add_model_version.seed, add_model_version.seconds);
    RETURN next_version;
END
$function$;
COMMENT ON FUNCTION
musicintel.add_model_version(text, musicintel.model, boolean, text, text, jsonb, bigint, bigint, bigint, double precision) IS
'Stores a model as the next version of your name and returns its number: what train() and store_model() share.';

CREATE FUNCTION musicintel.store_model(name text, model musicintel.model, promote boolean DEFAULT true) RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
BEGIN
    IF name IS NULL OR name = '' OR model IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'null_value_not_allowed',
            MESSAGE = 'store_model() needs a name and a model';
    END IF;
    RETURN musicintel.add_model_version(
        name, model, coalesce(promote, true), nullif(musicintel.to_json(model) ->> 'target', ''), NULL, '{}',
        nullif((musicintel.summary(model) ->> 'n')::bigint, 0), NULL, NULL, NULL);
END
$function$;
COMMENT ON FUNCTION musicintel.store_model(text, musicintel.model, boolean) IS
'Stores a model, such as one that was fitted by an aggregate or came from another library, as the next version of a '
'name, for predict(name, row) and the like; returns the version. promote (default true): whether it is the one in use '
'from now on.';
