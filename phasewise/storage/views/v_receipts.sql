-- v_receipts: one row per receipt: what a sync proved of a slice of a stream.
--
-- msp_id: text. The MSP.
-- receipt_id: text. Id of the receipt.
-- run_id: text. The run that wrote it.
-- connection_id: text. The connection.
-- stream: text. The stream.
-- slice: text. The slice: a window of time, or a file.
-- mode: text. full, increment, resume, reconcile or remap, and why.
-- status: text. complete, partial, failed, later, skipped or unchanged.
-- proof: text. What shows that it is complete: declared_total, end_mark, whole_file or none.
-- is_newest: integer (flag 0/1). 1 = the newest of its slice that says more than unchanged.
-- window_start: text (UTC instant). Start of the slice's window.
-- window_end: text (UTC instant). End of the slice's window, exclusive.
-- declared: integer (items). Items the source says there are; null where it does not say.
-- rows_read: integer (rows or items). Fetched from the source.
-- stored: integer (records). Main records written.
-- rejected: integer (payloads or rows). Those that became rejects.
-- records: text (JSON). Table to records written.
-- reasons: text (JSON). Reason of a reject to its count.
-- message: text. Why it is not complete, with the remedy.
-- requests: integer (requests). Requests made to the source.
-- started_at: text (UTC instant). When the slice was begun.
-- finished_at: text (UTC instant). When it ended.
-- duration_seconds: integer (seconds). From started_at to finished_at.
SELECT
    r.msp_id,
    r.receipt_id,
    r.run_id,
    r.connection_id,
    r.stream,
    r.slice,
    r.mode,
    r.status,
    r.proof,
    CASE
        WHEN r.status = 'unchanged' THEN 0
        WHEN EXISTS (
            SELECT 1
            FROM receipts AS later
            WHERE later.msp_id = r.msp_id
                AND later.connection_id = r.connection_id
                AND later.stream = r.stream
                AND later.slice = r.slice
                AND later.status <> 'unchanged'
                AND (
                    later.finished_at > r.finished_at
                    OR (later.finished_at = r.finished_at AND later.receipt_id > r.receipt_id)
                )
        ) THEN 0
        ELSE 1
    END AS is_newest,
    utc(r.window_start) AS window_start,
    utc(r.window_end) AS window_end,
    r.declared,
    r.rows_read,
    r.stored,
    r.rejected,
    r.records,
    r.reasons,
    r.message,
    r.requests,
    utc(r.started_at) AS started_at,
    utc(r.finished_at) AS finished_at,
    r.finished_at - r.started_at AS duration_seconds
FROM receipts AS r
