# shellcheck shell=bash disable=SC2154 # the harness sets them
# Logistic regression in the database, beside fetching the rows and fitting with scikit-learn; robust and quantile
# regression of as many rows.

# The table bench.hits of $rows rows: whether it is a hit, by ten features of which five matter.
sql "SELECT setseed(0.5) \\g /dev/null
	CREATE UNLOGGED TABLE bench.hits AS
	SELECT random() < 1 / (1 + exp(1 - x1 + 2 * x2 - x3 + 0.5 * x4 - 0.1 * x5)) AS hit, r.*
	FROM (SELECT random() AS x1, random() AS x2, random() AS x3, random() AS x4, random() AS x5, random() AS x6,
			random() AS x7, random() AS x8, random() AS x9, random() AS x10
		FROM generate_series(1, $rows)) AS r;
	CREATE VIEW bench.plays AS
	SELECT x1 + x2 * x3 + (CASE WHEN hit THEN 2 ELSE 1 END) * x10 AS y, x1, x2, x3, x4, x5, x6, x7, x8, x9,
		x4 * x5 AS x10
	FROM bench.hits;
	VACUUM ANALYZE bench.hits;"

# The query that trains by the algorithm $1 on bench.$2, the target being $3. Rows are held in memory: 88 bytes each.
train_held()
{
	echo "SELECT musicintel.train('$1', '$1_regression', 'SELECT * FROM bench.$2', '$3')"
}

options_before=$PGOPTIONS
PGOPTIONS+=" -c musicintel.training_memory=$((rows / 1000 * 200))kB"
listed='x1, x2, x3, x4, x5, x6, x7, x8, x9, x10'


heading "Logistic regression of $(with_commas "$rows") rows × 10 features"

# A way of logistic_regression_peer.py, what to call it, and its parts.
logistic_peer()
{
	local way=$1 what=$2 part

	shift 2
	measure_command "$way logistic" "$python" bench/logistic_regression_peer.py \
		"$way" bench.hits "$rounds" "$results/logistic_coefficients.$way"
	row "$what" "$way logistic total" "$(ratio "$way logistic total" logistic)" '× train()'
	for part in "$@"; do
		row "· $part" "$way logistic $part"
	done
}

measure logistic "$(train_held logistic hits hit)" \
	'logistic aggregate' "SELECT musicintel.logistic_regression_fit(hit, ARRAY[$listed]) FROM bench.hits"
row 'train(): query, fit, the model stored' logistic
row "logistic_regression_fit(hit, ARRAY[x1, …, x10])" 'logistic aggregate'
logistic_peer csv 'COPY as CSV, pandas.read_csv, LogisticRegression' receive parse fit
logistic_peer stream 'the same, pandas parsing while the server sends' 'receive and parse' fit
fastest_logistic=$(faster 'csv logistic total' 'stream logistic total')
row 'the faster of the two' "$fastest_logistic" "$(ratio "$fastest_logistic" logistic)" '× train()' '>=' 3

# The differences themselves; 1 when a term is missing on either side. How far lbfgs goes is scikit-learn's choice.
sql "SELECT term, estimate FROM musicintel.coefficients(musicintel.get_model('logistic'))" \
	>"$results/logistic_coefficients"
difference=$(awk '
	NR == FNR { ours[$1] = $2; terms++; next }
	{
		apart = $1 in ours ? ours[$1] - $2 : 1
		apart = apart < 0 ? -apart : apart
		largest = apart > largest ? apart : largest
		theirs++
	}
	END { printf "%.3g\n", theirs == 2 * terms ? largest : 1 }' "$results"/logistic_coefficients{,.csv,.stream})
row 'largest difference of a coefficient' '' "$difference" '' '<=' 1e-3


heading "Regression of $(with_commas "$rows") rows × 10 features, held in memory"

measure huber "$(train_held huber plays y)" quantile "$(train_held quantile plays y)"
row 'train() of huber_regression' huber
row 'train() of quantile_regression: three fits, two for standard errors' quantile
PGOPTIONS=$options_before
