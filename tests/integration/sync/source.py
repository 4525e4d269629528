"""A vendor that lives in memory, and the connector that knows it: for tests of the engine alone.

It holds tickets with events and lines, answers in pages, has a clock of its own, and can be told to break.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
from phasewise.connectors.base import (
    OPEN_SLICE,
    CheckResult,
    Connector,
    CursorKind,
    FetchContext,
    Page,
    RecordContext,
    Slice,
    Stream,
)
from phasewise.errors import RecordError
from phasewise.model.records.billing import Invoice
from phasewise.model.records.people import Client
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

LONG_PAGES = (1, 3, 1_000)
"""Pages that may be long are read ahead, in a thread of their own."""

SHORT_PAGES = (1, 3, 25)
"""Pages that are short are read by who writes them."""


@dataclass
class Clock:
    """A clock that moves by itself a little with every look, and by hand a lot."""

    at: datetime = NOON
    step: timedelta = timedelta(milliseconds=10)

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Vendor:
    """What the vendor holds, and how it answers.

    Attributes:
        tickets: id → ticket as the vendor sends it; `updated` and `created` are aware instants.
        clock: the vendor's own clock.
        page_size: tickets an answer.
        says_total: whether it declares a total.
        says_time: whether its answers carry its clock.
        break_at: number of the answer (from 1) that raises `error` instead.
        asked: every slice that was asked for, in order.
        answers: answers given so far.
    """

    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    page_size: int = 3
    says_total: bool = True
    says_time: bool = True
    break_at: int = 0
    error: BaseException | None = None
    depth: int | None = None
    asked: list[Slice] = field(default_factory=list)
    fetched_by_id: list[str] = field(default_factory=list)
    answers: int = 0
    before_answer: Any = None

    def put(self, id: str, *, at: datetime, **values: Any) -> None:  # noqa: A002  # the vendor's word
        old = self.tickets.get(id, {"created": at})
        self.tickets[id] = {"status": "New", **old, "id": id, **values, "updated": at}

    def answer(self) -> None:
        self.answers += 1
        if self.before_answer is not None:
            self.before_answer(self)
        if self.answers == self.break_at and self.error is not None:
            raise self.error


class VendorSettings(BaseModel):
    """Nothing to set."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    zone: str = "UTC"


def ticket_payload(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "updated": row["updated"].isoformat(),
        "created": row["created"].isoformat(),
    }


def records(payload: Any, context: RecordContext) -> Iterable[Any]:
    if payload.get("broken"):
        raise RecordError("the opening time cannot be read", field="opened_at", reason="bad_date")
    words = {"New": "new", "Active": "in_progress", "Closed": "closed"}
    priorities = {"P1": "critical", "P3": "medium"}
    id_, word = payload["id"], payload["status"]
    updated = datetime.fromisoformat(payload["updated"])
    yield Ticket(
        id=id_,
        updated_at=updated,
        client=payload.get("client"),
        requester=context.pseudonym(payload["contact"]) if payload.get("contact") else None,
        status=words.get(word, "other"),
        status_raw=word,
        priority=priorities.get(payload["priority"], "other") if payload.get("priority") else None,
        priority_raw=payload.get("priority"),
        opened_at=datetime.fromisoformat(payload["created"]),
    )
    if payload.get("client"):
        yield Client(id=payload["client"], name=payload["client"].title())
    yield TicketEvent(
        id=f"{id_}:{payload['updated']}",
        ticket=id_,
        at=updated,
        kind="status",
        to_value=words.get(word, "other"),
        to_raw=word,
    )
    if payload.get("sla"):
        yield SlaResult(
            id=f"{id_}:resolution", ticket=id_, target="resolution", vendor_outcome=payload["sla"]
        )
    for number, line in enumerate(payload.get("lines", ())):
        yield Invoice(id=f"{id_}/{number}/{line}", client=id_, number=line)


def pages(vendor: Vendor, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """Answers ordered by id, not by time; the resume mark is the last id (keyset paging)."""
    vendor.asked.append(slice_)
    last = slice_.resume or ""
    wanted = set(context.open_ids()) if slice_.key == OPEN_SLICE else None
    while True:
        vendor.answer()
        now = vendor.clock()
        inside = [row for id_, row in sorted(vendor.tickets.items()) if _is_inside(row, slice_, wanted)]
        rest = [row for row in inside if row["id"] > last]
        page = rest[: vendor.page_size]
        if wanted is not None:
            vendor.fetched_by_id += [row["id"] for row in page]
        is_last = len(rest) <= vendor.page_size
        last = page[-1]["id"] if page else last
        yield Page(
            payloads=[ticket_payload(row) for row in page],
            cursor=None if is_last else last,
            declared=len(inside) if vendor.says_total else None,
            proof="end_mark" if is_last else "none",
            source_time=now if vendor.says_time else None,
        )
        if is_last:
            return


def _is_inside(row: dict[str, Any], slice_: Slice, wanted: set[str] | None) -> bool:
    if wanted is not None:
        return row["id"] in wanted
    at = row[BY.get(slice_.key, "updated")]
    return (slice_.start is None or at >= slice_.start) and (slice_.end is None or at < slice_.end)


BY: dict[str, str] = {}


def listing(vendor: Vendor, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    vendor.answer()
    yield Page(payloads=[{"id": id_} for id_ in sorted(vendor.tickets)], proof="end_mark")


def tickets_stream(**changes: Any) -> Stream:
    stream = Stream(
        name="tickets",
        record="tickets",
        pages=pages,
        records=records,
        identify=lambda payload: payload["id"],
        provides=frozenset({"tickets.status", "tickets.opened_at"}),
        cursor=CursorKind.MODIFIED,
        emits=("tickets", "clients", "ticket_events", "sla_results"),
        bounded=True,
        history_months=3,
        page_size=LONG_PAGES,
    )
    return replace(stream, **changes)


def vendor_connector(vendor: Vendor, *streams: Stream, concurrency: int = 1) -> Connector:
    """A connector whose client is the vendor itself."""

    @contextmanager
    def opened(settings: Any) -> Iterator[Vendor]:
        yield vendor

    return Connector(
        name="vendor",
        title="A vendor in memory",
        kind="psa",
        settings=VendorSettings,
        open=opened,
        streams=lambda _settings: list(streams or (tickets_stream(),)),
        check=lambda _client, _settings: CheckResult(identity="the tests"),
        concurrency=concurrency,
    )


def settings_for(
    *, mapping: dict[str, dict[str, str]] | None = None, connections: dict[str, Any] | None = None, **msp: Any
) -> Settings:
    """Settings with the MSP "acme" and one connection to the vendor."""
    one = ConnectionSettings(msp="acme", connector="vendor", settings=VendorSettings(), mapping=mapping or {})
    return Settings(
        path=Path("phasewise.toml"),
        store=StoreSettings(url="sqlite:///unused.db"),
        msps={"acme": MspSettings(name="Acme IT", zone="Europe/Madrid", currency="EUR", **msp)},
        connections=connections or {"desk": one},
    )
