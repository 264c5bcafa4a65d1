CALL music.refresh();

-- To four significant digits, for the eye.
CREATE FUNCTION pg_temp.short(value double precision) RETURNS double precision
LANGUAGE sql
RETURN round(value::numeric, 3 - floor(log(nullif(abs(value), 0)))::integer)::double precision;

SELECT term, pg_temp.short(estimate) AS estimate, pg_temp.short(std_error) AS "std. error", round(statistic::numeric, 1) AS t,
    to_char(p_value, '9.9EEEE') AS p, pg_temp.short(conf_low) AS "95 % from", pg_temp.short(conf_high) AS "to"
FROM musicintel.coefficients(musicintel.get_model('music.popularity'));

SELECT segment, count(*) AS tracks, round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS "%"
FROM music.track_expectation
GROUP BY segment
ORDER BY tracks DESC;
