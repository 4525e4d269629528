"""What `write_page` promises, on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from phasewise.model.records.tickets import Ticket
from phasewise.storage.checkpoints import Checkpoint, checkpoints
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.raw import read_pages
from phasewise.storage.sink import Derived, PageWrite, StoredPayload, write_page

AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def page(*records: object, at: datetime = AT) -> PageWrite:
    return PageWrite(
        connection_id="psa",
        stream="tickets",
        slice="2026-03",
        run_id="run",
        at=at,
        payloads=[StoredPayload(r.id, {"id": r.id}) for r in records],
        records=[Derived(i, r) for i, r in enumerate(records)],
        rejects=(),
        checkpoint=Checkpoint("2026-03", "c1", None, None, None, False, len(records)),
    )


def test_a_page_is_stored_whole(any_msp: MspStore) -> None:
    counts = write_page(any_msp, page(Ticket(id="1", opened_at=AT), Ticket(id="2", is_internal=True)))
    assert counts.written == {"tickets": 2}
    assert counts.page_id == 1
    rows = read_frame(
        any_msp, "SELECT id, opened_at, is_internal FROM tickets WHERE msp_id = :msp_id ORDER BY id"
    )
    assert rows == [
        {"id": "1", "opened_at": int(AT.timestamp()), "is_internal": None},
        {"id": "2", "opened_at": None, "is_internal": 1},
    ]
    assert checkpoints(any_msp, "psa", "tickets")["2026-03"].cursor == "c1"
    assert [p.payloads for p in read_pages(any_msp, "psa")] == [
        [StoredPayload("1", {"id": "1"}), StoredPayload("2", {"id": "2"})]
    ]


def test_a_later_state_is_not_replaced_by_an_older_one(any_msp: MspStore) -> None:
    write_page(any_msp, page(Ticket(id="1", queue="new", updated_at=AT)))
    older = Ticket(id="1", queue="old", updated_at=AT - timedelta(hours=1))
    counts = write_page(any_msp, page(older, at=AT + timedelta(hours=1)))
    assert counts.stale == 1
    row = read_frame(any_msp, "SELECT queue, seen_at FROM tickets WHERE msp_id = :msp_id")[0]
    assert row == {"queue": "new", "seen_at": int(AT.timestamp()) + 3600}
