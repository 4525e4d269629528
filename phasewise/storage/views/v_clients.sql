-- v_clients: one row per client of the MSP, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- client: text. The vendor's id of the client.
-- name: text. The client's name.
-- kind: text. client, prospect, internal, vendor or other.
-- kind_raw: text. The vendor's word for kind.
-- tier: text. Service tier, the vendor's word.
-- calendar: text. The calendar its SLA runs by.
-- started_at: text (UTC instant). When it became a client.
-- ended_at: text (UTC instant). When it stopped being a client.
-- is_internal: integer (flag 0/1). 1 = the MSP itself.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    c.msp_id,
    c.connection_id,
    c.id AS client,
    c.name,
    c.kind,
    c.kind_raw,
    c.tier,
    c.calendar,
    utc(c.started_at) AS started_at,
    utc(c.ended_at) AS ended_at,
    c.is_internal,
    utc(c.updated_at) AS updated_at,
    utc(c.first_seen_at) AS first_seen_at,
    utc(c.seen_at) AS seen_at,
    utc(c.gone_at) AS gone_at,
    CASE WHEN c.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM clients AS c
