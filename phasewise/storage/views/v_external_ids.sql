-- v_external_ids: one row per row that a vendor says another system knows.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- external_id: text. Table, row and system, joined by colons; and the value where there may be several.
-- table_name: text. Table of the row: clients, technicians, devices, alerts, automation_runs.
-- row: text. The vendor's id of the row.
-- system: text. The other system: a connector, or its kind (psa, rmm, accounting).
-- target_table: text. Table of the row there, for example tickets for an alert's ticket.
-- value: text. The id, or the number people know it by, in the other system.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    x.msp_id,
    x.connection_id,
    x.id AS external_id,
    x.table_name,
    x.row,
    x.system,
    x.target_table,
    x.value,
    utc(x.updated_at) AS updated_at,
    utc(x.first_seen_at) AS first_seen_at,
    utc(x.seen_at) AS seen_at,
    utc(x.gone_at) AS gone_at,
    CASE WHEN x.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM external_ids AS x
