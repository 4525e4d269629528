-- v_automation_runs: one row per run of a script, policy or workflow on one device.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- automation_run: text. The vendor's id of the run.
-- automation: text. The script, policy or workflow, as the vendor calls it.
-- kind: text. script, policy, patch, remediation, workflow or other.
-- kind_raw: text. The vendor's word for kind.
-- made_by: text. What made it run: schedule, alert, ticket, manual or other.
-- made_by_raw: text. The vendor's word for made_by.
-- device: text. The vendor's id of the device it ran on.
-- device_name: text. What the device is called; null where the device is not in the store.
-- client: text. The vendor's id of the client, by the run, else by its device.
-- client_name: text. The client's name; null where the client is not in the store.
-- started_at: text (UTC instant). When it began.
-- started_week: text (local date). Monday of the week it began in, in the MSP's zone.
-- finished_at: text (UTC instant). When it ended.
-- outcome: text. succeeded, failed, skipped or other.
-- outcome_raw: text. The vendor's word for outcome.
-- alert: text. The vendor's id of the alert it answered.
-- ticket: text. The vendor's id of the ticket it worked on.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    r.msp_id,
    r.connection_id,
    r.id AS automation_run,
    r.automation,
    r.kind,
    r.kind_raw,
    r.trigger AS made_by,
    r.trigger_raw AS made_by_raw,
    r.device,
    d.name AS device_name,
    coalesce(r.client, d.client) AS client,
    c.name AS client_name,
    utc(r.started_at) AS started_at,
    week_of(r.msp_id, r.started_at) AS started_week,
    utc(r.finished_at) AS finished_at,
    r.outcome,
    r.outcome_raw,
    r.alert,
    r.ticket,
    utc(r.updated_at) AS updated_at,
    utc(r.first_seen_at) AS first_seen_at,
    utc(r.seen_at) AS seen_at,
    utc(r.gone_at) AS gone_at,
    CASE WHEN r.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM automation_runs AS r
LEFT JOIN devices AS d ON d.msp_id = r.msp_id AND d.connection_id = r.connection_id AND d.id = r.device
LEFT JOIN clients AS c
    ON c.msp_id = r.msp_id AND c.connection_id = r.connection_id AND c.id = coalesce(r.client, d.client)
