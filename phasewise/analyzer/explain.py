"""Everything behind one of the twenty: gathered for showing, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from phasewise.analyzer.indicator import (
    AnalysisContext,
    Evidence,
    TableRow,
    evaluate,
    indicators,
    not_measured_yet,
    thresholds,
)
from phasewise.analyzer.run import context_of
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.config.settings import Settings
from phasewise.errors import ConfigError
from phasewise.model.maturity import STATEMENTS, Statement
from phasewise.storage.engine import MspStore

TOP = 10
"""Rows of a table that are shown unless asked otherwise; a total hides who to act on, a thousand rows too."""

WHOLE_TABLES = frozenset({"week"})
"""Tables that are read as a series and shown whole."""


@dataclass(frozen=True)
class ShownTable:
    """A table behind the numbers, cut to what is shown.

    Attributes:
        name: "week", "client", "queue", "technician", …
        rows: those shown, in the indicator's order; each with the same keys.
        not_shown: rows that were cut.
    """

    name: str
    rows: tuple[TableRow, ...]
    not_shown: int


@dataclass(frozen=True)
class Explanation:
    """Everything behind one of the twenty.

    Attributes:
        msp: the MSP's id.
        context: what it was counted for.
        statement: what must be true, and what feeds it.
        evidence: what was found.
        numbers: the thresholds; None where there is no indicator yet.
        document: the indicator's page, Markdown in English; "" where there is none yet.
        tables: what stands behind the numbers, by client, queue, technician (as the settings allow), week.
    """

    msp: str
    context: AnalysisContext
    statement: Statement
    evidence: Evidence
    numbers: IndicatorThresholds | None
    document: str
    tables: tuple[ShownTable, ...]


def explain(
    scope: MspStore,
    settings: Settings,
    code: str,
    *,
    as_of: date | None = None,
    now: datetime,
    top: int = TOP,
) -> Explanation:
    """Count one indicator as of a date and gather what stands behind it.

    Args:
        scope: the MSP's store.
        settings: all settings.
        code: its code ("2.1") or its name ("sla_adherence").
        as_of: the date, in the MSP's zone; None = yesterday there.
        now: this instant.
        top: rows shown of each table, 1 or more.

    Raises:
        ConfigError: there is no such code, or the date is in the future.
    """
    statement = statement_of(code)
    context = context_of(scope, settings, as_of=as_of, now=now)
    indicator = indicators().get(statement.code)
    if indicator is None:
        evidence = not_measured_yet(statement.code)
        return Explanation(scope.msp_id, context, statement, evidence, None, "", ())
    evidence = evaluate(scope, indicator, context)
    return Explanation(
        msp=scope.msp_id,
        context=context,
        statement=statement,
        evidence=evidence,
        numbers=thresholds(context.msp).indicators[statement.code],
        document=indicator.document,
        tables=shown_tables(evidence.tables, top=top),
    )


def statement_of(code: str) -> Statement:
    """The statement of a code or a name.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    for statement in STATEMENTS.values():
        if code in {statement.code, statement.name}:
            return statement
    raise ConfigError(
        f'there is no indicator "{code}"', where="CODE", remedy=f"Known: {', '.join(STATEMENTS)}"
    )


def shown_tables(tables: Mapping[str, Sequence[TableRow]], *, top: int) -> tuple[ShownTable, ...]:
    """The tables cut to their first rows.

    Args:
        tables: name → rows, most important first.
        top: rows of each table, 1 or more.
    """
    shown = []
    for name, rows in tables.items():
        kept = tuple(rows) if name in WHOLE_TABLES else tuple(rows[:top])
        shown.append(ShownTable(name, kept, len(rows) - len(kept)))
    return tuple(shown)


def sections(document: str) -> tuple[tuple[str, str], ...]:
    """The sections of an indicator's page: (title, text), in order; what stands before the first is left out.

    Args:
        document: a module docstring; a title is underlined with dashes.
    """
    lines = document.strip().splitlines()
    titles = [
        i for i in range(len(lines) - 1) if lines[i + 1] and set(lines[i + 1]) == {"-"} and lines[i].strip()
    ]
    found = [
        (lines[start].strip(), "\n".join(lines[start + 2 : end]).strip("\n"))
        for start, end in pairwise([*titles, len(lines)])
    ]
    return tuple((title, text) for title, text in found if text)
