"""What `write_page` promises, on every database."""

from __future__ import annotations

import dataclasses
import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select

from phasewise.errors import StoreError
from phasewise.model.records.billing import Invoice
from phasewise.model.records.calendars import Calendar
from phasewise.model.records.people import Client
from phasewise.model.records.tickets import Ticket, TicketEvent
from phasewise.storage.checkpoints import checkpoints
from phasewise.storage.engine import MspStore
from phasewise.storage.raw import StoredPayload, payloads_of, read_pages
from phasewise.storage.sink import MappedWord, NewReject, write_page
from phasewise.storage.tables import RECORD_TABLES, raw_pages
from tests.support.pages import AT, page_of, rows

HOUR = timedelta(hours=1)
SECONDS = int(AT.timestamp())


def test_a_page_is_stored_whole(any_msp: MspStore) -> None:
    counts = write_page(any_msp, page_of(Ticket(id="1", opened_at=AT), Ticket(id="2", is_internal=True)))
    assert (counts.page_id, counts.written, counts.stale, counts.refused) == (1, {"tickets": 2}, 0, ())
    assert rows(any_msp, "tickets", "id", "opened_at", "is_internal", "raw_page", "raw_index") == [
        ("1", SECONDS, None, 1, 0),
        ("2", None, 1, 1, 1),
    ]
    checkpoint = checkpoints(any_msp, "psa", "tickets")["2026-03"]
    assert (checkpoint.cursor, checkpoint.fetched, checkpoint.updated_at) == ("c1", 2, AT)
    stored = [StoredPayload("1", {"id": "1"}), StoredPayload("2", {"id": "2"})]
    assert [(p.page_id, p.slice, p.fetched_at, p.payloads) for p in read_pages(any_msp, "psa")] == [
        (1, "2026-03", AT, stored)
    ]


def test_every_kind_of_value_comes_back_as_it_went_in(any_msp: MspStore) -> None:
    invoice = Invoice(
        id="1",
        updated_at=AT,
        number="Ñandú · 請求書",
        issued_on=date(2024, 2, 29),
        created_at=datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
        total=Decimal("-1234567.8901"),
        balance=Decimal("0.00005"),
        is_disputed=False,
    )
    calendar = Calendar(id="office", hours={"mon": ["09:00-14:00"]}, holidays=["2026-12-24"])
    write_page(any_msp, page_of(invoice, calendar))
    table = RECORD_TABLES["invoices"]
    with any_msp.read() as connection:
        row = connection.execute(select(table)).one()._mapping
        hours = connection.execute(select(RECORD_TABLES["calendars"].c.hours)).scalar_one()
    for name in ("updated_at", "number", "issued_on", "created_at", "total", "is_disputed", "client"):
        assert row[name] == getattr(invoice, name), name
    assert row["balance"] == Decimal("0.0000")  # the fifth decimal is rounded half to even
    assert hours == {"mon": ["09:00-14:00"]}


def test_a_page_without_payloads_only_moves_the_checkpoint(any_msp: MspStore) -> None:
    counts = write_page(any_msp, page_of(cursor="the end"))
    assert (counts.page_id, counts.written) == (None, {})
    assert checkpoints(any_msp, "psa", "tickets")["2026-03"].cursor == "the end"


