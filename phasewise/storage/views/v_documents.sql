-- v_documents: one row per page of documentation, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- document: text. The vendor's id of the document.
-- client: text. The vendor's id of the client.
-- client_name: text. The client's name; null where the client is not in the store.
-- title: text. Its title.
-- kind: text. process, runbook, knowledge, configuration, password_record or other.
-- kind_raw: text. The vendor's word for kind.
-- created_at: text (UTC instant). When it was made.
-- edited_at: text (UTC instant). When its text last changed.
-- reviewed_at: text (UTC instant). When somebody last said that it still holds.
-- technician: text. The vendor's id of the technician: whose task it is to keep it.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- words: integer (words). How long its text is.
-- is_archived: integer (flag 0/1). 1 = it is kept out of use.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    d.msp_id,
    d.connection_id,
    d.id AS document,
    d.client,
    c.name AS client_name,
    d.title,
    d.kind,
    d.kind_raw,
    utc(d.created_at) AS created_at,
    utc(d.edited_at) AS edited_at,
    utc(d.reviewed_at) AS reviewed_at,
    d.technician,
    w.name AS technician_name,
    d.words,
    d.is_archived,
    utc(d.updated_at) AS updated_at,
    utc(d.first_seen_at) AS first_seen_at,
    utc(d.seen_at) AS seen_at,
    utc(d.gone_at) AS gone_at,
    CASE WHEN d.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM documents AS d
LEFT JOIN clients AS c
    ON c.msp_id = d.msp_id AND c.connection_id = d.connection_id AND c.id = d.client
LEFT JOIN technicians AS w
    ON w.msp_id = d.msp_id AND w.connection_id = d.connection_id AND w.id = d.technician
