-- v_links: one row per two rows of different connections that are, or seem to be, the same.
--
-- msp_id: text. The MSP.
-- link: text. The link's id, as `phasewise links` shows it.
-- table_name: text. What is linked: clients, technicians or devices.
-- connection_a: text. The one connection.
-- row_a: text. The vendor's id there.
-- name_a: text. What it is called there; null for technicians.
-- connection_b: text. The other connection.
-- row_b: text. The vendor's id there.
-- name_b: text. What it is called there; null for technicians.
-- ground: text. external_id (a vendor says so), serial_number or name.
-- similarity: number (share 0-1). How alike they are; 1 = the same id, serial number or name.
-- status: text. proposed, confirmed or refused; indicators use confirmed ones only.
-- decided_by: text. Who decided; null while it is proposed.
-- proposed_at: text (UTC instant). When it was first proposed.
-- decided_at: text (UTC instant). When it was decided.
SELECT
    l.msp_id,
    l.link_id AS link,
    l.table_name,
    l.connection_a,
    l.row_a,
    coalesce(ca.name, da.name) AS name_a,
    l.connection_b,
    l.row_b,
    coalesce(cb.name, db.name) AS name_b,
    l.ground,
    l.similarity,
    l.status,
    l.decided_by,
    utc(l.proposed_at) AS proposed_at,
    utc(l.decided_at) AS decided_at
FROM links AS l
LEFT JOIN clients AS ca
    ON l.table_name = 'clients' AND ca.msp_id = l.msp_id
        AND ca.connection_id = l.connection_a AND ca.id = l.row_a
LEFT JOIN clients AS cb
    ON l.table_name = 'clients' AND cb.msp_id = l.msp_id
        AND cb.connection_id = l.connection_b AND cb.id = l.row_b
LEFT JOIN devices AS da
    ON l.table_name = 'devices' AND da.msp_id = l.msp_id
        AND da.connection_id = l.connection_a AND da.id = l.row_a
LEFT JOIN devices AS db
    ON l.table_name = 'devices' AND db.msp_id = l.msp_id
        AND db.connection_id = l.connection_b AND db.id = l.row_b
