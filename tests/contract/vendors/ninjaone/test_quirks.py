"""Every trap of NinjaOne, and what keeps us out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from phasewise.connectors.base import FetchContext, Page, Slice
from phasewise.connectors.parse import from_epoch
from phasewise.connectors.vendors.ninjaone import CONNECTOR
from phasewise.connectors.vendors.ninjaone.activities import gathered
from phasewise.connectors.vendors.ninjaone.moments import moment
from phasewise.errors import AuthError, ContractError
from phasewise.sandbox.vendors.ninjaone import answers
from phasewise.sandbox.vendors.ninjaone.answers import TOKENS
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject
from phasewise.testing.stored import stored_rows
from phasewise.testing.sync_contract import Bench, vendor
from phasewise.testing.world import Asked, Reply, World
from tests.contract.vendors.ninjaone.desk import desk, only
from tests.contract.vendors.ninjaone.rows import (
    DAY,
    HOUR,
    active_alert,
    activity,
    article,
    device,
    document,
    organization,
    os_install,
    series,
)

LOG = "/v2/activities"
INSTALLS = "/v2/queries/os-patch-installs"
ONE = series(1)


def run(number: int, code: str, **values: Any) -> Any:
    """An activity of the one run."""
    told = {"activityType": "ACTION", "sourceName": "Clean temp files", "seriesUid": ONE}
    return activity(number, statusCode=code, **{**told, **values})


def test_every_quirk_is_guarded_by_a_test_that_is_here() -> None:
    assert {quirk.guarded_by for quirk in CONNECTOR.quirks} <= set(globals())


def test_each_list_is_paged_its_own_way() -> None:
    rows: dict[str, list[Any]] = {
        "organizations": [organization(n) for n in range(1, 1102)],
        "activities": [activity(n) for n in range(1, 1102)],
        "os_installs": [os_install(n) for n in range(1, 1102)],
        "articles": [article(n) for n in range(1, 1102)],
    }
    with desk(rows=rows) as here:
        for stream in ("clients", "alerts", "os_patch_installs", "articles"):
            assert len(here.payloads(stream)) == 1101, stream
        assert [a.query.get("after") for a in here.asked("/v2/organizations-detailed")] == [
            None, "1000", "1101",
        ]  # fmt: skip
        older = [a.query.get("olderThan") for a in here.asked(LOG) if a.query["type"] == "CONDITION"]
        assert older == [None, "102", "1"]
        assert [a.query.get("cursor") for a in here.asked(INSTALLS)] == [None, "cursor-1", "cursor-1"]
        assert [dict(a.query) for a in here.asked("/v2/knowledgebase/global/articles")] == [
            {"includeArchived": "true"}
        ]


def test_a_filter_that_gives_newer_activities_is_an_error() -> None:
    def swapped(asked: Asked) -> Reply | None:
        if asked.path != LOG or "olderThan" not in asked.query:
            return None
        above = int(asked.query["olderThan"])
        return Reply({"activities": [activity(n) for n in range(above + 20, above, -1)]})

    rows = {"activities": [activity(n) for n in range(1, 20)]}
    wrong = pytest.raises(ContractError, match="asked for activities older than 1, got 21")
    with desk(rows=rows, instead=swapped) as here, wrong:
        here.pages("alerts")


@pytest.mark.parametrize("of_the_end", [False, True])
def test_a_page_that_got_lost_is_read_again_from_the_start(of_the_end: bool) -> None:
    """The answer to the second request never arrives, and the server has moved on."""
    lost: list[str] = []

    def losing(asked: Asked) -> Reply | None:
        if asked.path != INSTALLS:
            return None
        reply = answers.answer(here.memory, asked, datetime(2026, 3, 2, tzinfo=UTC))
        if of_the_end and reply.status == 200:
            reply.body["cursor"]["offset"] += len(reply.body["results"])
        if asked.query.get("cursor") == "cursor-1" and not lost:
            lost.append("gone")
            return Reply(b"", 502)
        return reply

    rows = {"os_installs": [os_install(n) for n in range(1, 3502)]}
    with desk(rows=rows, instead=losing) as here:
        pages = here.pages("os_patch_installs")
        cursors = [a.query.get("cursor") for a in here.asked(INSTALLS)]
    assert len({p["id"] for page in pages for p in page.payloads}) == 3501
    assert pages[-1].proof == "end_mark"
    assert cursors.count(None) == 2, "it was not read again"
    assert {page.cursor for page in pages} == {None}, "nobody may go on behind a page of a cursor that moves"


def test_pages_that_are_lost_again_and_again_are_an_error() -> None:
    def skipping(asked: Asked) -> Reply | None:
        if asked.path != INSTALLS:
            return None
        offset = 0 if "cursor" not in asked.query else 5000
        rows = [os_install(offset + n) for n in range(1, 11)]
        return Reply({"cursor": {"name": "moving", "offset": offset}, "results": rows})

    with desk(instead=skipping) as here, pytest.raises(ContractError, match="a page is missing"):
        here.pages("os_patch_installs")


def test_a_cursor_that_expired_is_asked_for_again() -> None:
    expired: list[str] = []

    def forgetting(asked: Asked) -> Reply | None:
        if asked.path == INSTALLS and asked.query.get("cursor") == "cursor-1" and not expired:
            expired.append("gone")
            return Reply({"resultCode": "CURSOR_NOT_FOUND", "errorMessage": "No such cursor"}, 404)
        return None

    rows = {"os_installs": [os_install(n) for n in range(1, 1502)]}
    with desk(rows=rows, instead=forgetting) as here:
        assert len(here.payloads("os_patch_installs")) == 1501


def test_an_offset_that_says_nothing_is_not_believed() -> None:
    """Always the same one: then it is no place in the list."""

    def still(asked: Asked) -> Reply | None:
        if asked.path != INSTALLS:
            return None
        reply = answers.answer(here.memory, asked, datetime(2026, 3, 2, tzinfo=UTC))
        reply.body["cursor"]["offset"] = 0
        return reply

    rows = {"os_installs": [os_install(n) for n in range(1, 2502)]}
    with desk(rows=rows, instead=still) as here:
        assert len(here.payloads("os_patch_installs")) == 2501
        assert len(here.asked(INSTALLS)) == 4


def test_times_are_seconds_and_now_and_then_milliseconds() -> None:
    at = datetime(2023, 11, 14, 22, 13, 20, 123000, tzinfo=UTC)
    assert moment(1700000000.123, field="at") == at
    assert moment(1700000000123, field="at") == at
    assert moment(1700000000, field="at") == at.replace(microsecond=0)
    assert moment(0, field="at") is None
    assert moment(None, field="at") is None


@given(
    st.one_of(
        st.integers(1, 10**11),
        st.floats(1, 1e11),
        st.decimals(1, 2**33, places=6).map(float),
        st.decimals(1, 2**33, places=7).map(float),
    )
)
def test_a_time_is_read_as_its_text_is(seconds: float) -> None:
    assert moment(seconds, field="at") == from_epoch(seconds, field="at")


def test_what_the_list_says_of_an_alert_stays_with_it_over_pages() -> None:
    fillers = [activity(number) for number in range(2, 1300)]
    log = [activity(1, seriesUid=ONE), *fillers, activity(2000, seriesUid=ONE, statusCode="ACKNOWLEDGED")]
    with desk(rows={"activities": log, "alerts": [active_alert(1)]}) as here:
        pages = here.pages("alerts")
    told = [p["alert"] for page in pages for p in page.payloads if p["seriesUid"] == ONE]
    assert len(told) == 2
    assert all(alert is not None and alert["psaTicketId"] for alert in told)


def test_the_ticket_of_an_alert_outlives_it() -> None:
    log = [activity(1, seriesUid=ONE)]
    with desk(rows={"activities": log, "alerts": [active_alert(1)]}) as here:
        assert only(here.records("alerts"), "external_ids").value == "7001"
        log.append(activity(2, seriesUid=ONE, statusCode="RESET"))
        here.memory.rows["alerts"] = []
        records = here.records("alerts")
    assert only(records, "external_ids").value == "7001"
    alert = only(records, "alerts")
    assert (alert.resolved_by, alert.resolved_by_raw) == ("cleared", "RESET (no user)")


def test_an_alert_raised_before_the_slice_gets_its_ticket_on_the_last_page() -> None:
    log = [activity(1, seriesUid=ONE)]
    with desk(rows={"activities": log}) as here:
        before = only(here.records("alerts"), "alerts")
        here.memory.rows |= {"activities": [], "alerts": [active_alert(1)]}
        records = here.records("alerts")
    assert only(records, "external_ids").value == "7001"
    assert only(records, "alerts").raised_at == before.raised_at


def test_a_run_that_ends_a_day_later_is_one_run() -> None:
    log = [run(1, "STARTED", userId=5)]
    with desk(rows={"activities": log, "devices": [device(2)]}) as here:
        begun = only(here.records("automation_runs"), "automation_runs")
        assert (begun.finished_at, begun.outcome) == (None, None)
        here.memory.rows["activities"] = [run(30, "COMPLETED", activityResult="SUCCESS")]
        ended = only(here.records("automation_runs"), "automation_runs")
    assert ended.id == begun.id
    assert ended.started_at == begun.started_at
    assert ended.finished_at - ended.started_at == timedelta(hours=29)
    assert (ended.trigger, ended.outcome) == ("manual", "succeeded")


def test_a_run_in_two_pages_is_one_run() -> None:
    between = [activity(n, activityType="ACTION", statusCode="STARTED") for n in range(10, 1300)]
    log = [run(1, "STARTED"), *between, run(2000, "COMPLETED", activityResult="FAILURE")]
    with desk(rows={"activities": log}) as here:
        made = {record.id: record for record in here.records("automation_runs")}
    assert len(made) == 1291
    assert made[ONE].started_at == datetime.fromtimestamp(DAY + HOUR + 0.123, UTC)
    assert made[ONE].outcome == "failed"


def test_a_series_over_every_page_is_whole_in_the_store(
    either_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine fetches ahead: what is put together may not have been written yet."""
    monkeypatch.setattr(answers, "LARGEST", 10)
    fillers = [activity(n, activityType="ACTION", statusCode="STARTED") for n in range(2, 300)]
    log = [run(1, "STARTED"), *fillers, run(400, "COMPLETED", activityResult="SUCCESS")]
    log += [run(n, "IN_PROCESS") for n in range(305, 400, 5)] + [run(301, "IN_PROCESS")]
    log[5::12] = [run(item["id"], "IN_PROCESS") for item in log[5::12]]
    with desk(rows={"activities": log}) as here:
        world = World((), other=lambda a: answers.answer(here.memory, a, here.server.now()))
        keys = {"client_id": answers.CLIENT_ID, "client_secret": answers.CLIENT_SECRET}
        subject = Subject(CONNECTOR, world, settings=lambda url: {"base_url": url, **keys})
        with vendor(Bench(subject, sync_msp, SyncOptions)) as there:
            result = there.sync(either_store)
    assert result.status == "complete", [(r.stream, r.message) for r in result.receipts]
    rows = {row["id"]: row for row in stored_rows(either_store.msp("acme"))["automation_runs"]}
    assert len(rows) == len({item["seriesUid"] for item in log})
    assert rows[ONE]["started_at"] is not None
    assert rows[ONE]["finished_at"] is not None


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 60)), min_size=1, max_size=40),
    st.integers(1, 7),
)
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_series_is_the_same_however_it_is_cut_into_pages(told: list[tuple[int, int]], size: int) -> None:
    numbers = {number: uid for uid, number in told}
    log = [run(number, "IN_PROCESS", seriesUid=series(uid)) for number, uid in sorted(numbers.items())]
    log.reverse()
    cut = [log[start : start + size] for start in range(0, len(log), size)]
    stored: dict[str, Any] = {}
    with desk() as here:
        context = FetchContext(here.context, previous=lambda ids: {i: stored[i] for i in ids if i in stored})
        late: list[Any] = []  # written two pages behind, as the engine may
        for page in gathered(iter([Page(items) for items in cut]), here.client, context):
            late.append(page.payloads)
            if len(late) > 2:
                stored |= {payload["seriesUid"]: payload for payload in late.pop(0)}
        for payloads in late:
            stored |= {payload["seriesUid"]: payload for payload in payloads}
    found = {uid: [a["id"] for a in payload["activities"]] for uid, payload in stored.items()}
    wanted: dict[str, list[int]] = {}
    for number, uid in sorted(numbers.items()):
        wanted.setdefault(series(uid), []).append(number)
    assert found == wanted


