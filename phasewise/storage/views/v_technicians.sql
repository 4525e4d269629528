-- v_technicians: one row per person who works tickets, as last seen. What an hour costs is not shown.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- technician: text. The vendor's id of the technician.
-- name: text. The technician's name.
-- role: text. technician, lead, manager, executive, dispatcher or other.
-- role_raw: text. The vendor's word for role.
-- team: text. Team or queue the person belongs to.
-- is_active: integer (flag 0/1). 1 = still works here.
-- capacity_hours_per_week: number (hours). Contracted working time.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    p.msp_id,
    p.connection_id,
    p.id AS technician,
    p.name,
    p.role,
    p.role_raw,
    p.team,
    p.is_active,
    p.capacity_minutes_per_week / 60.0 AS capacity_hours_per_week,
    utc(p.updated_at) AS updated_at,
    utc(p.first_seen_at) AS first_seen_at,
    utc(p.seen_at) AS seen_at,
    utc(p.gone_at) AS gone_at,
    CASE WHEN p.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM technicians AS p
