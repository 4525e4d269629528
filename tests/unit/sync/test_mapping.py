"""The operator's word wins, everywhere it can stand, and every word is remembered with whose it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from phasewise.model.records.people import Technician
from phasewise.model.records.tickets import SlaResult, Ticket, TicketEvent
from phasewise.sync.mapping import WordBook, apply, lookup, take_fresh

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def ticket(**values: Any) -> Ticket:
    return Ticket(id="1", **values)


def test_the_operators_word_wins_over_the_connectors_guess() -> None:
    book = WordBook({"status": {"Parked": "waiting"}})
    found = apply(ticket(status="other", status_raw="Parked"), book)
    assert (found.status, found.status_raw) == ("waiting", "Parked")


def test_an_unmapped_word_keeps_the_guess_and_is_remembered_as_a_guess() -> None:
    book = WordBook({})
    found = apply(ticket(status="other", status_raw="Parked", priority="high", priority_raw="P2"), book)
    assert found.status == "other"
    words = {(w.mapping, w.word): (w.target, w.origin) for w in take_fresh(book)}
    assert words == {("status", "Parked"): ("other", "default"), ("priority", "P2"): ("high", "default")}


def test_a_record_that_does_not_change_is_the_same_object() -> None:
    book = WordBook({"status": {"New": "new"}})
    one = ticket(status="new", status_raw="New")
    assert apply(one, book) is one


def test_the_first_priority_is_mapped_by_the_priorities() -> None:
    book = WordBook({"priority": {"P1": "critical"}})
    found = apply(ticket(first_priority="other", first_priority_raw="P1"), book)
    assert found.first_priority == "critical"


@pytest.mark.parametrize("kind", ["status", "priority"])
def test_events_are_mapped_on_both_sides(kind: Any) -> None:
    book = WordBook({kind: {"A": "waiting" if kind == "status" else "low"}})
    event = TicketEvent(
        id="e", ticket="1", at=NOON, kind=kind, from_value="other", from_raw="A", to_value="other", to_raw="B"
    )
    found = apply(event, book)
    assert found.from_value == ("waiting" if kind == "status" else "low")
    assert found.to_value == "other"
    assert {(w.mapping, w.word) for w in take_fresh(book)} == {(kind, "A"), (kind, "B")}


def test_events_of_other_kinds_are_left_alone() -> None:
    book = WordBook({"status": {"anna": "closed"}})
    event = TicketEvent(id="e", ticket="1", at=NOON, kind="assignment", to_value="anna", to_raw="anna")
    assert apply(event, book) is event
    assert take_fresh(book) == []


def test_records_without_mapped_fields_pass_through() -> None:
    one = SlaResult(id="1:resolution", ticket="1", target="resolution", vendor_outcome="met")
    assert apply(one, WordBook({"status": {"met": "closed"}})) is one


def test_a_role_is_mapped_too() -> None:
    found = apply(
        Technician(id="t", role="other", role_raw="Team Lead"), WordBook({"role": {"Team Lead": "lead"}})
    )
    assert found.role == "lead"


def test_case_and_spaces_do_not_matter_but_the_exact_word_comes_first() -> None:
    words = {"status": {"on hold": "waiting", "On Hold": "in_progress"}}
    assert lookup(words, "status", "On Hold") == "in_progress"
    assert lookup(words, "status", " ON HOLD ") == "waiting"
    assert lookup(words, "status", "held") is None
    assert lookup(words, "priority", "on hold") is None


def test_a_word_is_fresh_once() -> None:
    book = WordBook({})
    apply(ticket(status="new", status_raw="New"), book)
    assert len(take_fresh(book)) == 1
    apply(ticket(status="new", status_raw="New", type="incident", type_raw="I"), book)
    assert [w.word for w in take_fresh(book)] == ["I"]
