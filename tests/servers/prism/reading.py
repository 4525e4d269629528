"""A connector's look and the first pages of its streams, with Prism judging every request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from phasewise.connectors import connector
from phasewise.connectors.base import CheckResult, FetchContext, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.errors import RecordError, SourceError
from phasewise.sandbox import simulators
from phasewise.sandbox.serving import SandboxServer
from phasewise.sandbox.small_world import records as small_world
from phasewise.testing.clock import START, FakeClock
from tests.servers.prism.cases import EXAMPLES, EXCUSED, ONLY_JUDGED, asked_for
from tests.servers.prism.front import Front
from tests.servers.prism.repaired import Document, repaired
from tests.servers.prism.running import prism
from tests.support.conformance import Conformance
from tests.support.specification import specification

PAGES = 2
"""Pages of a listing that are asked for: the second shows how it goes on."""


@dataclass
class Reading:
    """What came of it.

    Attributes:
        check: what the look says.
        requests: how many Prism judged.
        faults: what it found wrong with them.
        excused: "METHOD /path" that it refused and may refuse.
        payloads, records: how many, by stream.
        rejects: "stream: reason" → how many payloads became no record.
        stopped: stream → why all there is could not be read.
        without_key: status of a request without a key; None where the specification demands none.
    """

    check: CheckResult
    requests: int = 0
    faults: list[str] = field(default_factory=list)
    excused: frozenset[str] = frozenset()
    payloads: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    stopped: dict[str, str] = field(default_factory=dict)
    without_key: int | None = None


def read(held: Conformance, folder: Path) -> Reading:
    """Start Prism on the connector's specification, and read."""
    source, simulator, clock = connector(held.connector), simulators()[held.connector], FakeClock()
    examples = {name: value for name, (value, _why) in EXAMPLES.get(held.connector, {}).items()}
    document = repaired(specification(held.specification), asked_for(held), examples)
    excused = {*held.excused, *EXCUSED.get(held.connector, {})}
    is_answering = held.connector not in ONLY_JUDGED
    with (
        prism(document, folder) as url,
        SandboxServer(simulator, list(small_world()), now=clock.now) as beside,
        Front(url, beside.url, prefix=held.prefix, excused=excused, is_answering=is_answering) as front,
    ):
        settings = source.settings.model_validate(simulator.settings(front.url))
        context = RecordContext(settings, ZoneInfo("Europe/Madrid"), lambda text: f"hash of {text}")
        with timing(clock.timing()), source.open(settings) as client:
            found = Reading(source.check(client, settings))
            for stream in source.streams(settings):
                front.seen.begin()
                _read_everything(stream, client, context, found)
                for _ in _other_queries(stream, client, context, front):
                    pass
        found.without_key = _without_key(document, url)
        found.requests, found.faults = front.seen.requests, list(front.seen.faults)
        found.excused = frozenset(front.seen.excused)
        return found


def _read_everything(stream: Stream, client: Any, context: RecordContext, found: Reading) -> None:
    try:
        for page in islice(stream.pages(client, Slice("everything"), FetchContext(context)), PAGES):
            for payload in page.payloads:
                found.payloads[stream.name] += 1
                _use(stream, payload, context, found)
    except SourceError as error:
        found.stopped[stream.name] = str(error)


def _use(stream: Stream, payload: Any, context: RecordContext, found: Reading) -> None:
    try:
        stream.identify(payload)
        stream.deleted(payload)
        found.records[stream.name] += len(list(stream.records(payload, context)))
    except RecordError as error:
        found.rejects[f"{stream.name}: {error.reason}"] += 1


def _other_queries(stream: Stream, client: Any, context: RecordContext, front: Front) -> Iterator[None]:
    """The requests of an increment, of what is open and of a sweep: judged, whatever comes of them.

    Prism filters nothing, and a connector that is answered with what it did not ask for stops. So what is
    answered proves nothing here; that is left to the simulated vendor.
    """
    window = Slice("window", start=START.replace(year=START.year - 1), end=START if stream.bounded else None)
    opened = FetchContext(context, open_ids=lambda: ("1", "2"))
    queries = [stream.pages(client, window, FetchContext(context))]
    if stream.cursor == "created":
        queries.append(stream.pages(client, Slice("open"), opened))
    if stream.listing is not None:
        queries.append(stream.listing(client, Slice("everything"), FetchContext(context)))
    for pages in queries:
        front.seen.begin()
        try:
            yield from (None for _ in islice(pages, PAGES))
        except SourceError:
            yield None


def _without_key(document: Document, url: str) -> int | None:
    """What Prism says to somebody without a key, at the first address that demands one."""
    for path, item in document["paths"].items():
        if "{" not in path and item.get("get", {"security": []}).get("security", document.get("security")):
            return httpx.get(url + path, trust_env=False, timeout=60).status_code
    return None
