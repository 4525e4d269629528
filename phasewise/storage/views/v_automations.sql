-- v_automations: one row per automation in the register: what it targets, where it runs, from when.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- automation: text. The id of the registration, or the vendor's id.
-- name: text. What people call it; rows of one name and target are waves of one automation.
-- kind: text. script, policy, patch, remediation, workflow or other.
-- kind_raw: text. The vendor's word for kind.
-- targets: text (JSON). Which tickets it should make fewer: column of tickets and its values.
-- clients: text (JSON). Ids or names of the clients it runs for; null = all.
-- went_live_at: text (UTC instant). From when it ran for them.
-- went_live_week: text (local date). Monday of the week it went live in, in the MSP's zone.
-- ended_at: text (UTC instant). Until when it ran.
-- registered_at: text (UTC instant). When it was registered.
-- registered_by: text. Who registered it.
-- is_retrospective: integer (flag 0/1). 1 = registered after it went live: its effect is looked at with hindsight.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    a.msp_id,
    a.connection_id,
    a.id AS automation,
    a.name,
    a.kind,
    a.kind_raw,
    a.targets,
    a.clients,
    utc(a.went_live_at) AS went_live_at,
    week_of(a.msp_id, a.went_live_at) AS went_live_week,
    utc(a.ended_at) AS ended_at,
    utc(a.registered_at) AS registered_at,
    a.registered_by,
    CASE WHEN a.registered_at < a.went_live_at THEN 0 ELSE 1 END AS is_retrospective,
    utc(a.updated_at) AS updated_at,
    utc(a.first_seen_at) AS first_seen_at,
    utc(a.seen_at) AS seen_at,
    utc(a.gone_at) AS gone_at,
    CASE WHEN a.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM automations AS a
