-- v_calendars: one row per calendar of working hours, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- calendar: text. The vendor's id of the calendar, or its name in the settings.
-- name: text. What people call it.
-- zone: text. IANA time zone of the hours.
-- hours: text (JSON). Weekday "mon".."sun" to a list of "HH:MM-HH:MM".
-- holidays: text (JSON). ISO dates without working hours.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    k.msp_id,
    k.connection_id,
    k.id AS calendar,
    k.name,
    k.zone,
    k.hours,
    k.holidays,
    utc(k.updated_at) AS updated_at,
    utc(k.first_seen_at) AS first_seen_at,
    utc(k.seen_at) AS seen_at,
    utc(k.gone_at) AS gone_at,
    CASE WHEN k.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM calendars AS k
