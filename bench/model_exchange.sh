# shellcheck shell=bash disable=SC2154 # the harness sets them
# Models that go to LightGBM and XGBoost and come from there: how far predictions for the same rows are apart. Nothing
# is timed. XGBoost adds up floats; where its own sums are not in between, differences are of the order of a double's.

need_peers lightgbm xgboost

heading 'Models to and from LightGBM and XGBoost: the largest difference of a prediction'

"$python" bench/model_exchange_peer.py "$MUSICINTEL_DATA" >"$results/model_exchange"
while IFS=$'\t' read -r difference bound what; do
	row "$what" '' "$difference" '' '<=' "$bound"
done <"$results/model_exchange"