def test_a_record_seen_again_is_replaced_and_keeps_its_first_sight(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1", queue="first", title="x")))
    write_page(any_msp, page_of(Ticket(id="1", queue="second"), at=AT + HOUR))
    assert rows(any_msp, "tickets", "queue", "title", "first_seen_at", "seen_at", "raw_page") == [
        ("second", None, SECONDS, SECONDS + 3600, 2)
    ]


def test_whatever_columns_a_page_fills_its_rows_say_that_and_nothing_older(any_msp: MspStore) -> None:
    names = ("client", "title", "queue", "opened_at", "reopened_count", "is_internal")
    values: dict[str, Any] = dict(zip(names, ("c", "t", "q", AT, 3, True), strict=True))
    stored = {**values, "opened_at": SECONDS, "is_internal": 1}
    for number in range(2 ** len(names)):
        filled = {name for place, name in enumerate(names) if number >> place & 1}
        both = Ticket(id="1", **{name: values[name] for name in filled})
        one = Ticket(id="2", queue="q" if "queue" in filled else None)
        write_page(any_msp, page_of(both, one))
        assert rows(any_msp, "tickets", *names) == [
            tuple(stored[name] if name in filled else None for name in names),
            tuple("q" if name == "queue" and name in filled else None for name in names),
        ]


def test_a_later_state_is_not_replaced_by_an_older_one(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1", queue="later", updated_at=AT)))
    older = page_of(
        Ticket(id="1", queue="older", updated_at=AT - HOUR), Ticket(id="2", queue="new"), at=AT + HOUR
    )
    counts = write_page(any_msp, older)
    assert (counts.stale, counts.written) == (1, {"tickets": 1})
    assert rows(any_msp, "tickets", "id", "queue", "seen_at", "raw_page") == [
        ("1", "later", SECONDS + 3600, 1),
        ("2", "new", SECONDS + 3600, 2),
    ]


@pytest.mark.parametrize(
    ("stored", "new"), [(None, AT), (AT, None), (AT, AT), (AT, AT + timedelta(microseconds=5))]
)
def test_a_state_that_is_not_older_replaces(
    any_msp: MspStore, stored: datetime | None, new: datetime | None
) -> None:
    write_page(any_msp, page_of(Ticket(id="1", queue="before", updated_at=stored)))
    counts = write_page(any_msp, page_of(Ticket(id="1", queue="after", updated_at=new)))
    assert (counts.stale, rows(any_msp, "tickets", "queue")) == (0, [("after",)])


def test_of_two_records_with_one_id_in_a_page_the_later_one_stands(any_msp: MspStore) -> None:
    counts = write_page(
        any_msp,
        page_of(
            Ticket(id="1", queue="a"),
            Ticket(id="1", queue="b"),
            Ticket(id="2", queue="newest", updated_at=AT),
            Ticket(id="2", queue="older", updated_at=AT - HOUR),
        ),
    )
    assert (counts.duplicates, counts.written) == (2, {"tickets": 2})
    assert rows(any_msp, "tickets", "queue", "raw_index") == [("b", 1), ("newest", 2)]


def test_characters_that_no_database_keeps_cost_no_page(any_msp: MspStore) -> None:
    odd = Ticket(id="1", title="nul \x00 and half \ud83d of a pair", queue="ok", opened_at=AT)
    counts = write_page(
        any_msp,
        page_of(
            odd,
            Ticket(id="2", title="héllo"),
            payloads=[StoredPayload("1", {"title": odd.title, "big": 2**70}), StoredPayload("2", {})],
            rejects=[NewReject("line 7\x00", "half_line", "cut \ud800", "a\x00b")],
            words=[MappedWord("status", "Ne\x00w", "new", "default")],
        ),
    )
    assert counts.replaced_characters == 2
    assert rows(any_msp, "tickets", "title", "opened_at") == [
        ("nul \ufffd and half \ufffd of a pair", SECONDS),
        ("héllo", None),
    ]
    assert rows(any_msp, "rejects", "place", "payload", order="place") == [("line 7\ufffd", "a\ufffdb")]
    # The payload is kept to the letter, whatever it holds.
    assert next(read_pages(any_msp, "psa")).payloads[0].payload == {"title": odd.title, "big": 2**70}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("opened_at", AT.replace(tzinfo=None), "has no time zone"),
        ("opened_at", "2026-03-02", "str where datetime belongs"),
        ("reopened_count", "three", "str where int belongs"),
        ("reopened_count", True, "bool where int belongs"),
        ("reopened_count", 2**63, "too large"),
        ("is_internal", "yes", "str where bool belongs"),
        ("title", b"bytes", "bytes where str belongs"),
    ],
)
def test_a_record_that_no_database_can_hold_is_a_reject_and_the_rest_is_stored(
    any_msp: MspStore, field: str, value: object, said: str
) -> None:
    bad: dict[str, Any] = {field: value}
    counts = write_page(any_msp, page_of(Ticket(id="1"), Ticket(id="2", **bad), Ticket(id="3")))
    assert counts.written == {"tickets": 2}
    assert [(r.reason, r.field, r.key) for r in counts.refused] == [("not_storable", field, "2")]
    assert said in counts.refused[0].detail
    assert rows(any_msp, "tickets", "id", "raw_index") == [("1", 0), ("3", 2)]
    assert rows(any_msp, "rejects", "field", "reason", "payload", order="place") == [
        (field, "not_storable", '{"id": "2"}')
    ]
    assert len(next(read_pages(any_msp, "psa")).payloads) == 3


