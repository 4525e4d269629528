-- v_opportunities: one row per possible sale, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- opportunity: text. The vendor's id of the opportunity.
-- client: text. The vendor's id of the client.
-- client_name: text. The client's name; null where the client is not in the store.
-- name: text. What it is called.
-- stage: text. Where it stands, the vendor's word.
-- outcome: text. open, won, lost or other.
-- outcome_raw: text. The vendor's word for outcome.
-- currency: text. ISO 4217 code of the amounts.
-- amount: number (units of currency). What it is worth once.
-- monthly_amount: number (units of currency). What it is worth a month.
-- created_at: text (UTC instant). When it was written down.
-- created_month: text (local date). First day of the month of created_at, in the MSP's zone.
-- closed_at: text (UTC instant). When it was won or lost.
-- project: text. The vendor's id of the project that delivers it.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    o.msp_id,
    o.connection_id,
    o.id AS opportunity,
    o.client,
    c.name AS client_name,
    o.name,
    o.stage,
    o.outcome,
    o.outcome_raw,
    o.currency,
    o.amount / 10000.0 AS amount,
    o.monthly_amount / 10000.0 AS monthly_amount,
    utc(o.created_at) AS created_at,
    month_of(o.msp_id, o.created_at) AS created_month,
    utc(o.closed_at) AS closed_at,
    o.project,
    utc(o.updated_at) AS updated_at,
    utc(o.first_seen_at) AS first_seen_at,
    utc(o.seen_at) AS seen_at,
    utc(o.gone_at) AS gone_at,
    CASE WHEN o.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM opportunities AS o
LEFT JOIN clients AS c
    ON c.msp_id = o.msp_id AND c.connection_id = o.connection_id AND c.id = o.client
