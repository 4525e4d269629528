"""The tables: those of the records are drawn, Phasewise's own are declared here.

Keys are led by `msp_id` everywhere. There are no foreign keys between records: a reference is the
vendor's id within the same connection and may dangle. Instants are epoch seconds, money ten-thousandths,
dates ISO text, booleans 0/1 (see types.py).
"""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args, get_origin

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from phasewise.model.fields import FieldInfo, Json
from phasewise.model.records import record_kinds
from phasewise.storage.types import Flag, Instant, JsonText, LocalDate, Money, PlainText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def column_type(annotation: Any) -> TypeEngine[Any]:
    """The column type of a record field's annotation (`T | None` counts as T).

    Raises:
        TypeError: the annotation is none of the kinds that fields.py lists (a defect in a record).
    """
    kinds: dict[Any, TypeEngine[Any]] = {
        str: PlainText(),
        int: BigInteger(),
        bool: Flag(),
        float: Float(),
        datetime: Instant(),
        date: LocalDate(),
        Decimal: Money(),
    }
    if annotation == Json:
        return JsonText()
    if get_origin(annotation) in (typing.Union, types.UnionType):
        members = [m for m in get_args(annotation) if m is not type(None)]
        if len(members) == 1:
            return column_type(members[0])
        if {get_origin(m) for m in members} <= {dict, list}:
            return JsonText()
    if get_origin(annotation) is typing.Literal:
        return PlainText()
    if annotation in kinds:
        return kinds[annotation]
    raise TypeError(f"no column type for {annotation!r}")


def _draw(kind: type[Any]) -> Table:
    info = kind.__record__
    hints = typing.get_type_hints(kind)
    columns: list[Column[Any]] = [
        Column("msp_id", PlainText, nullable=False, comment="the MSP"),
        Column("connection_id", PlainText, nullable=False, comment="the connection the row came by"),
    ]
    indexes: list[Index] = []
    for field in dataclasses.fields(kind):
        about: FieldInfo = field.metadata["info"]
        needed = field.default is dataclasses.MISSING
        comment = about.doc + (f" [{about.unit}]" if about.unit else "")
        columns.append(
            Column(field.name, column_type(hints[field.name]), nullable=not needed, comment=comment)
        )
        if about.indexed:
            indexes.append(Index(None, "msp_id", field.name))
    columns += [
        Column("first_seen_at", Instant, nullable=False, comment="when Phasewise first stored the row"),
        Column("seen_at", Instant, nullable=False, comment="when a sync last saw the row"),
        Column("gone_at", Instant, comment="when a proven-complete listing no longer had the row"),
        Column("raw_page", BigInteger, comment="raw page the row was derived from (lineage)"),
        Column("raw_index", Integer, comment="position of its payload in the raw page"),
    ]
    return Table(
        info.table,
        metadata,
        *columns,
        PrimaryKeyConstraint("msp_id", "connection_id", "id"),
        *indexes,
        comment=info.title,
    )


def _draw_history(kind: type[Any]) -> Table:
    """`<table>_history`: one row per (record, period in which its watched columns had these values)."""
    hints = typing.get_type_hints(kind)
    watched = [f for f in dataclasses.fields(kind) if f.metadata["info"].watched]
    return Table(
        f"{kind.__record__.table}_history",
        metadata,
        Column("msp_id", PlainText, nullable=False),
        Column("connection_id", PlainText, nullable=False),
        Column("id", PlainText, nullable=False),
        Column("valid_from", Instant, nullable=False, comment="from when these values were seen"),
        Column("valid_to", Instant, comment="until when; null = still"),
        Column("changed", JsonText, comment="names of the columns that changed at valid_from"),
        *[Column(f.name, column_type(hints[f.name]), comment=f.metadata["info"].doc) for f in watched],
        PrimaryKeyConstraint("msp_id", "connection_id", "id", "valid_from"),
    )


RECORD_TABLES: dict[str, Table] = {name: _draw(kind) for name, kind in record_kinds().items()}
HISTORY_TABLES: dict[str, Table] = {
    name: _draw_history(kind) for name, kind in record_kinds().items() if kind.__record__.history
}

# The state of a ticket at an instant is its last status event by then, and its promises are found by ticket:
# the indicators look both up for every ticket of a window.
for _table, _columns in (
    ("ticket_events", ("msp_id", "connection_id", "ticket", "kind", "at")),
    ("sla_results", ("msp_id", "connection_id", "ticket")),
):
    Index(None, *(RECORD_TABLES[_table].c[_name] for _name in _columns))

# ---- Phasewise's own -----------------------------------------------------------------------------

msps = Table(
    "msps",
    metadata,
    Column("msp_id", PlainText, primary_key=True, comment="short name used in settings and keys"),
    Column("name", PlainText, nullable=False),
    Column("zone", PlainText, nullable=False, comment="IANA zone that makes weeks, days and months"),
    Column("currency", PlainText, nullable=False, comment="ISO 4217"),
    Column("requester_key", PlainText, nullable=False, comment="hex key of the requesters' hashes"),
    Column("created_at", Instant, nullable=False),
)

