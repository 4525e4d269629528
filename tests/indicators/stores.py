"""Small stores for the indicators: tickets as people tell of them, written as the sync writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from phasewise.analyzer.indicator import AnalysisContext, Evidence, Frames, evaluate, indicators, thresholds
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.storage.engine import MspStore
from phasewise.storage.msps import register_connection
from phasewise.storage.receipts import Receipt, write_receipt
from phasewise.storage.sink import write_page
from phasewise.storage.tables import RECORD_TABLES
from tests.indicators.facts import context
from tests.support.pages import page_of

MONDAY = datetime(2026, 2, 9, tzinfo=UTC)
"""The start of a week well inside the window of `facts.AS_OF` (within an hour of it in Madrid)."""
INSTANT = datetime(2026, 3, 3, 23, 0, tzinfo=UTC)
"""The end of `facts.AS_OF` in Madrid."""

EVERYTHING = frozenset(
    {
        *(f"tickets.{name}" for name in RECORD_TABLES["tickets"].columns),
        *(f"ticket_events.{name}" for name in ("at", "kind", "from_value", "to_value", "technician")),
        *(f"sla_results.{name}" for name in ("target", "vendor_outcome", "missed_at")),
    }
)
"""What a source gives that gives no deadlines."""
WITH_DEADLINES = EVERYTHING | {"sla_results.due_at"}


def hours(count: float, *, after: datetime = MONDAY) -> datetime:
    """An instant some hours after Monday (before it, with a negative count)."""
    return after + timedelta(hours=count)


def ticket(key: str, opened: datetime | None = None, **fields: Any) -> Ticket:
    """A ticket opened at noon of that Monday, in a queue of its own name."""
    return Ticket(id=key, opened_at=opened or hours(12), **{"queue": key, "status": "closed", **fields})


def moves(key: str, *steps: tuple[str, datetime], first: str = "new") -> list[TicketEvent]:
    """Changes of state in their order, each from the one before."""
    events, before = [], first
    for number, (state, at) in enumerate(steps):
        events.append(
            TicketEvent(
                id=f"{key}:{number}:status",
                ticket=key,
                at=at,
                kind="status",
                from_value=before,
                to_value=state,
            )
        )
        before = state
    return events


def promise(key: str, outcome: str | None = "met", target: str = "resolution", **fields: Any) -> SlaResult:
    """What became of a promise."""
    return SlaResult(
        id=f"{key}:{target}",
        ticket=key,
        target=target,  # type: ignore[arg-type]  # tests write the words
        vendor_outcome=outcome,  # type: ignore[arg-type]  # a word of the cases, checked by the store
        outcome=outcome,  # type: ignore[arg-type]  # a word of the cases, checked by the store
        **fields,
    )


def fill(
    scope: MspStore,
    records: Sequence[Ticket | TicketEvent | SlaResult | Client | Technician],
    *,
    provides: frozenset[str] = EVERYTHING,
    connection: str = "psa",
) -> None:
    """Write records of one connection, and the receipts of complete listings."""
    register_connection(
        scope,
        connection_id=connection,
        connector="files",
        provides=provides,
        active_from=None,
        active_until=None,
        now=INSTANT,
    )
    write_page(scope, page_of(*records, connection_id=connection, slice="all"))
    for table in sorted({name.partition(".")[0] for name in provides}):
        write_receipt(
            scope,
            Receipt(
                run_id="run",
                connection_id=connection,
                stream=table,
                slice="all",
                mode="full",
                status="complete",
                proof="end_mark",
                window_start=None,
                window_end=None,
                declared=None,
                rows_read=len(records),
                stored=len(records),
                rejected=0,
                records={table: len(records)},
                reasons={},
                message=None,
                requests=1,
                started_at=INSTANT + timedelta(hours=5),
                finished_at=INSTANT + timedelta(hours=5),
            ),
        )


def gone(scope: MspStore, table: str, key: str, at: datetime) -> None:
    """Mark a row as gone from its source."""
    records = RECORD_TABLES[table]
    with scope.write() as connection:
        connection.execute(
            records.update().where(records.c.msp_id == scope.msp_id, records.c.id == key).values(gone_at=at)
        )


def read(scope: MspStore, code: str, made: AnalysisContext | None = None) -> Frames:
    """The frames of an indicator."""
    made = made or context()
    return indicators()[code].read(scope, made, thresholds(made.msp).indicators[code])


def judged(scope: MspStore, code: str, made: AnalysisContext | None = None) -> Evidence:
    """The evidence of an indicator."""
    return evaluate(scope, indicators()[code], made or context())


def verdicts(frames: Frames) -> Mapping[str, str]:
    """Queue → verdict of 2.1; of tickets in queues of their own, what became of each that is counted."""
    return {str(r["key"]): str(r["verdict"]) for r in frames["promises"] if r["frame"] == "queue"}


def dropped(frames: Frames, frame: str = "promises") -> Mapping[str, int]:
    """Reason → rows left out."""
    found: dict[str, int] = {}
    for row in frames[frame]:
        if row["frame"] == "week" and row["dropped"]:
            found[str(row["dropped"])] = found.get(str(row["dropped"]), 0) + int(row["n"] or 0)
    return found


def by_week(frames: Frames, frame: str, column: str = "n") -> Mapping[str, int]:
    """Monday → sum of a column over what is counted."""
    found: dict[str, int] = {}
    for row in frames[frame]:
        if row["frame"] == "week" and not row["dropped"]:
            found[str(row["key"])] = found.get(str(row["key"]), 0) + int(row[column] or 0)
    return found
