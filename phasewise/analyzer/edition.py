"""Which rules an analysis used (edition) and which data it read (basis).

Two analyses with one edition are comparable: what moved between them is the data. Two with one basis read the
same data: what moved is the rules. Neither depends on the release, on the database or on our clock, so the
same records give the same two words on SQLite and Postgres, and a sync that found nothing new changes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Table, cast, func, select, type_coerce
from sqlalchemy.sql import ColumnElement

from phasewise.analyzer.indicator import Indicator
from phasewise.analyzer.ladder import RULES_VERSION
from phasewise.analyzer.side_by_side import side_by_side
from phasewise.analyzer.sources import StreamState, stream_states
from phasewise.analyzer.thresholds import Thresholds
from phasewise.config.settings import MspSettings
from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.storage.checkpoints import Checkpoint, checkpoints
from phasewise.storage.engine import MspStore
from phasewise.storage.links import confirmed_links
from phasewise.storage.msps import Connection, read_connections
from phasewise.storage.receipts import Receipt, latest_receipts
from phasewise.storage.tables import RECORD_TABLES
from phasewise.storage.types import Flag, Instant, LocalDate, Money, to_json

LENGTH = 8
"""Hex digits of an edition and a basis: short enough to read out, long enough for one MSP's history."""

NO_VALUE = -1
"""What a column without a value adds: 0 would make it the same as a zero."""

DERIVED = frozenset(
    {
        ("ticket_events", "from_value"),
        ("ticket_events", "to_value"),
        ("sla_results", "outcome"),
        ("sla_results", "own_outcome"),
    }
)
"""Columns that follow from mapped words without being one."""

ALWAYS = frozenset({"connection_id", "id"})
"""Columns that every digest of a table reads: rows that came by another connection are other rows."""


def edition(
    msp: MspSettings,
    indicators: Mapping[str, Indicator],
    numbers: Thresholds,
    words: Mapping[str, Any],
) -> str:
    """A short hash of every rule that can change a result.

    Args:
        msp: the MSP's settings; what only changes how results are shown is left out.
        indicators: code → indicator, for their versions.
        numbers: the thresholds with the MSP's overrides.
        words: connection → what its records were derived with, or the operator's mapping.
    """
    return _short(rules(msp, indicators, numbers, words))


def rule_parts(
    msp: MspSettings,
    indicators: Mapping[str, Indicator],
    numbers: Thresholds,
    words: Mapping[str, Any],
) -> dict[str, str]:
    """A short hash of every part of the rules: two editions differ by the parts whose hashes differ."""
    return {name: _short(part) for name, part in rules(msp, indicators, numbers, words).items()}


def rules(
    msp: MspSettings,
    indicators: Mapping[str, Indicator],
    numbers: Thresholds,
    words: Mapping[str, Any],
) -> dict[str, Any]:
    """Every rule that can change a result, by name; arguments as of `edition`."""
    return {
        "ladder": RULES_VERSION,
        "indicators": {code: indicator.version for code, indicator in indicators.items()},
        "thresholds": numbers.canonical(),
        "mapping": words,
        "zone": msp.zone,
        "currency": msp.currency,
        "calendars": {name: c.model_dump(mode="json") for name, c in msp.calendars.items()},
        "sla": msp.sla.model_dump(mode="json"),
        "scope": msp.scope.model_dump(mode="json"),
        "capacity": msp.technicians.capacity_hours_per_week,
        "exceptions": [e.model_dump(mode="json") for e in msp.exceptions],
    }


@dataclass(frozen=True, slots=True)
class DataRead:
    """What the store says of its data, read once: the digests of several dates come from it."""

    receipts: Sequence[Receipt]
    checkpoints: Sequence[tuple[str, str, Checkpoint]]
    streams: Sequence[StreamState]
    connections: Sequence[Connection]
    tables: Mapping[str, Mapping[str, int]]
    automations: Sequence[Mapping[str, Any]]
    links: Sequence[Sequence[str]] = ()

    def basis(self, instant: datetime) -> str:
        """A short digest of the data behind an analysis.

        Args:
            instant: end of the date analysed; what was proven or confirmed beyond it says nothing about it.
        """
        facts: dict[str, Any] = {
            "receipts": sorted(_receipt(r, instant) for r in self.receipts),
            "proven": [_proven(*one, instant) for one in self.checkpoints],
            "confirmed": [
                [s.connection_id, s.stream, _clipped(s.confirmed_at, instant)] for s in self.streams
            ],
            "connections": [_connection(c) for c in self.connections],
            "tables": self.tables,
            "automations": self.automations,
        }
        if self.links:
            facts["links"] = self.links
        return _short(facts)

    def parts(self, instant: datetime) -> dict[str, str]:
        """Short hashes of what the digest is made of.

        `words`: what mappings made of the sources' words. `rows`: all else: rows, proofs, connections.
        """
        derived = {
            table: {name: found for name, found in figures.items() if is_derived(table, name)}
            for table, figures in self.tables.items()
        }
        rest = {
            table: {name: found for name, found in figures.items() if not is_derived(table, name)}
            for table, figures in self.tables.items()
        }
        return {"words": _short(derived), "rows": replace(self, tables=rest).basis(instant)}


