"""A vendor's "met" is a verdict only once the clock has stopped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from phasewise.model.records.tickets import SlaResult, Ticket
from phasewise.sync.sla import judge

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def result(target: Any = "resolution", **values: Any) -> SlaResult:
    return SlaResult(id=f"1:{target}", ticket="1", target=target, **values)


def judged(sla: SlaResult, ticket: Ticket | None, basis: str = "vendor") -> Any:
    records: list[Any] = [sla] if ticket is None else [sla, ticket]
    return judge(records, basis)[0]


@pytest.mark.parametrize("status", ["resolved", "closed", "cancelled", "merged"])
def test_met_is_met_once_the_ticket_has_stopped(status: Any) -> None:
    assert judged(result(vendor_outcome="met"), Ticket(id="1", status=status)).outcome == "met"


@pytest.mark.parametrize("status", ["new", "in_progress", "waiting", "other"])
def test_met_is_running_while_the_ticket_is_open(status: Any) -> None:
    assert judged(result(vendor_outcome="met"), Ticket(id="1", status=status)).outcome == "running"


def test_without_a_state_the_times_say_whether_it_stopped() -> None:
    assert judged(result(vendor_outcome="met"), Ticket(id="1", resolved_at=NOON)).outcome == "met"
    assert judged(result(vendor_outcome="met"), Ticket(id="1", opened_at=NOON)).outcome == "running"


def test_a_miss_is_a_miss_at_once() -> None:
    assert judged(result(vendor_outcome="missed"), Ticket(id="1", status="new")).outcome == "missed"


def test_a_first_response_is_met_once_it_was_given() -> None:
    ticket = Ticket(id="1", status="in_progress", first_response_at=NOON)
    assert judged(result("first_response", vendor_outcome="met"), ticket).outcome == "met"
    waiting = Ticket(id="1", status="in_progress")
    assert judged(result("first_response", vendor_outcome="met"), waiting).outcome == "running"
    assert judged(result("first_response", vendor_outcome="met", met_at=NOON), waiting).outcome == "met"


def test_where_the_ticket_is_not_in_the_payload_the_vendors_word_stands() -> None:
    assert judged(result(vendor_outcome="met"), None).outcome == "met"


def test_where_the_vendor_says_nothing_nothing_is_said() -> None:
    assert judged(result(), Ticket(id="1", status="closed")).outcome is None


@pytest.mark.parametrize(
    ("times", "outcome"),
    [
        ({"due_at": NOON}, "running"),
        ({"due_at": NOON, "met_at": NOON}, "met"),
        ({"due_at": NOON, "missed_at": NOON}, "missed"),
        ({"met_at": NOON}, "met"),
    ],
)
def test_where_the_vendor_has_no_word_its_times_speak(times: dict[str, Any], outcome: str) -> None:
    found = judged(result(**times), Ticket(id="1", status="new"))
    assert (found.outcome, found.vendor_outcome) == (outcome, None)


def test_by_our_own_clock_nothing_is_known_yet() -> None:
    found = judged(result(vendor_outcome="met"), Ticket(id="1", status="closed"), basis="phasewise")
    assert (found.outcome, found.own_outcome, found.agrees) == (None, None, None)
    assert found.vendor_outcome == "met"