def test_an_amount_that_is_no_number_is_a_reject(any_msp: MspStore) -> None:
    counts = write_page(
        any_msp, page_of(Invoice(id="1", total=Decimal("NaN")), Invoice(id="2", total=Decimal("1e30")))
    )
    assert [r.field for r in counts.refused] == ["total", "total"]
    assert rows(any_msp, "invoices", "id") == []


def test_the_same_reject_twice_is_one(any_msp: MspStore) -> None:
    reject = NewReject(
        "a.csv line 3", "bad_date", "31/02 is no date", payload="x" * 3_000, key="7", field="at"
    )
    other = dataclasses.replace(reject, field="opened_at")
    write_page(any_msp, page_of(rejects=[reject, other]))
    write_page(any_msp, page_of(rejects=[reject], run_id="again"))
    assert rows(any_msp, "rejects", "field", "run_id", "length(payload)", order="field") == [
        ("at", "again", 2_000),
        ("opened_at", "run", 2_000),
    ]


def test_words_are_kept_with_what_they_were_last_taken_for(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(words=[MappedWord("status", "Neu", "other", "default")]))
    write_page(any_msp, page_of(words=[MappedWord("status", "Neu", "new", "operator")]))
    assert rows(any_msp, "mapped_words", "word", "target", "origin", order="word") == [
        ("Neu", "new", "operator")
    ]


