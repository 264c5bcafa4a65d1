# shellcheck shell=bash disable=SC2154 # the harness sets them
# Gradient boosting in the database, beside fetching the rows and boosting with LightGBM, XGBoost and scikit-learn:
# equal rows, trees, leaves and numbers of processes. BENCH_BOOSTING_ROWS=400000 sets the size, BENCH_BOOSTING_PEERS the
# peers.
#
# The phase of boosting is what 100 trees take more than one, times 100/99: without reading, and without finding bins.

need_peers lightgbm xgboost

boosting_rows=${BENCH_BOOSTING_ROWS:-400000}
processes=2
options_before=$PGOPTIONS
PGOPTIONS+=" -c musicintel.training_memory=4GB"

# bench.skips of $1 rows, 60 features v1 … v60, ten of which do not matter, and a fourth as many in bench.skips_test;
# simulated. They are double precision and continuous: normal, skewed, uniform. BENCH_BOOSTING_FEATURES=mixed makes them
# real, and ten of them counts, ten yes or no: less to send and to parse, and fewer bins.
simulate_skips()
{
	local normal="sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())" type='double precision' count flag

	count="exp($normal)"
	flag=$normal
	if [ "${BENCH_BOOSTING_FEATURES:-continuous}" = mixed ]; then
		type=real
		count='floor(-3 * ln(1 - random()))'
		flag='(random() < 0.3)::integer'
	fi
	sql "SELECT setseed(0.25) \\g /dev/null
		DROP TABLE IF EXISTS bench.raw_features, bench.skips, bench.skips_test CASCADE;
		DO \$\$ BEGIN EXECUTE (SELECT format('CREATE UNLOGGED TABLE bench.raw_features AS
			SELECT n, %s FROM generate_series(1, %s) AS n',
			string_agg(format('(%s)::$type AS v%s', CASE WHEN i <= 20 THEN '$normal' WHEN i <= 30 THEN '$count'
				WHEN i <= 40 THEN '$flag' WHEN i <= 50 THEN 'exp($normal)' ELSE 'random()' END, i), ', ' ORDER BY i),
			$1 * 5 / 4) FROM generate_series(1, 60) AS i); END \$\$;
		CREATE UNLOGGED TABLE bench.skips AS
		SELECT random() < 1 / (1 + exp(-0.5 * (0.6 * v1 - 0.5 * v2 + 0.4 * v3 + sin(2 * v4) + 0.6 * abs(v5) - 0.4 * v6
			+ CASE WHEN v7 > 0.5 THEN 0.8 ELSE 0 END + 0.3 * v8 * v1 + 0.2 * v9 + 0.2 * least(v21, 5)
			- 0.3 * sqrt(least(v22, 5)) + 0.7 * v31 - 0.6 * v32 * v1 + 0.5 * ln(v41) - 0.3 * least(v42, 3) + 0.1 * v10
			- 0.1 * v11))) AS skipped, r.*
		FROM bench.raw_features AS r;
		CREATE UNLOGGED TABLE bench.skips_test AS SELECT * FROM bench.skips WHERE n > $1;
		DELETE FROM bench.skips WHERE n > $1;
		ALTER TABLE bench.skips DROP COLUMN n;
		ALTER TABLE bench.skips_test DROP COLUMN n;
		DROP TABLE bench.raw_features;
		VACUUM (FULL, ANALYZE) bench.skips;
		VACUUM (ANALYZE) bench.skips_test;"
}

# The query that trains on $1 with $2 trees and $3 workers beside the leader.
train_boosting()
{
	echo "SELECT musicintel.train('skips', 'gradient_boosting', 'SELECT * FROM $1', 'skipped',
		'{\"num_iterations\": $2, \"parallel_workers\": $3}')"
}

# Bytes that the last training took.
training_memory()
{
	sql "SELECT musicintel.summary(musicintel.get_model('skips')) ->> 'training_memory_bytes'"
}

boosting_phase()
{
	calculate "(${seconds[$1]} - ${seconds[$2]}) * 100 / 99"
}


heading "Boosting of $(with_commas "$boosting_rows") rows × 60 features, 100 trees × 31 leaves, $processes processes"

simulate_skips "$boosting_rows"
measure 'one tree' "$(train_boosting bench.skips 1 $((processes - 1)))" \
	'hundred trees' "$(train_boosting bench.skips 100 $((processes - 1)))"
seconds[boosting]=$(boosting_phase 'hundred trees' 'one tree')
spread[boosting]=${spread[hundred trees]}
our_auc=$(sql "SELECT musicintel.auc(musicintel.predict('skips', t), t.skipped) FROM bench.skips_test AS t")
row 'train(): query, bins, boosting, the model stored' 'hundred trees'
row '· boosting' boosting
row '· area under the ROC curve, test rows' '' "$our_auc"
row '· memory of the training' '' "$(calculate "$(training_memory) / 1048576")" MB

fastest=lightgbm
for library in ${BENCH_BOOSTING_PEERS:-lightgbm lightgbm_quantized xgboost scikit-learn}; do
	measure_command "$library" "$python" bench/gradient_boosting_peer.py speed "$library" bench.skips bench.skips_test \
		"$processes" "$rounds" "$results/auc.$library"
	row "$library: COPY, pandas, fit" "$library total" "$(ratio "$library total" 'hundred trees')" '× train()'
	row '· bins' "$library bin"
	row '· boosting' "$library boost" "$(ratio "$library boost" boosting)" '× boosting'
	row '· area under the ROC curve, test rows' '' "$(<"$results/auc.$library")"
	[ "$(calculate "${seconds[$library boost]} < ${seconds[$fastest boost]}")" -eq 0 ] || fastest=$library
done
row "boosting of the fastest, $fastest" "$fastest boost" "$(ratio "$fastest boost" boosting)" '× boosting' '>=' 1.5
row '· its area less ours' '' "$(calculate "$(<"$results/auc.$fastest") - $our_auc")" '' '<=' 0.001
row '· COPY, pandas, fit of it' "$fastest total" "$(ratio "$fastest total" 'hundred trees')" '× train()' '>=' 4


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


heading 'Time and memory by rows: 60 features, 20 trees, 2 processes'

for size in 100000 200000 500000 1000000 2000000 5000000; do
	[ "$size" -le "${BENCH_BOOSTING_LARGEST:-5000000}" ] || continue
	simulate_skips "$size"
	measure "$size rows" "$(train_boosting bench.skips 20 $((processes - 1)))"
	per_row=$(calculate "1e6 * ${seconds[$size rows]} / $size")
	first_per_row=${first_per_row:-$per_row}
	memory=$(calculate "$(training_memory) / $size")
	printf -v what '%s rows: %.2f µs and %.0f bytes a row' "$(with_commas "$size")" "$per_row" "$memory"
	row "$what" "$size rows" "$(calculate "$per_row / $first_per_row")" '× a row of the first' '<=' 1.25
done

# How much later than asked for a statement_timeout ends a training on the largest table, in milliseconds: the worst.
worst=0
for after in 500 1500 3000 5000 8000 12000; do
	took=$(psql --no-psqlrc --quiet 2>/dev/null <<<"\\timing on
		SET statement_timeout = $after;
		$(train_boosting bench.skips 1000 $((processes - 1)))" | awk '$1 == "Time:" { last = $2 } END { print last }')
	worst=$(calculate "$took - $after > $worst ? $took - $after : $worst")
done
row "cancel of a training on $(with_commas "$size") rows, worst of six" '' "$worst" ms '<=' 100
PGOPTIONS=$options_before
