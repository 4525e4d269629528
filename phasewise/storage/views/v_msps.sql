-- v_msps: one row per MSP: what its weeks, months and amounts are counted in.
--
-- msp_id: text. Short name used in the settings.
-- name: text. Its name.
-- zone: text. IANA time zone that makes its weeks, days and months.
-- currency: text. ISO 4217 code of the amounts that are measured.
-- created_at: text (UTC instant). When the store first knew it.
SELECT
    m.msp_id,
    m.name,
    m.zone,
    m.currency,
    utc(m.created_at) AS created_at
FROM msps AS m
