"""What 2.1 counts, in real databases: as of an instant, in the right week, and nothing lost."""

from __future__ import annotations

from datetime import date, timedelta

from phasewise.model.records.people import Client
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.msps import register_msp
from tests.conftest import NOW
from tests.indicators.facts import context
from tests.indicators.stores import (
    INSTANT,
    MONDAY,
    WITH_DEADLINES,
    by_week,
    dropped,
    fill,
    gone,
    hours,
    judged,
    moves,
    promise,
    read,
    ticket,
    verdicts,
)

LATER = INSTANT + timedelta(hours=1)


def test_a_promise_is_met_once_its_ticket_has_stopped_without_a_miss(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("resolved", resolved_at=hours(20)),
            *moves("resolved", ("in_progress", hours(13)), ("resolved", hours(20))),
            promise("resolved"),
            ticket("working", status="in_progress"),
            *moves("working", ("in_progress", hours(13))),
            promise("working", "running"),
            ticket("cancelled"),
            *moves("cancelled", ("cancelled", hours(13))),
            promise("cancelled"),
            ticket("untold", closed_at=hours(30)),
            promise("untold"),
        ],
    )
    assert verdicts(read(any_msp, "2.1")) == {
        "resolved": "met",
        "working": "running",
        "cancelled": "met",
        "untold": "met",
    }


def test_a_miss_counts_from_the_moment_the_source_recorded_it(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("before", status="in_progress"),
            promise("before", "missed", missed_at=hours(40)),
            ticket("at the instant", status="in_progress"),
            promise("at the instant", "missed", missed_at=INSTANT),
            ticket("after, still open", status="in_progress"),
            promise("after, still open", "missed", missed_at=LATER),
            ticket("after, stopped before"),
            *moves("after, stopped before", ("resolved", hours(30)), ("in_progress", LATER)),
            promise("after, stopped before", "missed", missed_at=LATER + timedelta(days=3)),
        ],
    )
    assert verdicts(read(any_msp, "2.1")) == {
        "before": "missed",
        "at the instant": "missed",
        "after, still open": "running",
        "after, stopped before": "met",
    }


def test_a_final_flag_alone_counts_once_its_ticket_was_closed(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("closed by then", closed_at=hours(50)),
            promise("closed by then", "missed"),
            ticket("closed later", resolved_at=hours(50), closed_at=LATER),
            promise("closed later", "missed"),
            ticket("open", status="in_progress"),
            promise("open", "missed"),
        ],
    )
    assert verdicts(read(any_msp, "2.1")) == {
        "closed by then": "missed",
        "closed later": "running",
        "open": "running",
    }


def test_timestamps_later_than_the_instant_read_as_null(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("resolved later", resolved_at=LATER, closed_at=LATER + timedelta(days=5)),
            *moves("resolved later", ("in_progress", hours(13)), ("resolved", LATER)),
            promise("resolved later"),
            ticket("without events", resolved_at=LATER),
            promise("without events"),
            ticket("answered later", first_response_at=LATER, status="in_progress"),
            promise("answered later", "met", "first_response", met_at=LATER),
        ],
    )
    assert verdicts(read(any_msp, "2.1")) == {
        "resolved later": "running",
        "without events": "running",
        "answered later": "running",
    }


def test_a_first_response_is_met_by_the_answer_not_by_the_resolution(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("answered", first_response_at=hours(13), status="in_progress"),
            promise("answered", "met", "first_response"),
            ticket("waiting for one", status="new"),
            promise("waiting for one", "running", "first_response"),
        ],
    )
    assert verdicts(read(any_msp, "2.1")) == {"answered": "met", "waiting for one": "running"}


def test_what_stopped_and_was_opened_again_later_was_met_then(any_msp: MspStore):
    steps = (("resolved", hours(20)), ("in_progress", LATER))
    fill(
        any_msp,
        [
            ticket("opened again", status="in_progress"),
            *moves("opened again", *steps),
            promise("opened again", "running"),
            ticket("reopened by then", status="in_progress"),
            *moves("reopened by then", ("resolved", hours(20)), ("in_progress", hours(30))),
            promise("reopened by then", "running"),
        ],
    )
    assert verdicts(read(any_msp, "2.1")) == {"opened again": "met", "reopened by then": "running"}


def test_events_of_one_minute_follow_each_other_by_their_number(any_msp: MspStore):
    """Ten states in one minute: the tenth (`…:9` before `…:10`) is the one that stands."""
    states = [("in_progress", hours(13)), ("waiting", hours(13))] * 5 + [("resolved", hours(13))]
    fill(any_msp, [ticket("hasty"), *moves("hasty", *states), promise("hasty")])
    assert verdicts(read(any_msp, "2.1")) == {"hasty": "met"}


