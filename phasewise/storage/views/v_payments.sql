-- v_payments: one row per payment against an invoice.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- payment: text. The vendor's id of the payment.
-- invoice: text. The vendor's id of the invoice it pays.
-- invoice_number: text. The number printed on the invoice; null where the invoice is not in the store.
-- client: text. The vendor's id of the client who paid, by the payment, else by its invoice.
-- client_name: text. The client's name; null where the client is not in the store.
-- paid_on: text (date). Date the money came in.
-- paid_month: text (date). First day of the month of paid_on.
-- currency: text. ISO 4217 code of the amount.
-- amount: number (units of currency). Amount paid.
-- days_after_issue: integer (days). From the invoice's issued_on to paid_on.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    p.msp_id,
    p.connection_id,
    p.id AS payment,
    p.invoice,
    i.number AS invoice_number,
    coalesce(p.client, i.client) AS client,
    c.name AS client_name,
    p.paid_on,
    substr(p.paid_on, 1, 8) || '01' AS paid_month,
    p.currency,
    p.amount / 10000.0 AS amount,
    days_between(i.issued_on, p.paid_on) AS days_after_issue,
    utc(p.updated_at) AS updated_at,
    utc(p.first_seen_at) AS first_seen_at,
    utc(p.seen_at) AS seen_at,
    utc(p.gone_at) AS gone_at,
    CASE WHEN p.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM payments AS p
LEFT JOIN invoices AS i ON i.msp_id = p.msp_id AND i.connection_id = p.connection_id AND i.id = p.invoice
LEFT JOIN clients AS c
    ON c.msp_id = p.msp_id AND c.connection_id = p.connection_id AND c.id = coalesce(p.client, i.client)
