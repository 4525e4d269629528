-- v_invoice_lines: one row per line of an invoice.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- invoice_line: text. The vendor's id of the line, or invoice and position.
-- invoice: text. The vendor's id of the invoice it stands on.
-- invoice_number: text. The number printed on the invoice; null where the invoice is not in the store.
-- issued_on: text (date). Date of the invoice.
-- client: text. The vendor's id of the client of its invoice.
-- client_name: text. The client's name; null where the client is not in the store.
-- agreement: text. The vendor's id of the agreement it bills.
-- product: text. The product or service, the vendor's word.
-- quantity: number (units). How many.
-- currency: text. ISO 4217 code of the amounts.
-- unit_price: number (units of currency). Price of one.
-- unit_cost: number (units of currency). What one costs the MSP.
-- amount: number (units of currency). Amount of the line.
-- is_recurring: integer (flag 0/1). 1 = it is billed again every period.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    l.msp_id,
    l.connection_id,
    l.id AS invoice_line,
    l.invoice,
    i.number AS invoice_number,
    i.issued_on,
    i.client AS client,
    c.name AS client_name,
    l.agreement,
    l.product,
    l.quantity,
    l.currency,
    l.unit_price / 10000.0 AS unit_price,
    l.unit_cost / 10000.0 AS unit_cost,
    l.amount / 10000.0 AS amount,
    l.is_recurring,
    utc(l.updated_at) AS updated_at,
    utc(l.first_seen_at) AS first_seen_at,
    utc(l.seen_at) AS seen_at,
    utc(l.gone_at) AS gone_at,
    CASE WHEN l.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM invoice_lines AS l
LEFT JOIN invoices AS i ON i.msp_id = l.msp_id AND i.connection_id = l.connection_id AND i.id = l.invoice
LEFT JOIN clients AS c
    ON c.msp_id = l.msp_id AND c.connection_id = l.connection_id AND c.id = i.client
