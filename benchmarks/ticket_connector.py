"""A connector for `ticket_server`, built on the kit like any vendor's, and one sync with it."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
from phasewise.connectors.answers import Answer
from phasewise.connectors.base import (
    CheckResult,
    Connector,
    CursorKind,
    FetchContext,
    Page,
    RecordContext,
    Slice,
    Stream,
)
from phasewise.connectors.http import HttpClient
from phasewise.connectors.limits import Budget, Rule
from phasewise.connectors.listing import link_header, listing
from phasewise.connectors.paging import by_next
from phasewise.connectors.parse.times import instant
from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import open_store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.sync.progress import nobody

NOW = datetime(2027, 1, 1, tzinfo=UTC)
PAGE_SIZE = 1_000
STATUSES = {"Closed": "closed", "New": "new"}
PRIORITIES = {"Priority 3 - Normal": "medium"}
TYPES = {"Incident": "incident"}
SOURCES = {"Email Connector": "email"}


class TicketServer(BaseModel):
    """Where it is."""

    base_url: str


def identify(payload: Any) -> str:
    return str(payload["id"])


def pages_of(size: int) -> Callable[[HttpClient, Slice, FetchContext], Iterator[Page]]:
    """The stream's generator of pages of that size."""

    def pages(client: HttpClient, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
        bounds = {"since": slice_.start, "until": slice_.end}
        query = {name: at and at.isoformat() for name, at in bounds.items()}

        def fetch(link: str | None) -> Answer:
            if link is not None:
                return client.get_json(link)
            return client.get_json("/tickets", query={"page": 1, "pageSize": size, **query})

        return by_next(fetch, link_header(listing()), identify=identify, resume=slice_.resume)

    return pages


def records(payload: Any, context: RecordContext) -> Iterable[Any]:
    status, priority, kind = payload["status"]["name"], payload["priority"]["name"], payload["type"]["name"]
    source, changes = payload["source"]["name"], payload["_info"]
    yield Ticket(
        id=str(payload["id"]),
        updated_at=instant(changes["lastUpdated"], field="updated_at"),
        client=str(payload["company"]["id"]),
        requester=context.pseudonym(str(payload["contact"]["id"])),
        technician=str(payload["owner"]["id"]),
        title=payload["summary"],
        type=TYPES.get(kind),
        type_raw=kind,
        category=payload["type"]["name"],
        subcategory=payload["subType"]["name"],
        priority=PRIORITIES.get(priority),
        priority_raw=priority,
        source=SOURCES.get(source),
        source_raw=source,
        queue=payload["board"]["name"],
        status=STATUSES.get(status),
        status_raw=status,
        opened_at=instant(changes["dateEntered"], field="opened_at"),
        resolved_at=instant(payload["dateResolved"], field="resolved_at"),
        closed_at=instant(payload["closedDate"], field="closed_at"),
        is_internal=False,
    )


TICKETS = Stream(
    name="tickets",
    record="tickets",
    pages=pages_of(PAGE_SIZE),
    records=records,
    identify=identify,
    provides=frozenset({"tickets.status", "tickets.opened_at"}),
    cursor=CursorKind.MODIFIED,
    emits=("tickets",),
    page_size=(1, 25, PAGE_SIZE),
)


def connector(stream: Stream = TICKETS, *, concurrency: int = 4) -> Connector:
    """The connector; so many requests at a time."""
    return Connector(
        name="ticket_server",
        title="The local server of the benchmarks",
        kind="psa",
        settings=TicketServer,
        open=lambda settings: HttpClient(
            settings.base_url, budget=Budget(Rule("side by side", concurrent=concurrency))
        ),
        streams=lambda _settings: [stream],
        check=lambda _client, _settings: CheckResult(identity="benchmark"),
        concurrency=concurrency,
    )


def sync(base_url: str, store_url: str, made: Connector) -> dict[str, Any]:
    """One sync; wall and CPU seconds of this process, rows stored, slices read and peak megabytes."""
    settings = Settings(
        path=Path("phasewise.toml"),
        store=StoreSettings(url="sqlite:///unused.db"),
        msps={"acme": MspSettings(zone="Europe/Madrid", currency="EUR")},
        connections={
            "psa": ConnectionSettings(
                msp="acme", connector="ticket_server", settings=TicketServer(base_url=base_url)
            )
        },
    )
    with open_store(store_url, now=NOW, create=True) as store:
        began, busy = time.perf_counter(), time.process_time()
        result = sync_msp(
            store,
            settings,
            "acme",
            SyncOptions(),
            clock=lambda: NOW,
            progress=nobody,
            find=lambda _: made,
        )
        seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    assert result.status == "complete", result.receipts
    return {
        "seconds": seconds,
        "cpu": cpu,
        "rows": sum(receipt.stored for receipt in result.receipts),
        "slices": len(result.receipts),
        "requests": sum(receipt.requests for receipt in result.receipts),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


WEEKLY = replace(
    TICKETS,
    pages=pages_of(100),
    bounded=True,
    window=timedelta(days=7),
    history_months=12,
    page_size=(1, 25, 100),
)
"""The same in pages of 100, its history cut into weeks: 52 of them, two pages each, and what is newer."""


if __name__ == "__main__":
    weekly = "--weekly" in sys.argv
    chosen = connector(WEEKLY, concurrency=int(sys.argv[-1])) if weekly else connector()
    print(json.dumps(sync(sys.argv[1], sys.argv[2], chosen)))
