-- v_devices: one row per machine that is looked after, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- device: text. The vendor's id of the device.
-- name: text. What it is called.
-- client: text. The vendor's id of the client it belongs to.
-- client_name: text. The client's name; null where the client is not in the store.
-- serial_number: text. The maker's serial number, as the source writes it.
-- kind: text. workstation, server, network, mobile or other.
-- kind_raw: text. The vendor's word for kind.
-- installed_at: text (UTC instant). When the agent was installed, or the device entered the list.
-- last_check_in_at: text (UTC instant). When it was last heard of.
-- is_managed: integer (flag 0/1). 1 = an agent is on it.
-- is_patched: integer (flag 0/1). 1 = no patch that matters is missing.
-- has_edr: integer (flag 0/1). 1 = endpoint detection is on it.
-- has_backup: integer (flag 0/1). 1 = it is backed up.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    d.msp_id,
    d.connection_id,
    d.id AS device,
    d.name,
    d.client,
    c.name AS client_name,
    d.serial_number,
    d.kind,
    d.kind_raw,
    utc(d.installed_at) AS installed_at,
    utc(d.last_check_in_at) AS last_check_in_at,
    d.is_managed,
    d.is_patched,
    d.has_edr,
    d.has_backup,
    utc(d.updated_at) AS updated_at,
    utc(d.first_seen_at) AS first_seen_at,
    utc(d.seen_at) AS seen_at,
    utc(d.gone_at) AS gone_at,
    CASE WHEN d.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM devices AS d
LEFT JOIN clients AS c ON c.msp_id = d.msp_id AND c.connection_id = d.connection_id AND c.id = d.client
