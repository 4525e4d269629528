-- v_raw_pages: one row per stored answer of a source. What it holds is not shown: it may be personal.
--
-- msp_id: text. The MSP.
-- page: integer. Number of the page, ascending in the order of commits.
-- connection_id: text. The connection.
-- stream: text. The stream.
-- slice: text. The slice: a window of time, or a file.
-- run_id: text. The run that fetched it.
-- fetched_at: text (UTC instant). When it was fetched.
-- payloads: integer (payloads). How many payloads it holds.
SELECT
    r.msp_id,
    r.page_id AS page,
    r.connection_id,
    r.stream,
    r.slice,
    r.run_id,
    utc(r.fetched_at) AS fetched_at,
    r.payload_count AS payloads
FROM raw_pages AS r
