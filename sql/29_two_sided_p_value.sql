-- What a standardised number is worth as evidence.

CREATE FUNCTION musicintel.two_sided_p_value(z double precision) RETURNS double precision
AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION musicintel.two_sided_p_value(double precision) IS
'How likely a standard normal number is to be as far from zero as z, on either side: 0.05 for 1.96.';
