# shellcheck shell=bash disable=SC2154 # the harness sets them
# Linear regression beside a plain aggregate, beside pandas and scikit-learn, and beside itself at other sizes.

# Makes the table $1 of $2 rows: y and $3 features, all of double precision, random but the same in every run.
create_rows()
{
	local draws='' sum=3 i

	for ((i = 1; i <= $3; i++)); do
		draws+="${draws:+, }random() AS x$i"
		sum+=" + $i * x$i"
	done
	sql "SELECT setseed(0.5) \\g /dev/null
		CREATE UNLOGGED TABLE $1 AS
		SELECT $sum + random() AS y, r.* FROM (SELECT $draws FROM generate_series(1, $2)) r;
		VACUUM ANALYZE $1;"
}

# x1, …, x10, with $1 before and $2 behind each.
features()
{
	local list='' i

	for ((i = 1; i <= 10; i++)); do
		list+="${list:+, }$1x$i$2"
	done
	echo "$list"
}

# The query that trains on the table bench.$1, whose name becomes the model's.
train()
{
	echo "SELECT musicintel.train('$1', 'linear_regression', 'SELECT * FROM bench.$1', 'y')"
}

tenth=$((rows / 10)) tenfold=$((rows * 10)) wide=$((rows / 5))
create_rows bench.tenth "$tenth" 10
create_rows bench.whole "$rows" 10
create_rows bench.tenfold "$tenfold" 10
create_rows bench.wide "$wide" 60


heading "Linear regression of $(with_commas "$rows") rows × 10 features"

average="SELECT avg(y), $(features 'avg(' ')') FROM bench.whole"
fit="SELECT musicintel.linear_regression_fit(y, ARRAY[$(features '' '')]) FROM bench.whole"

measure avg "$average" fit "$fit"
row 'avg(y), avg(x1), …, avg(x10)' avg
row 'linear_regression_fit(y, ARRAY[x1, …, x10])' fit "$(ratio fit avg)" '× avg' '<=' 3

PGOPTIONS+=' -c jit=on -c jit_above_cost=0' measure 'compiled avg' "$average" 'compiled fit' "$fit"
row 'avg, the query compiled (jit)' 'compiled avg'
row 'linear_regression_fit, the query compiled (jit)' 'compiled fit' "$(ratio 'compiled fit' 'compiled avg')" '× avg'

sql 'ALTER TABLE bench.whole SET (parallel_workers = 2)'
PGOPTIONS+=' -c max_parallel_workers_per_gather=2' measure 'parallel avg' "$average" 'parallel fit' "$fit"
row 'avg, with 2 parallel workers' 'parallel avg'
row 'linear_regression_fit, with 2 parallel workers' 'parallel fit' "$(ratio 'parallel fit' 'parallel avg')" '× avg'


heading 'Training on them, beside fetching them and fitting with scikit-learn'

# A way of linear_regression_peer.py, what to call it, and its parts.
peer()
{
	local way=$1 what=$2 part

	shift 2
	measure_command "$way" "$python" bench/linear_regression_peer.py \
		"$way" bench.whole "$rounds" "$results/coefficients.$way"
	row "$what" "$way total" "$(ratio "$way total" train)" '× train()'
	for part in "$@"; do
		row "· $part" "$way $part"
	done
}

measure train "$(train whole)"
row 'train(): query, fit, the model stored' train
peer csv 'COPY as CSV, pandas.read_csv, LinearRegression' receive parse fit
peer stream 'the same, pandas parsing while the server sends' 'receive and parse' fit
peer binary 'COPY BINARY, decoded by numpy without pandas, LinearRegression' receive decode fit
with_pandas=$(faster 'csv total' 'stream total')
row 'the fastest peer with pandas' "$with_pandas" "$(ratio "$with_pandas" train)" '× train()' '>=' 5

# Relative to the peers' coefficient; 1 when a term is missing on either side.
sql "SELECT term, estimate FROM musicintel.coefficients(musicintel.get_model('whole'))" >"$results/coefficients"
difference=$(awk '
	NR == FNR { ours[$1] = $2; terms++; next }
	{
		apart = $1 in ours ? (ours[$1] - $2) / $2 : 1
		apart = apart < 0 ? -apart : apart
		largest = apart > largest ? apart : largest
		theirs++
	}
	END { printf "%.3g\n", theirs == 3 * terms ? largest : 1 }' "$results"/coefficients{,.csv,.stream,.binary})
row 'largest relative difference of a coefficient' '' "$difference" '' '<=' 1e-9


heading 'Training at other sizes'

# The figure: how far the time per row is from that of the middle size.
size()
{
	local label=$1 count=$2 apart

	apart=$(calculate "100 * (${seconds[$label]} / $count * $rows / ${seconds[whole]} - 1)")
	row "$(with_commas "$count") rows" "$label" "${apart#-}" '% off per row' '<=' 25
}

measure tenth "$(train tenth)" whole "$(train whole)" tenfold "$(train tenfold)"
size tenth "$tenth"
row "$(with_commas "$rows") rows" whole
size tenfold "$tenfold"

least=$(private_peak bench.tenth "$(train tenth)")
middle=$(private_peak bench.whole "$(train whole)")
most=$(private_peak bench.tenfold "$(train tenfold)")
row "peak of private memory, $(with_commas "$tenth") rows" '' "$least" MB
row "peak of private memory, $(with_commas "$rows") rows" '' "$middle" MB
row "peak of private memory, $(with_commas "$tenfold") rows" '' "$most" MB
growth=$(calculate "$most / $least")
row 'the last beside the first' '' "$growth" × '<=' 1.1


heading 'Prediction on one core, the reading of the table included'

# Millions of rows a second, of the label $1 and $2 rows.
speed()
{
	calculate "$2 / 1e6 / ${seconds[$1]}"
}

sql "$(train wide) \\g /dev/null"
measure \
	'name row' "SELECT count(musicintel.predict('whole', b)) FROM bench.whole b" \
	'model row' "SELECT count(musicintel.predict((SELECT musicintel.get_model('whole')), b)) FROM bench.whole b" \
	'model array' "SELECT count(musicintel.predict((SELECT musicintel.get_model('whole')), ARRAY[$(features '' '')]))
		FROM bench.whole" \
	'wide row' "SELECT count(musicintel.predict('wide', b)) FROM bench.wide b"
unit='million rows/s'
row 'predict(name, row)' 'name row' "$(speed 'name row' "$rows")" "$unit" '>=' 0.5
row 'predict(model, row)' 'model row' "$(speed 'model row' "$rows")" "$unit"
row 'predict(model, ARRAY[x1, …, x10])' 'model array' "$(speed 'model array' "$rows")" "$unit"
row "predict(name, row), $(with_commas "$wide") rows × 60 features" 'wide row' "$(speed 'wide row' "$wide")" "$unit"
