-- v_connections: one row per connection, as the settings last said.
--
-- msp_id: text. The MSP.
-- connection_id: text. Its name in the settings.
-- connector: text. The connector it is an instance of.
-- provides: text (JSON). Names (table.field) that it can ever fill.
-- active_from: text (local date). First date it speaks for; null = from the beginning.
-- active_until: text (local date). Last date it speaks for; null = still.
-- updated_at: text (UTC instant). When the settings were last read for it.
SELECT
    k.msp_id,
    k.connection_id,
    k.connector,
    k.provides,
    k.active_from,
    k.active_until,
    utc(k.updated_at) AS updated_at
FROM connections AS k