def test_a_row_seen_again_is_no_longer_gone(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1", updated_at=AT), Ticket(id="2", updated_at=AT)))
    table = RECORD_TABLES["tickets"]
    with any_msp.write() as connection:
        connection.execute(table.update().values(gone_at=AT))
    write_page(any_msp, page_of(Ticket(id="1", updated_at=AT), Ticket(id="2", updated_at=AT - HOUR)))
    assert rows(any_msp, "tickets", "gone_at") == [(None,), (None,)]


def test_raw_pages_are_numbered_by_msp_in_the_order_of_commits(any_msp: MspStore) -> None:
    numbers = [write_page(any_msp, page_of(Ticket(id=str(n)))).page_id for n in range(3)]
    assert numbers == [1, 2, 3]


def test_pages_can_be_written_while_they_are_read(any_msp: MspStore) -> None:
    for number in range(10):
        write_page(any_msp, page_of(Ticket(id=str(number))))
    read = []
    for page in read_pages(any_msp, "psa"):
        read.append(page.page_id)
        write_page(any_msp, page_of(Ticket(id="more")))
    assert read == list(range(1, 11))


def test_only_the_pages_of_the_stream_are_read(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1")))
    write_page(any_msp, page_of(Client(id="9"), stream="clients"))
    write_page(any_msp, page_of(Ticket(id="2"), connection_id="other"))
    assert [p.payloads[0].id for p in read_pages(any_msp, "psa", "clients")] == ["9"]
    assert [p.payloads[0].id for p in read_pages(any_msp, "psa")] == ["1", "9"]


def test_the_newest_payload_behind_a_record_is_found(any_msp: MspStore) -> None:
    first = page_of(
        Ticket(id="1"), Ticket(id="2"), payloads=[StoredPayload("1", "a"), StoredPayload("2", "b")]
    )
    write_page(any_msp, first)
    write_page(any_msp, page_of(Ticket(id="2"), payloads=[StoredPayload("2", "c")], run_id="second"))
    many = [str(n) for n in range(1_200)]
    assert payloads_of(any_msp, "psa", "tickets", "tickets", many) == {"1": "a", "2": "c"}
    assert payloads_of(any_msp, "psa", "tickets", "tickets", many, run_id="second") == {"2": "c"}
    assert payloads_of(any_msp, "psa", "clients", "tickets", many) == {}
    assert payloads_of(any_msp, "psa", "tickets", "tickets", []) == {}


def test_a_page_of_one_thousand_records_of_two_kinds_is_stored(any_msp: MspStore) -> None:
    records = [Ticket(id=f"{n:04}", client=str(n % 7), opened_at=AT + n * HOUR) for n in range(1_000)]
    clients = [Client(id=str(n % 7), name=f"Client {n % 7}") for n in range(1_000)]
    pairs = [record for pair in zip(records, clients, strict=True) for record in pair]
    counts = write_page(any_msp, page_of(*pairs, payloads=[StoredPayload(r.id, {}) for r in records]))
    assert (counts.written, counts.duplicates) == ({"tickets": 1_000, "clients": 7}, 993)


@pytest.mark.parametrize("count", [1, 9, 10, 11, 100, 101, 119, 210, 1_000])
def test_a_page_of_any_length_is_stored_whole_and_counted(any_msp: MspStore, count: int) -> None:
    tickets = [Ticket(id=str(n), title=f"ticket {n}", updated_at=AT) for n in range(count)]
    assert write_page(any_msp, page_of(*tickets)).written == {"tickets": count}
    older = [dataclasses.replace(t, updated_at=AT - HOUR) if n % 7 == 0 else t for n, t in enumerate(tickets)]
    again = write_page(any_msp, page_of(*older, at=AT + HOUR))
    assert again.stale == -(-count // 7)
    assert again.written == {"tickets": count - again.stale}
    found = rows(any_msp, "tickets", "id", "title", "raw_index", "raw_page", "seen_at")
    assert sorted(found) == sorted(
        (t.id, t.title, n, 2 - (n % 7 == 0), SECONDS + 3600) for n, t in enumerate(tickets)
    )


def test_a_sqlite_that_takes_few_values_in_a_statement_takes_the_same_rows(sqlite_msp: MspStore) -> None:
    @event.listens_for(sqlite_msp.store.engine, "checkout")
    def _few(driver: sqlite3.Connection, _record: Any, _proxy: Any) -> None:
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 99)

    counts = write_page(sqlite_msp, page_of(*(Ticket(id=str(n), queue="q") for n in range(25))))
    assert counts.written == {"tickets": 25}
    assert len(rows(sqlite_msp, "tickets", "id")) == 25


def test_a_defect_rolls_the_whole_page_back(any_msp: MspStore) -> None:
    page = page_of(Ticket(id="1"))
    broken = dataclasses.replace(page, words=[MappedWord("status", "New", None, "default")])  # type: ignore[arg-type]  # the defect
    with pytest.raises(Exception, match=r"(?i)not.null"):
        write_page(any_msp, broken)
    assert rows(any_msp, "tickets", "id") == []
    assert list(read_pages(any_msp, "psa")) == []
    assert checkpoints(any_msp, "psa", "tickets") == {}
    assert write_page(any_msp, page).page_id == 1


def test_two_bad_children_of_one_payload_are_two_rejects(any_msp: MspStore) -> None:
    bad: Any = "never"
    events = [TicketEvent(id=f"1:{n}", ticket="1", at=bad, kind="status") for n in range(2)]
    page = page_of(Ticket(id="1"), *events, payloads=[StoredPayload("1", {})])
    assert len(write_page(any_msp, page).refused) == 2
    assert len(rows(any_msp, "rejects", "place", order="place")) == 2


def test_a_damaged_raw_page_is_said(any_msp: MspStore) -> None:
    write_page(any_msp, page_of(Ticket(id="1")))
    with any_msp.write() as connection:
        connection.execute(raw_pages.update().values(payloads=b"not zlib"))
    with pytest.raises(StoreError, match="a raw page is damaged"):
        list(read_pages(any_msp, "psa"))
