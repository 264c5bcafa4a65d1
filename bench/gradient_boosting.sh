# shellcheck shell=bash disable=SC2154 # the harness sets them
# Gradient boosting in the database, beside fetching the rows and boosting with LightGBM, XGBoost and scikit-learn:
# equal rows, trees, leaves and numbers of processes. BENCH_BOOSTING_ROWS=400000 sets the size, BENCH_BOOSTING_PEERS the
# peers.
#
# The phase of boosting is what 100 trees take more than one, times 100/99: without reading, and without finding bins.
# Ours is measured before, between and after the peers, so that a slow minute of the machine falls on all alike.

need_peers lightgbm xgboost

boosting_rows=${BENCH_BOOSTING_ROWS:-400000}
processes=2
options_before=$PGOPTIONS
PGOPTIONS+=" -c musicintel.training_memory=4GB"

# shellcheck source=bench/simulated_skips
. bench/simulated_skips


heading "Boosting of $(with_commas "$boosting_rows") rows × 60 features, 100 trees × 31 leaves, $processes processes"

simulate_skips "$boosting_rows"
trainings=()
train()
{
	trainings+=("$(rounds=1 time_queries 'one tree' "$(train_boosting bench.skips 1 $((processes - 1)))" \
		'hundred trees' "$(train_boosting bench.skips 100 $((processes - 1)))")")
}

train
measure_command fetch "$python" bench/gradient_boosting_peer.py fetch bench.skips "$rounds"
libraries=${BENCH_BOOSTING_PEERS:-lightgbm lightgbm_quantized xgboost scikit-learn}
for library in $libraries; do
	train
	measure_command "$library" "$python" bench/gradient_boosting_peer.py speed "$library" bench.skips bench.skips_test \
		"$processes" "$rounds" "$results/auc.$library"
done
train
record "$(printf '%s\n' "${trainings[@]}")"
seconds[boosting]=$(boosting_phase 'hundred trees' 'one tree')
spread[boosting]=${spread[hundred trees]}
our_auc=$(sql "SELECT musicintel.auc(musicintel.predict('skips', t), t.skipped) FROM bench.skips_test AS t")
row 'train(): query, bins, boosting, the model stored' 'hundred trees'
row '· boosting' boosting
row '· area under the ROC curve, test rows' '' "$our_auc"
row '· memory of the training' '' "$(calculate "$(training_memory) / 1048576")" MB

row 'COPY, pandas.read_csv while the server sends' 'fetch frame_while_sending'
row 'COPY into a file, pandas.read_csv of it' 'fetch frame_by_file'
way=$(faster 'fetch frame_while_sending' 'fetch frame_by_file')

fastest=${libraries%% *}
for library in $libraries; do
	seconds[$library total]=$(calculate "${seconds[$way]} + ${seconds[$library bin]} + ${seconds[$library boost]}")
	spread[$library total]=${spread[$way]}
	row "$library: the faster of these, and fit" "$library total" "$(ratio "$library total" 'hundred trees')" \
		'× train()'
	# scikit-learn finds its bins while it fits.
	[ "$library" = scikit-learn ] || row '· bins' "$library bin"
	row '· boosting' "$library boost" "$(ratio "$library boost" boosting)" '× boosting'
	row '· area under the ROC curve, test rows' '' "$(<"$results/auc.$library")"
	[ "$(calculate "${seconds[$library boost]} < ${seconds[$fastest boost]}")" -eq 0 ] || fastest=$library
done
row "boosting of the fastest, $fastest" "$fastest boost" "$(ratio "$fastest boost" boosting)" '× boosting' '>=' 1.5
row '· its area less ours' '' "$(calculate "$(<"$results/auc.$fastest") - $our_auc")" '' '<=' 0.001
row '· the faster way to a data frame, and its fit' "$fastest total" "$(ratio "$fastest total" 'hundred trees')" \
	'× train()' '>=' 4


heading 'Scoring by 100 trees × 31 leaves, 60 features'

measure predict "SELECT count(musicintel.predict('skips', t)) FROM bench.skips AS t"
row "predict(name, row), one process" predict "$(calculate "$boosting_rows / ${seconds[predict]}")" 'rows/s' '>=' 200000
sql "CREATE TABLE bench.few AS SELECT * FROM bench.skips_test LIMIT 10000; VACUUM ANALYZE bench.few;"
measure explain "SELECT sum(e.contribution) FROM bench.few AS t, LATERAL musicintel.explain('skips', t) AS e"
measure_command xgboost "$python" bench/gradient_boosting_peer.py explain skips bench.few "$rounds" \
	"$results/explain_difference"
row 'explain(name, row), 10,000 rows' explain
row 'XGBoost pred_contribs of the same trees, one thread' 'xgboost contributions' \
	"$(ratio 'xgboost contributions' explain)" '× explain()' '>=' 1.5
read -r from_xgboost from_lightgbm <"$results/explain_difference"
row 'largest difference of a contribution from LightGBM' '' "$from_lightgbm" '' '<=' 1e-6
row 'and from XGBoost, which adds up in float' '' "$from_xgboost" '' '<=' 1e-6


if [ -r "$MUSICINTEL_DATA/reference/boosting/binary.train" ]; then
	heading 'Accuracy on held-out rows: ours; LightGBM, XGBoost, scikit-learn'

	while read -r name metric error ours lightgbm xgboost sklearn; do
		peers=$(calculate "($lightgbm + $xgboost + $sklearn) / 3")
		sign=$([ "$metric" != auc ] || echo -)
		worse=$(calculate "$sign($ours - $peers) / $error")
		row "${name//_/ }: $metric $ours; $lightgbm, $xgboost, $sklearn" '' "$worse" 'standard errors worse' '<=' 1
	done < <("$python" bench/gradient_boosting_peer.py accuracy "$MUSICINTEL_DATA")
fi
PGOPTIONS=$options_before
