"""Against a real Request Tracker 5: nothing is lost and nothing doubled, whatever happens to the run."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.request_tracker.conftest import NewOffice
from tests.integration.request_tracker.desk import Hands, Office, read_rows

pytestmark = pytest.mark.server

OF_TICKETS = "FROM Transactions x WHERE x.ObjectType = 'RT::Ticket'"
LATELY = ("--stream", "tickets", "--since", f"{datetime.now(UTC) - timedelta(days=3):%Y-%m-%d}")


@pytest.fixture(scope="module")
def truth(rt5: dict[str, str], left_alone: Office) -> Any:
    """Request Tracker's own database, asked after the sync."""

    def ask(sql: str) -> list[Any]:
        return read_rows(Path(rt5["RT5_DATABASE"]), sql)

    return ask


def test_it_holds_at_least_300_tickets_and_every_one_is_stored(left_alone: Office, truth: Any) -> None:
    wanted = truth("SELECT id, EffectiveId, Status, Subject FROM Tickets ORDER BY id")
    assert len(wanted) >= 300
    stored = {
        int(id_): row
        for id_, *row in left_alone.rows("SELECT id, parent, status_raw, title, gone_at FROM tickets")
    }
    assert set(stored) == {id_ for id_, *_ in wanted}
    for id_, target, status, subject in wanted:
        parent, word, title, gone_at = stored[id_]
        assert parent == (None if target == id_ else str(target))
        assert word == ("merged" if target != id_ else status)
        assert (gone_at is not None) == (status == "deleted")
        if not (status == "deleted" and target != id_):  # nobody shows such a one any more
            assert title == subject
    for table in ("deleted", "merged"):
        assert any(row[1] == table for row in stored.values()), f"no {table} ticket in the sample"


def test_facts_of_every_ticket_are_request_trackers_own(left_alone: Office, truth: Any) -> None:
    wanted = truth(
        "SELECT t.id, q.Name, u.Name, t.Priority, strftime('%s', t.Created), strftime('%s', t.LastUpdated)"
        " FROM Tickets t JOIN Queues q ON q.id = t.Queue JOIN Users u ON u.id = t.Owner"
        " WHERE t.Status <> 'deleted' ORDER BY t.id"
    )
    stored = left_alone.rows(
        "SELECT t.id, t.queue, p.name, t.priority_raw, t.opened_at, t.updated_at FROM tickets t"
        " LEFT JOIN technicians p ON p.id = t.technician WHERE t.gone_at IS NULL"
        " ORDER BY CAST(t.id AS INTEGER)"
    )
    names = {None: "Nobody", **{f"Technician {n}": f"tech{n}" for n in range(1, 5)}}
    assert [(int(a), b, names[c], int(d), e, f) for a, b, c, d, e, f in stored] == [
        (a, b, c, d, int(e), int(f)) for a, b, c, d, e, f in wanted
    ]


def test_events_are_counted_as_request_tracker_counts_its_transactions(
    left_alone: Office, truth: Any
) -> None:
    types = Counter(
        dict(truth(f"SELECT Type || ' ' || COALESCE(Field, ''), count(*) {OF_TICKETS} GROUP BY 1"))
    )
    merges = truth(
        f"SELECT count(*) {OF_TICKETS} AND Field = 'MergedInto' AND NewValue NOT LIKE '%/' || ObjectId"
    )
    kinds = Counter(dict(left_alone.rows("SELECT kind, count(*) FROM ticket_events GROUP BY kind")))
    assert kinds["merge"] == merges[0][0] > 0
    assert kinds["status"] == types["Status Status"] + types["Create "] + kinds["merge"]
    assert kinds["comment"] + kinds["client_reply"] == types["Comment "] + types["Correspond "]
    assert kinds["assignment"] == types["Set Owner"]
    assert kinds["group"] == types["Set Queue"] > 0
    assert kinds["priority"] == types["Set Priority"] > 0
    assert types["SetWatcher Owner"] == types["Set Owner"] > 0


def test_time_worked_adds_up_to_request_trackers_own(left_alone: Office, truth: Any) -> None:
    by_user = truth(
        "SELECT u.Name, count(*), sum(x.TimeTaken) FROM Transactions x JOIN Users u ON u.id = x.Creator"
        " WHERE x.ObjectType = 'RT::Ticket' AND x.TimeTaken <> 0 GROUP BY u.Name"
    )
    stored = left_alone.rows(
        "SELECT p.name, count(*), sum(e.minutes) FROM time_entries e"
        " JOIN technicians p ON p.id = e.technician GROUP BY p.name"
    )
    names = {"Dora Dispatch": "dispatch", **{f"Technician {n}": f"tech{n}" for n in range(1, 5)}}
    assert sorted((names[n], *rest) for n, *rest in stored) == sorted(by_user)
    assert min(left_alone.rows("SELECT minutes FROM time_entries"))[0] < 0
    # A ticket that took in another has its time as well; the merged one keeps its own transactions.
    total = truth("SELECT sum(TimeWorked) FROM Tickets WHERE IsMerged IS NULL")[0][0]
    assert left_alone.rows("SELECT sum(minutes) FROM time_entries")[0][0] == total


