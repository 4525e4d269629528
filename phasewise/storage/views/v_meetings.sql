-- v_meetings: one row per conversation that was planned.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- meeting: text. The vendor's id of the meeting.
-- client: text. The vendor's id of the client.
-- client_name: text. The client's name; null where the client is not in the store.
-- technician: text. The vendor's id of the technician: whose it was.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- kind: text. business_review, kpi_review, leadership, check_in or other.
-- kind_raw: text. The vendor's word for kind.
-- at: text (UTC instant). When it was planned to begin.
-- week: text (local date). Monday of the week of at, in the MSP's zone.
-- minutes: integer (minutes). How long it was planned to last, or lasted.
-- is_held: integer (flag 0/1). 1 = it took place, by the source's own word.
-- has_client_attended: integer (flag 0/1). 1 = somebody of the client was there.
-- has_notes: integer (flag 0/1). 1 = something was written down about it.
-- actions: integer (actions). Actions that came out of it.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    m.msp_id,
    m.connection_id,
    m.id AS meeting,
    m.client,
    c.name AS client_name,
    m.technician,
    w.name AS technician_name,
    m.kind,
    m.kind_raw,
    utc(m.at) AS at,
    week_of(m.msp_id, m.at) AS week,
    m.minutes,
    m.is_held,
    m.has_client_attended,
    m.has_notes,
    m.actions,
    utc(m.updated_at) AS updated_at,
    utc(m.first_seen_at) AS first_seen_at,
    utc(m.seen_at) AS seen_at,
    utc(m.gone_at) AS gone_at,
    CASE WHEN m.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM meetings AS m
LEFT JOIN clients AS c
    ON c.msp_id = m.msp_id AND c.connection_id = m.connection_id AND c.id = m.client
LEFT JOIN technicians AS w
    ON w.msp_id = m.msp_id AND w.connection_id = m.connection_id AND w.id = m.technician
