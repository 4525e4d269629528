-- v_unmapped: one row per vendor's word that nobody has mapped, so that its value became other.
-- A word that the operator mapped to other on purpose is not here.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the word came by.
-- mapping: text. Table of the settings it belongs into: status, priority, type, source, work_type, role, and so on.
-- word: text. The vendor's word; empty where the source gave none.
-- rows: integer (rows). Rows that carry it, those of all tables together.
-- tickets: integer (tickets). Tickets that carry it.
-- ticket_events: integer (events). Changes of tickets that carry it, before or after.
SELECT
    k.msp_id,
    k.connection_id,
    k.mapping,
    k.word,
    count(*) AS rows,
    sum(CASE WHEN k.kind = 'tickets' THEN 1 ELSE 0 END) AS tickets,
    sum(CASE WHEN k.kind = 'ticket_events' THEN 1 ELSE 0 END) AS ticket_events
FROM (
    SELECT t.msp_id, t.connection_id, 'type' AS mapping, coalesce(t.type_raw, '') AS word, 'tickets' AS kind, t.id
    FROM tickets AS t
    WHERE t.type = 'other'
    UNION
    SELECT t.msp_id, t.connection_id, 'priority', coalesce(t.priority_raw, ''), 'tickets', t.id
    FROM tickets AS t
    WHERE t.priority = 'other'
    UNION
    SELECT t.msp_id, t.connection_id, 'priority', coalesce(t.first_priority_raw, ''), 'tickets', t.id
    FROM tickets AS t
    WHERE t.first_priority = 'other'
    UNION
    SELECT t.msp_id, t.connection_id, 'source', coalesce(t.source_raw, ''), 'tickets', t.id
    FROM tickets AS t
    WHERE t.source = 'other'
    UNION
    SELECT t.msp_id, t.connection_id, 'status', coalesce(t.status_raw, ''), 'tickets', t.id
    FROM tickets AS t
    WHERE t.status = 'other'
    UNION
    SELECT e.msp_id, e.connection_id, e.kind, coalesce(e.to_raw, ''), 'ticket_events', e.id
    FROM ticket_events AS e
    WHERE e.kind IN ('status', 'priority') AND e.to_value = 'other'
    UNION
    SELECT e.msp_id, e.connection_id, e.kind, coalesce(e.from_raw, ''), 'ticket_events', e.id
    FROM ticket_events AS e
    WHERE e.kind IN ('status', 'priority') AND e.from_value = 'other'
    UNION
    SELECT c.msp_id, c.connection_id, 'client_kind', coalesce(c.kind_raw, ''), 'clients', c.id
    FROM clients AS c
    WHERE c.kind = 'other'
    UNION
    SELECT p.msp_id, p.connection_id, 'role', coalesce(p.role_raw, ''), 'technicians', p.id
    FROM technicians AS p
    WHERE p.role = 'other'
    UNION
    SELECT i.msp_id, i.connection_id, 'invoice_kind', coalesce(i.kind_raw, ''), 'invoices', i.id
    FROM invoices AS i
    WHERE i.kind = 'other'
    UNION
    SELECT w.msp_id, w.connection_id, 'work_type', coalesce(w.purpose_raw, ''), 'time_entries', w.id
    FROM time_entries AS w
    WHERE w.purpose = 'other'
    UNION
    SELECT d.msp_id, d.connection_id, 'device_kind', coalesce(d.kind_raw, ''), 'devices', d.id
    FROM devices AS d
    WHERE d.kind = 'other'
    UNION
    SELECT a.msp_id, a.connection_id, 'alert_resolver', coalesce(a.resolved_by_raw, ''), 'alerts', a.id
    FROM alerts AS a
    WHERE a.resolved_by = 'other'
    UNION
    SELECT r.msp_id, r.connection_id, 'automation_kind', coalesce(r.kind_raw, ''), 'automation_runs', r.id
    FROM automation_runs AS r
    WHERE r.kind = 'other'
    UNION
    SELECT r.msp_id, r.connection_id, 'run_trigger', coalesce(r.trigger_raw, ''), 'automation_runs', r.id
    FROM automation_runs AS r
    WHERE r.trigger = 'other'
    UNION
    SELECT r.msp_id, r.connection_id, 'run_outcome', coalesce(r.outcome_raw, ''), 'automation_runs', r.id
    FROM automation_runs AS r
    WHERE r.outcome = 'other'
    UNION
    SELECT u.msp_id, u.connection_id, 'automation_kind', coalesce(u.kind_raw, ''), 'automations', u.id
    FROM automations AS u
    WHERE u.kind = 'other'
    UNION
    SELECT g.msp_id, g.connection_id, 'agreement_kind', coalesce(g.kind_raw, ''), 'agreements', g.id
    FROM agreements AS g
    WHERE g.kind = 'other'
    UNION
    SELECT l.msp_id, l.connection_id, 'line_unit', coalesce(l.unit_raw, ''), 'agreement_lines', l.id
    FROM agreement_lines AS l
    WHERE l.unit = 'other'
    UNION
    SELECT o.msp_id, o.connection_id, 'opportunity_outcome', coalesce(o.outcome_raw, ''), 'opportunities', o.id
    FROM opportunities AS o
    WHERE o.outcome = 'other'
    UNION
    SELECT j.msp_id, j.connection_id, 'project_kind', coalesce(j.kind_raw, ''), 'projects', j.id
    FROM projects AS j
    WHERE j.kind = 'other'
    UNION
    SELECT n.msp_id, n.connection_id, 'meeting_kind', coalesce(n.kind_raw, ''), 'meetings', n.id
    FROM meetings AS n
    WHERE n.kind = 'other'
    UNION
    SELECT y.msp_id, y.connection_id, 'document_kind', coalesce(y.kind_raw, ''), 'documents', y.id
    FROM documents AS y
    WHERE y.kind = 'other'
) AS k
WHERE NOT EXISTS (
    SELECT 1
    FROM mapped_words AS m
    WHERE m.msp_id = k.msp_id
        AND m.connection_id = k.connection_id
        AND m.mapping = k.mapping
        AND m.word = k.word
        AND m.origin = 'operator'
)
GROUP BY k.msp_id, k.connection_id, k.mapping, k.word
