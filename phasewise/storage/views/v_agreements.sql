-- v_agreements: one row per agreement, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- agreement: text. The vendor's id of the agreement.
-- client: text. The vendor's id of the client.
-- client_name: text. The client's name; null where the client is not in the store.
-- name: text. What it is called.
-- kind: text. recurring, block, time_and_materials, retainer, project or other.
-- kind_raw: text. The vendor's word for kind.
-- package: text. The package or product it sells, the vendor's word.
-- started_on: text (date). First day it holds.
-- ended_on: text (date). Last day it holds; null = no end is known.
-- is_active: integer (flag 0/1). 1 = it holds now, by the vendor's own word.
-- currency: text. ISO 4217 code of the amounts.
-- monthly_amount: number (units of currency). What it bills a month.
-- billing_cycle: text. How often it is billed, the vendor's word.
-- next_bill_on: text (date). When it is billed next.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    a.msp_id,
    a.connection_id,
    a.id AS agreement,
    a.client,
    c.name AS client_name,
    a.name,
    a.kind,
    a.kind_raw,
    a.package,
    a.started_on,
    a.ended_on,
    a.is_active,
    a.currency,
    a.monthly_amount / 10000.0 AS monthly_amount,
    a.billing_cycle,
    a.next_bill_on,
    utc(a.updated_at) AS updated_at,
    utc(a.first_seen_at) AS first_seen_at,
    utc(a.seen_at) AS seen_at,
    utc(a.gone_at) AS gone_at,
    CASE WHEN a.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM agreements AS a
LEFT JOIN clients AS c
    ON c.msp_id = a.msp_id AND c.connection_id = a.connection_id AND c.id = a.client
