"""Analyses: written once, never changed; read back newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, insert, select

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import analyses as table
from phasewise.storage.tables import indicator_results


@dataclass(frozen=True, slots=True)
class StoredIndicator:
    """What an analysis says of one indicator.

    Attributes:
        code: "1.1" … "4.5".
        status: pass, fail, leaning or unknown.
        evidence: derived, partly or attested.
        score_median: 0–100, 70 passes; None when unknown.
        score_low: lower end of the 90% interval.
        score_high: upper end.
        p_pass: probability that it passes, share 0–1.
        reason: why it is unknown or failed.
        detail: measures, parts, notes, funnel.
    """

    code: str
    status: str
    evidence: str
    score_median: float | None
    score_low: float | None
    score_high: float | None
    p_pass: float | None
    reason: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredAnalysis:
    """One analysis of one MSP as of one date.

    Attributes:
        as_of: the date it speaks of.
        edition: hash of the rules used.
        basis: digest of the data read.
        made: nightly (as known then) or backfill (as known now).
        analyzed_at: when it was made.
        release: release of Phasewise.
        phase: the floor.
        ceiling: the optimistic phase.
        is_decided: the gate above the floor is known to fail.
        distribution: phase, or `undecided`, → share 0–1.
        result: the whole answer of `analyze --json`.
        indicators: the twenty.
        is_newest: no later analysis of the same date and edition rests on other data; the store fills it.
    """

    as_of: date
    edition: str
    basis: str
    made: Literal["nightly", "backfill"]
    analyzed_at: datetime
    release: str
    phase: str
    ceiling: str
    is_decided: bool
    distribution: Mapping[str, float]
    result: Mapping[str, Any]
    indicators: Sequence[StoredIndicator]
    is_newest: bool = True


_KEY = ("as_of", "edition", "basis")
_NAMES = [field.name for field in fields(StoredAnalysis) if field.name not in {"indicators", "is_newest"}]
_COLUMNS = [table.c[name] for name in _NAMES]
_RESULT_COLUMNS = [indicator_results.c[field.name] for field in fields(StoredIndicator)]


def save_analysis(scope: MspStore, analysis: StoredAnalysis) -> bool:
    """Store an analysis, unless one of the same date, edition and basis is there.

    Returns:
        True: written; False: it was there, and nothing was written.
    """
    key = {"msp_id": scope.msp_id, **{name: getattr(analysis, name) for name in _KEY}}
    with scope.write() as connection:
        same = select(table.c.as_of).where(*(table.c[name] == value for name, value in key.items()))
        if connection.execute(same).first() is not None:
            return False
        row = {column.name: getattr(analysis, column.name) for column in _COLUMNS}
        row["distribution"], row["result"] = dict(analysis.distribution), dict(analysis.result)
        connection.execute(insert(table), {**key, **row})
        results = [
            {**key, **{column.name: getattr(indicator, column.name) for column in _RESULT_COLUMNS}}
            for indicator in analysis.indicators
        ]
        if results:
            connection.execute(insert(indicator_results), results)
    return True


def analysis_keys(scope: MspStore) -> set[tuple[date, str, str]]:
    """(date, edition, basis) of every stored analysis."""
    c = table.c
    query = select(c.as_of, c.edition, c.basis).where(c.msp_id == scope.msp_id)
    with scope.read() as connection:
        return {(row.as_of, row.edition, row.basis) for row in connection.execute(query)}


def newest_analysis(scope: MspStore, as_of: date) -> StoredAnalysis | None:
    """The stored analysis of a date that was made last; None when there is none."""
    c = table.c
    query = (
        select(*_COLUMNS)
        .where(c.msp_id == scope.msp_id, c.as_of == as_of)
        .order_by(c.analyzed_at.desc(), c.edition, c.basis)
        .limit(1)
    )
    with scope.read() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        results = _results(connection, scope, row.as_of, row.edition, row.basis)
    return StoredAnalysis(**dict(zip(_NAMES, row, strict=True)), indicators=results)


def analyses(scope: MspStore, limit: int | None = None) -> list[StoredAnalysis]:
    """The stored analyses, newest date first; within a date the last made first.

    Args:
        scope: the store of one MSP.
        limit: at most so many; None = all.
    """
    c = table.c
    query = (
        select(*_COLUMNS)
        .where(c.msp_id == scope.msp_id)
        .order_by(c.as_of.desc(), c.analyzed_at.desc(), c.edition, c.basis)
        .limit(limit)
    )
    found: list[StoredAnalysis] = []
    seen: set[tuple[date, str]] = set()
    with scope.read() as connection:
        for row in connection.execute(query).all():
            series = (row.as_of, row.edition)
            results = _results(connection, scope, row.as_of, row.edition, row.basis)
            stored = dict(zip(_NAMES, row, strict=True))
            found.append(StoredAnalysis(**stored, indicators=results, is_newest=series not in seen))
            seen.add(series)
    return found


def _results(
    connection: Connection, scope: MspStore, as_of: date, edition: str, basis: str
) -> tuple[StoredIndicator, ...]:
    c = indicator_results.c
    query = (
        select(*_RESULT_COLUMNS)
        .where(c.msp_id == scope.msp_id, c.as_of == as_of, c.edition == edition, c.basis == basis)
        .order_by(c.code)
    )
    return tuple(StoredIndicator(*row) for row in connection.execute(query))
