"""What 1.1 counts, in real databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from phasewise.model.records.people import Technician
from phasewise.storage.engine import MspStore
from tests.indicators.facts import context
from tests.indicators.stores import (
    EVERYTHING,
    INSTANT,
    MONDAY,
    by_week,
    dropped,
    fill,
    gone,
    hours,
    judged,
    moves,
    read,
    ticket,
)

LATER = INSTANT + timedelta(hours=1)
WHOLE = {"client": "c", "requester": "r", "type": "incident", "priority": "high", "technician": "t"}


def durations(frames):
    """(stopped, hours) → tickets."""
    return {
        (row["stopped"], row["seconds"] // 3600): row["n"]
        for row in frames["tickets"]
        if row["frame"] == "duration"
    }


def test_a_ticket_is_complete_with_all_its_fields_and_two_changes_of_state(any_msp: MspStore):
    tickets = [
        ticket("whole", **WHOLE),
        ticket("nobody's", **{**WHOLE, "technician": None}),
        ticket("untyped", **{**WHOLE, "type": None}),
        ticket("unmapped type", **{**WHOLE, "type": "other", "type_raw": "Ding"}),
        ticket("untouched", **WHOLE),
        ticket("touched later", **WHOLE),
    ]
    steps = {
        "untouched": (("new", hours(12)),),
        "touched later": (("new", hours(12)), ("resolved", LATER)),
    }
    twice = (("in_progress", hours(12)), ("resolved", hours(20)))
    fill(any_msp, [*tickets, *(e for t in tickets for e in moves(t.id, *steps.get(t.id, twice)))])
    frames = read(any_msp, "1.1")
    assert by_week(frames, "tickets") == {"2026-02-09": 6}
    for column, count in (("complete", 2), ("no_owner", 1), ("no_type", 1), ("no_history", 2)):
        assert by_week(frames, "tickets", column) == {"2026-02-09": count}, column


def test_tickets_still_open_are_watched_until_the_instant(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("done in an hour", resolved_at=hours(13)),
            *moves("done in an hour", ("resolved", hours(13))),
            ticket("done in an hour and a second", resolved_at=hours(13) + timedelta(seconds=1)),
            *moves("done in an hour and a second", ("resolved", hours(13) + timedelta(seconds=1))),
            ticket("resolved, closed much later", closed_at=hours(12 + 200)),
            *moves("resolved, closed much later", ("resolved", hours(14)), ("closed", hours(212))),
            ticket("open", status="waiting"),
            *moves("open", ("waiting", hours(13))),
            ticket("resolved after the instant", resolved_at=LATER),
            *moves("resolved after the instant", ("in_progress", hours(13)), ("resolved", LATER)),
        ],
    )
    watched = int((INSTANT - hours(12)).total_seconds()) // 3600
    assert durations(read(any_msp, "1.1")) == {(1, 1): 1, (1, 2): 2, (0, watched): 2}


def test_planned_work_and_broken_clocks_stay_out_of_the_time_to_resolve(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("project", project="p", resolved_at=hours(500)),
            ticket("change", type="change", resolved_at=hours(500)),
            ticket("task", type="task", resolved_at=hours(500)),
            ticket("backwards", resolved_at=hours(3)),
            ticket("usual", type="incident", resolved_at=hours(22)),
        ],
    )
    frames = read(any_msp, "1.1")
    assert durations(frames) == {(1, -1): 1, (1, 10): 1}
    assert by_week(frames, "tickets", "planned") == {"2026-02-09": 3}
    assert sum(int(row["disordered"] or 0) for row in frames["creations"]) == 1


def test_the_state_without_events_is_that_of_the_timestamps_else_the_state_now(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("closed", closed_at=hours(20)),
            ticket("closed later", closed_at=LATER),
            ticket("says so, untouched since", status="closed", updated_at=hours(22)),
            ticket("says so, touched since", status="closed", updated_at=LATER),
            ticket("says nothing", status=None, updated_at=hours(22)),
        ],
    )
    watched = int((INSTANT - hours(12)).total_seconds()) // 3600
    assert durations(read(any_msp, "1.1")) == {(1, 8): 1, (1, 10): 1, (0, watched): 3}


def test_a_resolution_is_reopened_by_a_return_to_work_within_14_days(any_msp: MspStore):
    early = MONDAY - timedelta(days=28)
    done = hours(20, after=early)

    def later(days: float):
        return done + timedelta(days=days)

    opened = hours(12, after=early)
    keys = ("stays", "comes back", "comes back late", "closed, back", "resolved twice", "unmapped")
    fill(
        any_msp,
        [
            *(ticket(key, opened) for key in keys),
            *moves("stays", ("resolved", done), ("closed", later(5))),
            *moves("comes back", ("resolved", done), ("in_progress", later(13))),
            *moves("comes back late", ("resolved", done), ("in_progress", later(15))),
            *moves("closed, back", ("resolved", done), ("closed", later(5)), ("waiting", later(10))),
            *moves("resolved twice", ("resolved", done), ("in_progress", later(1)), ("resolved", later(2))),
            *moves("unmapped", ("resolved", done), ("other", later(1))),
        ],
    )
    frames = read(any_msp, "1.1")
    assert by_week(frames, "resolutions") == {"2026-01-12": 7}
    assert by_week(frames, "resolutions", "reopened") == {"2026-01-12": 3}


def test_only_resolutions_old_enough_to_have_come_back_are_asked(any_msp: MspStore):
    """The latest settled week ended nine days before: what was resolved in it may still come back."""
    recent = MONDAY + timedelta(days=14)
    fill(
        any_msp,
        [
            ticket("old"),
            *moves("old", ("resolved", hours(20))),
            ticket("recent", hours(12, after=recent)),
            *moves("recent", ("resolved", hours(20, after=recent)), ("in_progress", LATER)),
        ],
    )
    frames = read(any_msp, "1.1")
    assert by_week(frames, "resolutions") == {"2026-02-09": 1, "2026-02-23": 1}
    assert by_week(frames, "resolutions", "followed") == {"2026-02-09": 1, "2026-02-23": 0}
    assert sum(by_week(frames, "resolutions", "reopened").values()) == 0


def test_the_wider_figure_counts_the_same_person_with_the_same_matter_again(any_msp: MspStore):
    same = {"requester": "ana", "category": "printer"}
    done = hours(20)
    fill(
        any_msp,
        [
            ticket("first", **same),
            *moves("first", ("resolved", done)),
            ticket("again", done + timedelta(days=6), **same),
            ticket("of another", requester="bob", category="printer"),
            *moves("of another", ("resolved", done)),
            ticket("another matter", done + timedelta(days=1), requester="bob", category="mail"),
            ticket("too late", requester="eva", category="mail"),
            *moves("too late", ("resolved", done)),
            ticket("after 8 days", done + timedelta(days=8), requester="eva", category="mail"),
            ticket("of nobody", category="mail"),
            *moves("of nobody", ("resolved", done)),
        ],
    )
    frames = read(any_msp, "1.1")
    assert by_week(frames, "resolutions", "followed") == {"2026-02-09": 4}
    assert by_week(frames, "resolutions", "again") == {"2026-02-09": 1}
    assert by_week(frames, "resolutions", "reopened") == {"2026-02-09": 0}


def test_a_source_without_the_state_before_is_understood_from_the_event_before(any_msp: MspStore):
    found = moves("silent", ("in_progress", hours(13)), ("resolved", hours(20)), ("closed", hours(90)))
    silent = [type(e)(id=e.id, ticket=e.ticket, at=e.at, kind=e.kind, to_value=e.to_value) for e in found]
    fill(any_msp, [ticket("silent"), *silent])
    assert by_week(read(any_msp, "1.1"), "resolutions") == {"2026-02-09": 1}


def test_out_of_scope_and_gone_tickets_are_dropped_with_their_reason(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("counted"),
            ticket("sold", queue="sales"),
            ticket("deleted"),
            ticket("merged", status="merged"),
        ],
    )
    gone(any_msp, "tickets", "deleted", hours(100))
    frames = read(any_msp, "1.1", context({"scope": {"exclude_queues": ["sales"]}}))
    assert dropped(frames, "tickets") == {"queue": 1, "gone": 1, "merged": 1}
    assert by_week(frames, "tickets") == {"2026-02-09": 1}


def test_bulk_edits_are_twenty_closes_by_one_person_within_five_minutes(any_msp: MspStore):
    def closes(name: str, technician: str, minutes: float, count: int):
        found = []
        for i in range(count):
            key = f"{name} {i}"
            at = hours(20) + timedelta(minutes=minutes * i)
            event = moves(key, ("closed", at))[0]
            found += [ticket(key), type(event)(**{**fields(event), "technician": technician})]
        return found

    fill(
        any_msp,
        [
            *closes("bulk", "ana", 0.2, 21),
            *closes("by hand", "bob", 6, 21),
            *closes("too few", "eva", 0.1, 19),
        ],
    )
    assert read(any_msp, "1.1")["oddities"] == [{"undated": 0, "closes": 61, "in_bulk": 2}]


def fields(record):
    """The fields of a record."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_a_ticket_without_an_opening_time_is_counted_apart(any_msp: MspStore):
    fill(any_msp, [ticket("dated"), ticket("undated")])
    fill(any_msp, [type(ticket("x"))(id="never dated", status="closed")])
    assert read(any_msp, "1.1")["oddities"][0]["undated"] == 1


