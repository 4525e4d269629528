"""What a ticket becomes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from phasewise.connectors.vendors.request_tracker import CONNECTOR, streams
from phasewise.errors import RecordError
from tests.contract.vendors.request_tracker.desk import desk, only, pseudonym
from tests.contract.vendors.request_tracker.twin import (
    CLIENT1,
    CLIENT2,
    DAY,
    NOBODY,
    ROOT,
    SYSTEM,
    TECH1,
    TECH2,
    Twin,
    history,
    stamp,
)

HOUR = timedelta(hours=1)


def twin_with_a_past() -> Twin:
    twin = Twin()
    twin.open(1, SLA="Standard")
    history(twin, 1)
    return twin


def test_a_ticket_is_told_by_its_fields_and_its_history() -> None:
    with desk(twin_with_a_past()) as here:
        ticket = only(here.records(), "tickets")
    assert (ticket.id, ticket.client, ticket.requester) == ("1", "Acme Dental", pseudonym(str(CLIENT1)))
    assert (ticket.technician, ticket.queue, ticket.title) == (str(TECH1), "Service Desk", "Printer 1")
    assert (ticket.status, ticket.status_raw, ticket.parent) == ("resolved", "resolved", None)
    assert (ticket.priority, ticket.priority_raw) == ("medium", "80")
    assert (ticket.first_priority, ticket.first_priority_raw) == ("low", "0")
    assert (ticket.opened_at, ticket.first_response_at) == (DAY, DAY + HOUR / 2)
    assert (ticket.first_response_by, ticket.resolved_at) == ("human", DAY + 5 * HOUR)
    assert (ticket.reopened_count, ticket.reassigned_count, ticket.group_reassigned_count) == (1, 1, 1)


def test_the_state_at_any_instant_is_that_of_the_last_status_event() -> None:
    with desk(twin_with_a_past()) as here:
        events = [e for e in here.records()["ticket_events"] if e.kind == "status"]
    assert [(e.at, e.from_value, e.to_value) for e in events] == [
        (DAY, None, "new"),
        (DAY + 2 * HOUR, "new", "resolved"),
        (DAY + 3 * HOUR, "resolved", "in_progress"),
        (DAY + 5 * HOUR, "in_progress", "resolved"),
    ]


def test_who_did_it_is_staff_a_client_or_a_program() -> None:
    twin = twin_with_a_past()
    twin.users[70] = {"Name": "monitor", "RealName": "Monitoring", "Privileged": 1}
    twin.write(1, "Comment", at=DAY + 6 * HOUR, by=70)
    twin.write(1, "Correspond", at=DAY + 7 * HOUR, by=CLIENT2)  # somebody in copy
    with desk(twin, automation_users=["monitor"]) as here:
        records = here.records()
    said = [
        (e.kind, e.actor, e.technician)
        for e in records["ticket_events"]
        if e.to_raw in ("Correspond", "Comment")
    ]
    assert said == [
        ("comment", "technician", str(TECH1)),
        ("client_reply", "client", None),
        ("comment", "technician", str(TECH1)),
        ("comment", "automation", None),
        ("client_reply", "client", None),
    ]
    assert {t.id for t in records["technicians"]} == {str(TECH1), str(TECH2)}


def test_a_first_answer_of_a_program_is_not_a_humans() -> None:
    twin = Twin()
    twin.open(1)
    twin.write(1, "Correspond", at=DAY + HOUR, by=SYSTEM)
    with desk(twin) as here:
        ticket = only(here.records(), "tickets")
    assert (ticket.first_response_at, ticket.first_response_by) == (DAY + HOUR, "automation")


def test_a_technician_who_asks_for_himself_is_still_staff() -> None:
    twin = Twin()
    twin.open(1, by=TECH1)
    twin.own(1, TECH1, at=DAY)
    twin.write(1, "Comment", at=DAY + HOUR, minutes=10)
    with desk(twin) as here:
        assert only(here.records(), "time_entries").technician == str(TECH1)


def test_time_worked_is_every_minute_of_the_history_and_corrections_are_below_zero() -> None:
    twin = twin_with_a_past()
    twin.write(1, "Set", "TimeWorked", 65, 50, at=DAY + 6 * HOUR, minutes=-15)
    with desk(twin) as here:
        entries = here.records()["time_entries"]
    assert [(e.minutes, e.entered_at, e.started_at, e.client, e.ticket) for e in entries] == [
        (25, DAY + HOUR / 2, None, "Acme Dental", "1"),
        (40, DAY + 4 * HOUR, None, "Acme Dental", "1"),
        (-15, DAY + 6 * HOUR, None, "Acme Dental", "1"),
    ]


def test_no_client_person_is_named_in_what_is_stored() -> None:
    twin = twin_with_a_past()
    twin.write(1, "AddWatcher", "Cc", "", CLIENT2, at=DAY + HOUR)
    twin.write(1, "Set", "Subject", "call ann@acme.test", "Printer 1", at=DAY + HOUR)
    twin.write(1, "Correspond", at=DAY + 7 * HOUR, by=CLIENT2)
    twin.set_status(1, "deleted", at=DAY + 8 * HOUR)
    twin.open(2, by=CLIENT2)
    with desk(twin) as here:
        stored = json.dumps(list(here.payloads().values()))
        people = [p for payload in here.payloads().values() for p in payload["People"]]
    assert not [word for word in ("ann@", "bob@", "Ann", "Bob", "_url") if word in stored]
    assert str(CLIENT1) not in people
    assert str(CLIENT2) not in people


@pytest.mark.parametrize(
    ("settings", "client"),
    [
        ({}, ("Acme Dental", "Acme Dental")),
        ({"client_from": "custom_field", "client_field": "Customer"}, ("Birch", "Birch")),
        ({"client_from": "custom_field", "client_field": "customer"}, ("Birch", "Birch")),
        ({"client_from": "custom_field", "client_field": "Empty"}, None),
        ({"client_from": "queue"}, ("3", "Service Desk")),
    ],
)
def test_the_client_comes_from_where_the_settings_say(
    settings: dict[str, Any], client: tuple[str, str] | None
) -> None:
    fields = [
        {"id": "3", "name": "Customer", "type": "customfield", "values": [" Birch "]},
        {"id": "4", "name": "Empty", "type": "customfield", "values": []},
        {"id": "5", "name": "Secret", "type": "customfield", "values": ["door code 4711"]},
    ]
    twin = Twin()
    twin.open(1, CustomFields=fields)
    with desk(twin, **settings) as here:
        records = here.records()
        assert "4711" not in json.dumps(list(here.payloads().values()))
    ticket = only(records, "tickets")
    made = [(c.id, c.name) for c in records.get("clients", ())]
    assert made == ([] if client is None else [client])
    assert ticket.client == (None if client is None else client[0])


def test_type_and_category_come_from_custom_fields() -> None:
    twin = Twin()
    for number, kind in enumerate(("Incident", "Wartung", ""), 1):
        fields = [{"name": "Kind", "values": [kind] if kind else []}, {"name": "Area", "values": ["Mail"]}]
        twin.open(number, CustomFields=fields)
    with desk(twin, type_field="Kind", category_field="Area") as here:
        tickets = here.records()["tickets"]
    assert [(t.type, t.type_raw, t.category) for t in tickets] == [
        ("incident", "Incident", "Mail"),
        ("other", "Wartung", "Mail"),
        (None, None, "Mail"),
    ]


def test_what_is_provided_depends_on_the_fields_that_are_named() -> None:
    plain = CONNECTOR.settings.model_validate({"base_url": "https://rt.test", "user": "u", "password": "p"})
    assert "tickets.type" not in streams(plain)[0].provides  # type: ignore[arg-type]  # its own settings
    assert {"tickets.type", "tickets.category"} <= streams(None)[0].provides


@pytest.mark.parametrize(
    ("number", "word"), [("0", "low"), ("49", "low"), ("50", "medium"), ("100", "high"), ("-5", "other")]
)
def test_a_priority_has_the_word_of_the_highest_number_not_above_it(number: str, word: str) -> None:
    twin = Twin()
    twin.open(1, Priority=number)
    with desk(twin) as here:
        ticket = only(here.records(), "tickets")
    assert (ticket.priority, ticket.priority_raw) == (word, number)


def test_a_life_cycle_of_the_operators_own_tells_when_a_ticket_stopped() -> None:
    twin = Twin()
    twin.open(1, SLA="Standard")
    twin.set_due(1, DAY + 4 * HOUR, at=DAY)
    twin.set_status(1, "with vendor", at=DAY + HOUR)
    twin.set_status(1, "done", at=DAY + 3 * HOUR)
    with desk(twin) as here:
        records = here.records()
    ticket = only(records, "tickets")
    assert (ticket.status, ticket.status_raw, ticket.resolved_at) == ("other", "done", DAY + 3 * HOUR)
    assert only(records, "sla_results").met_at == DAY + 3 * HOUR
    words = {e.to_raw: e.to_value for e in records["ticket_events"] if e.kind == "status"}
    assert words == {"new": "new", "with vendor": "other", "done": "other"}


def test_a_ticket_open_again_or_cancelled_was_not_resolved() -> None:
    twin = Twin()
    for number in (1, 2, 3):
        twin.open(number)
        twin.set_status(number, "rejected" if number == 2 else "resolved", at=DAY + HOUR)
    twin.set_status(1, "open", at=DAY + 2 * HOUR)
    twin.set_status(3, "deleted", at=DAY + 3 * HOUR)
    with desk(twin) as here:
        found = {t.id: (t.status, t.resolved_at, t.reopened_count) for t in here.records()["tickets"]}
    assert found["1"] == ("in_progress", None, 1)
    assert found["2"] == ("cancelled", None, 0)
    assert found["3"][:1] == ("cancelled",)


def test_an_owner_given_at_the_opening_is_an_assignment_then() -> None:
    twin = Twin()
    twin.open(1, Owner=twin.user_in_list(TECH1))
    twin.own(1, TECH2, at=DAY + HOUR)
    twin.own(1, NOBODY, at=DAY + 2 * HOUR)
    twin.own(1, TECH2, at=DAY + 3 * HOUR)
    with desk(twin) as here:
        records = here.records()
    moves = [(e.at, e.from_value, e.to_value) for e in records["ticket_events"] if e.kind == "assignment"]
    assert moves == [
        (DAY, None, str(TECH1)),
        (DAY + HOUR, str(TECH1), str(TECH2)),
        (DAY + 2 * HOUR, str(TECH2), None),
        (DAY + 3 * HOUR, None, str(TECH2)),
    ]
    assert only(records, "tickets").reassigned_count == 1


# Promises.


def promised(twin: Twin, **settings: Any) -> Any:
    with desk(twin, **settings) as here:
        return only(here.records(), "sla_results")


def test_a_ticket_without_a_level_or_without_a_deadline_has_no_promise() -> None:
    twin = Twin()
    twin.open(1)
    twin.set_due(1, DAY + HOUR, at=DAY)
    twin.open(2, SLA="Standard")
    with desk(twin) as here:
        assert "sla_results" not in here.records()


def test_a_deadline_that_passed_before_the_last_change_is_missed_and_one_that_lies_ahead_is_not() -> None:
    for hours, missed in ((1, DAY + HOUR), (9, None)):
        twin = Twin()
        twin.open(1, SLA="Standard")
        twin.set_due(1, DAY + hours * HOUR, at=DAY)
        twin.write(1, "Comment", at=DAY + 5 * HOUR)
        result = promised(twin)
        assert (result.due_at, result.missed_at, result.met_at) == (DAY + hours * HOUR, missed, None)


def test_the_first_stop_counts_and_a_stop_at_the_deadline_is_in_time() -> None:
    twin = Twin()
    twin.open(1, SLA="Standard")
    twin.set_due(1, DAY + 2 * HOUR, at=DAY)
    twin.set_status(1, "resolved", at=DAY + 2 * HOUR)
    twin.set_status(1, "open", at=DAY + 3 * HOUR)
    twin.set_status(1, "resolved", at=DAY + 9 * HOUR)
    result = promised(twin)
    assert (result.policy, result.met_at, result.missed_at) == ("Standard", DAY + 2 * HOUR, None)


def test_a_date_that_a_person_set_holds_until_it_is_moved_again() -> None:
    twin = Twin()
    twin.open(1, SLA="Standard")
    twin.set_due(1, DAY + 8 * HOUR, at=DAY)
    twin.set_due(1, DAY + 2 * HOUR, at=DAY + HOUR, by=TECH1)
    assert promised(twin).due_at == DAY + 2 * HOUR
    twin.set_due(1, DAY + 8 * HOUR, at=DAY + 3 * HOUR)
    assert promised(twin).due_at == DAY + 8 * HOUR


def test_a_change_of_level_makes_a_new_promise() -> None:
    twin = Twin()
    twin.open(1, SLA="Critical")
    twin.set_due(1, DAY + 80 * HOUR, at=DAY)
    twin.write(1, "Set", "SLA", "Low", "Critical", at=DAY + HOUR)
    twin.set_due(1, DAY + 4 * HOUR, at=DAY + HOUR)
    assert promised(twin).due_at == DAY + 4 * HOUR


def test_a_level_for_answers_is_judged_by_the_first_answer() -> None:
    for answered, kept in ((HOUR, True), (3 * HOUR, False)):
        twin = Twin()
        twin.open(1, SLA="Callback")
        twin.set_due(1, DAY + 2 * HOUR, at=DAY)
        twin.write(1, "Correspond", at=DAY + answered)
        twin.set_due(1, None, at=DAY + answered)
        result = promised(twin, response_levels=["Callback"])
        assert (result.id, result.target) == ("1:first_response", "first_response")
        assert (result.met_at is not None, result.missed_at is None) == (kept, kept)


def test_a_merge_stops_the_clock() -> None:
    twin = Twin()
    twin.open(1, SLA="Standard")
    twin.open(2)
    twin.set_due(1, DAY + 4 * HOUR, at=DAY)
    twin.merge(1, 2, at=DAY + 3 * HOUR)
    assert promised(twin).met_at == DAY + 3 * HOUR


# Bad input.


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Status": None}, "no_status"),
        ({"Created": None}, "no_time"),
        ({"LastUpdated": "1970-01-01T00:00:00Z"}, "no_time"),
        ({"LastUpdated": "yesterday"}, "bad_date"),
        ({"Priority": "high"}, "bad_number"),
        ({"History": [{"id": "1", "Type": "Create", "Created": None}]}, "no_time"),
        (
            {"History": [{"id": "1", "Type": "Create", "Created": stamp(DAY), "TimeTaken": "many"}]},
            "bad_number",
        ),
    ],
)
def test_what_no_ticket_can_be_is_a_reject_with_its_reason(change: dict[str, Any], reason: str) -> None:
    with desk(twin_with_a_past()) as here:
        payload = {**here.payloads()["1"], **change}
        with pytest.raises(RecordError) as error:
            list(here.stream().records(payload, here.context))
    assert error.value.reason == reason


def test_a_program_that_owns_tickets_is_no_technician() -> None:
    twin = Twin()
    twin.open(1)
    twin.own(1, ROOT, at=DAY)
    with desk(twin, automation_users=["root"]) as here:
        assert here.records(stream="technicians") == {}
        assert "technicians" not in here.records()


def test_an_unknown_time_does_not_stop_the_pages() -> None:
    twin = Twin()
    twin.open(1)
    twin.open(2)["LastUpdated"] = "0000-00-00"
    with desk(twin) as here:
        assert set(here.payloads()) == {"1", "2"}


def test_times_are_read_to_the_second() -> None:
    twin = Twin()
    at = datetime.fromisoformat("2026-02-02T09:00:59+00:00")
    twin.open(1, at=at)
    with desk(twin) as here:
        assert only(here.records(), "tickets").opened_at == at
