"""How fast each vendor's connector reads, from its simulated vendor without limits, beside the bare kit.

The kit's rate is that of `ticket_connector` over as many tickets in the same run. The simulated vendor
answers from a process of its own, and works out every page when it is asked: what it takes is not ours, so
rates are records written (of all tables) a second of this process's CPU. The connector's own budget is kept,
but its waits take no time. Histories that cost a request for each ticket are reported as requests a second of
the clock, at the vendor's concurrency.

Limit: list streams at 60% of the kit's rate. Exit code 1 when one is missed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from machine import ROUNDS, machine_line, measured, median, page_to_write, section, table
from ticket_server import serving

TICKETS = 10_000
LIMIT = 0.6
KIT_ROUNDS = 3
"""The kit takes half a second, and everything is held against it."""
LISTS = ("tickets", "time_entries", "invoices", "alerts", "automation_runs")
"""Streams that are measured, where a connector has them."""


def world(tickets: int) -> Iterator[Any]:
    """The small world with many more tickets, invoices, alerts and runs: the same ones again, renumbered."""
    from phasewise.sandbox.small_world import records

    held = list(records())
    kinds = {"tickets", "ticket_events", "sla_results", "time_entries"}
    more = {"invoices", "invoice_lines", "payments", "alerts", "automation_runs"}
    yield from (r for r in held if r.__record__.table not in kinds | more | {"external_ids"})
    for copy in range(tickets // 200):
        for record in held:
            if record.__record__.table in kinds:
                yield _renumbered(record, copy)
            elif record.__record__.table in more:  # there are few of them: so that a start does not count
                yield from (_renumbered(record, copy * 5 + again) for again in range(5))


def _renumbered(record: Any, copy: int) -> Any:
    """The record in another copy: its own number and those of what was renumbered with it."""
    changed = {}
    if record.__record__.table == "sla_results":
        changed["id"] = f"{_moved(record.ticket, copy)}:{record.target}"
    else:
        changed["id"] = _moved(record.id, copy)
    for name in ("ticket", "invoice"):
        if getattr(record, name, None) is not None:
            changed[name] = _moved(getattr(record, name), copy)
    return replace(record, **changed)


def _moved(number: str, copy: int) -> str:
    return str(int(number) + copy * 10_000)


def serve(name: str, tickets: int) -> None:
    """Serve a simulated vendor until killed; prints its settings first."""
    from phasewise.sandbox import simulators
    from phasewise.sandbox.serving import SandboxServer
    from phasewise.testing.clock import START

    with SandboxServer(simulators()[name], list(world(tickets)), now=lambda: START, lifted=True) as server:
        print(json.dumps(server.settings()), flush=True)
        while True:
            time.sleep(60)


@contextmanager
def simulated(name: str) -> Iterator[str]:
    """A simulated vendor in a process of its own; the settings of a connection to it, as JSON."""
    with subprocess.Popen(
        [sys.executable, __file__, "serve", name, str(TICKETS)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline()
        finally:
            process.kill()


def read(name: str, settings: str, stream: str, store_url: str) -> dict[str, Any]:
    """One sync of one stream: seconds, CPU seconds of this process, records written and requests."""
    from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
    from phasewise.connectors import connector
    from phasewise.connectors.timing import timing
    from phasewise.storage.engine import open_store
    from phasewise.sync.engine import sync_msp
    from phasewise.sync.options import SyncOptions
    from phasewise.sync.progress import nobody
    from phasewise.testing.clock import START, FakeClock

    source = connector(name)
    made = source.settings.model_validate(json.loads(settings))
    whole = Settings(
        path=Path("phasewise.toml"),
        store=StoreSettings(url="sqlite:///unused.db"),
        msps={"acme": MspSettings(zone="Europe/Madrid", currency="EUR")},
        connections={"vendor": ConnectionSettings(msp="acme", connector=name, settings=made)},
    )
    options = SyncOptions(streams=frozenset({stream}))
    with open_store(store_url, now=START, create=True) as store:
        began, busy = time.perf_counter(), time.process_time()
        with timing(FakeClock().timing()):
            done = sync_msp(store, whole, "acme", options, clock=lambda: START, progress=nobody)
        seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    assert done.status == "complete", [(r.slice, r.status, r.message) for r in done.receipts]
    records = sum(sum(receipt.records.values()) for receipt in done.receipts)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "rows": records,
        "requests": sum(receipt.requests for receipt in done.receipts),
        "rate": records / cpu,
    }


def kit(folder: str, beside: str, how_often: int) -> list[dict[str, Any]]:
    """The bare kit on as many tickets; before each vendor, as a machine is not as fast all the time."""
    found = []
    with serving(TICKETS) as base:
        for number in range(how_often):
            url = f"sqlite:///{folder}/kit-{beside}-{number}.db"
            one = measured([sys.executable, Path(__file__).parent / "ticket_connector.py", base, url])
            found.append({**one, "rate": one["rows"] / one["cpu"]})
    return found


def measured_streams(
    name: str, folder: str, how_often: int
) -> Iterator[tuple[str, bool, list[dict[str, Any]]]]:
    """(stream, whether it is a history in the background, its runs)."""
    from phasewise.connectors import connector

    source = connector(name)
    with simulated(name) as settings:
        streams = source.streams(source.settings.model_validate(json.loads(settings)))
        for stream in streams:
            if stream.name in LISTS or stream.background:
                runs = [
                    measured([sys.executable, __file__, "read", name, settings, stream.name,
                              f"sqlite:///{folder}/{name}-{stream.name}-{number}.db"])
                    for number in range(how_often)
                ]  # fmt: skip
                yield stream.name, stream.background, runs


def main() -> int:
    """Measure, print, compare with the limit."""
    from phasewise.sandbox import simulators

    how_often = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else ROUNDS
    bare: list[dict[str, Any]] = []
    streams = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name in simulators():
            bare += kit(folder, name, max(how_often, KIT_ROUNDS))
            streams += [(name, *found) for found in measured_streams(name, folder, how_often)]
    best = median(bare, "rate")
    rows, missed = [_row("the bare kit: tickets", bare, best)], []
    for name, stream, in_background, runs in streams:
        if median(runs, "rate") < LIMIT * best and not in_background:
            missed.append(f"{name} {stream}")
        rows.append(_row(f"{name}: {stream}{' (history)' if in_background else ''}", runs, best))
    head = ["stream", "records", "records a CPU second", "of the kit's", "requests a second"]
    text = f"{table(head, rows)}\n\nLimit for lists: {LIMIT:g} of the kit's rate"
    text += f"; missed by {', '.join(missed)}." if missed else "."
    text += f" Median of {how_often}, the kit's of {len(bare)} between them. {machine_line()}."
    section("Connectors, from simulated vendors without limits", text, page_to_write(sys.argv))
    return 1 if missed else 0


def _row(what: str, runs: list[dict[str, Any]], best: float) -> list[str]:
    rate, seconds = median(runs, "rate"), median(runs, "seconds")
    asked = median(runs, "requests") / seconds
    return [what, f"{runs[0]['rows']:,}", f"{rate:,.0f}", f"{rate / best:.2f}", f"{asked:,.0f}"]


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1:2] == ["read"]:
        print(json.dumps(read(*sys.argv[2:6])))
    else:
        sys.exit(main())
