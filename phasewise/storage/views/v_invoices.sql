-- v_invoices: one row per invoice the MSP sent. Dates are dates in its books, never midnights.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- invoice: text. The vendor's id of the invoice.
-- number: text. The number printed on it.
-- client: text. The vendor's id of the client who is billed.
-- client_name: text. The client's name; null where the client is not in the store.
-- agreement: text. The vendor's id of the agreement it bills.
-- kind: text. What it bills: recurring, project, time, product, credit or other.
-- kind_raw: text. The vendor's word for kind.
-- issued_on: text (date). Date of the invoice.
-- issued_month: text (date). First day of the month of issued_on.
-- due_on: text (date). Date payment is due.
-- sent_on: text (date). Date it was sent.
-- paid_on: text (date). Date it was fully paid.
-- currency: text. ISO 4217 code of the amounts.
-- total: number (units of currency). Amount billed.
-- balance: number (units of currency). Amount still open.
-- is_paid: integer (flag 0/1). 1 = it has a paid_on.
-- days_to_pay: integer (days). From issued_on to paid_on; null while unpaid.
-- days_late: integer (days). From due_on to paid_on, 0 when paid in time; null while unpaid.
-- is_on_time: integer (flag 0/1). 1 = paid on or before due_on; null while unpaid or without a due date.
-- is_disputed: integer (flag 0/1). 1 = the client disputes it.
-- created_at: text (UTC instant). When the row was made in the source.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    i.msp_id,
    i.connection_id,
    i.id AS invoice,
    i.number,
    i.client,
    c.name AS client_name,
    i.agreement,
    i.kind,
    i.kind_raw,
    i.issued_on,
    substr(i.issued_on, 1, 8) || '01' AS issued_month,
    i.due_on,
    i.sent_on,
    i.paid_on,
    i.currency,
    i.total / 10000.0 AS total,
    i.balance / 10000.0 AS balance,
    CASE WHEN i.paid_on IS NULL THEN 0 ELSE 1 END AS is_paid,
    days_between(i.issued_on, i.paid_on) AS days_to_pay,
    CASE
        WHEN i.paid_on <= i.due_on THEN 0
        WHEN i.paid_on > i.due_on THEN days_between(i.due_on, i.paid_on)
    END AS days_late,
    CASE WHEN i.paid_on <= i.due_on THEN 1 WHEN i.paid_on > i.due_on THEN 0 END AS is_on_time,
    i.is_disputed,
    utc(i.created_at) AS created_at,
    utc(i.updated_at) AS updated_at,
    utc(i.first_seen_at) AS first_seen_at,
    utc(i.seen_at) AS seen_at,
    utc(i.gone_at) AS gone_at,
    CASE WHEN i.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM invoices AS i
LEFT JOIN clients AS c ON c.msp_id = i.msp_id AND c.connection_id = i.connection_id AND c.id = i.client