def test_people_are_shown_as_the_settings_allow(any_msp: MspStore):
    records = [Technician(id="t1", name="Ana Ruiz"), Technician(id="t2", name="Amaro Rey")]
    for week in range(10):
        for i in range(12):
            key = f"w{week} t{i}"
            opened = hours(12 + i, after=MONDAY - timedelta(days=7 * (week - 2)))
            records += [
                ticket(key, opened, technician=f"t{i % 3}", client="c", requester="r", type="incident"),
                *moves(key, ("in_progress", opened), ("resolved", opened + timedelta(hours=5))),
            ]
    fill(any_msp, records, provides=EVERYTHING)

    def shown(show):
        tables = judged(any_msp, "1.1", context({"technicians": {"show": show}})).tables
        return sorted(row["technician"] for row in tables["technician"]) if "technician" in tables else None

    assert shown("initials") == ["AR", "AR 2", "T"]
    assert shown("names") == ["Amaro Rey", "Ana Ruiz", "t0"]
    assert shown(False) is None


@pytest.mark.parametrize(
    ("provides", "code"),
    [(EVERYTHING, "no_source"), (EVERYTHING | {"time_entries.minutes"}, "not_measured_yet")],
)
def test_work_without_a_ticket_is_unknown_for_the_true_reason(sqlite_msp: MspStore, provides, code):
    records = [ticket(f"t{i}", hours(12, after=MONDAY - timedelta(days=7 * (i % 10)))) for i in range(120)]
    fill(sqlite_msp, records, provides=provides)
    capture = next(part for part in judged(sqlite_msp, "1.1").parts if part.name == "capture")
    assert capture.status == "unknown"
    assert capture.reason is not None
    assert capture.reason.code == code
