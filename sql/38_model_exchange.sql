-- Models of gradient boosting to and from LightGBM and XGBoost.

CREATE FUNCTION musicintel.from_lightgbm(
    model text, target text DEFAULT '', classes text[] DEFAULT '{}'
) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION musicintel.from_lightgbm(text, text, text[]) IS
'The model that LightGBM wrote with Booster.save_model() or model_to_string(), predicting the same. Its feature names are '
'the columns of predict(model, row). target names what it predicts, for evaluate(); classes are labels in the order of '
'LightGBM''s numbers, in place of 0, 1, 2, … An error for what is damaged or of a kind that is not supported.';

CREATE FUNCTION musicintel.to_lightgbm(model musicintel.model) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION musicintel.to_lightgbm(musicintel.model) IS
'A model of gradient boosting for LightGBM: Booster(model_str=…) reads the text and predicts the same.';

CREATE FUNCTION musicintel.from_xgboost(
    model text, target text DEFAULT '', classes text[] DEFAULT '{}'
) RETURNS musicintel.model
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION musicintel.from_xgboost(text, text, text[]) IS
'The model that XGBoost wrote with Booster.save_model(''….json''), predicting the same but for XGBoost''s rounding to '
'single precision. Feature names, or f0, f1, …, are the columns of predict(model, row). target names what it predicts, for '
'evaluate(); classes are labels in the order of XGBoost''s numbers, in place of 0, 1, 2, … An error for what is damaged '
'or of a kind that is not supported.';

CREATE FUNCTION musicintel.to_xgboost(model musicintel.model) RETURNS text
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION musicintel.to_xgboost(musicintel.model) IS
'A model of gradient boosting for XGBoost: Booster.load_model() reads the JSON text, saved to a file that ends in .json, '
'and predicts the same but for its rounding to single precision.';