def test_a_state_that_nobody_has_mapped_is_running_and_counted_apart(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("strange", status="other", status_raw="-100"),
            *moves("strange", ("other", hours(13))),
            promise("strange", "running"),
        ],
    )
    assert verdicts(read(any_msp, "2.1")) == {"strange": "unmapped"}


def test_a_deadline_puts_a_promise_into_its_week(any_msp: MspStore):
    """Opened on Monday, due on the next: it counts next week, and not in the week in which it was closed."""
    fill(
        any_msp,
        [
            ticket("due next week", closed_at=hours(14 * 24)),
            promise("due next week", due_at=hours(8 * 24)),
        ],
        provides=WITH_DEADLINES,
    )
    assert by_week(read(any_msp, "2.1"), "promises") == {"2026-02-16": 1}


def test_a_crisis_is_in_the_week_it_was_opened_in_not_hidden_until_it_is_closed(any_msp: MspStore):
    crisis = [ticket(f"crisis {i}", hours(12 + i / 60), closed_at=hours(14 * 24)) for i in range(20)]
    fill(any_msp, [*crisis, *(promise(t.id, "missed", missed_at=hours(48)) for t in crisis)])
    assert by_week(read(any_msp, "2.1"), "promises") == {"2026-02-09": 20}


def test_open_past_its_deadline_is_missed_unless_its_clock_stands_still(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("late", status="in_progress"),
            promise("late", "running", due_at=hours(30)),
            ticket("paused", status="waiting"),
            *moves("paused", ("waiting", hours(13))),
            promise("paused", "paused", due_at=hours(30)),
            ticket("met in the end", status="closed", resolved_at=LATER),
            promise("met in the end", "met", due_at=hours(30)),
        ],
        provides=WITH_DEADLINES,
    )
    assert verdicts(read(any_msp, "2.1")) == {
        "late": "missed",
        "paused": "running",
        "met in the end": "running",
    }


def test_without_a_deadline_or_a_verdict_a_promise_is_dropped_and_named(any_msp: MspStore):
    fill(
        any_msp,
        [
            ticket("no deadline", closed_at=hours(20)),
            promise("no deadline"),
            ticket("no verdict", closed_at=hours(20)),
            promise("no verdict", None, due_at=hours(30)),
            ticket("no promise", closed_at=hours(20)),
            promise("no promise", "none", due_at=hours(30)),
        ],
        provides=WITH_DEADLINES,
    )
    assert verdicts(read(any_msp, "2.1")) == {
        "no deadline": "no_deadline",
        "no verdict": "no_verdict",
        "no promise": "no_promise",
    }


def test_what_did_not_exist_then_or_is_out_of_scope_is_dropped_with_its_reason(any_msp: MspStore):
    settings = {
        "scope": {
            "exclude_queues": ["sales"],
            "exclude_clients": ["Acme itself"],
            "exclude_types": ["change"],
            "exclude_categories": ["test"],
        }
    }
    tickets = [
        ticket("counted", closed_at=hours(20)),
        ticket("deleted", closed_at=hours(20)),
        ticket("deleted later", closed_at=hours(20)),
        ticket("merged", status="merged"),
        ticket("own", is_internal=True),
        ticket("own client", client="c1"),
        ticket("sold", queue="sales"),
        ticket("excluded client", client="c2"),
        ticket("a change", type="change"),
        ticket("a test", category="test"),
    ]
    fill(
        any_msp,
        [
            Client(id="c1", name="Us", kind="internal"),
            Client(id="c2", name="Acme itself"),
            *tickets,
            *(promise(t.id) for t in tickets),
        ],
    )
    gone(any_msp, "tickets", "deleted", hours(100))
    gone(any_msp, "tickets", "deleted later", LATER)
    frames = read(any_msp, "2.1", context(settings))
    assert dropped(frames) == {
        "gone": 1,
        "merged": 1,
        "internal": 2,
        "queue": 1,
        "client": 1,
        "type": 1,
        "category": 1,
    }
    assert set(verdicts(frames)) == {"counted", "deleted later"}


def test_a_promise_that_the_source_took_back_is_gone(any_msp: MspStore):
    fill(any_msp, [ticket("kept"), promise("kept"), ticket("taken back"), promise("taken back")])
    gone(any_msp, "sla_results", "taken back:resolution", hours(100))
    assert dropped(read(any_msp, "2.1")) == {"gone": 1}


def test_a_promise_whose_ticket_is_not_there_is_counted_as_such(any_msp: MspStore):
    fill(any_msp, [promise("nobody", due_at=hours(30))], provides=WITH_DEADLINES)
    assert dropped(read(any_msp, "2.1")) == {"ticket_unknown": 1}


