-- Training on a query, and using models by name.

CREATE FUNCTION musicintel.fit(
    algorithm text, query text, target text DEFAULT NULL, options jsonb DEFAULT '{}',
    OUT model musicintel.model, OUT rows bigint, OUT rows_left_out bigint, OUT seconds double precision,
    OUT seed bigint
) RETURNS record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE PARALLEL UNSAFE;
COMMENT ON FUNCTION musicintel.fit(text, text, text, jsonb) IS
'Fits a model to the rows of a query and returns it without storing it; train() is this and the registry.';

CREATE TYPE musicintel.training_result AS (
    name text,
    version integer,
    algorithm text,
    rows bigint,
    features integer,
    seconds double precision,
    metrics jsonb
);
COMMENT ON TYPE musicintel.training_result IS
'What train() returns: the stored version, rows that were used, features, duration, and figures of the fit.';
COMMENT ON COLUMN musicintel.training_result.name IS 'Name of the model.';
COMMENT ON COLUMN musicintel.training_result.version IS 'Of this training; counts up from 1 within a name.';
COMMENT ON COLUMN musicintel.training_result.algorithm IS 'Name of the algorithm.';
COMMENT ON COLUMN musicintel.training_result.rows IS 'Rows of the query that were used, those held out included.';
COMMENT ON COLUMN musicintel.training_result.features IS 'Number of features.';
COMMENT ON COLUMN musicintel.training_result.seconds IS 'Duration, query included.';
COMMENT ON COLUMN musicintel.training_result.metrics IS 'Figures of the fit, as summary() gives them.';

CREATE FUNCTION musicintel.train(
    name text, algorithm text, query text, target text DEFAULT NULL, options jsonb DEFAULT '{}'
) RETURNS musicintel.training_result
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $function$
DECLARE
    fitted record;
    promotes boolean := true;
    result musicintel.training_result;
BEGIN
    IF name IS NULL OR name = '' OR algorithm IS NULL OR query IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'null_value_not_allowed',
            MESSAGE = 'train() needs a name, an algorithm and a query';
    END IF;
    IF pg_catalog.current_setting('transaction_read_only')::boolean THEN
        RAISE EXCEPTION USING
            ERRCODE = 'read_only_sql_transaction',
            MESSAGE = 'cannot train in a read-only transaction',
            HINT = 'The model is stored in a table. On a standby, train on the primary.';
    END IF;
    options := coalesce(options, '{}');
    IF options ? 'promote' THEN
        IF pg_catalog.jsonb_typeof(options -> 'promote') <> 'boolean' THEN
            RAISE EXCEPTION USING
                ERRCODE = 'invalid_parameter_value',
                MESSAGE = 'invalid value for option "promote"',
                HINT = 'Allowed is true or false.';
        END IF;
        promotes := (options -> 'promote')::boolean;
    END IF;

    SELECT * INTO fitted FROM musicintel.fit(algorithm, query, target, options - 'promote');

    result.name := name;
    result.algorithm := algorithm;
    result.rows := fitted.rows;
    result.features := pg_catalog.jsonb_array_length(musicintel.to_json(fitted.model) -> 'features');
    result.seconds := fitted.seconds;
    result.metrics := musicintel.summary(fitted.model);

    result.version := musicintel.add_model_version(
        name, fitted.model, promotes, target, query, options, fitted.rows, fitted.rows_left_out, fitted.seed,
        fitted.seconds);
    RETURN result;
END
$function$;
COMMENT ON FUNCTION musicintel.train(text, text, text, text, jsonb) IS
'Fits a model to the rows of a query and stores it as the next version of a name. All columns but the target are '
'features: numbers, booleans, text or enum categories; rows with a NULL among them are left out (gradient boosting: '
'only those whose target is NULL). Options are those of the algorithm, and promote (default true): whether '
'predict(name, row) uses the new version from now on. '
'Algorithms: linear_regression (intercept, l2, confidence, robust: "HC0" to "HC3", standard errors that allow for '
'unequal spread), logistic_regression (a boolean target; predict() gives the probability), huber_regression '
'(outliers count less), quantile_regression (tau), gradient_boosting (trees; a target that is a boolean, a number, '
'or a text of several classes). Their pages in the documentation have all options.';

CREATE FUNCTION musicintel.predict(name text, features record) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict(text, record) IS
'Predicts from a row with the current version of a named model, as this transaction sees it. Columns are matched '
'to features by name; further ones are ignored. NULL when a feature is NULL or a category that training never '
'saw, unless the model knows missing values (gradient boosting).';

CREATE FUNCTION musicintel.predict_margin(name text, features record) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_margin(text, record) IS
'What the current version of a named model adds up for a row before its link makes a prediction of it, such as '
'log-odds.';

CREATE FUNCTION musicintel.predict_class(name text, features record) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_class(text, record) IS
'The likeliest class of a row by the current version of a named model; of a boolean target ''true'' or ''false''.';

CREATE FUNCTION musicintel.predict_probabilities(name text, features record) RETURNS double precision[]
AS 'MODULE_PATHNAME' LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION musicintel.predict_probabilities(text, record) IS
'The probability of each class for a row by the current version of a named model, in the order of '
'musicintel.classes(musicintel.get_model(name)).';

CREATE FUNCTION musicintel.evaluate(name text, query text, OUT metric text, OUT value double precision)
RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE ROWS 10;
COMMENT ON FUNCTION musicintel.evaluate(text, text) IS
'Scores the rows of a query with a named model and compares with its target column: rows, rows_left_out; of a '
'predicted number r_squared, mean_absolute_error, root_mean_squared_error, median_absolute_error; of a predicted '
'probability accuracy, precision, recall, specificity and f1 (from 0.5 on is a yes), auc, log_loss, brier; of a '
'predicted class accuracy, log_loss.';
