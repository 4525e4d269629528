"""What an analysis rests on: streams proven complete, their age, and words that nobody has mapped."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Table, func, select

from phasewise.analyzer.indicator import AnalysisContext, Indicator
from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.storage.engine import MspStore
from phasewise.storage.msps import read_connections
from phasewise.storage.receipts import Receipt, latest_receipts
from phasewise.storage.tables import RECORD_TABLES, mapped_words, receipts
from phasewise.storage.types import to_epoch

OWN_CONNECTIONS = frozenset({"settings"})
"""Connections under which Phasewise keeps what the settings themselves hold."""

OLD_AFTER = timedelta(weeks=4)
"""Age of the newest ticket from which an answer as of the date says little, and another date more."""

INCOMPLETE = frozenset({"partial", "failed", "later"})
"""Ends of a slice after which numbers built on it may miss rows."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """How one stream of one connection stands.

    Attributes:
        connection_id, stream: which.
        slices: slices it was read in.
        incomplete: those of them that are not proven complete.
        refused: it was skipped because a right is missing.
        message: why it is not complete, from the first such receipt; "" when it is.
        confirmed_at: when a sync last found it as it is stored.
    """

    connection_id: str
    stream: str
    slices: int
    incomplete: int
    refused: bool
    message: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Rows whose vendor word nobody has mapped, so that it reads as `other`.

    Attributes:
        table: the records.
        mapping: the mapping that is missing words ("type").
        count: how many rows.
        codes: the indicators that read the field.
    """

    table: str
    mapping: str
    count: int
    codes: tuple[str, ...]


def stream_states(scope: MspStore) -> tuple[StreamState, ...]:
    """Every stream that a sync has tried, by connection and name."""
    confirmed = _confirmed(scope)
    by_stream: dict[tuple[str, str], list[Receipt]] = {}
    for receipt in latest_receipts(scope):
        by_stream.setdefault((receipt.connection_id, receipt.stream), []).append(receipt)
    return tuple(
        _state(key, found, confirmed.get(key) or max(r.finished_at for r in found))
        for key, found in sorted(by_stream.items())
    )


def _state(key: tuple[str, str], found: list[Receipt], confirmed_at: datetime) -> StreamState:
    incomplete = [r for r in found if r.status in INCOMPLETE]
    skipped = [r for r in found if r.status == "skipped"]
    first = next(iter(incomplete or skipped), None)
    message = (first.message or "") if first else ""
    return StreamState(*key, len(found), len(incomplete), bool(skipped), message, confirmed_at)


def _confirmed(scope: MspStore) -> dict[tuple[str, str], datetime]:
    """When each stream was last read or found unchanged."""
    query = (
        select(receipts.c.connection_id, receipts.c.stream, func.max(receipts.c.finished_at))
        .where(receipts.c.msp_id == scope.msp_id, receipts.c.status.in_(("complete", "unchanged")))
        .group_by(receipts.c.connection_id, receipts.c.stream)
    )
    with scope.read() as connection:
        return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def unmapped(scope: MspStore, indicators: Iterable[Indicator], *, before: datetime) -> tuple[Unmapped, ...]:
    """Rows with a word that nobody has mapped, most first.

    Args:
        scope: the MSP's store.
        indicators: those whose fields count as touched.
        before: only rows that were there before this instant, where they carry a time of their own.
    """
    wanted = _words_without_target(scope)
    found = [
        Unmapped(table.name, mapping, count, _touched(indicators, table.name, fields))
        for table, mapping, fields, condition in _mapped_columns()
        if mapping in wanted and (count := _count(scope, table, mapping, fields, condition, before))
    ]
    return tuple(sorted(found, key=lambda u: (-u.count, u.table, u.mapping)))


_Mapped = tuple[Table, str, tuple[str, ...], "ColumnElement[bool] | None"]


