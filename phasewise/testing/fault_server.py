"""A vendor's API on this machine, as `world` describes it, misbehaving as `faults` says.

with FaultServer(WORLD, items=250, faults=[empty_page(2)]) as server:
    settings = {"base_url": server.url, "key": "env:KEY"}
    ...
    assert [asked.method for asked in server.asked] == ["GET"] * 4
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from phasewise.testing.faults import Fault, Moment
from phasewise.testing.local_server import LocalServer
from phasewise.testing.world import Asked, Collection, Item, PageRules, Reply, World


class FaultServer:
    """Serves a world on a free port of this machine: opened, asked by any number of threads, closed.

    Args:
        world: what the vendor has.
        items: how many items each collection holds.
        faults: how it misbehaves; all of them at once.
        now: the true time; the server's own clock is this plus the faults' error.

    Attributes:
        asked: every request so far, in order of arrival; those for tokens included.
        tokens: how many tokens were handed out.
    """

    def __init__(
        self,
        world: World,
        *,
        items: int = 120,
        faults: Sequence[Fault] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.world = world
        self.faults = tuple(faults)
        self.asked: list[Asked] = []
        self.tokens = 0
        self._now = now
        self._token_uses = 0
        self._turns: Counter[str] = Counter()
        self._data_requests = 0
        self._pages_served: Counter[str] = Counter()
        self._lock = threading.Lock()
        count = max([items, *(f.most_items for f in self.faults if f.most_items is not None)])
        self._items = {c.path: [c.make(n) for n in range(1, count + 1)] for c in world.collections}
        self._server = LocalServer(self.answer, now=self.now)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """The base URL."""
        return self._server.url

    def items(self, stream: str) -> list[Item]:
        """What the collection of a stream holds in truth, before any fault."""
        return next(list(self._items[c.path]) for c in self.world.collections if c.stream == stream)

    def replace(self, stream: str, items: Sequence[Item]) -> None:
        """Change what a collection holds from now on: what the vendor's users did meanwhile."""
        collection = next(c for c in self.world.collections if c.stream == stream)
        self._items[collection.path] = list(items)

    def now(self) -> datetime:
        """The server's clock."""
        return self._now() + sum((fault.clock_off for fault in self.faults), timedelta(0))

    def answer(self, asked: Asked) -> Reply:
        """Answer one request."""
        if self.world.token_path and asked.path == self.world.token_path:
            return self._hand_out_token(asked)
        collection = self._collection(asked)
        asked, moment = self._note(asked, collection)
        if not self._is_let_in(asked):
            return Reply({"message": "Unauthorized"}, 401)
        for fault in self.faults:
            if (instead := fault.instead(asked, collection, moment)) is not None:
                return instead
        reply = self._endpoint(asked, collection, moment)
        for fault in self.faults:
            reply = fault.spoil(asked, reply, moment)
        return reply

    def _note(self, asked: Asked, collection: Collection | None) -> tuple[Asked, Moment]:
        with self._lock:
            self._turns[asked.path] += 1
            self._data_requests += collection is not None
            noted = Asked(
                asked.method, asked.path, asked.query, asked.headers, asked.body, asked.host,
                number=len(self.asked) + 1, turn=self._turns[asked.path],
            )  # fmt: skip
            self.asked.append(noted)
            counted = self._data_requests if collection is not None else 0
            return noted, Moment(self.now(), counted, self._pages_served[asked.path])

    def _collection(self, asked: Asked) -> Collection | None:
        for collection in self.world.collections:
            if (collection.method, collection.path) == (asked.method, asked.path):
                return collection
        return None

    def _endpoint(self, asked: Asked, collection: Collection | None, moment: Moment) -> Reply:
        if collection is None:
            if asked.path in self.world.fixed:
                return Reply(self.world.fixed[asked.path])
            return self.world.other(asked) or Reply({"message": "Not found"}, 404)
        ignores_filter = any(fault.ignores_filter for fault in self.faults)
        found = [i for i in self._items[asked.path] if ignores_filter or collection.matches(asked, i)]
        rules: PageRules = collection.rules
        for fault in self.faults:
            found = fault.items(collection, found, moment)
            rules = fault.rules(rules)
        reply = collection.paging(found, asked, rules)
        with self._lock:
            self._pages_served[asked.path] += 1
        return reply

    def _is_let_in(self, asked: Asked) -> bool:
        if not self.world.token_path:
            return self.world.accepts(asked)
        life = next((fault.token_life for fault in self.faults if fault.token_life is not None), None)
        with self._lock:
            self._token_uses += 1
            is_alive = life is None or self._token_uses <= life
            return is_alive and asked.headers.get("authorization") == f"Bearer token-{self.tokens}"

    def _hand_out_token(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            if not self.world.has_right_to_ask(asked):
                return Reply({"error": "invalid_client"}, 401)
            self.tokens += 1
            self._token_uses = 0
            return Reply({"access_token": f"token-{self.tokens}", "token_type": "bearer", "expires_in": 3600})
