-- v_ticket_events: one row per change of a ticket, at the instant the vendor recorded it.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- event: text. The vendor's id of the event, or one made of ticket, order and kind.
-- ticket: text. The vendor's id of the ticket.
-- number: text. The number people know the ticket by, where it differs from the id.
-- client: text. The vendor's id of the ticket's client.
-- queue: text. The ticket's queue now.
-- at: text (UTC instant). When it happened.
-- week: text (local date). Monday of the week it happened in, in the MSP's zone.
-- kind: text. status, assignment, group, priority, comment, client_reply or merge.
-- from_value: text. Value before; for status and priority the neutral word.
-- from_raw: text. The vendor's word before.
-- to_value: text. Value after; for status and priority the neutral word.
-- to_raw: text. The vendor's word after.
-- actor: text. Who did it: technician, client or automation.
-- technician: text. The vendor's id of the technician who did it.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- hours_after_opening: number (hours by the clock). From the ticket's opened_at to at.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    e.msp_id,
    e.connection_id,
    e.id AS event,
    e.ticket,
    t.number,
    t.client,
    t.queue,
    utc(e.at) AS at,
    week_of(e.msp_id, e.at) AS week,
    e.kind,
    e.from_value,
    e.from_raw,
    e.to_value,
    e.to_raw,
    e.actor,
    e.technician,
    p.name AS technician_name,
    (e.at - t.opened_at) / 3600.0 AS hours_after_opening,
    utc(e.first_seen_at) AS first_seen_at,
    utc(e.seen_at) AS seen_at,
    utc(e.gone_at) AS gone_at,
    CASE WHEN e.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM ticket_events AS e
LEFT JOIN tickets AS t ON t.msp_id = e.msp_id AND t.connection_id = e.connection_id AND t.id = e.ticket
LEFT JOIN technicians AS p
    ON p.msp_id = e.msp_id AND p.connection_id = e.connection_id AND p.id = e.technician
