-- v_alerts: one row per thing that a tool noticed by itself.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- alert: text. The vendor's id of the alert.
-- device: text. The vendor's id of the device it is about.
-- device_name: text. What the device is called; null where the device is not in the store.
-- client: text. The vendor's id of the client, by the alert, else by its device.
-- client_name: text. The client's name; null where the client is not in the store.
-- category: text. The vendor's kind of alert.
-- severity: text. The vendor's word.
-- raised_at: text (UTC instant). When it was raised.
-- raised_week: text (local date). Monday of the week it was raised in, in the MSP's zone.
-- resolved_at: text (UTC instant). When it was over.
-- resolved_by: text. automation, technician, cleared or other.
-- resolved_by_raw: text. The vendor's word for resolved_by.
-- ticket: text. The vendor's id of the ticket it became.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    a.msp_id,
    a.connection_id,
    a.id AS alert,
    a.device,
    d.name AS device_name,
    coalesce(a.client, d.client) AS client,
    c.name AS client_name,
    a.category,
    a.severity,
    utc(a.raised_at) AS raised_at,
    week_of(a.msp_id, a.raised_at) AS raised_week,
    utc(a.resolved_at) AS resolved_at,
    a.resolved_by,
    a.resolved_by_raw,
    a.ticket,
    utc(a.updated_at) AS updated_at,
    utc(a.first_seen_at) AS first_seen_at,
    utc(a.seen_at) AS seen_at,
    utc(a.gone_at) AS gone_at,
    CASE WHEN a.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM alerts AS a
LEFT JOIN devices AS d ON d.msp_id = a.msp_id AND d.connection_id = a.connection_id AND d.id = a.device
LEFT JOIN clients AS c
    ON c.msp_id = a.msp_id AND c.connection_id = a.connection_id AND c.id = coalesce(a.client, d.client)