def is_derived(table: str, column: str) -> bool:
    """A mapping made the column's value out of a word of the source."""
    if (table, column) in DERIVED:
        return True
    info = field_infos(record_kinds()[table]).get(column)
    return info is not None and info.mapping is not None


def read_data(scope: MspStore, msp: MspSettings, reads: Iterable[str]) -> DataRead:
    """What there is of data that an analysis would read.

    Of tables it is made of counts and sums that both databases work out alike: rows, rows gone, and of every
    column that an indicator reads what its values add up to (texts: their lengths).

    Args:
        scope: the MSP's store.
        msp: its settings, for what people attest there.
        reads: `table.field` names that the indicators read.
    """
    found = latest_receipts(scope)
    columns = _by_table(reads)

    def digest(name: str, of: list[str]) -> Callable[[MspStore], dict[str, int]]:
        return lambda own: _digest(own, RECORD_TABLES[name], of)

    digests = side_by_side(scope, [digest(name, of) for name, of in columns])
    streams = sorted({(r.connection_id, r.stream) for r in found})
    return DataRead(
        receipts=found,
        checkpoints=[
            (connection_id, stream, one)
            for connection_id, stream in streams
            for _key, one in sorted(checkpoints(scope, connection_id, stream).items())
        ],
        streams=stream_states(scope),
        connections=read_connections(scope),
        tables={name: figures for (name, _), figures in zip(columns, digests, strict=True)},
        automations=[a.model_dump(mode="json") for a in msp.automations],
        links=[[*a, *b] for a, b in confirmed_links(scope, "devices")],
    )


def words_of(scope: MspStore, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """What each connection's records were derived with.

    The store knows better than the settings: words that were changed there count from the next remap on.

    Args:
        scope: the MSP's store.
        mapping: connection → the operator's words in the settings, for connections not derived yet.
    """
    derived = {c.connection_id: c.derived_with for c in read_connections(scope) if c.derived_with is not None}
    return {**mapping, **derived}


def _short(value: Any) -> str:
    return hashlib.sha256(to_json(value).encode()).hexdigest()[:LENGTH]


def _receipt(receipt: Receipt, instant: datetime) -> list[str]:
    """What a receipt says about the data, without how and when it was fetched.

    What was stored counts only where it shows how much is missing: a run that was killed and went on stored
    less than one left alone, over the same rows.
    """
    missing = [] if receipt.status == "complete" else [str(receipt.declared), str(receipt.stored)]
    return [
        receipt.connection_id,
        receipt.stream,
        receipt.slice,
        receipt.status,
        receipt.proof,
        _clipped(receipt.window_start, instant),
        _clipped(receipt.window_end, instant),
        str(receipt.rejected),
        *missing,
    ]


def _proven(connection_id: str, stream: str, one: Checkpoint, instant: datetime) -> list[str]:
    """A span that is proven, as far as it says something about the date."""
    return [
        connection_id,
        stream,
        one.slice,
        str(one.is_complete),
        _clipped(one.window_start, instant),
        _clipped(one.window_end, instant),
    ]


def _clipped(bound: datetime | None, instant: datetime) -> str:
    return "" if bound is None else min(bound, instant).isoformat()


def _connection(connection: Connection) -> list[str]:
    return [
        connection.connection_id,
        connection.connector,
        *sorted(connection.provides),
        str(connection.active_from),
        str(connection.active_until),
    ]


def _by_table(reads: Iterable[str]) -> list[tuple[str, list[str]]]:
    columns: dict[str, set[str]] = {}
    for name in reads:
        table, _, column = name.partition(".")
        if table in RECORD_TABLES:
            columns.setdefault(table, set()).add(column)
    return [(table, sorted(names | ALWAYS)) for table, names in sorted(columns.items())]


def _digest(scope: MspStore, table: Table, columns: list[str]) -> dict[str, int]:
    """Rows, rows gone, and of every column its sum, in one pass over the MSP's rows."""
    figures: list[ColumnElement[Any]] = [func.count(), func.count(table.c.gone_at)]
    figures += [func.sum(func.coalesce(_integer(table.c[name]), NO_VALUE)) for name in columns]
    with scope.read() as connection:
        row = connection.execute(select(*figures).where(table.c.msp_id == scope.msp_id)).one()
    return {name: int(figure or 0) for name, figure in zip(("", "gone_at", *columns), row, strict=True)}


def _integer(column: ColumnElement[Any]) -> ColumnElement[int]:
    """The column as a whole number that both databases add up alike."""
    if isinstance(column.type, Instant | Flag | Money | BigInteger):
        return type_coerce(column, BigInteger)
    if isinstance(column.type, LocalDate):
        return cast(func.replace(type_coerce(column, LocalDate), "-", ""), BigInteger)
    return func.length(column)
