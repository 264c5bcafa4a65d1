# shellcheck shell=bash disable=SC2154 # the harness sets them
# Gradient boosting of more and more rows: time and memory a row, and how fast a cancel of the largest is heard.

# shellcheck source=bench/simulated_skips
. bench/simulated_skips

processes=2
options_before=$PGOPTIONS
PGOPTIONS+=" -c musicintel.training_memory=8GB"

heading 'Time and memory by rows: 60 features, 20 trees, 2 processes'

for size in 100000 200000 500000 1000000 2000000 5000000; do
	[ "$size" -le "${BENCH_BOOSTING_LARGEST:-5000000}" ] || continue
	largest=$size
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
for after in 500 1500 3000 5000 8000 12000 20000 30000; do
	took=$(psql --no-psqlrc --quiet 2>/dev/null <<<"\\timing on
		SET statement_timeout = $after;
		$(train_boosting bench.skips 1000 $((processes - 1)))" | awk '$1 == "Time:" { last = $2 } END { print last }')
	worst=$(calculate "$took - $after > $worst ? $took - $after : $worst")
done
row "cancel of a training on $(with_commas "$largest") rows, worst of eight" '' "$worst" ms '<=' 100
PGOPTIONS=$options_before