@pytest.mark.parametrize("stream", ["alerts", "automation_runs"])
def test_how_far_back_the_log_goes_is_told(stream: str) -> None:
    type_, code = ("CONDITION", "TRIGGERED") if stream == "alerts" else ("ACTION", "STARTED")
    log = [activity(n, activityType=type_, statusCode=code) for n in range(1, 30)]
    begin = datetime.fromtimestamp(DAY, UTC)
    with desk(rows={"activities": log}) as here:
        asked = {"all": Slice("a", start=begin - timedelta(days=400)), "new": Slice("b", start=begin)}
        notes = {name: here.pages(stream, slice_)[-1].note for name, slice_ in asked.items()}
    assert notes["all"] == (
        "the oldest activity in the log is of 2026-02-02; of what was before, it says nothing"
    )
    assert notes["new"] == ""


def test_edits_of_scripts_are_no_runs() -> None:
    edits = ("SCRIPT_CREATED", "SCRIPT_UPDATED", "SCRIPT_DELETED", "SCHEDULED_TASK_UPDATED")
    log = [activity(n, activityType="SCRIPTING", statusCode=code) for n, code in enumerate(edits, start=1)]
    with desk(rows={"activities": log}) as here:
        assert here.records("automation_runs") == []


@pytest.mark.parametrize(
    ("told", "value"), [(7, "7"), ("T-7", "T-7"), ({"id": 7}, "7"), ({"ticketId": "T7"}, "T7")]
)
def test_a_ticket_that_can_be_read_is_carried(told: Any, value: str) -> None:
    with desk(rows={"alerts": [active_alert(1, psaTicketId=told)]}) as here:
        assert only(here.records("alerts"), "external_ids").value == value
        assert "PSA" not in here.pages("alerts")[-1].note


