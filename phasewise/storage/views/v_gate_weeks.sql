-- v_gate_weeks: one row per week end, edition, basis and gate: the gates as they were judged.
--
-- msp_id: text. The MSP.
-- week: text (local date). The last day of the week, as of which the gate was judged.
-- gate: integer (1 to 3). The gate.
-- edition: text. Hash of the rules used; a series is one edition.
-- basis: text. Digest of the data read, as of that day.
-- p_low: number (share 0-1). Joint probability that its five pass, everything unknown failing.
-- p_high: number (share 0-1). The same, everything unknown passing.
-- hold_low: number (share 0-1). p_low as judged for a gate that is passed already.
-- hold_high: number (share 0-1). p_high as judged for a gate that is passed already.
-- open: text (JSON). Codes of the indicators that leave the gate open.
SELECT
    g.msp_id,
    g.week,
    g.gate,
    g.edition,
    g.basis,
    g.p_low,
    g.p_high,
    g.hold_low,
    g.hold_high,
    g.open
FROM gate_weeks AS g
