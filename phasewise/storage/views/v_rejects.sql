-- v_rejects: one row per payload or piece of a source that could not become a record, with its reason.
--
-- msp_id: text. The MSP.
-- reject_id: text. Id of the reject.
-- connection_id: text. The connection.
-- stream: text. The stream.
-- slice: text. The slice: a window of time, or a file.
-- run_id: text. The run that met it.
-- key: text. The vendor's id, where it could be read.
-- place: text. File and line, or page and position.
-- field: text. The field that could not be filled; empty when it is the whole payload.
-- reason: text. Stable short code.
-- detail: text. One sentence for people.
-- payload: text. As sent, cut to 2,000 characters.
-- at: text (UTC instant). When it was met.
SELECT
    r.msp_id,
    r.reject_id,
    r.connection_id,
    r.stream,
    r.slice,
    r.run_id,
    r.key,
    r.place,
    r.field,
    r.reason,
    r.detail,
    r.payload,
    utc(r.at) AS at
FROM rejects AS r
