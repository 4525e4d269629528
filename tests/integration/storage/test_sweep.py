"""The sweep: only rows of the slice that was listed, and only `gone_at`."""

from __future__ import annotations

from datetime import timedelta

from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import MspStore
from phasewise.storage.retention import prune_raw
from phasewise.storage.sink import write_page
from phasewise.storage.sweep import mark_gone
from tests.support.pages import AT, page_of, rows

DAY = timedelta(days=1)


def sweep(scope: MspStore, slice_: str = "2026-03", stream: str = "tickets") -> int:
    """What a listing that began a day after AT leaves as gone."""
    return mark_gone(scope, "psa", stream, slice_, "tickets", seen_since=AT + DAY, now=AT + 2 * DAY)


def gone(scope: MspStore) -> set[str]:
    return {id_ for id_, at in rows(scope, "tickets", "id", "gone_at") if at is not None}


def test_a_row_unseen_in_a_complete_listing_is_marked_once_and_kept(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(*(Ticket(id=str(n), queue=f"q{n}") for n in range(4))))
    write_page(any_msp, page_of(Ticket(id="1"), Ticket(id="2"), at=AT + DAY))
    assert sweep(any_msp) == 2
    assert gone(any_msp) == {"0", "3"}
    assert sweep(any_msp) == 0
    assert rows(any_msp, "tickets", "id", "queue")[3] == ("3", "q3")


def test_only_rows_of_the_slice_connection_and_stream_are_marked(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="here")))
    write_page(any_msp, page_of(Ticket(id="slice"), slice="2026-02"))
    write_page(any_msp, page_of(Ticket(id="connection"), connection_id="other"))
    write_page(any_msp, page_of(Ticket(id="stream"), stream="projects"))
    assert sweep(any_msp) == 1
    assert gone(any_msp) == {"here"}


def test_a_row_that_moved_to_another_slice_belongs_to_that_one(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1")))
    write_page(any_msp, page_of(Ticket(id="1"), slice="2026-04"))
    assert sweep(any_msp) == 0
    assert sweep(any_msp, "2026-04") == 1


def test_an_older_state_counts_as_seen(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1", updated_at=AT)))
    write_page(any_msp, page_of(Ticket(id="1", updated_at=AT - DAY), at=AT + DAY))
    assert sweep(any_msp) == 0


def test_rows_of_pruned_pages_are_still_swept(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1")))
    assert prune_raw(any_msp, AT + DAY) == 1
    assert sweep(any_msp) == 1