def test_every_promise_rests_on_a_deadline_that_request_tracker_set(left_alone: Office, truth: Any) -> None:
    dues = {
        (str(ticket), int(at))
        for ticket, at in truth(f"SELECT ObjectId, strftime('%s', NewValue) {OF_TICKETS} AND Field = 'Due'")
    }
    results = left_alone.rows("SELECT ticket, due_at, outcome, target FROM sla_results")
    assert {(ticket, due) for ticket, due, *_ in results} <= dues
    outcomes = Counter(outcome for _, _, outcome, _ in results)
    assert min(outcomes["met"], outcomes["missed"], outcomes["running"]) >= 10, outcomes
    assert {"resolution", "first_response"} == {target for *_, target in results}
    levels = truth("SELECT count(*) FROM Tickets WHERE SLA <> ''")[0][0]
    assert 0.9 * levels <= len(results) <= levels


def test_every_slice_is_proven_by_the_total_that_request_tracker_declares(left_alone: Office) -> None:
    receipts = left_alone.rows("SELECT stream, status, proof, rejected FROM receipts")
    assert {row[1] for row in receipts} == {"complete"}
    assert {row[2] for row in receipts if row[0] == "tickets"} == {"declared_total"}
    assert sum(row[3] for row in receipts) == 0


def test_a_run_killed_at_ten_random_moments_ends_like_one_left_alone(
    new_office: NewOffice, left_alone: Office
) -> None:
    office = new_office(page_size=5)  # so that a kill finds a slice half-way
    chance = random.Random(5)
    kills, arguments = 0, ["sync"]
    while kills < 10:
        wanted = stored_pages(office) + chance.randint(0, 5)
        process = office.start(*arguments)
        while process.poll() is None and stored_pages(office) < wanted:
            time.sleep(0.01)
        time.sleep(chance.random() / 5)  # somewhere in the next page, whatever the speed of this machine
        process.kill()
        out, err = process.communicate()
        if process.returncode == 0:  # it came to its end first: there must be something left to do
            arguments = ["sync", "--full"]
            continue
        assert process.returncode == -9, out + err
        kills += 1
    last = office.run("sync")
    assert last.returncode == 0, last.stderr
    mine, theirs = office.records(), left_alone.records()
    assert {name: len(rows) for name, rows in mine.items()} == {
        name: len(rows) for name, rows in theirs.items()
    }
    for name, rows in theirs.items():
        assert mine[name] == rows, name
    resumed = office.rows("SELECT count(*) FROM receipts WHERE mode LIKE 'resume%'")[0][0]
    assert resumed > 0, "no run went on where a killed one had stopped"


def test_what_people_delete_and_merge_is_found_the_next_night(
    rt5: dict[str, str], new_office: NewOffice, left_alone: Office
) -> None:
    office, hands = new_office(like=left_alone), Hands(rt5)
    kept, deleted, merged, other = (hands.open("Network", f"Changed by a test {n}") for n in range(4))
    assert office.run("sync").returncode == 0
    before = states(office, kept, deleted, merged, other)
    assert set(before.values()) == {("new", "new", None, False)}
    old = {id_: row for id_, *row in office.rows("SELECT id, status, parent, gone_at FROM tickets")}
    hands.change(deleted, Status="deleted")
    hands.change(merged, MergeInto=kept)
    night = office.run("sync")
    assert night.returncode == 0, night.stderr
    after = states(office, kept, deleted, merged, other)
    assert after == {
        kept: ("new", "new", None, False),
        deleted: ("cancelled", "deleted", None, True),
        merged: ("merged", "merged", kept, False),
        other: ("new", "new", None, False),
    }
    reconciled = office.run("sync", "--reconcile")
    assert reconciled.returncode == 0, reconciled.stderr
    assert states(office, kept, deleted, merged, other) == after
    now = {id_: row for id_, *row in office.rows("SELECT id, status, parent, gone_at FROM tickets")}
    assert {id_ for id_ in now if now[id_] != old[id_]} == {deleted, merged}
    hands.change(deleted, Status="open")
    assert office.run("sync").returncode == 0
    assert states(office, deleted) == {deleted: ("in_progress", "open", None, False)}


def test_what_we_may_not_see_any_more_is_found_by_the_reconcile(
    rt5: dict[str, str], new_office: NewOffice
) -> None:
    office, hands = new_office("RT5_TOKEN_OF_ONE_QUEUE"), Hands(rt5)
    stays, leaves = (hands.open("Network", f"Moved by a test {n}") for n in range(2))
    first = office.run("sync", *LATELY)
    assert first.returncode == 0, first.stderr
    assert {queue for (queue,) in office.rows("SELECT DISTINCT queue FROM tickets")} == {"Network"}
    hands.change(leaves, Queue="Onboarding")
    assert office.run("sync", *LATELY).returncode == 0
    assert states(office, leaves)[leaves][3] is False  # nothing says so: it is only not listed any more
    assert office.run("sync", "--reconcile", *LATELY).returncode == 0
    assert (states(office, stays)[stays][3], states(office, leaves)[leaves][3]) == (False, True)


def stored_pages(office: Office) -> int:
    """Pages that are committed: where the next run may go on."""
    return int(office.rows("SELECT count(*) FROM raw_pages")[0][0])


def states(office: Office, *numbers: str) -> dict[str, tuple[Any, ...]]:
    """Number → status, the vendor's word, parent, and whether it is gone."""
    found = {}
    for number in numbers:
        sql = "SELECT status, status_raw, parent, gone_at IS NOT NULL FROM tickets WHERE id = ?"
        ((status, word, parent, is_gone),) = office.rows(sql, number)
        found[number] = (status, word, parent, bool(is_gone))
    return found
