-- v_project_tasks: one row per task of a project, as last seen.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- project_task: text. The vendor's id of the task.
-- project: text. The vendor's id of the project it belongs to.
-- project_name: text. What the project is called; null where it is not in the store.
-- client: text. The vendor's id of the client of its project.
-- client_name: text. The client's name; null where the client is not in the store.
-- name: text. What is to be done.
-- status: text. Where it stands, the vendor's word.
-- due_at: text (UTC instant). When it should be done.
-- done_at: text (UTC instant). When it was done.
-- is_from_template: integer (flag 0/1). 1 = it came with the template of the project.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    k.msp_id,
    k.connection_id,
    k.id AS project_task,
    k.project,
    p.name AS project_name,
    p.client AS client,
    c.name AS client_name,
    k.name,
    k.status,
    utc(k.due_at) AS due_at,
    utc(k.done_at) AS done_at,
    k.is_from_template,
    utc(k.updated_at) AS updated_at,
    utc(k.first_seen_at) AS first_seen_at,
    utc(k.seen_at) AS seen_at,
    utc(k.gone_at) AS gone_at,
    CASE WHEN k.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM project_tasks AS k
LEFT JOIN projects AS p ON p.msp_id = k.msp_id AND p.connection_id = k.connection_id AND p.id = k.project
LEFT JOIN clients AS c
    ON c.msp_id = k.msp_id AND c.connection_id = k.connection_id AND c.id = p.client
