"""How fast a sync is, end to end, and whether its memory grows with what it reads.

Each measure runs in a process of its own: peak memory is that of the process.

- pages: a source in memory that sends 1,000 ticket-shaped payloads an answer, into a new SQLite store. The
  peak for three times as many records must stay within 10%. (Below, SQLite is still filling its page cache.)
- incidents: the public incident log through the `files` connector (PHASEWISE_DATA names its folder), as the
  example's settings read it. Limits: 20 seconds for the first sync, 1 second for the second.

Exit code 1 when a limit is missed. Not on Windows: peak memory is read with `resource`.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

RECORDS = (80_000, 240_000)
A_PAGE = 1_000
START = datetime(2026, 1, 1, tzinfo=UTC)
MEMORY_GROWTH_LIMIT = 1.10
FIRST_SECONDS_LIMIT, SECOND_SECONDS_LIMIT = 20.0, 1.0
EXAMPLE = Path(__file__).parent.parent / "examples" / "servicenow-incident-log"


def payloads(count: int) -> Iterator[list[dict[str, Any]]]:
    for first in range(0, count, A_PAGE):
        yield [
            {
                "id": str(number),
                "summary": f"Printer on floor {number % 9} does not answer",
                "company": {"id": number % 120, "name": f"Client number {number % 120}"},
                "contact": {"id": number % 4_000},
                "status": {"name": "Closed"},
                "priority": {"name": "Priority 3 - Normal"},
                "entered": (START + timedelta(minutes=number)).isoformat(),
                "closed": (START + timedelta(minutes=number, hours=7)).isoformat(),
                "notes": "x" * 200,
            }
            for number in range(first, first + A_PAGE)
        ]


def measure_pages(count: int) -> dict[str, Any]:
    """One sync of `count` tickets out of memory; seconds and peak memory in MB."""
    from pydantic import BaseModel

    from phasewise.config.settings import ConnectionSettings, MspSettings, Settings, StoreSettings
    from phasewise.connectors.base import CheckResult, Connector, CursorKind, Page, Stream
    from phasewise.model.records.tickets import Ticket
    from phasewise.storage.engine import open_store
    from phasewise.sync.engine import sync_msp
    from phasewise.sync.options import SyncOptions
    from phasewise.sync.progress import nobody

    class Nothing(BaseModel):
        pass

    def pages(_client: Any, _slice: Any, _context: Any) -> Iterator[Page]:
        sent = 0
        for page in payloads(count):
            sent += len(page)
            yield Page(page, declared=count, proof="end_mark" if sent == count else "none")

    def records(payload: Any, context: Any) -> Iterable[Any]:
        yield Ticket(
            id=payload["id"],
            client=str(payload["company"]["id"]),
            requester=context.pseudonym(str(payload["contact"]["id"])),
            title=payload["summary"],
            status="closed",
            status_raw=payload["status"]["name"],
            priority="medium",
            priority_raw=payload["priority"]["name"],
            opened_at=datetime.fromisoformat(payload["entered"]),
            closed_at=datetime.fromisoformat(payload["closed"]),
        )

    stream = Stream(
        name="tickets",
        record="tickets",
        pages=pages,
        records=records,
        identify=lambda payload: payload["id"],
        provides=frozenset({"tickets.status"}),
        cursor=CursorKind.NONE,
        emits=("tickets",),
    )
    source = Connector(
        name="memory",
        title="In memory",
        kind="psa",
        settings=Nothing,
        open=lambda _settings: nullcontext(),
        streams=lambda _settings: [stream],
        check=lambda _client, _settings: CheckResult(identity="memory"),
    )
    settings = Settings(
        path=Path("phasewise.toml"),
        store=StoreSettings(url="sqlite:///unused.db"),
        msps={"acme": MspSettings(zone="Europe/Madrid", currency="EUR")},
        connections={"m": ConnectionSettings(msp="acme", connector="memory", settings=Nothing())},
    )
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{folder}/p.db", now=now, create=True) as store,
    ):
        began = time.perf_counter()
        result = sync_msp(
            store, settings, "acme", SyncOptions(), clock=lambda: now, progress=nobody, find=lambda _: source
        )
        seconds = time.perf_counter() - began
    assert result.status == "complete"
    assert result.receipts[0].stored == count
    return {"seconds": seconds, "megabytes": peak_megabytes()}


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_incidents() -> bool:
    """The incident log, twice; True when both are within their limits."""
    if not os.environ.get("PHASEWISE_DATA"):
        print("incidents: skipped, PHASEWISE_DATA is not set")
        return True
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(EXAMPLE / "phasewise.toml", folder)
        store = f"sqlite:///{Path(folder) / 'incidents.db'}"
        environment = os.environ | {"PHASEWISE_STORE_URL": store}
        first, megabytes = timed_sync(folder, environment)
        second, _ = timed_sync(folder, environment)
    print(
        f"incidents: first sync {first:.1f} s (limit {FIRST_SECONDS_LIMIT:g}), peak {megabytes:.0f} MB; "
        f"second sync {second:.2f} s (limit {SECOND_SECONDS_LIMIT:g})"
    )
    return first <= FIRST_SECONDS_LIMIT and second <= SECOND_SECONDS_LIMIT


def timed_sync(folder: str, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak megabytes of `phasewise sync`, its start included."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "phasewise", "sync"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> int:
    found = {}
    for count in RECORDS:
        done = subprocess.run(
            [sys.executable, __file__, str(count)], capture_output=True, text=True, check=True
        )
        found[count] = json.loads(done.stdout)
        speed = count / found[count]["seconds"]
        print(f"pages: {count:,} records, {speed:,.0f} a second, peak {found[count]['megabytes']:.0f} MB")
    growth = found[RECORDS[1]]["megabytes"] / found[RECORDS[0]]["megabytes"]
    print(f"pages: memory for three times as many records: x{growth:.2f} (limit {MEMORY_GROWTH_LIMIT:g})")
    return 0 if measure_incidents() and growth <= MEMORY_GROWTH_LIMIT else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure_pages(int(sys.argv[1]))))
    else:
        sys.exit(main())
