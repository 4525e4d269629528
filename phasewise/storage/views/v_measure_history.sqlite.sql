-- v_measure_history: one row per date, edition, indicator and measure, of the newest analysis of that date.
--
-- msp_id: text. The MSP.
-- as_of: text (local date). The date the analysis speaks of.
-- edition: text. Hash of the rules used; a series is one edition.
-- code: text. The indicator: "1.1" to "4.5".
-- measure: text. Name of the measure.
-- value: number (unit). The measure; null where it is not known.
-- unit: text. What value, low and high are counted in; "share" is 0-1.
-- numerator: integer (rows). What was counted for it, where it is a share.
-- denominator: integer (rows). What it was counted of, where it is a share.
-- n: integer (rows). How many rows it rests on.
-- low: number (unit). Lower end of the interval.
-- high: number (unit). Upper end of the interval.
-- window_start: text (local date). First date of its window.
-- window_end: text (local date). End of its window, exclusive.
-- complete: integer (flag 0/1). 1 = the window is proven complete.
-- restated: integer (flag 0/1). 1 = an earlier analysis of the same date and edition rested on other data.
SELECT
    i.msp_id,
    i.as_of,
    i.edition,
    i.code,
    json_extract(m.value, '$.name') AS measure,
    json_extract(m.value, '$.value') AS value,
    json_extract(m.value, '$.unit') AS unit,
    json_extract(m.value, '$.numerator') AS numerator,
    json_extract(m.value, '$.denominator') AS denominator,
    json_extract(m.value, '$.n') AS n,
    json_extract(m.value, '$.low') AS low,
    json_extract(m.value, '$.high') AS high,
    json_extract(m.value, '$.window_start') AS window_start,
    json_extract(m.value, '$.window_end') AS window_end,
    json_extract(m.value, '$.complete') AS complete,
    CASE
        WHEN EXISTS (
            SELECT 1
            FROM analyses AS o
            WHERE o.msp_id = a.msp_id AND o.as_of = a.as_of AND o.edition = a.edition AND o.basis <> a.basis
        ) THEN 1
        ELSE 0
    END AS restated
FROM indicator_results AS i
JOIN analyses AS a
    ON a.msp_id = i.msp_id AND a.as_of = i.as_of AND a.edition = i.edition AND a.basis = i.basis
JOIN json_each(i.detail, '$.measures') AS m ON m.type = 'object'
WHERE NOT EXISTS (
    SELECT 1
    FROM analyses AS o
    WHERE o.msp_id = a.msp_id
        AND o.as_of = a.as_of
        AND o.edition = a.edition
        AND (o.analyzed_at > a.analyzed_at OR (o.analyzed_at = a.analyzed_at AND o.basis < a.basis))
)