connections = Table(
    "connections",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("connection_id", PlainText, nullable=False),
    Column("connector", PlainText, nullable=False),
    Column("provides", JsonText, nullable=False, comment="table.field names it can ever fill"),
    Column("active_from", LocalDate),
    Column("active_until", LocalDate),
    Column(
        "derived_with",
        PlainText,
        comment="digest of the words its records were derived with; null = none yet",
    ),
    Column("updated_at", Instant, nullable=False),
    PrimaryKeyConstraint("msp_id", "connection_id"),
)

runs = Table(
    "runs",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("run_id", PlainText, nullable=False),
    Column("job", PlainText, nullable=False, comment="sync, remap, reconcile, analyze"),
    Column("due_key", PlainText, nullable=False, comment="local wall time it was due, or manual:<run_id>"),
    Column("status", PlainText, nullable=False, comment="running, complete, partial, failed"),
    Column("started_at", Instant, nullable=False),
    Column("heartbeat_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("message", PlainText, comment="why it failed or is partial"),
    Column("release", PlainText, nullable=False, comment="release of Phasewise"),
    PrimaryKeyConstraint("msp_id", "run_id"),
    UniqueConstraint("msp_id", "job", "due_key"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("connection_id", PlainText, nullable=False),
    Column("stream", PlainText, nullable=False),
    Column("slice", PlainText, nullable=False),
    Column("version", Integer, nullable=False, comment="version of the form of this row"),
    Column("cursor", PlainText, comment="the vendor's own resume mark"),
    Column("token", PlainText, comment="fingerprint of the source when it was read to its end"),
    Column("window_start", Instant),
    Column("window_end", Instant),
    Column("is_complete", Flag, nullable=False, comment="the slice was proven complete"),
    Column("fetched", BigInteger, nullable=False, comment="items fetched so far in this slice"),
    Column("run_id", PlainText, nullable=False),
    Column("updated_at", Instant, nullable=False),
    PrimaryKeyConstraint("msp_id", "connection_id", "stream", "slice"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("receipt_id", PlainText, nullable=False),
    Column("run_id", PlainText, nullable=False),
    Column("connection_id", PlainText, nullable=False),
    Column("stream", PlainText, nullable=False),
    Column("slice", PlainText, nullable=False),
    Column("mode", PlainText, nullable=False, comment="full, increment, resume, reconcile, remap; and why"),
    Column(
        "status", PlainText, nullable=False, comment="complete, partial, failed, later, skipped, unchanged"
    ),
    Column("proof", PlainText, nullable=False, comment="declared_total, end_mark, whole_file, none"),
    Column("window_start", Instant),
    Column("window_end", Instant),
    Column("declared", BigInteger, comment="items the source says there are"),
    Column("rows_read", BigInteger, nullable=False, comment="rows or items fetched from the source"),
    Column("stored", BigInteger, nullable=False, comment="main records written"),
    Column("rejected", BigInteger, nullable=False, comment="payloads or rows that became rejects"),
    Column("records", JsonText, nullable=False, comment="table → records written"),
    Column("reasons", JsonText, nullable=False, comment="reject reason → count"),
    Column("message", PlainText, comment="why it is not complete, with the remedy"),
    Column("requests", BigInteger, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    PrimaryKeyConstraint("msp_id", "receipt_id"),
    Index(None, "msp_id", "connection_id", "stream", "slice"),
)

rejects = Table(
    "rejects",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column(
        "reject_id",
        PlainText,
        nullable=False,
        comment="hash of connection, stream, slice, place, field and reason",
    ),
    Column("connection_id", PlainText, nullable=False),
    Column("stream", PlainText, nullable=False),
    Column("slice", PlainText, nullable=False),
    Column("run_id", PlainText, nullable=False),
    Column("key", PlainText, comment="the vendor's id, where it could be read"),
    Column("place", PlainText, nullable=False, comment="file and line, or page and position"),
    Column("field", PlainText, nullable=False),
    Column("reason", PlainText, nullable=False, comment="stable short code"),
    Column("detail", PlainText, nullable=False),
    Column("payload", PlainText, nullable=False, comment="as sent, cut to 2,000 characters"),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("msp_id", "reject_id"),
    Index(None, "msp_id", "connection_id", "stream", "slice"),
)

raw_pages = Table(
    "raw_pages",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("page_id", BigInteger, nullable=False, comment="ascending in the order of commits"),
    Column("connection_id", PlainText, nullable=False),
    Column("stream", PlainText, nullable=False),
    Column("slice", PlainText, nullable=False),
    Column("run_id", PlainText, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("payload_count", Integer, nullable=False),
    Column("payloads", LargeBinary, nullable=False, comment="zlib of a JSON list of [id, payload]"),
    PrimaryKeyConstraint("msp_id", "page_id"),
    Index(None, "msp_id", "connection_id", "stream", "slice"),
)

mapped_words = Table(
    "mapped_words",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("connection_id", PlainText, nullable=False),
    Column("mapping", PlainText, nullable=False, comment="status, priority, type, …"),
    Column("word", PlainText, nullable=False, comment="the vendor's word"),
    Column("target", PlainText, nullable=False, comment="the neutral word"),
    Column("origin", PlainText, nullable=False, comment="default (the connector's guess) or operator"),
    PrimaryKeyConstraint("msp_id", "connection_id", "mapping", "word"),
)


def _periods(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("msp_id", PlainText, nullable=False),
        Column("starts_on", LocalDate, nullable=False, comment="local date it starts on"),
        Column("starts_at", Instant, nullable=False),
        Column("ends_at", Instant, nullable=False, comment="exclusive"),
        PrimaryKeyConstraint("msp_id", "starts_on"),
        Index(None, "msp_id", "starts_at"),
    )


days, weeks, months = _periods("days"), _periods("weeks"), _periods("months")

analyses = Table(
    "analyses",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("as_of", LocalDate, nullable=False),
    Column("edition", PlainText, nullable=False, comment="hash of the rules used"),
    Column("basis", PlainText, nullable=False, comment="digest of the data read"),
    Column("made", PlainText, nullable=False, comment="nightly (as known then) or backfill (as known now)"),
    Column("analyzed_at", Instant, nullable=False),
    Column("release", PlainText, nullable=False),
    Column("phase", PlainText, nullable=False, comment="the floor"),
    Column("ceiling", PlainText, nullable=False),
    Column("is_decided", Flag, nullable=False),
    Column("distribution", JsonText, nullable=False),
    Column("result", JsonText, nullable=False, comment="the whole answer of analyze --json"),
    PrimaryKeyConstraint("msp_id", "as_of", "edition", "basis"),
)

indicator_results = Table(
    "indicator_results",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("as_of", LocalDate, nullable=False),
    Column("edition", PlainText, nullable=False),
    Column("basis", PlainText, nullable=False),
    Column("code", PlainText, nullable=False),
    Column("status", PlainText, nullable=False, comment="pass, fail, leaning, unknown"),
    Column("evidence", PlainText, nullable=False, comment="derived, partly, attested"),
    Column("score_median", Float, comment="0-100; 70 passes"),
    Column("score_low", Float, comment="lower end of the 90% interval"),
    Column("score_high", Float),
    Column("p_pass", Float, comment="share 0-1"),
    Column("reason", PlainText),
    Column("detail", JsonText, nullable=False, comment="measures, parts, notes, funnel"),
    PrimaryKeyConstraint("msp_id", "as_of", "edition", "basis", "code"),
)

gate_weeks = Table(
    "gate_weeks",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("week", LocalDate, nullable=False, comment="last day of the week, as of which it was judged"),
    Column("edition", PlainText, nullable=False, comment="hash of the rules used"),
    Column("basis", PlainText, nullable=False, comment="digest of the data read, as of that day"),
    Column("gate", Integer, nullable=False, comment="1 to 3"),
    Column("p_low", Float, nullable=False, comment="share 0-1: the five pass, everything unknown failing"),
    Column("p_high", Float, nullable=False, comment="the same, everything unknown passing"),
    Column("hold_low", Float, nullable=False, comment="p_low as judged for a gate that is passed already"),
    Column("hold_high", Float, nullable=False, comment="p_high as judged for such a gate"),
    Column("open", JsonText, nullable=False, comment="codes of the gate that leave it open"),
    PrimaryKeyConstraint("msp_id", "week", "edition", "basis", "gate"),
)

links = Table(
    "links",
    metadata,
    Column("msp_id", PlainText, nullable=False),
    Column("link_id", PlainText, nullable=False, comment="hash of what it links"),
    Column("table_name", PlainText, nullable=False, comment="clients, technicians or devices"),
    Column("connection_a", PlainText, nullable=False, comment="the first of the two by name"),
    Column("row_a", PlainText, nullable=False, comment="the vendor's id there"),
    Column("connection_b", PlainText, nullable=False),
    Column("row_b", PlainText, nullable=False),
    Column("ground", PlainText, nullable=False, comment="external_id, name, serial_number or person"),
    Column("similarity", Float, nullable=False, comment="share 0-1; 1 for an id that is the same"),
    Column("status", PlainText, nullable=False, comment="proposed, confirmed or refused"),
    Column("decided_by", PlainText, comment="who said so: a person, or the settings"),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_at", Instant),
    PrimaryKeyConstraint("msp_id", "link_id"),
    Index(None, "msp_id", "table_name", "connection_a", "row_a"),
    Index(None, "msp_id", "table_name", "connection_b", "row_b"),
)
"""Rows of two connections that are the same client, technician or device. Only confirmed ones are counted."""
