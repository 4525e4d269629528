-- v_tickets: one row per ticket, in its newest known state.
-- What was known at an earlier instant: v_ticket_events, and missed_at of v_sla_results.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- ticket: text. The vendor's id of the ticket, unique within its connection.
-- number: text. The number people know the ticket by, where it differs from the id.
-- title: text. Its one-line summary, where it is kept.
-- client: text. The vendor's id of the client it was raised for.
-- client_name: text. The client's name; null where the client is not in the store.
-- technician: text. The vendor's id of the technician who owns it now.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- requester: text. Keyed hash of the person who asked; no name.
-- queue: text. Board, queue or assignment group.
-- type: text. incident, request, problem, change, alert, task or other.
-- type_raw: text. The vendor's word for type.
-- category: text. The vendor's category.
-- subcategory: text. The vendor's subcategory.
-- priority: text. Priority now: critical, high, medium, low or other.
-- priority_raw: text. The vendor's word for priority.
-- first_priority: text. Priority when it was opened.
-- first_priority_raw: text. The vendor's word for first_priority.
-- source: text. How it came in: email, phone, portal, chat, alert, technician, automation or other.
-- source_raw: text. The vendor's word for source.
-- status: text. State now: new, in_progress, waiting, resolved, closed, cancelled, merged or other.
-- status_raw: text. The vendor's word for status.
-- is_open: integer (flag 0/1). 1 = new, in_progress or waiting now; null where the state is not known or other.
-- parent: text. The ticket it was merged into or is a child of.
-- project: text. The vendor's id of the project it belongs to.
-- agreement: text. The vendor's id of the agreement it is covered by.
-- device: text. The vendor's id of the device it is about.
-- opened_at: text (UTC instant). When it was opened.
-- opened_week: text (local date). Monday of the week it was opened in, in the MSP's zone.
-- opened_month: text (local date). First day of the month it was opened in, in the MSP's zone.
-- first_response_at: text (UTC instant). First answer to the client.
-- first_response_by: text. Who answered first: human or automation.
-- resolved_at: text (UTC instant). When the work was done, by the newest resolution.
-- resolved_week: text (local date). Monday of the week it was resolved in, in the MSP's zone.
-- closed_at: text (UTC instant). When it was closed; often an automatic close days after the resolution.
-- closed_week: text (local date). Monday of the week it was closed in, in the MSP's zone.
-- hours_to_first_response: number (hours by the clock). From opened_at to first_response_at.
-- hours_to_resolve: number (hours by the clock). From opened_at to resolved_at.
-- hours_to_close: number (hours by the clock). From opened_at to closed_at.
-- reopened_count: integer (times). Times it was opened again after a resolution.
-- was_reopened: integer (flag 0/1). 1 = reopened_count is above 0; null where the source does not say.
-- reassigned_count: integer (times). Times its owner changed.
-- was_reassigned: integer (flag 0/1). 1 = reassigned_count is above 0; null where the source does not say.
-- group_reassigned_count: integer (times). Times its queue changed.
-- ever_waited: integer (flag 0/1). 1 = it is or was in a waiting state; null where no change of state is known.
-- is_internal: integer (flag 0/1). 1 = the MSP's own work, not a client's.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    t.msp_id,
    t.connection_id,
    t.id AS ticket,
    t.number,
    t.title,
    t.client,
    c.name AS client_name,
    t.technician,
    p.name AS technician_name,
    t.requester,
    t.queue,
    t.type,
    t.type_raw,
    t.category,
    t.subcategory,
    t.priority,
    t.priority_raw,
    t.first_priority,
    t.first_priority_raw,
    t.source,
    t.source_raw,
    t.status,
    t.status_raw,
    CASE
        WHEN t.status IN ('new', 'in_progress', 'waiting') THEN 1
        WHEN t.status IN ('resolved', 'closed', 'cancelled', 'merged') THEN 0
    END AS is_open,
    t.parent,
    t.project,
    t.agreement,
    t.device,
    utc(t.opened_at) AS opened_at,
    week_of(t.msp_id, t.opened_at) AS opened_week,
    month_of(t.msp_id, t.opened_at) AS opened_month,
    utc(t.first_response_at) AS first_response_at,
    t.first_response_by,
    utc(t.resolved_at) AS resolved_at,
    week_of(t.msp_id, t.resolved_at) AS resolved_week,
    utc(t.closed_at) AS closed_at,
    week_of(t.msp_id, t.closed_at) AS closed_week,
    (t.first_response_at - t.opened_at) / 3600.0 AS hours_to_first_response,
    (t.resolved_at - t.opened_at) / 3600.0 AS hours_to_resolve,
    (t.closed_at - t.opened_at) / 3600.0 AS hours_to_close,
    t.reopened_count,
    CASE WHEN t.reopened_count > 0 THEN 1 WHEN t.reopened_count <= 0 THEN 0 END AS was_reopened,
    t.reassigned_count,
    CASE WHEN t.reassigned_count > 0 THEN 1 WHEN t.reassigned_count <= 0 THEN 0 END AS was_reassigned,
    t.group_reassigned_count,
    CASE
        WHEN t.status = 'waiting' THEN 1
        WHEN EXISTS (
            SELECT 1
            FROM ticket_events AS e
            WHERE e.msp_id = t.msp_id
                AND e.connection_id = t.connection_id
                AND e.ticket = t.id
                AND e.kind = 'status'
                AND (e.from_value = 'waiting' OR e.to_value = 'waiting')
        ) THEN 1
        WHEN EXISTS (
            SELECT 1
            FROM ticket_events AS e
            WHERE e.msp_id = t.msp_id
                AND e.connection_id = t.connection_id
                AND e.ticket = t.id
                AND e.kind = 'status'
        ) THEN 0
    END AS ever_waited,
    t.is_internal,
    utc(t.updated_at) AS updated_at,
    utc(t.first_seen_at) AS first_seen_at,
    utc(t.seen_at) AS seen_at,
    utc(t.gone_at) AS gone_at,
    CASE WHEN t.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM tickets AS t
LEFT JOIN clients AS c ON c.msp_id = t.msp_id AND c.connection_id = t.connection_id AND c.id = t.client
LEFT JOIN technicians AS p
    ON p.msp_id = t.msp_id AND p.connection_id = t.connection_id AND p.id = t.technician