def test_a_ticket_opened_after_the_instant_does_not_exist(any_msp: MspStore):
    """Its deadline lies in the window, because its source has moved it."""
    fill(
        any_msp,
        [ticket("tomorrow", LATER), promise("tomorrow", due_at=hours(30))],
        provides=WITH_DEADLINES,
    )
    assert dropped(read(any_msp, "2.1")) == {"later": 1}


def test_an_imported_week_is_left_out_and_an_outage_is_not(any_msp: MspStore):
    def many(name: str, monday, count: int, *, at_once: bool):
        found = []
        for i in range(count):
            opened = hours(12 + i / 60, after=monday)
            closed = opened if at_once else opened + timedelta(hours=3)
            found += [ticket(f"{name} {i}", opened, resolved_at=closed), promise(f"{name} {i}")]
        return found

    usual = [many(f"week {w}", MONDAY - timedelta(days=7 * w), 10, at_once=False) for w in range(3, 7)]
    fill(
        any_msp,
        [
            *(record for week in usual for record in week),
            *many("imported", MONDAY, 60, at_once=True),
            *many("outage", MONDAY - timedelta(days=7), 60, at_once=False),
        ],
    )
    frames = read(any_msp, "2.1")
    assert dropped(frames) == {"import": 60}
    assert by_week(frames, "promises")["2026-02-02"] == 60


def test_two_msps_with_the_same_ids_do_not_see_each_other(any_store: Store, any_msp: MspStore):
    other = register_msp(
        any_store, msp_id="other", name="Other", zone="Europe/Madrid", currency="EUR", now=NOW
    )
    fill(any_msp, [ticket("one"), *moves("one", ("resolved", hours(20))), promise("one")])
    fill(other, [ticket("one", status="new"), promise("one", "missed", missed_at=hours(20))])
    assert verdicts(read(any_msp, "2.1")) == {"one": "met"}
    assert verdicts(read(other, "2.1")) == {"one": "missed"}


def test_a_quarter_of_promises_is_judged_the_same_on_every_database(any_msp: MspStore):
    records = []
    for week in range(12):
        for i in range(20):
            key = f"w{week} t{i}"
            opened = hours(12 + i, after=MONDAY - timedelta(days=7 * (week - 2)))
            met = i % 10 != 0 if week != 3 else i % 10 > 6
            records += [
                ticket(key, opened, client=f"client {i % 3}", queue=f"queue {i % 2}", technician=f"t{i % 4}"),
                *moves(key, ("in_progress", opened), ("resolved", opened + timedelta(hours=30))),
                promise(
                    key, "met" if met else "missed", missed_at=None if met else opened + timedelta(hours=9)
                ),
            ]
    fill(any_msp, records)
    evidence = judged(any_msp, "2.1")
    assert evidence.status == "fail", evidence.reason
    leading = evidence.measures[0]
    assert (leading.numerator, leading.denominator) == (204, 240)
    assert leading.low is not None
    assert f"{leading.value:.12f} {leading.low:.12f}" == "0.850000000000 0.799661835230"
    assert [row["client"] for row in evidence.tables["client"]] == ["client 0", "client 1", "client 2"]
    week = next(row for row in evidence.tables["week"] if row["week"] == "2026-02-02")
    assert (week["met"], week["decided"], week["shortfall"]) == (6, 20, 1)


def test_the_instant_moves_with_the_date(any_msp: MspStore):
    """The same store, asked as of two dates: what was missed on Friday was running on Wednesday."""
    fill(any_msp, [ticket("late", status="in_progress"), promise("late", "missed", missed_at=hours(10 * 24))])
    assert verdicts(read(any_msp, "2.1", context(as_of=date(2026, 2, 18)))) == {"late": "running"}
    assert verdicts(read(any_msp, "2.1", context(as_of=date(2026, 2, 20)))) == {"late": "missed"}


def test_the_paused_share_rests_only_on_promises_whose_source_gives_both_times(any_msp: MspStore):
    """A source that tells only pauses would read as paused all the time, one that tells none as never."""
    times = {"both": (30, 60), "only paused": (500, None), "only used": (None, 900), "neither": (None, None)}
    facts = []
    for name, (paused, elapsed) in times.items():
        facts += [
            ticket(name, resolved_at=hours(20)),
            *moves(name, ("resolved", hours(20))),
            promise(name, paused_minutes=paused, elapsed_minutes=elapsed),
        ]
    fill(any_msp, facts)
    cells = [row for row in read(any_msp, "2.1")["promises"] if row["frame"] == "week"]
    assert sum(row["paused"] or 0 for row in cells) == 30
    assert sum(row["elapsed"] or 0 for row in cells) == 60
