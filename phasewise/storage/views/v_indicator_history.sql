-- v_indicator_history: one row per date, edition and indicator, of the newest analysis of that date.
--
-- msp_id: text. The MSP.
-- as_of: text (local date). The date the analysis speaks of.
-- edition: text. Hash of the rules used; a series is one edition.
-- code: text. The indicator: "1.1" to "4.5"; the number before the dot is its gate.
-- status: text. pass, fail, leaning or unknown.
-- evidence: text. derived, partly or attested.
-- score_median: number (score 0-100). 70 passes; null when unknown.
-- score_low: number (score 0-100). Lower end of the 90% interval.
-- score_high: number (score 0-100). Upper end of the 90% interval.
-- p_pass: number (share 0-1). Probability that it passes.
-- reason: text. Why it is unknown or failed.
-- basis: text. Digest of the data read.
-- made: text. nightly (as known then) or backfill (as known now).
-- restated: integer (flag 0/1). 1 = an earlier analysis of the same date and edition rested on other data.
-- analyzed_at: text (UTC instant). When the analysis was made.
-- release: text. The release of Phasewise that made it.
SELECT
    i.msp_id,
    i.as_of,
    i.edition,
    i.code,
    i.status,
    i.evidence,
    i.score_median,
    i.score_low,
    i.score_high,
    i.p_pass,
    i.reason,
    i.basis,
    a.made,
    CASE
        WHEN EXISTS (
            SELECT 1
            FROM analyses AS o
            WHERE o.msp_id = a.msp_id AND o.as_of = a.as_of AND o.edition = a.edition AND o.basis <> a.basis
        ) THEN 1
        ELSE 0
    END AS restated,
    utc(a.analyzed_at) AS analyzed_at,
    a.release
FROM indicator_results AS i
JOIN analyses AS a
    ON a.msp_id = i.msp_id AND a.as_of = i.as_of AND a.edition = i.edition AND a.basis = i.basis
WHERE NOT EXISTS (
    SELECT 1
    FROM analyses AS o
    WHERE o.msp_id = a.msp_id
        AND o.as_of = a.as_of
        AND o.edition = a.edition
        AND (o.analyzed_at > a.analyzed_at OR (o.analyzed_at = a.analyzed_at AND o.basis < a.basis))
)
