-- v_projects: one row per project, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- project: text. The vendor's id of the project.
-- client: text. The vendor's id of the client.
-- client_name: text. The client's name; null where the client is not in the store.
-- name: text. What it is called.
-- kind: text. onboarding, offboarding, improvement, delivery or other.
-- kind_raw: text. The vendor's word for kind.
-- template: text. The template it was made from.
-- status: text. Where it stands, the vendor's word.
-- technician: text. The vendor's id of the technician: who leads it.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- planned_start_on: text (date). Day it should begin.
-- planned_end_on: text (date). Day it should end.
-- started_on: text (date). Day it began.
-- finished_on: text (date). Day it was done.
-- created_at: text (UTC instant). When it was made in the source.
-- opportunity: text. The vendor's id of the sale it delivers.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    p.msp_id,
    p.connection_id,
    p.id AS project,
    p.client,
    c.name AS client_name,
    p.name,
    p.kind,
    p.kind_raw,
    p.template,
    p.status,
    p.technician,
    w.name AS technician_name,
    p.planned_start_on,
    p.planned_end_on,
    p.started_on,
    p.finished_on,
    utc(p.created_at) AS created_at,
    p.opportunity,
    utc(p.updated_at) AS updated_at,
    utc(p.first_seen_at) AS first_seen_at,
    utc(p.seen_at) AS seen_at,
    utc(p.gone_at) AS gone_at,
    CASE WHEN p.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM projects AS p
LEFT JOIN clients AS c
    ON c.msp_id = p.msp_id AND c.connection_id = p.connection_id AND c.id = p.client
LEFT JOIN technicians AS w
    ON w.msp_id = p.msp_id AND w.connection_id = p.connection_id AND w.id = p.technician
