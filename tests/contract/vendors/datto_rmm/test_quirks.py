"""Every trap of Datto RMM, and what keeps us out of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.datto_rmm import CONNECTOR
from phasewise.connectors.vendors.datto_rmm.moments import moment, not_earlier
from phasewise.connectors.vendors.datto_rmm.results import belongs
from phasewise.errors import AuthError, ForbiddenError, RateLimitError, RecordError
from phasewise.sandbox.simulator import Memory
from phasewise.sandbox.vendors.datto_rmm import answers
from phasewise.sandbox.vendors.datto_rmm.answers import LARGEST_OF_ALERTS, TOKENS
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.clock import FakeClock
from phasewise.testing.contract import Subject
from phasewise.testing.stored import gone_ids, stored_rows
from phasewise.testing.sync_contract import Bench, Vendor
from phasewise.testing.world import Asked, Reply, World
from tests.contract.vendors.datto_rmm.desk import desk, only
from tests.contract.vendors.datto_rmm.rows import (
    API,
    DAY,
    HOUR,
    PUBLIC,
    activity,
    alert,
    at_of,
    device,
    ms,
    result,
    site,
    uid,
)

SITES, LOG = f"{API}/account/sites", f"{API}/activity-logs"
OPEN, RESOLVED = f"{API}/account/alerts/open", f"{API}/account/alerts/resolved"
START = at_of(DAY)


def deployed(number: int, job: int, at: float, **values: Any) -> Any:
    """A row of the log: a job, deployed to the first device."""
    told = {"device.uid": uid(1, "device"), "job.uid": uid(job, "job"), "job.name": "Clean temp files"}
    return activity(number, date=at, details=json.dumps(told), **values)


def outcome(job: int, ran_on: float | None, status: str = "Success") -> Any:
    """The result of a job on the first device."""
    return result(
        job,
        deviceUid=uid(1, "device"),
        ranOn=None if ran_on is None else ms(ran_on),
        jobDeploymentStatus=status,
    )


def test_every_quirk_is_guarded_by_a_test_that_is_here() -> None:
    assert {quirk.guarded_by for quirk in CONNECTOR.quirks} <= set(globals())


def test_the_token_is_asked_for_by_the_public_client() -> None:
    with desk(rows={"sites": [site(1)]}) as here:
        here.pages("clients")
        (token,) = here.asked(TOKENS)
        assert token.headers["authorization"] == PUBLIC
        assert token.body["grant_type"] == "password"
        assert {a.headers["authorization"] for a in here.asked(SITES)} == {"Bearer token-1"}
    from phasewise.log import redact  # what it masks depends on what was opened before

    assert redact("https://public.example and public-client") == "https://public.example and public-client"


def test_a_wrong_platform_is_named_in_the_remedy() -> None:
    with desk(api_secret="one of another platform") as here:
        with pytest.raises(AuthError) as error:
            here.pages("clients")
        assert f"the account lives at {here.server.url} (`platform`)" in error.value.remedy


def test_no_page_is_numbered_by_us() -> None:
    with desk(rows={"sites": [site(n) for n in range(1, 701)]}) as here:
        assert len(here.payloads("clients")) == 700
        assert [a.query.get("page") for a in here.asked(SITES)] == [None, "1", "2"]


def test_what_a_next_link_forgets_is_sent_again() -> None:
    """The simulated links hold the number of the page and nothing else, or the row to go on behind."""
    log = [activity(n, date=DAY + n * 60.0) for n in range(1, 601)]
    rows = {"sites": [site(n) for n in range(1, 701)], "activities": log}
    slice_ = Slice("window", start=START, end=START + timedelta(days=2))
    with desk(rows=rows, run_results=False) as here:
        here.pages("clients")
        assert [a.query["max"] for a in here.asked(SITES)] == ["250"] * 3
        assert len(here.payloads("automation_runs", slice_)) == 600
        asked = here.asked(LOG)
        assert len(asked) == 3
        for name, value in {
            "from": "2026-02-02T09:00:00Z",
            "until": "2026-02-04T09:00:01Z",
            "categories": "job",
            "order": "desc",
            "size": "250",
        }.items():
            assert [a.query[name] for a in asked] == [value] * 3, name


def test_pages_of_any_size_lose_no_alert() -> None:
    found = [alert(n) for n in range(1, 2 * LARGEST_OF_ALERTS + 2)]
    with desk(rows={"alerts": found}) as here:
        assert len(here.payloads("alerts")) == len(found)
        assert len(here.asked(RESOLVED)) == 3


def test_an_alert_that_is_resolved_while_we_read_is_not_lost() -> None:
    """It is resolved after the open ones were listed: it comes in both lists, and the later one holds."""

    def resolving(asked: Asked) -> Reply | None:
        if asked.path != RESOLVED:
            return None
        here.memory.rows["alerts"] = [dict(alert(1))]
        return None

    open_one: Any = alert(1, resolved=False, resolvedOn=None, resolvedBy=None)
    with desk(rows={"alerts": [open_one]}, instead=resolving) as here:
        pages = here.pages("alerts")
        assert [a.path for a in here.server.asked if "alerts" in a.path] == [OPEN, RESOLVED]
        assert [p["resolved"] for page in pages for p in page.payloads] == [False, True]
        assert pages[-1].proof != "none"


def test_open_alerts_that_did_not_all_come_leave_the_whole_unproven() -> None:
    def short(asked: Asked) -> Reply | None:
        told = {"count": 1, "totalCount": 4, "nextPageUrl": None}
        return Reply({"pageDetails": told, "alerts": [open_one]}) if asked.path == OPEN else None

    open_one = alert(1, resolved=False, resolvedOn=None, resolvedBy=None)
    with desk(rows={"alerts": [alert(2)]}, instead=short) as here:
        pages = here.pages("alerts")
    assert {p["alertUid"] for page in pages for p in page.payloads} == {uid(1, "alert"), uid(2, "alert")}
    assert pages[-1].proof == "none"
    assert "the source says it has 4 items, 1 came" in pages[-1].note


def test_a_name_that_nobody_knows_is_no_automation() -> None:
    """Auto-resolve is set, and the name may be that of somebody who has left."""
    with desk(rows={"alerts": [alert(1, resolvedBy="j.smith")], "users": [{"username": "anna"}]}) as here:
        found = only(here.records("alerts"), "alerts")
        note = here.pages("alerts")[-1].note
    assert (found.resolved_by, found.resolved_by_raw) == ("other", "an unknown name")
    assert "1 alerts were resolved under a name" in note
    assert "smith" not in note


def test_times_are_milliseconds_seconds_and_texts() -> None:
    at = datetime(2023, 7, 11, 10, 48, 17, 714000, tzinfo=UTC)
    for told in (1689072497714, 1689072497.714, "2023-07-11T10:48:17.714Z", "2023-07-11T10:48:17.714"):
        assert moment(told, field="at") == at, told
    assert moment("2023-07-11T12:48:17.714+02:00", field="at") == at
    assert moment(1689072497, field="at") == at.replace(microsecond=0)
    for nothing in (None, "", 0, -62135596800000, "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"):
        assert moment(nothing, field="at") is None, nothing
    with pytest.raises(RecordError) as error:
        moment("yesterday", field="raised_at")
    assert error.value.reason == "bad_date"


@given(st.integers(347_155_200_000_000, 4_070_908_800_000_000))
def test_an_instant_survives_all_three_forms(microseconds: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
    stamp = round(whole.timestamp() * 1000)
    assert moment(whole.isoformat(), field="at") == whole
    assert moment(stamp, field="at") == whole
    assert moment(stamp // 1000, field="at") == whole.replace(microsecond=0)
    bound = not_earlier(at)
    assert bound is not None
    assert datetime.fromisoformat(bound) >= at


def test_a_deleted_device_is_gone_and_its_bin_is_no_client() -> None:
    gone = device(2, deleted=True, siteUid=uid(9, "site"), siteName="Deleted Devices")
    rows = {"sites": [site(1), site(9, name="Deleted Devices")], "devices": [device(1), gone]}
    with desk(rows=rows) as here:
        assert [client.name for client in here.records("clients") if hasattr(client, "name")] == ["Client 1"]
        stream, found = here.stream("devices"), here.payloads("devices")
        assert {key: stream.deleted(payload) for key, payload in found.items()} == {
            uid(1, "device"): False,
            uid(2, "device"): True,
        }
        binned = list(stream.records(found[uid(2, "device")], here.context))
    assert [(d.client, d.is_managed) for d in binned] == [(None, False)]


@pytest.mark.parametrize(
    ("status", "is_patched"),
    [
        ("FullyPatched", True),
        ("ApprovedPending", False),
        ("InstallError", False),
        ("RebootRequired", False),
        ("ANewWord", None),
        ("NoPolicy", None),
        ("NoData", None),
        (None, None),
    ],
)
def test_a_device_that_nobody_patches_is_neither_patched_nor_not(
    status: str | None, is_patched: bool | None
) -> None:
    with desk(rows={"devices": [device(1, patchManagement={"patchStatus": status})]}) as here:
        assert only(here.records("devices"), "devices").is_patched is is_patched


def test_the_log_is_never_asked_without_a_beginning() -> None:
    with desk(rows={"activities": [deployed(1, 1, DAY)]}, run_results=False) as here:
        assert here.server.now() - START > timedelta(days=20)
        assert len(here.payloads("automation_runs")) == 1, "older than 15 minutes, and asked for all the same"
        here.check()
        assert all("from" in asked.query for asked in here.asked(LOG))


def test_the_result_of_a_newer_run_is_not_that_of_an_older_one() -> None:
    """A job that runs every hour: Datto has the result of the last run alone."""
    log = [deployed(n, 1, DAY + n * HOUR) for n in range(1, 6)]
    with desk(rows={"activities": log, "results": [outcome(1, DAY + 5 * HOUR + 30)]}) as here:
        found = {run.started_at: run.outcome for run in here.records("automation_runs")}
    newest = max(found)
    assert newest == at_of(DAY + 5 * HOUR + 30), "when it ran, and not when it was deployed"
    assert found.pop(newest) == "succeeded"
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("ran_on", "newer", "is_its_own"),
    [
        (DAY + 60, None, True),
        (DAY - 60, None, True),
        (DAY + 60, DAY + HOUR, True),
        (DAY + HOUR + 60, DAY + HOUR, False),
        (DAY + 25 * HOUR, None, False),
        (None, None, True),
        (None, DAY + HOUR, False),
    ],
)
def test_which_run_a_result_belongs_to(ran_on: float | None, newer: float | None, is_its_own: bool) -> None:
    told = {"ranOn": None if ran_on is None else ms(ran_on)}
    assert belongs(told, START, None if newer is None else at_of(newer)) is is_its_own


def test_a_result_of_after_the_slice_may_be_that_of_a_run_that_was_not_read() -> None:
    """The last run of one month and the first one of the next, an hour later."""
    log = [deployed(1, 1, DAY), deployed(2, 1, DAY + HOUR)]
    rows = {"activities": log, "results": [outcome(1, DAY + HOUR + 30)]}
    end = at_of(DAY + 0.5 * HOUR)
    with desk(rows=rows) as here:
        (run,) = here.records("automation_runs", Slice("older", start=START, end=end))
        assert run.outcome is None
    with desk(rows=rows) as here:
        (run,) = here.records("automation_runs", Slice("newer", start=end))
        assert run.outcome == "succeeded"


def test_a_newer_row_without_a_time_leaves_the_older_ones_without_a_result() -> None:
    log = [deployed(2, 1, DAY), deployed(1, 1, DAY)]
    log[0] = {**log[0], "date": None}

    def undated(asked: Asked) -> Reply | None:
        return Reply({"pageDetails": {}, "activities": log}) if asked.path == LOG else None

    with desk(rows={"results": [outcome(1, DAY + 30)]}, instead=undated) as here:
        assert [run.outcome for run in here.records("automation_runs")] == [None, None]


def test_a_result_that_is_final_is_not_asked_for_again() -> None:
    log = [deployed(1, 1, DAY), deployed(2, 2, DAY + HOUR)]
    first = [outcome(1, DAY + 30), outcome(2, DAY + HOUR + 30, "Running")]
    with desk(rows={"activities": log, "results": first}) as here:
        assert [run.outcome for run in here.records("automation_runs")] == [None, "succeeded"]
        here.memory.rows["results"] = [outcome(1, DAY + 30, "Failure"), outcome(2, DAY + HOUR + 30)]
        asked = len(here.server.asked)
        assert [run.outcome for run in here.records("automation_runs")] == ["succeeded", "succeeded"]
        again = [a.path for a in here.server.asked[asked:] if "/results/" in a.path]
    assert again == [f"{API}/job/{uid(2, 'job')}/results/{uid(1, 'device')}"]


def test_edits_of_jobs_are_no_runs() -> None:
    log = [
        deployed(1, 1, DAY),
        deployed(2, 1, DAY, action="create"),
        deployed(3, 1, DAY, action="delete"),
    ]
    with desk(rows={"activities": log}) as here:
        pages = here.pages("automation_runs")
    assert [p["id"] for page in pages for p in page.payloads] == [uid(1, "activity")]
    assert pages[-1].note == "2 rows about jobs are no runs (create, delete)"


@pytest.mark.parametrize("details", ["{half", None, "[]", '"text"', 7])
def test_details_that_cannot_be_read_are_counted(details: Any) -> None:
    log = [activity(1, details=details)]
    rows = {"activities": log, "devices": [device(2)], "sites": [site(2)]}
    with desk(rows=rows) as here:
        page = here.pages("automation_runs")[-1]
        run = only(here.records("automation_runs"), "automation_runs")
    assert (run.device, run.client) == (uid(2, "device"), uid(2, "site")), "the row names them, too"
    assert (run.automation, run.outcome) == (None, None)
    assert page.note == "the details of 1 rows of the log cannot be read: they have no result"


def test_a_log_that_tells_of_an_error_is_not_empty() -> None:
    """The error of its data base comes with status 200 and an empty list."""

    def failed(asked: Asked) -> Reply | None:
        body = {"pageDetails": {"nextPageUrl": None}, "activities": [], "error": "search failed"}
        return Reply(body) if asked.path == LOG else None

    with desk(instead=failed) as here, pytest.raises(Exception, match="search failed"):
        here.pages("automation_runs")


def test_a_lock_is_named_beside_the_missing_right() -> None:
    def locked(asked: Asked) -> Reply | None:
        body = {"timestamp": 1781181715656, "status": 403, "error": "Forbidden", "path": "/v2"}
        return Reply(body, 403) if asked.path == SITES else None

    with desk(instead=locked) as here, pytest.raises(ForbiddenError) as error:
        here.pages("clients")
    assert error.value.right == "view of sites"
    assert "where the account was asked too often" in error.value.remedy


def test_no_more_is_asked_in_a_minute_than_the_settings_allow() -> None:
    at: list[datetime] = []

    def noting(asked: Asked) -> Reply | None:  # the form of Instead
        at.append(here.server.now())
        return None

    log = [deployed(n, n, DAY + n * 60.0) for n in range(1, 90)]
    results = [outcome(n, DAY + n * 60.0) for n in range(1, 90)]
    rows = {"activities": log, "results": results, "sites": [site(n) for n in range(1, 6000)]}
    with desk(rows=rows, instead=noting, requests_a_minute=20) as here:
        assert len(here.payloads("clients")) == 5999
        assert {run.outcome for run in here.records("automation_runs")} == {"succeeded"}
    assert len(at) > 100
    most = max(sum(0 <= (other - one).total_seconds() < 60 for other in at) for one in at)
    assert most <= 20


def test_who_is_refused_asks_slowly() -> None:
    """A handful of tries in minutes: who goes on hotly is locked out."""
    at: list[datetime] = []

    def busy(asked: Asked) -> Reply | None:
        if asked.path != SITES:
            return None
        at.append(here.server.now())
        return Reply({"status": 429, "error": "Too Many Requests"}, 429)

    with desk(instead=busy) as here, pytest.raises(RateLimitError):
        here.pages("clients")
    waits = [(later - one).total_seconds() for one, later in pairwise(at)]
    assert waits[0] >= 5
    assert waits[4] >= 60
    assert min(waits[5:]) >= 120


def test_a_resolved_alert_that_leaves_the_list_is_not_gone(either_store: Store) -> None:
    """How long Datto keeps them is written nowhere: what is no longer listed has happened all the same."""
    rows = {"alerts": [alert(n) for n in range(1, 9)]}
    with store_of(rows) as (there, memory):
        assert there.sync(either_store).status == "complete"
        memory.rows["alerts"] = [dict(alert(8))]
        assert there.sync(either_store, reconcile=True).status == "complete"
    scope = either_store.msp("acme")
    assert len(stored_rows(scope)["alerts"]) == 8
    assert gone_ids(scope, "alerts") == set()


def test_a_sync_that_was_cut_short_does_not_ask_for_its_results_again(
    either_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LARGEST", 10)
    log = [activity(n, date=DAY + n * 60.0) for n in range(1, 41)]
    results = [result(n, ranOn=ms(DAY + n * 60.0), jobDeploymentStatus="Success") for n in range(1, 41)]
    rows = {"activities": log, "results": results, "sites": [site(n) for n in range(1, 8)]}
    failing: list[str] = ["yes"]

    def failed(asked: Asked) -> Reply | None:
        is_third = asked.path == LOG and sum(a.path == LOG and "searchAfter" in a.query for a in seen) >= 2
        seen.append(asked)
        return Reply({"status": 500, "error": "Internal Server Error"}, 500) if is_third and failing else None

    seen: list[Asked] = []
    with store_of(rows, failed) as (there, _):
        cut = there.sync(either_store)
        assert cut.status != "complete"
        failing.clear()
        asked = results_asked_for(seen)
        assert 0 < len(asked) < 40
        seen.clear()
        assert there.sync(either_store).status == "complete"
    again = results_asked_for(seen)
    assert not set(asked) & set(again), "a result that is final was asked for again"
    runs = stored_rows(either_store.msp("acme"))["automation_runs"]
    assert [run["outcome"] for run in runs] == ["succeeded"] * 40


def results_asked_for(seen: list[Asked]) -> list[str]:
    return [asked.path for asked in seen if "/results/" in asked.path]


@contextmanager
def store_of(
    rows: dict[str, list[Any]], instead: Callable[[Asked], Reply | None] = lambda _: None
) -> Iterator[tuple[Vendor, Memory]]:
    """The simulated vendor with these rows, to be synced into a store."""
    memory, clock = Memory(rows=rows), FakeClock()

    def answered(asked: Asked) -> Reply | None:
        return instead(asked) or answers.answer(memory, asked, clock.now())

    subject = Subject(
        CONNECTOR,
        World((), other=answered),
        settings=lambda url: {
            "base_url": url,
            "api_key": answers.API_KEY,
            "api_secret": answers.API_SECRET,
        },
    )
    with subject.source((), 0, clock) as server:
        yield Vendor(Bench(subject, sync_msp, SyncOptions), server, clock), memory
