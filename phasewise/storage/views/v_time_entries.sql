-- v_time_entries: one row per entry of working time.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- time_entry: text. The vendor's id of the entry.
-- technician: text. The vendor's id of the technician who worked.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- ticket: text. The vendor's id of the ticket it was worked on.
-- number: text. The number people know the ticket by, where it differs from the id.
-- queue: text. The ticket's queue now.
-- client: text. The vendor's id of the client, by the entry, else by its ticket.
-- client_name: text. The client's name; null where the client is not in the store.
-- project: text. The vendor's id of the project it was worked on.
-- agreement: text. The vendor's id of the agreement it is covered by.
-- at: text (UTC instant). When the work began, or where the source does not say so, when it was written down.
-- week: text (local date). Monday of the week of at, in the MSP's zone.
-- month: text (local date). First day of the month of at, in the MSP's zone.
-- started_at: text (UTC instant). When the work began; null where the source does not say so.
-- entered_at: text (UTC instant). When it was written down.
-- minutes: integer (minutes). Time worked; below zero corrects an earlier entry.
-- hours: number (hours). The same.
-- is_billable: integer (flag 0/1). 1 = it may be billed.
-- is_invoiced: integer (flag 0/1). 1 = it was billed.
-- purpose: text. reactive, proactive, improvement, project, planning, sales, admin, leave or other.
-- purpose_raw: text. The vendor's word for purpose: its type of work.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row, or its ticket.
-- is_gone: integer (flag 0/1). 1 = the row or its ticket is gone from the source.
SELECT
    e.msp_id,
    e.connection_id,
    e.id AS time_entry,
    e.technician,
    p.name AS technician_name,
    e.ticket,
    t.number,
    t.queue,
    coalesce(e.client, t.client) AS client,
    c.name AS client_name,
    e.project,
    e.agreement,
    utc(coalesce(e.started_at, e.entered_at)) AS at,
    week_of(e.msp_id, coalesce(e.started_at, e.entered_at)) AS week,
    month_of(e.msp_id, coalesce(e.started_at, e.entered_at)) AS month,
    utc(e.started_at) AS started_at,
    utc(e.entered_at) AS entered_at,
    e.minutes,
    e.minutes / 60.0 AS hours,
    e.is_billable,
    e.is_invoiced,
    e.purpose,
    e.purpose_raw,
    utc(e.updated_at) AS updated_at,
    utc(e.first_seen_at) AS first_seen_at,
    utc(e.seen_at) AS seen_at,
    utc(coalesce(e.gone_at, t.gone_at)) AS gone_at,
    CASE WHEN e.gone_at IS NULL AND t.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM time_entries AS e
LEFT JOIN tickets AS t ON t.msp_id = e.msp_id AND t.connection_id = e.connection_id AND t.id = e.ticket
LEFT JOIN technicians AS p
    ON p.msp_id = e.msp_id AND p.connection_id = e.connection_id AND p.id = e.technician
LEFT JOIN clients AS c
    ON c.msp_id = e.msp_id AND c.connection_id = e.connection_id AND c.id = coalesce(e.client, t.client)
