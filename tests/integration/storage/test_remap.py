"""A stored page derived again: only what it said changes, and nothing counts as seen."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from phasewise.model.records.billing import Invoice, Payment
from phasewise.model.records.tickets import Ticket
from phasewise.storage.engine import MspStore
from phasewise.storage.raw import read_pages
from phasewise.storage.sink import write_page
from phasewise.storage.tables import RECORD_TABLES
from tests.support.pages import AT, page_of, rows

HOUR = timedelta(hours=1)
SECONDS = int(AT.timestamp())


def test_a_remap_replaces_what_the_same_page_said(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1", status="other", updated_at=AT)))
    # A corrected date format may even move the vendor's own instant back.
    again = Ticket(id="1", status="closed", updated_at=AT - HOUR)
    counts = write_page(any_msp, page_of(again, remap_of=1))
    assert (counts.page_id, counts.written) == (1, {"tickets": 1})
    assert rows(any_msp, "tickets", "status", "updated_at") == [("closed", SECONDS - 3600)]
    assert len(list(read_pages(any_msp, "psa"))) == 1


def test_a_remap_of_an_older_page_leaves_the_newer_state(any_msp: MspStore) -> None:
    for queue in ("first", "second"):
        write_page(any_msp, page_of(Ticket(id="1", queue=queue)))
    counts = write_page(any_msp, page_of(Ticket(id="1", queue="first, read anew"), remap_of=1))
    assert (counts.written, counts.stale) == ({"tickets": 0}, 1)
    write_page(any_msp, page_of(Ticket(id="1", queue="second, read anew"), remap_of=2))
    assert rows(any_msp, "tickets", "queue", "raw_page") == [("second, read anew", 2)]


def test_a_page_that_came_late_with_an_older_state_stays_behind_in_a_remap(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1", queue="newer", updated_at=AT)))
    write_page(any_msp, page_of(Ticket(id="1", queue="older", updated_at=AT - HOUR)))
    write_page(any_msp, page_of(Ticket(id="1", queue="newer", updated_at=AT), remap_of=1))
    write_page(any_msp, page_of(Ticket(id="1", queue="older", updated_at=AT - HOUR), remap_of=2))
    assert rows(any_msp, "tickets", "queue", "raw_page") == [("newer", 1)]


def test_a_remap_stores_what_was_a_reject_before(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(payloads=[]))
    page = page_of(Ticket(id="1"))
    write_page(any_msp, page)
    table = RECORD_TABLES["tickets"]
    with any_msp.write() as connection:
        connection.execute(table.delete())
    write_page(any_msp, page_of(Ticket(id="1", queue="found"), remap_of=1))
    assert rows(any_msp, "tickets", "queue", "first_seen_at", "seen_at") == [("found", SECONDS, SECONDS)]


def test_a_remap_sees_nothing(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1")))
    with any_msp.write() as connection:
        connection.execute(update(RECORD_TABLES["tickets"]).values(gone_at=AT + HOUR))
    write_page(any_msp, page_of(Ticket(id="1", queue="q"), at=AT + 2 * HOUR, remap_of=1))
    assert rows(any_msp, "tickets", "queue", "seen_at", "gone_at") == [("q", SECONDS, SECONDS + 3600)]


def test_children_are_a_set_that_is_replaced_with_its_parent(any_msp: MspStore) -> None:
    def write(*payments: str, remap_of: int | None = None) -> dict[str, int]:
        records = [Payment(id=p, invoice="1") for p in payments]
        page = page_of(
            Invoice(id="1"), *records, replaced={"payments": ("invoice", ["1"])}, remap_of=remap_of
        )
        return dict(write_page(any_msp, page).deleted)

    write_page(any_msp, page_of(Payment(id="z", invoice="2")))
    assert write("a", "b") == {"payments": 0}
    assert write("b", "c") == {"payments": 1}
    assert rows(any_msp, "payments", "id") == [("b",), ("c",), ("z",)]
    # Remapping the older page does not bring back what its invoice no longer has.
    write("a", "b", remap_of=2)
    assert rows(any_msp, "payments", "id") == [("b",), ("c",), ("z",)]
    assert write(remap_of=3) == {"payments": 2}
    assert rows(any_msp, "payments", "id") == [("z",)]


def test_an_older_state_of_a_parent_does_not_replace_its_children(any_msp: MspStore) -> None:
    def page(updated: int, *payments: str, hour: int) -> None:
        invoice = Invoice(id="1", updated_at=AT + updated * HOUR)
        records = [Payment(id=p, invoice="1") for p in payments]
        replaced = {"payments": ("invoice", ["1"])}
        write_page(any_msp, page_of(invoice, *records, replaced=replaced, at=AT + hour * HOUR))

    page(2, "a", hour=0)
    page(1, "b", hour=1)
    assert rows(any_msp, "payments", "id", "seen_at") == [("a", SECONDS + 3600)]
