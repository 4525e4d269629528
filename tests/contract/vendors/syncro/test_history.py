"""Comments through a whole sync: they are a set of their ticket."""

from __future__ import annotations

from phasewise.connectors.vendors.syncro import CONNECTOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject
from phasewise.testing.stored import gone_ids, stored_rows
from phasewise.testing.sync_contract import Bench, vendor
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.syncro import rows
from tests.contract.vendors.syncro.twin import BASE, HISTORY, TOKEN, other, settings, world

ONLY = frozenset({"ticket_history"})


def test_a_comment_that_was_deleted_is_no_longer_there(either_store: Store) -> None:
    written = rows.comments(3)

    def answers(asked: Asked) -> Reply | None:
        if asked.path == f"{BASE}/tickets/3/comments":
            return Reply({"comments": written, "meta": {"total_pages": 1, "page": 1}})
        return other(asked)

    subject = Subject(CONNECTOR, world(HISTORY, answers=answers), settings=settings, secrets=(TOKEN,))
    with vendor(Bench(subject, sync_msp, SyncOptions), items=5) as there:
        there.sync(either_store, streams=ONLY)
        scope = either_store.msp("acme")
        assert {"30", "31", "40", "41"} <= _there(either_store)
        written.pop()
        tickets = there.server.items("ticket_history")
        changed = rows.stamp(there.clock.now())
        there.server.replace("ticket_history", [{**t, "updated_at": changed} for t in tickets])
        there.sync(either_store, streams=ONLY)
        assert "31" not in _there(either_store)
        assert {"30", "40", "41"} <= _there(either_store)
        there.sync(either_store, streams=ONLY, reconcile=True)
        assert {"30", "40", "41"} <= _there(either_store)
        assert gone_ids(scope, "ticket_events") <= {"31"}


def _there(store: Store) -> set[str]:
    scope = store.msp("acme")
    ids = {row["id"] for row in stored_rows(scope).get("ticket_events", ())}
    return ids - gone_ids(scope, "ticket_events")
