"""What is not kept for ever: raw payloads by age, one client on request."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from phasewise.model.records.billing import Invoice, Payment
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.storage.engine import MspStore
from phasewise.storage.raw import StoredPayload, payloads_of, read_pages
from phasewise.storage.retention import ERASED, erase_client, prune_raw
from phasewise.storage.sink import Derived, NewReject, PageWrite, write_page
from tests.support.pages import AT, page_of, rows

DAY = timedelta(days=1)


def test_raw_payloads_are_pruned_by_age_and_records_stay(any_msp: MspStore) -> None:
    for day in range(3):
        write_page(any_msp, page_of(Ticket(id=str(day)), at=AT + day * DAY))
    assert prune_raw(any_msp, AT + 2 * DAY) == 2
    assert prune_raw(any_msp, AT + 2 * DAY) == 0
    assert [p.page_id for p in read_pages(any_msp, "psa")] == [3]
    assert payloads_of(any_msp, "psa", "tickets", "tickets", ["0", "1", "2"]) == {"2": {"id": "2"}}
    assert len(rows(any_msp, "tickets", "id")) == 3


def test_no_page_number_is_given_twice_after_pruning(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1")))
    prune_raw(any_msp, AT + DAY)
    assert write_page(any_msp, page_of(Ticket(id="2"))).page_id == 2


def ticket_page(*tickets: Ticket, at_day: int = 0, **more: Any) -> PageWrite:
    """A page of tickets: each payload becomes the ticket, an event, an SLA result, client and technician."""
    records: list[Derived] = []
    for index, ticket in enumerate(tickets):
        children = (
            TicketEvent(id=f"{ticket.id}:0", ticket=ticket.id, at=AT, kind="status"),
            SlaResult(id=f"{ticket.id}:resolution", ticket=ticket.id, target="resolution"),
            Client(id=ticket.client or "", name=f"Client {ticket.client} Ltd", tier=str(at_day)),
            Technician(id=ticket.technician or "", name="T"),
        )
        records += [Derived(index, record) for record in (ticket, *children)]
    payloads = [StoredPayload(t.id, {"number": t.id, "customer": t.client}) for t in tickets]
    page = page_of(at=AT + at_day * DAY, payloads=payloads, **more)
    return PageWrite(**{**{f: getattr(page, f) for f in page.__slots__}, "records": records})


@pytest.fixture
def filled(any_msp: MspStore) -> MspStore:
    """Tickets and bills of the clients 7 and 77, in several pages; and rejects."""
    a = Ticket(id="a", client="7", technician="t1")
    b = Ticket(id="b", client="77", technician="t1")
    c = Ticket(id="c", client="7", technician="t2")
    d = Ticket(id="d", client="77", technician="t1", parent="a")
    write_page(any_msp, ticket_page(a, b))
    write_page(any_msp, ticket_page(c, d, a, at_day=1))
    write_page(
        any_msp,
        page_of(
            Invoice(id="i7", client="7"),
            Invoice(id="i77", client="77"),
            Payment(id="p1", invoice="i7"),
            Payment(id="p2", invoice="i7", client="77"),
            Payment(id="p3", invoice="i77"),
            stream="invoices",
        ),
    )
    write_page(
        any_msp,
        page_of(
            payloads=[StoredPayload("x", {"customer": "7"}), StoredPayload("y", {"customer": "77"})],
            rejects=[
                NewReject("payload a", "bad_date", "31/02", key="a", payload='{"number": "a"}'),
                NewReject("payload x", "bad_date", "31/02", key="x", payload='{"customer": "7"}'),
                NewReject("payload y", "bad_date", "31/02", key="y", payload='{"customer": "77"}'),
                NewReject("line 9", "half_line", "9;Client 7 Ltd;"),
            ],
        ),
    )
    return any_msp


def test_everything_of_one_client_is_erased_and_nothing_of_another(filled: MspStore) -> None:
    erased = erase_client(filled, "psa", "7")
    assert erased.records == {
        "clients": 1,
        "invoices": 1,
        "payments": 1,
        "sla_results": 2,
        "ticket_events": 2,
        "tickets": 2,
    }
    # a twice, c, the invoice, its payment, and x that never became a record
    assert (erased.payloads, erased.rejects) == (6, 3)
    assert rows(filled, "tickets", "id", "client") == [("b", "77"), ("d", "77")]
    assert rows(filled, "ticket_events", "ticket", order="ticket") == [("b",), ("d",)]
    assert rows(filled, "payments", "id") == [("p2",), ("p3",)]
    assert rows(filled, "clients", "id") == [("77",)]
    assert {id_ for (id_,) in rows(filled, "clients_history", "id")} == {"77"}
    kept = [[p.id for p in page.payloads] for page in read_pages(filled, "psa")]
    assert kept == [["b"], ["d"], ["i77", "p2", "p3"], ["y"]]
    assert rows(filled, "rejects", "place", "key", "payload", order="place") == [
        ("line 9", None, ERASED),
        ("payload x", None, ERASED),
        ("payload y", "y", '{"customer": "77"}'),
    ]


def test_the_others_still_find_their_payloads_after_an_erasure(filled: MspStore) -> None:
    wanted = ["b", "d"]
    before = payloads_of(filled, "psa", "tickets", "tickets", wanted)
    assert set(before) == set(wanted)
    erase_client(filled, "psa", "7")
    assert payloads_of(filled, "psa", "tickets", "tickets", wanted) == before
    assert payloads_of(filled, "psa", "invoices", "payments", ["p2", "p3"]) == {
        "p2": {"id": "p2"},
        "p3": {"id": "p3"},
    }
    # t2 was read off a ticket that is gone: no payload is behind it, and none is claimed.
    assert rows(filled, "technicians", "id", "raw_page", "raw_index") == [("t1", 2, None), ("t2", 2, None)]


def test_erasing_again_erases_nothing(filled: MspStore) -> None:
    erase_client(filled, "psa", "7")
    again = erase_client(filled, "psa", "7")
    assert (again.records, again.payloads) == ({}, 0)
    assert erase_client(filled, "other", "77").records == {}


def test_no_byte_of_an_erased_client_is_left_in_the_file(sqlite_msp: MspStore) -> None:
    secret = "Zwiebelkuchen-Manufaktur"
    write_page(sqlite_msp, page_of(*(Ticket(id=str(n), client="9") for n in range(300))))
    for tier in range(40):
        write_page(sqlite_msp, page_of(Client(id="9", name=secret, tier=str(tier)), at=AT + tier * DAY))
    path = Path(str(make_url(sqlite_msp.store.url).database))
    erase_client(sqlite_msp, "psa", "9")
    sqlite_msp.store.close()
    for file in path.parent.glob("phasewise.db*"):
        assert secret.encode() not in file.read_bytes(), file
