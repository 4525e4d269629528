-- v_agreement_lines: one row per line of an agreement, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- agreement_line: text. The vendor's id of the line.
-- agreement: text. The vendor's id of the agreement it belongs to.
-- agreement_name: text. What the agreement is called; null where it is not in the store.
-- client: text. The vendor's id of the client of its agreement.
-- client_name: text. The client's name; null where the client is not in the store.
-- product: text. The product or service, the vendor's word.
-- package: text. The package it belongs to.
-- unit: text. user, device, site, flat or other.
-- unit_raw: text. The vendor's word for unit.
-- quantity: number (units). How many are billed.
-- currency: text. ISO 4217 code of the amounts.
-- unit_price: number (units of currency). Price of one a billing cycle.
-- unit_cost: number (units of currency). What one costs the MSP.
-- started_on: text (date). First day it is billed for.
-- ended_on: text (date). Last day it is billed for.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    l.msp_id,
    l.connection_id,
    l.id AS agreement_line,
    l.agreement,
    g.name AS agreement_name,
    g.client AS client,
    c.name AS client_name,
    l.product,
    l.package,
    l.unit,
    l.unit_raw,
    l.quantity,
    l.currency,
    l.unit_price / 10000.0 AS unit_price,
    l.unit_cost / 10000.0 AS unit_cost,
    l.started_on,
    l.ended_on,
    utc(l.updated_at) AS updated_at,
    utc(l.first_seen_at) AS first_seen_at,
    utc(l.seen_at) AS seen_at,
    utc(l.gone_at) AS gone_at,
    CASE WHEN l.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM agreement_lines AS l
LEFT JOIN agreements AS g ON g.msp_id = l.msp_id AND g.connection_id = l.connection_id AND g.id = l.agreement
LEFT JOIN clients AS c
    ON c.msp_id = l.msp_id AND c.connection_id = l.connection_id AND c.id = g.client
