"""A connector under test: what its author describes, and one reading of one of its streams."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors.base import Connector, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.errors import RecordError, SourceError
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.faults import Fault, page_size_capped
from phasewise.testing.folder import Folder, Write
from phasewise.testing.world import Collection, Item, World

EVERYTHING = Slice("everything")
ITEMS = 37
PAGE = 10
MANY_PAGES = page_size_capped(PAGE)
"""Four pages of the items of a reading, whatever size the connector asks for."""

WHERE_NOTHING_IS = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Subject:
    """A connector, and the pretended vendor it is tested with.

    Attributes:
        connector: the connector.
        world: its vendor. Streams without a collection in it are not tested.
        settings: base URL or folder → the connection's settings, secrets in clear (they are the test's own).
        write: for connectors that read files: writes the items of the world into a folder. None: the world is
            served over HTTP.
        secrets: the secrets in these settings. They must show up nowhere.
        zone: zone of naive times where the settings say none.
        error_body: what this vendor answers with status 200 when it failed; None where it never does.
        not_promised: name of a promise (or `stream: promise`) → why it cannot be kept here. It is skipped
            with these words, so write a fact about the vendor.
    """

    connector: Connector
    world: World
    settings: Callable[[str], Mapping[str, Any]]
    write: Write | None = None
    secrets: tuple[str, ...] = ()
    zone: str = "Europe/Madrid"
    error_body: Mapping[str, Any] | None = None
    not_promised: Mapping[str, str] = field(default_factory=dict)

    def streams(self) -> list[Stream]:
        """The streams that the world has a collection for."""
        made = self.connector.streams(self.validated(WHERE_NOTHING_IS))
        there = {collection.stream for collection in self.world.collections}
        return [stream for stream in made if stream.name in there]

    def validated(self, url: str) -> Any:
        """The settings as the connector gets them."""
        return self.connector.settings.model_validate(self.settings(url))

    def collection(self, stream: Stream) -> Collection:
        """Where a stream's items are."""
        return next(c for c in self.world.collections if c.stream == stream.name)

    def source(self, faults: Sequence[Fault], items: int, clock: FakeClock) -> FaultServer | Folder:
        """The pretended vendor, to be opened."""
        if self.write is not None:
            return Folder(self.world, self.write, items=items, faults=faults)
        return FaultServer(self.world, items=items, faults=faults, now=clock.now)

    def identify(self, stream: Stream, item: Item) -> str:
        """The id of an item of the world."""
        # A payload of files is not the item that the author wrote into them.
        return str(item[self.collection(stream).key]) if self.write is not None else stream.identify(item)

    def record_context(self, settings: Any) -> RecordContext:
        """What a record function may know."""
        return RecordContext(settings, ZoneInfo(self.zone), _pseudonym)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a slice.

    Attributes:
        stream: the stream read.
        pages: in order.
        error: what ended it, None when it came to its end.
        subject: the connector under test.
        server: who was asked, closed.
        clock: how long was waited.
        context: for the record function.
    """

    subject: Subject
    stream: Stream
    pages: Sequence[Page]
    error: SourceError | None
    server: FaultServer | Folder
    clock: FakeClock
    context: RecordContext

    @property
    def payloads(self) -> list[Any]:
        """Every payload that came."""
        return [payload for page in self.pages for payload in page.payloads]

    @property
    def ids(self) -> list[str]:
        """Their ids, in order, repeated ones included."""
        return [self.stream.identify(payload) for payload in self.payloads]

    @property
    def is_proven(self) -> bool:
        """Whether the last page shows that this was all."""
        return bool(self.pages) and self.error is None and self.pages[-1].proof != "none"

    @property
    def data_requests(self) -> int:
        """Requests that were not for a token."""
        return sum(asked.number > 0 for asked in self.server.asked)

    def true_ids(self) -> list[str]:
        """Ids of what the source really has."""
        return [self.subject.identify(self.stream, item) for item in self.items()]

    def items(self) -> list[Item]:
        """What the source really has."""
        return self.server.items(self.stream.name)

    def records(self, payload: Any) -> list[Any] | RecordError:
        """What a payload becomes: records, or the reason why none."""
        try:
            return list(self.stream.records(payload, self.context))
        except RecordError as error:
            return error


@contextmanager
def opened(
    subject: Subject, faults: Sequence[Fault] = (), *, items: int = ITEMS
) -> Iterator[tuple[Any, Any, FaultServer | Folder, FakeClock]]:
    """A client of the connector at a server with faults, on a clock whose waits take no time."""
    clock = FakeClock()
    with subject.source(faults, items, clock) as server:
        settings = subject.validated(server.url)
        with timing(clock.timing()), subject.connector.open(settings) as client:
            yield client, settings, server, clock


def read(
    subject: Subject,
    stream: Stream,
    *faults: Fault,
    items: int = ITEMS,
    slice_: Slice = EVERYTHING,
    most_pages: int | None = None,
) -> Reading:
    """Read a slice of a stream from a server with faults.

    Args:
        subject: the connector under test.
        stream: one of its streams.
        faults: how the server misbehaves.
        items: how many items the source holds.
        slice_: what to read.
        most_pages: stop after so many pages, as a killed run does.
    """
    with opened(subject, faults, items=items) as (client, settings, server, clock):
        context = subject.record_context(settings)
        pages: list[Page] = []
        error: SourceError | None = None
        try:
            # A source that names its own slices (files) is read in all of them.
            slices = [slice_] if stream.plan is None else stream.plan(client)
            fetched = (page for s in slices for page in stream.pages(client, s, FetchContext(context)))
            pages.extend(islice(fetched, most_pages))
        except SourceError as refused:
            error = refused
        return Reading(subject, stream, pages, error, server, clock, context)


def _pseudonym(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