@pytest.mark.parametrize("told", [{"number": 7}, [7], {"id": {"value": 7}}, True, {}])
def test_a_ticket_of_an_unknown_form_is_told_and_not_guessed(told: Any) -> None:
    with desk(rows={"alerts": [active_alert(1, psaTicketId=told)]}) as here:
        (alert,) = here.records("alerts")
        assert type(alert).__record__.table == "alerts"
        assert (
            here.pages("alerts")[-1].note
            == "1 ids of PSA tickets have a form that nobody knows and were not read"
        )


def test_a_ticket_of_the_log_belongs_to_the_alert_of_its_series() -> None:
    data = {"message": {"params": {"ticketId": 812}}}
    told = activity(
        2, seriesUid=ONE, activityType="PSA", statusCode="PSA_TICKET_CREATION_SUCCEEDED", data=data
    )
    with desk(rows={"activities": [activity(1, seriesUid=ONE), told]}) as here:
        assert only(here.records("alerts"), "external_ids").value == "812"


def test_a_ticket_of_a_series_without_an_alert_is_told_and_makes_no_alert() -> None:
    told = activity(2, activityType="PSA", statusCode="PSA_TICKET_CREATION_SUCCEEDED", data={"ticketId": 8})
    with desk(rows={"activities": [told]}) as here:
        pages = here.pages("alerts")
    assert [payload for page in pages for payload in page.payloads] == []
    assert "1 series of tickets belong to no alert that is known" in pages[-1].note


