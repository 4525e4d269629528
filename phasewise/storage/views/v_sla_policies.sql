-- v_sla_policies: one row per service level, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- sla_policy: text. The vendor's id of the policy.
-- name: text. What people call it.
-- calendar: text. The vendor's id of the calendar it runs by.
-- goals: text (JSON). Target → priority (the vendor's word) → promised business minutes.
-- pausing_statuses: text (JSON). List of statuses (the vendor's words) in which its clock stands.
-- is_default: integer (flag 0/1). 1 = it holds where nothing else is agreed.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    s.msp_id,
    s.connection_id,
    s.id AS sla_policy,
    s.name,
    s.calendar,
    s.goals,
    s.pausing_statuses,
    s.is_default,
    utc(s.updated_at) AS updated_at,
    utc(s.first_seen_at) AS first_seen_at,
    utc(s.seen_at) AS seen_at,
    utc(s.gone_at) AS gone_at,
    CASE WHEN s.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM sla_policies AS s
