"""What rows become: tickets, their history, their promises, those they refer to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from phasewise.errors import RecordError
from tests.support.exports import Read, pseudonym, read, settings_for


def one_ticket(tmp_path: Path, value: str, field: str, source: object, **options: Any) -> Any:
    """The ticket of a file with one column `x`."""
    (tmp_path / "a.csv").write_text(f'id,x\n1,"{value}"\n')
    return read(settings_for(tmp_path, {"fields": {field: source}, **options})).one("tickets")


@pytest.mark.parametrize(
    ("value", "source", "expected"),
    [
        ("2026-03-01T08:00:00Z", "x", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01 08:00", {"column": "x", "zone": "Europe/Madrid"}, datetime(2026, 3, 1, 7, tzinfo=UTC)),
        ("1/3/2026 08:00", {"column": "x", "format": "%d/%m/%Y %H:%M"}, datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("1772352000", {"column": "x", "format": "epoch"}, datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01", {"column": "x", "time_of_day": "12:00:00"}, datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("never", {"column": "x", "missing": ["never"]}, None),
        ("", "x", None),
    ],
)
def test_an_instant_is_read_as_the_mapping_says(
    tmp_path: Path, value: str, source: object, expected: datetime | None
) -> None:
    assert one_ticket(tmp_path, value, "opened_at", source).opened_at == expected


@pytest.mark.parametrize(
    ("value", "field", "source", "reason"),
    [
        ("31/02/2026 08:00", "opened_at", {"column": "x", "format": "%d/%m/%Y %H:%M"}, "bad_date"),
        ("2026-03-01", "opened_at", "x", "bad_date"),
        ("tomorrow", "opened_at", "x", "bad_date"),
        ("3.5", "reopened_count", "x", "bad_number"),
        ("three", "reopened_count", "x", "bad_number"),
        ("nan", "reopened_count", "x", "bad_number"),
        ("perhaps", "is_internal", "x", "bad_boolean"),
        ("robot", "first_response_by", "x", "unknown_word"),
    ],
)
def test_a_value_that_cannot_be_read_rejects_its_payload_with_place_field_and_reason(
    tmp_path: Path, value: str, field: str, source: object, reason: str
) -> None:
    with pytest.raises(RecordError) as raised:
        one_ticket(tmp_path, value, field, source)
    assert (raised.value.reason, raised.value.field, raised.value.where) == (reason, field, "a.csv:2")
    assert raised.value.remedy


def test_zones_are_taken_from_field_file_connection_and_msp_in_this_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,2026-07-01 12:00\n")
    msp = ZoneInfo("Asia/Tokyo")
    field: dict[str, object] = {"column": "x"}
    file: dict[str, object] = {"fields": {"opened_at": field}}

    def hour(**connection: object) -> int:
        return int(read(settings_for(tmp_path, file, **connection), zone=msp).one("tickets").opened_at.hour)

    assert hour() == 3  # Tokyo, the MSP's
    assert hour(zone="Europe/Madrid") == 10
    file["zone"] = "Europe/Lisbon"
    assert hour(zone="Europe/Madrid") == 11
    field["zone"] = "UTC"
    assert hour(zone="Europe/Madrid") == 12


def test_a_time_in_the_hour_that_repeats_is_the_first_and_in_the_hour_skipped_an_hour_later(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,2026-10-25 02:30\n2,2026-03-29 02:30\n")
    settings = settings_for(tmp_path, {"fields": {"opened_at": "x"}}, zone="Europe/Madrid")
    first, second = (t.opened_at for t in read(settings).of("tickets"))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 summer time
    assert second == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 summer time


def test_a_word_is_mapped_by_the_settings_by_its_spelling_or_becomes_other_and_is_kept(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.csv").write_text("id,s\n1,On hold\n2,ON HOLD\n3,In Progress\n4,-100\n5,\n")
    words = {"on hold": "waiting"}
    found = read(settings_for(tmp_path, {"fields": {"status": {"column": "s", "words": words}}}))
    assert [(t.status, t.status_raw) for t in found.of("tickets")] == [
        ("waiting", "On hold"),
        ("waiting", "ON HOLD"),
        ("in_progress", "In Progress"),
        ("other", "-100"),
        (None, None),
    ]


def test_money_numbers_booleans_and_dates_of_an_invoice(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        'id;total;due;disputed\n1;"1.234,50 €";31/12/2026;Sí\n2;(12,00);1/2/2026;No\n', encoding="utf-8"
    )
    fields = {
        "total": "total",
        "due_on": {"column": "due", "format": "%d/%m/%Y"},
        "is_disputed": "disputed",
        "currency": {"constant": "EUR"},
    }
    found = read(settings_for(tmp_path, {"record": "invoices", "decimal_comma": True, "fields": fields}))
    assert [(i.total, i.due_on, i.is_disputed, i.currency) for i in found.of("invoices")] == [
        (Decimal("1234.50"), date(2026, 12, 31), True, "EUR"),
        (Decimal("-12.00"), date(2026, 2, 1), False, "EUR"),
    ]


def test_minutes_come_from_hours_clock_times_and_seconds(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,h,c,s\n1,1.5,2:30,90\n")
    sla = {
        "target": "resolution",
        "target_minutes": {"column": "h", "unit": "hours"},
        "elapsed_minutes": "c",
        "paused_minutes": {"column": "s", "unit": "seconds"},
    }
    result = read(settings_for(tmp_path, {"sla": [sla]})).one("sla_results")
    assert (result.target_minutes, result.elapsed_minutes, result.paused_minutes) == (90, 150, 2)


LOG = """id,n,at,status,owner,queue,priority,sla,note
A,1,2026-01-01T08:00Z,New,,Desk,P3,true,
A,2,2026-01-01T09:00Z,Active,Ann,Desk,P3,true,hello
A,3,2026-01-01T09:30Z,Active,Ann,Desk,P3,true,hello
A,4,2026-01-01T10:00Z,Active,Ben,Network,P2,false,hello
A,5,2026-01-01T11:00Z,,Ben,Network,,false,bye
A,6,2026-01-01T12:00Z,Resolved,,Network,P2,false,bye
"""


def read_log(tmp_path: Path, text: str = LOG, **history: object) -> Read:
    (tmp_path / "a.csv").write_text(text)
    words = {"New": "new", "Active": "in_progress", "Resolved": "resolved"}
    return read(
        settings_for(
            tmp_path,
            {
                "state": "last by n",
                "history": {"at": "at", **history},
                "fields": {
                    "status": {"column": "status", "words": words},
                    "technician": {"column": "owner", "record": True},
                    "queue": "queue",
                    "priority": {"column": "priority", "words": {"P3": "medium", "P2": "high"}},
                },
                "sla": [
                    {
                        "target": "resolution",
                        "outcome": {"column": "sla", "words": {"true": "met", "false": "missed"}},
                    }
                ],
            },
        )
    )


def test_what_differs_from_the_row_before_is_an_event_at_the_row_s_time(tmp_path: Path) -> None:
    events = [
        (e.at.hour, e.kind, e.from_value, e.from_raw, e.to_value, e.to_raw)
        for e in read_log(tmp_path).of("ticket_events")
    ]
    assert events == [
        (8, "status", None, None, "new", "New"),
        (9, "status", "new", "New", "in_progress", "Active"),
        (9, "assignment", None, None, "Ann", None),
        (10, "assignment", "Ann", None, "Ben", None),
        (10, "group", "Desk", None, "Network", None),
        (10, "priority", "medium", "P3", "high", "P2"),
        # 11:00 has no status and no priority: the last ones stand; 12:00 has no owner: that is a change.
        (12, "status", "in_progress", "Active", "resolved", "Resolved"),
        (12, "assignment", "Ben", None, None, None),
    ]


def test_events_have_ids_of_their_own_and_name_their_ticket(tmp_path: Path) -> None:
    events = [e for e in read_log(tmp_path).records if type(e).__record__.table == "ticket_events"]
    assert len({e.id for e in events}) == len(events)
    assert {e.ticket for e in events} == {"A"}


def test_the_first_priority_is_that_of_the_first_row(tmp_path: Path) -> None:
    ticket = read_log(tmp_path).one("tickets")
    assert (ticket.priority, ticket.first_priority, ticket.first_priority_raw) == ("high", "medium", "P3")


def test_a_miss_has_the_time_of_the_row_that_first_said_so(tmp_path: Path) -> None:
    result = read_log(tmp_path).one("sla_results")
    assert (result.id, result.ticket, result.vendor_outcome) == ("A:resolution", "A", "missed")
    assert result.missed_at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert result.outcome is None  # judged later


def test_a_miss_that_was_taken_back_is_none(tmp_path: Path) -> None:
    result = read_log(tmp_path, LOG.replace("Network,P2,false,bye", "Network,P2,true,bye")).one("sla_results")
    assert (result.vendor_outcome, result.missed_at) == ("met", None)


def test_a_miss_taken_back_and_said_again_counts_from_the_second_time(tmp_path: Path) -> None:
    again = LOG.replace(
        "A,5,2026-01-01T11:00Z,,Ben,Network,,false", "A,5,2026-01-01T11:00Z,,Ben,Network,,true"
    )
    assert read_log(tmp_path, again).one("sla_results").missed_at == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_ticket_without_a_promise_has_no_sla_result(tmp_path: Path) -> None:
    text = "\n".join(line.replace(",true,", ",,").replace(",false,", ",,") for line in LOG.splitlines())
    assert read_log(tmp_path, text + "\n").of("sla_results") == []


def test_a_comment_is_an_event_and_its_text_is_not_kept(tmp_path: Path) -> None:
    found = read_log(tmp_path, comment="note")
    assert [(e.at.hour, e.to_value) for e in found.of("ticket_events") if e.kind == "comment"] == [
        (9, None),
        (11, None),
    ]
    assert "hello" not in str(found.payloads)


def test_who_made_a_change_is_kept_where_the_log_says_it(tmp_path: Path) -> None:
    actor = {"column": "queue", "words": {"Desk": "technician", "Network": "automation"}}
    events = read_log(tmp_path, technician="owner", actor=actor).of("ticket_events")
    assert [(e.technician, e.actor) for e in events if e.kind == "status"] == [
        (None, "technician"),
        ("Ann", "technician"),
        (None, "automation"),
    ]


def test_a_row_with_a_change_and_without_time_rejects_the_payload(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r'a.csv:5: the row has no time in "at"') as raised:
        read_log(tmp_path, LOG.replace("2026-01-01T10:00Z", ""))
    assert raised.value.reason == "bad_date"


def test_times_that_go_back_are_kept_as_the_source_wrote_them(tmp_path: Path) -> None:
    found = read_log(tmp_path, LOG.replace("2026-01-01T12:00Z", "2026-01-01T07:00Z"))
    assert [e.at.hour for e in found.of("ticket_events")][-1] == 7
    assert found.one("tickets").status == "resolved"


def test_references_become_records_once_for_every_value_of_the_history(tmp_path: Path) -> None:
    assert [(t.id, t.name) for t in read_log(tmp_path).of("technicians")] == [("Ann", "Ann"), ("Ben", "Ben")]


def test_a_reference_can_have_further_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,c,cn,tier\n1,7,Acme,gold\n2,7,Acme Ltd,gold\n3,,Nobody,\n")
    client = {"column": "c", "record": {"name": "cn", "tier": "tier"}}
    found = read(settings_for(tmp_path, {"fields": {"client": client}}))
    assert [(c.id, c.name, c.tier) for c in found.of("clients")] == [("7", "Acme Ltd", "gold")]
    assert [t.client for t in found.of("tickets")] == ["7", "7", None]


def test_records_are_a_pure_function_of_the_payload(tmp_path: Path) -> None:
    first, second = read_log(tmp_path), read_log(tmp_path)
    assert first.records == second.records


def test_an_other_record_kind_is_read_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,name,role,hours,cost\n1,Ann,Lead,37:30,"1,050.5"\n')
    fields = {
        "name": "name",
        "role": "role",
        "capacity_minutes_per_week": "hours",
        "hourly_cost": "cost",
    }
    technician = read(settings_for(tmp_path, {"record": "technicians", "fields": fields})).one("technicians")
    assert (technician.role, technician.role_raw) == ("lead", "Lead")
    assert (technician.capacity_minutes_per_week, technician.hourly_cost) == (2250, Decimal("1050.5"))


def test_a_requester_is_the_same_hash_in_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,x\n1,ann\n")
    (tmp_path / "b.csv").write_text("id,x\n2,ann\n")
    found = read(settings_for(tmp_path, {"fields": {"requester": "x"}}))
    assert {t.requester for t in found.of("tickets")} == {pseudonym("ann")}
