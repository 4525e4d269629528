-- v_sla_weekly: one row per week, promise (target) and week_basis: how many were kept.
-- Every MSP's weeks are its own: Monday to Sunday in its zone. Weeks without a result have no row.
--
-- msp_id: text. The MSP.
-- week: text (local date). Monday of the week; null where neither deadline nor opening is known.
-- week_basis: text. What puts a result into the week: its deadline, or, without one, the opening of its ticket.
-- target: text. Which promise: first_response or resolution.
-- results: integer (results). All results of the week that are not gone: decided, running and the rest.
-- decided: integer (results). Met and missed together.
-- met: integer (results). Promises kept.
-- missed: integer (results). Promises broken.
-- running: integer (results). The clock still runs, or is paused.
-- without_outcome: integer (results). Neither decided nor running: outcome none, or not known.
-- share: number (share 0-1). met of decided; null where nothing is decided.
-- gone: integer (results). Results left out because they or their ticket are gone from the source.
SELECT
    k.msp_id,
    k.week,
    k.week_basis,
    k.target,
    sum(1 - k.is_gone) AS results,
    sum(CASE WHEN k.is_gone = 0 AND k.outcome IN ('met', 'missed') THEN 1 ELSE 0 END) AS decided,
    sum(CASE WHEN k.is_gone = 0 AND k.outcome = 'met' THEN 1 ELSE 0 END) AS met,
    sum(CASE WHEN k.is_gone = 0 AND k.outcome = 'missed' THEN 1 ELSE 0 END) AS missed,
    sum(CASE WHEN k.is_gone = 0 AND k.outcome IN ('running', 'paused') THEN 1 ELSE 0 END) AS running,
    sum(CASE WHEN k.is_gone = 0 AND coalesce(k.outcome, 'none') = 'none' THEN 1 ELSE 0 END) AS without_outcome,
    1.0 * sum(CASE WHEN k.is_gone = 0 AND k.outcome = 'met' THEN 1 ELSE 0 END)
    / nullif(sum(CASE WHEN k.is_gone = 0 AND k.outcome IN ('met', 'missed') THEN 1 ELSE 0 END), 0) AS share,
    sum(k.is_gone) AS gone
FROM (
    SELECT
        r.msp_id,
        r.target,
        r.outcome,
        week_of(r.msp_id, coalesce(r.due_at, t.opened_at)) AS week,
        CASE WHEN r.due_at IS NULL THEN 'opening' ELSE 'deadline' END AS week_basis,
        CASE WHEN r.gone_at IS NULL AND t.gone_at IS NULL THEN 0 ELSE 1 END AS is_gone
    FROM sla_results AS r
    LEFT JOIN tickets AS t ON t.msp_id = r.msp_id AND t.connection_id = r.connection_id AND t.id = r.ticket
) AS k
GROUP BY k.msp_id, k.week, k.week_basis, k.target