def test_a_patch_that_is_tried_again_is_two_runs() -> None:
    failed = os_install(5, id=ONE, deviceId=3, installedAt=DAY)
    done = os_install(6, id=ONE, deviceId=3, installedAt=DAY + 24 * HOUR)
    with desk(rows={"os_installs": [failed, done]}) as here:
        made = here.records("os_patch_installs")
    assert [record.outcome for record in made] == ["failed", "succeeded"]
    assert len({record.id for record in made}) == 2


def test_a_device_without_any_patch_is_not_called_patched() -> None:
    missing = [
        {"deviceId": 1, "id": series(1), "status": "APPROVED", "severity": "CRITICAL"},
        {"deviceId": 2, "id": series(2), "status": "REJECTED", "severity": "CRITICAL"},
        {"deviceId": 3, "id": series(3), "status": "APPROVED", "severity": "optional"},
        {"deviceId": 4, "id": series(4), "status": "MANUAL", "severity": "a new word"},
    ]
    rows = {"devices": [device(n) for n in range(1, 8)], "missing": missing}
    now = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    rows["os_installs"] = [
        os_install(1, deviceId=5, installedAt=now - 24 * HOUR),
        os_install(2, deviceId=6, installedAt=now - 90 * 24 * HOUR),
    ]
    with desk(rows=rows) as here:
        patched = {record.id: record.is_patched for record in here.records("devices")}
    assert patched == {"1": False, "2": True, "3": True, "4": False, "5": True, "6": None, "7": None}


def test_a_wrong_region_is_named_in_the_remedy() -> None:
    with desk(client_secret="one of another region") as here:
        with pytest.raises(AuthError) as error:
            here.pages("clients")
        assert f"the account lives at {here.server.url} (`region`)" in error.value.remedy


def test_only_the_scope_that_reads_is_asked_for() -> None:
    with desk() as here:
        here.pages("clients")
        (token,) = here.asked(TOKENS[0])
    assert token.body["scope"] == "monitoring"
    assert token.body["grant_type"] == "client_credentials"


def test_an_article_and_a_document_of_one_number_are_two() -> None:
    with desk(rows={"articles": [article(7)], "documents": [document(7)]}) as here:
        records = [*here.records("articles"), *here.records("documents")]
    assert [record.id for record in records] == ["article:7", "document:7"]
