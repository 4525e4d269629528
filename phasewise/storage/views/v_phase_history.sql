-- v_phase_history: one row per date and edition: the newest analysis of that date by those rules.
--
-- msp_id: text. The MSP.
-- as_of: text (local date). The date the analysis speaks of.
-- edition: text. Hash of the rules used; a series is one edition.
-- basis: text. Digest of the data read.
-- made: text. nightly (as known then) or backfill (as known now).
-- restated: integer (flag 0/1). 1 = an earlier analysis of the same date and edition rested on other data.
-- bases: integer (analyses). How many analyses there are of this date and edition.
-- phase: text. The floor: the highest phase that is proven.
-- ceiling: text. The phase if everything unknown passed.
-- is_decided: integer (flag 0/1). 1 = the gate above the floor is known to fail.
-- distribution: text (JSON). Phase, or undecided, to its share 0-1.
-- analyzed_at: text (UTC instant). When the analysis was made.
-- release: text. The release of Phasewise that made it.
SELECT
    a.msp_id,
    a.as_of,
    a.edition,
    a.basis,
    a.made,
    CASE WHEN s.bases > 1 THEN 1 ELSE 0 END AS restated,
    s.bases,
    a.phase,
    a.ceiling,
    a.is_decided,
    a.distribution,
    utc(a.analyzed_at) AS analyzed_at,
    a.release
FROM analyses AS a
JOIN (
    SELECT b.msp_id, b.as_of, b.edition, count(*) AS bases
    FROM analyses AS b
    GROUP BY b.msp_id, b.as_of, b.edition
) AS s ON s.msp_id = a.msp_id AND s.as_of = a.as_of AND s.edition = a.edition
WHERE NOT EXISTS (
    SELECT 1
    FROM analyses AS o
    WHERE o.msp_id = a.msp_id
        AND o.as_of = a.as_of
        AND o.edition = a.edition
        AND (o.analyzed_at > a.analyzed_at OR (o.analyzed_at = a.analyzed_at AND o.basis < a.basis))
)