def _mapped_columns() -> list[_Mapped]:
    """(table, mapping, (field, raw field), further condition) of every field that a mapping fills."""
    columns: list[_Mapped] = [
        (RECORD_TABLES[name], info.mapping, (field, f"{field}_raw"), None)
        for name, kind in record_kinds().items()
        for field, info in field_infos(kind).items()
        if info.mapping and not field.startswith("first_")
    ]
    events = RECORD_TABLES["ticket_events"]
    columns += [
        (events, mapping, ("to_value", "to_raw"), events.c.kind == mapping)
        for mapping in ("status", "priority")
    ]
    return columns


def _words_without_target(scope: MspStore) -> set[str]:
    query = select(mapped_words.c.mapping).where(
        mapped_words.c.msp_id == scope.msp_id,
        mapped_words.c.target == "other",
        mapped_words.c.origin == "default",
    )
    with scope.read() as connection:
        return set(connection.execute(query.distinct()).scalars())


def _count(
    scope: MspStore,
    table: Table,
    mapping: str,
    fields: tuple[str, ...],
    condition: ColumnElement[bool] | None,
    before: datetime,
) -> int:
    value, raw = (table.c[name] for name in fields)
    words = mapped_words.c
    query = (
        select(func.count())
        .select_from(table)
        .join(
            mapped_words,
            (words.msp_id == table.c.msp_id)
            & (words.connection_id == table.c.connection_id)
            & (words.word == raw),
        )
        .where(
            table.c.msp_id == scope.msp_id,
            value == "other",
            table.c.gone_at.is_(None),
            words.mapping == mapping,
            words.target == "other",
            words.origin == "default",
        )
    )
    if condition is not None:
        query = query.where(condition)
    when = table.c.get("opened_at", table.c.get("at"))
    if when is not None:
        query = query.where(when < before)
    with scope.read() as connection:
        return int(connection.execute(query).scalar_one())


def _touched(indicators: Iterable[Indicator], table: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    names = {f"{table}.{name}" for name in fields}
    return tuple(sorted(i.code for i in indicators if names & i.reads))


def first_record_at(scope: MspStore) -> datetime | None:
    """When the oldest ticket was opened; None without tickets. Read from an index."""
    tickets = RECORD_TABLES["tickets"]
    query = select(func.min(tickets.c.opened_at)).where(tickets.c.msp_id == scope.msp_id)
    with scope.read() as connection:
        found: datetime | None = connection.execute(query).scalar_one()
    return found


def last_full_day(scope: MspStore, context: AnalysisContext) -> date | None:
    """The date to ask of where the records end long before the one that was asked of; None where they do not.

    It is that by which 99 of 100 tickets were opened: an export often has stragglers behind its end.

    Args:
        scope: the MSP's store.
        context: of the analysis.
    """
    tickets = RECORD_TABLES["tickets"]
    known = (tickets.c.msp_id == scope.msp_id) & (tickets.c.opened_at < context.instant)
    with scope.read() as connection:
        count, newest = connection.execute(
            select(func.count(tickets.c.opened_at), func.max(tickets.c.opened_at)).where(known)
        ).one()
        if newest is None or newest >= context.instant - OLD_AFTER:
            return None
        opened = select(tickets.c.opened_at).where(known).order_by(tickets.c.opened_at.desc())
        last: datetime = connection.execute(opened.offset(count // 100).limit(1)).scalar_one()
    return last.astimezone(context.zone).date()


def unnamed_connections(scope: MspStore, named: Collection[str]) -> tuple[str, ...]:
    """Connections with records that the settings do not name, sorted. What was renamed is counted twice."""
    stored = {connection.connection_id for connection in read_connections(scope)}
    return tuple(sorted(stored - set(named) - OWN_CONNECTIONS))


def age_hours(states: Iterable[StreamState], now: datetime) -> float | None:
    """Age of the stream confirmed longest ago, in hours; None without streams."""
    confirmed = [state.confirmed_at for state in states]
    return (to_epoch(now) - to_epoch(min(confirmed))) / 3600 if confirmed else None
