-- v_survey_responses: one row per answer of a client to a survey.
--
-- msp_id: text. The MSP.
-- connection_id: text. The connection the row came by.
-- survey_response: text. The vendor's id of the answer.
-- client: text. The vendor's id of the client, by the row, else by its ticket.
-- client_name: text. The client's name; null where the client is not in the store.
-- ticket: text. The vendor's id of the ticket it is about.
-- technician: text. The vendor's id of the technician: whose work it is about.
-- technician_name: text. The technician's name; null where the technician is not in the store.
-- at: text (UTC instant). When it was given.
-- week: text (local date). Monday of the week of at, in the MSP's zone.
-- score: number (points of 100). The answer on one scale: 0 worst to 100 best.
-- score_raw: text. The answer as the vendor gives it.
-- scale: text. The vendor's scale, worst to best, for example 1-5.
-- has_comment: integer (flag 0/1). 1 = something was written beside it.
-- followed_up_at: text (UTC instant). When somebody came back to the client about it.
-- updated_at: text (UTC instant). When the vendor last changed the row.
-- first_seen_at: text (UTC instant). When Phasewise first stored the row.
-- seen_at: text (UTC instant). When a sync last saw the row.
-- gone_at: text (UTC instant). When a proven-complete listing no longer had the row.
-- is_gone: integer (flag 0/1). 1 = gone from the source.
SELECT
    s.msp_id,
    s.connection_id,
    s.id AS survey_response,
    coalesce(s.client, t.client) AS client,
    c.name AS client_name,
    s.ticket,
    s.technician,
    w.name AS technician_name,
    utc(s.at) AS at,
    week_of(s.msp_id, s.at) AS week,
    s.score,
    s.score_raw,
    s.scale,
    s.has_comment,
    utc(s.followed_up_at) AS followed_up_at,
    utc(s.updated_at) AS updated_at,
    utc(s.first_seen_at) AS first_seen_at,
    utc(s.seen_at) AS seen_at,
    utc(s.gone_at) AS gone_at,
    CASE WHEN s.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
FROM survey_responses AS s
LEFT JOIN tickets AS t ON t.msp_id = s.msp_id AND t.connection_id = s.connection_id AND t.id = s.ticket
LEFT JOIN clients AS c
    ON c.msp_id = s.msp_id AND c.connection_id = s.connection_id AND c.id = coalesce(s.client, t.client)
LEFT JOIN technicians AS w
    ON w.msp_id = s.msp_id AND w.connection_id = s.connection_id AND w.id = s.technician
