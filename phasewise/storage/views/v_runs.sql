-- v_runs: one row per run of a job (sync, remap, reconcile, analyze).
--
-- msp_id: text. The MSP.
-- run_id: text. Id of the run.
-- job: text. sync, remap, reconcile or analyze.
-- due_key: text. Local time it was due, or manual: and the run's id.
-- status: text. running, complete, partial or failed.
-- started_at: text (UTC instant). When it started.
-- heartbeat_at: text (UTC instant). When it last said that it is alive.
-- finished_at: text (UTC instant). When it ended; null while it runs.
-- duration_seconds: integer (seconds). From started_at to finished_at.
-- message: text. Why it failed or is partial.
-- release: text. The release of Phasewise that ran.
SELECT
    r.msp_id,
    r.run_id,
    r.job,
    r.due_key,
    r.status,
    utc(r.started_at) AS started_at,
    utc(r.heartbeat_at) AS heartbeat_at,
    utc(r.finished_at) AS finished_at,
    r.finished_at - r.started_at AS duration_seconds,
    r.message,
    r.release
FROM runs AS r
