# shellcheck shell=bash disable=SC2154 # the harness sets them
# The discovery views over a simulated catalogue: what a refresh costs at two sizes, how long each view takes to answer,
# what a fair ranking costs, and whether planted tracks are found. An artist has some 25 tracks.

# Seconds that the query $1 takes, once.
time_once()
{
	sql "\\timing on
		$1 \\g /dev/null" | awk '$1 == "Time:" { printf "%.6f\n", $2 / 1000 }'
}

# A workspace $1 of $2 tracks, refreshed twice; seconds[$1 simulate], [$1 refresh], [$1 again].
create_catalogue()
{
	local label

	sql "SELECT count(*) FROM musicintel.create_workspace('$1') \\g /dev/null"
	seconds["$1 simulate"]=$(time_once "SELECT * FROM musicintel.simulate_catalogue('$1', $(($2 / 25)), $2)")
	sql "UPDATE $1.settings SET segment_rule = 'fdr'; VACUUM ANALYZE $1.tracks;"
	sql "CALL $1.refresh()"
	sql "CALL $1.refresh()"
	seconds["$1 refresh"]=$(sql "SELECT seconds FROM $1.refresh_log WHERE run = 1 AND step = 'refresh'")
	seconds["$1 again"]=$(sql "SELECT seconds FROM $1.refresh_log WHERE run = 2 AND step = 'refresh'")
	for label in simulate refresh again; do
		spread["$1 $label"]=0
	done
}

tenth=$((rows / 10))
create_catalogue bench_tenth "$tenth"
create_catalogue bench_whole "$rows"


heading "Refresh of $(with_commas "$rows") simulated tracks, timed once"

# How far the time a track is from that of the other size.
apart()
{
	calculate "100 * (${seconds[bench_whole $1]} / $rows * $tenth / ${seconds[bench_tenth $1]} - 1)"
}

row 'simulate_catalogue()' 'bench_whole simulate'
row "first refresh, $(with_commas "$tenth") tracks" 'bench_tenth refresh'
row "first refresh, $(with_commas "$rows") tracks" 'bench_whole refresh' "$(apart refresh)" '% more per track' '<=' 50
row "concurrent refresh, $(with_commas "$tenth") tracks" 'bench_tenth again'
row "concurrent refresh, $(with_commas "$rows") tracks" 'bench_whole again' "$(apart again)" '% more per track' '<=' 50
while read -r step time; do
	seconds[$step]=$time spread[$step]=0
	row "· ${step//_/ }" "$step"
done < <(sql "SELECT replace(step, ' ', '_'), seconds FROM bench_whole.refresh_log
	WHERE run = 1 AND step <> 'refresh' ORDER BY seconds DESC LIMIT 6")


heading "Views of $(with_commas "$rows") tracks, all rows unless it says otherwise"

views=(genre_bias segment_proportions segment_profile exposure_inequality exposure_gap popularity_distribution
	residual_distribution model_fit model_fit_sample residual_by_momentum feature_correlation momentum_ablation
	hit_classifier cold_start data_audit)
questions=()
for view in "${views[@]}"; do
	questions+=("$view" "SELECT * FROM bench_whole.$view")
done
for view in track_expectation hidden_gems surprise_hits; do
	questions+=("$view, 1,000 rows" "SELECT * FROM bench_whole.$view LIMIT 1000")
	questions+=("count of $view" "SELECT count(*) FROM bench_whole.$view")
done
measure "${questions[@]}"
for ((i = 0; i < ${#questions[@]}; i += 2)); do
	label=${questions[i]}
	row "$label" "$label" "$(calculate "1000 * ${seconds[$label]}")" ms '<=' 200
done


heading "A fairer ranking of $(with_commas "$rows") simulated tracks, timed once"

for catalogue in bench_tenth bench_whole; do
	for question in 'fair_ranking 100' "fair_ranking $tenth" 'fair_ranking_report 100' "fair_ranking_report $tenth"; do
		seconds["$catalogue $question"]=$(time_once \
			"SELECT * FROM musicintel.${question% *}('$catalogue', 0.5, ${question#* })")
		spread["$catalogue $question"]=0
	done
done
for question in fair_ranking fair_ranking_report; do
	row "$question(), 100 places among $(with_commas "$tenth") tracks" "bench_tenth $question 100"
	row "$question(), 100 places among $(with_commas "$rows") tracks" "bench_whole $question 100" \
		"$(apart "$question 100")" '% more per track' '<=' 50
	row "$question(), $(with_commas "$tenth") places among $(with_commas "$rows") tracks" "bench_whole $question $tenth"
done


heading 'Planted tracks, at a false-discovery rate of .1'

read -r recall false_share < <(sql "
	SELECT avg((segment <> 'as expected')::integer) FILTER (WHERE is_planted),
		avg((NOT is_planted)::integer) FILTER (WHERE segment <> 'as expected')
	FROM bench_whole.track_scores s JOIN bench_whole.simulation_truth USING (track_id) WHERE s.residual IS NOT NULL")
row 'found, of those planted' '' "$recall" '' '>=' 0.9
row 'false, of those found' '' "$false_share" '' '<=' 0.1
