-- v_sla_results: one row per ticket and promise (target), with the ticket's own columns beside it.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- sla_result: text. Id of the row: ticket and target, unless the vendor has an id of its own.
-- ticket: text. The vendor's id of the ticket.
-- target: text. Which promise: first_response or resolution.
-- policy: text. The vendor's id of the SLA policy.
-- outcome: text. The verdict that counts, by the MSP's sla.basis: met, missed, running, paused or none.
-- vendor_outcome: text. The vendor's own verdict.
-- own_outcome: text. Phasewise's verdict, by its own clock.
-- agrees: integer (flag 0/1). 1 = the two verdicts are equal; null where one of them is missing.
-- is_decided: integer (flag 0/1). 1 = outcome is met or missed.
-- is_met: integer (flag 0/1). 1 = outcome is met, 0 = missed; null while undecided.
-- target_minutes: integer (minutes of business time). What was promised.
-- elapsed_minutes: integer (minutes of business time). What was used.
-- paused_minutes: integer (minutes of business time). What was paused.
-- due_at: text (UTC instant). The deadline, where the source gives one.
-- met_at: text (UTC instant). When the promise was kept, where the source gives it.
-- missed_at: text (UTC instant). When the source first recorded the miss.
-- deadline_week: text (local date). Monday of the deadline's week, in the MSP's zone.
-- week: text (local date). The week the result counts in: the deadline's, else the one the ticket was opened in.
-- week_basis: text. Which of the two week is: deadline or opening.
-- number: text. The number people know the ticket by, where it differs from the id.
-- opened_at: text (UTC instant). When the ticket was opened.
-- opened_week: text (local date). Monday of the week it was opened in, in the MSP's zone.
-- opened_month: text (local date). First day of the month it was opened in, in the MSP's zone.
-- resolved_at: text (UTC instant). When the ticket was resolved.
-- closed_at: text (UTC instant). When the ticket was closed.
-- status: text. The ticket's state now.
-- type: text. The ticket's type.
-- priority: text. The ticket's priority now: critical, high, medium, low or other.
-- priority_raw: text. The vendor's word for priority.
-- client: text. The vendor's id of the ticket's client.
-- client_name: text. The client's name; null where the client is not in the store.
-- queue: text. The ticket's board, queue or assignment group.
-- technician: text. The vendor's id of the technician who owns the ticket now.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- is_internal: integer (flag 0/1). 1 = the MSP's own work, not a client's.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row, or its ticket.
-- is_gone: integer (flag 0/1). 1 = the row or its ticket is gone from the source.
SELECT
    r.msp_id,
    r.connection_id,
    r.id AS sla_result,
    r.ticket,
    r.target,
    r.policy,
    r.outcome,
    r.vendor_outcome,
    r.own_outcome,
    r.agrees,
    CASE WHEN r.outcome IN ('met', 'missed') THEN 1 ELSE 0 END AS is_decided,
    CASE r.outcome WHEN 'met' THEN 1 WHEN 'missed' THEN 0 END AS is_met,
    r.target_minutes,
    r.elapsed_minutes,
    r.paused_minutes,
    utc(r.due_at) AS due_at,
    utc(r.met_at) AS met_at,
    utc(r.missed_at) AS missed_at,
    week_of(r.msp_id, r.due_at) AS deadline_week,
    week_of(r.msp_id, coalesce(r.due_at, t.opened_at)) AS week,
    CASE WHEN r.due_at IS NULL THEN 'opening' ELSE 'deadline' END AS week_basis,
    t.number,
    utc(t.opened_at) AS opened_at,
    week_of(t.msp_id, t.opened_at) AS opened_week,
    month_of(t.msp_id, t.opened_at) AS opened_month,
    utc(t.resolved_at) AS resolved_at,
    utc(t.closed_at) AS closed_at,
    t.status,
    t.type,
    t.priority,
    t.priority_raw,
    t.client,
    c.name AS client_name,
    t.queue,
    t.technician,
    p.name AS technician_name,
    t.is_internal,
    utc(r.updated_at) AS updated_at,
    utc(r.first_seen_at) AS first_seen_at,
    utc(r.seen_at) AS seen_at,
    utc(coalesce(r.gone_at, t.gone_at)) AS gone_at,
    CASE WHEN r.gone_at IS NULL AND t.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM sla_results AS r
LEFT JOIN tickets AS t ON t.msp_id = r.msp_id AND t.connection_id = r.connection_id AND t.id = r.ticket
LEFT JOIN clients AS c ON c.msp_id = t.msp_id AND c.connection_id = t.connection_id AND c.id = t.client
LEFT JOIN technicians AS p
    ON p.msp_id = t.msp_id AND p.connection_id = t.connection_id AND p.id = t.technician
