-- Gradient boosting as an aggregate, and a look into models that consist of trees.

CREATE FUNCTION musicintel.gradient_boosting_accumulate(
    state bytea, y double precision, x double precision[]
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.gradient_boosting_accumulate(bytea, double precision, double precision[]) IS
'Transition function of gradient_boosting_fit.';

CREATE FUNCTION musicintel.gradient_boosting_accumulate(
    state bytea, y double precision, x double precision[], options jsonb
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.gradient_boosting_accumulate(bytea, double precision, double precision[], jsonb) IS
'Transition function of gradient_boosting_fit with options.';

CREATE FUNCTION musicintel.gradient_boosting_accumulate_boolean(
    state bytea, y boolean, x double precision[]
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.gradient_boosting_accumulate_boolean(bytea, boolean, double precision[]) IS
'Transition function of gradient_boosting_fit of a boolean.';

CREATE FUNCTION musicintel.gradient_boosting_accumulate_boolean(
    state bytea, y boolean, x double precision[], options jsonb
) RETURNS bytea
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION
musicintel.gradient_boosting_accumulate_boolean(bytea, boolean, double precision[], jsonb) IS
'Transition function of gradient_boosting_fit of a boolean with options.';

CREATE FUNCTION musicintel.gradient_boosting_finish(state bytea) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.gradient_boosting_finish(bytea) IS
'Final function of gradient_boosting_fit: trains on the rows that the state holds.';

-- SSPACE: a state begins with room for 128 rows, and grows with them.
CREATE AGGREGATE musicintel.gradient_boosting_fit(y double precision, x double precision[]) (
    SFUNC = musicintel.gradient_boosting_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.gradient_boosting_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.gradient_boosting_fit(double precision, double precision[]) IS
'Gradient boosting of decision trees: predicts the number y from the elements of x. Holds its rows in memory, up to '
'musicintel.training_memory. A NULL element is a missing value; rows with a NULL y or x are left out.';

CREATE AGGREGATE musicintel.gradient_boosting_fit(y double precision, x double precision[], options jsonb) (
    SFUNC = musicintel.gradient_boosting_accumulate,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.gradient_boosting_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.gradient_boosting_fit(double precision, double precision[], jsonb) IS
'Gradient boosting of a number with options, the same in every row: objective ("regression", "regression_l1", '
'"quantile", "poisson", or "binary" for a y of 0 and 1), num_iterations (default 100), learning_rate (0.1), num_leaves '
'(31), features (names of the elements; default x1, x2, …) and more, see the documentation.';

CREATE AGGREGATE musicintel.gradient_boosting_fit(y boolean, x double precision[]) (
    SFUNC = musicintel.gradient_boosting_accumulate_boolean,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.gradient_boosting_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.gradient_boosting_fit(boolean, double precision[]) IS
'Gradient boosting of decision trees: predicts the probability that y is true from the elements of x. Holds its rows '
'in memory, up to musicintel.training_memory. A NULL element is a missing value; rows with a NULL y or x are left out.';

CREATE AGGREGATE musicintel.gradient_boosting_fit(y boolean, x double precision[], options jsonb) (
    SFUNC = musicintel.gradient_boosting_accumulate_boolean,
    STYPE = bytea,
    SSPACE = 20000,
    FINALFUNC = musicintel.gradient_boosting_finish,
    FINALFUNC_MODIFY = READ_ONLY,
    COMBINEFUNC = musicintel.row_buffer_combine,
    PARALLEL = SAFE
);
COMMENT ON AGGREGATE musicintel.gradient_boosting_fit(boolean, double precision[], jsonb) IS
'Gradient boosting of a boolean with options, the same in every row: num_iterations (default 100), learning_rate (0.1), '
'num_leaves (31), features (names of the elements; default x1, x2, …) and more, see the documentation.';

CREATE FUNCTION musicintel.importance(
    model musicintel.model,
    OUT feature text, OUT gain double precision, OUT split_count bigint, OUT cover double precision
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 20;
COMMENT ON FUNCTION musicintel.importance(musicintel.model) IS
'How much each feature matters to a model of trees, the largest gain first: by how much its splits lowered the loss, '
'how many they are, and the sum of the training rows (of an imported model, perhaps of the hessians) that came to them.';

CREATE FUNCTION musicintel.trees(
    model musicintel.model,
    OUT tree integer, OUT class text, OUT node integer, OUT parent integer, OUT depth integer, OUT is_leaf boolean,
    OUT feature text, OUT threshold double precision, OUT categories text[], OUT left_child integer,
    OUT right_child integer, OUT missing_left boolean, OUT zero_is_missing boolean, OUT gain double precision,
    OUT value double precision, OUT hessian double precision, OUT rows double precision
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 6100;
COMMENT ON FUNCTION musicintel.trees(musicintel.model) IS
'A model of trees, one row per node and leaf. A row goes to left_child when feature <= threshold, or when it is among '
'categories; a missing one where missing_left says. The margin is the base score and the values of the leaves reached '
'(one of each tree; of the trees of its class, where there are several). value of a node is what it would be as a leaf. '
'rows is NULL where the model does not say (from XGBoost).';

CREATE FUNCTION musicintel.to_sql(model musicintel.model) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.to_sql(musicintel.model) IS
'A model of trees as an expression in plain SQL over columns named like its features, which answers what predict() does '
'where the extension is not; of several classes an array, what predict_probabilities() does. SET jit = off where it is used.';

CREATE FUNCTION musicintel.learning_curve(
    model musicintel.model,
    OUT iteration integer, OUT training_loss double precision, OUT validation_loss double precision
) RETURNS SETOF record
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION musicintel.learning_curve(musicintel.model) IS
'The mean loss after each iteration of training: of the rows trained on, and of those held out for early stopping (NULL '
'when there were none).';
