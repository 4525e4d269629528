"""What each row of NinjaOne becomes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from phasewise.connectors.base import RecordContext
from phasewise.connectors.vendors.ninjaone import CONNECTOR, streams
from phasewise.errors import RecordError
from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.documents import Document
from phasewise.model.records.people import Client
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.ninjaone.desk import Desk, desk, only
from tests.contract.vendors.ninjaone.rows import (
    DAY,
    HOUR,
    active_alert,
    activity,
    article,
    client_article,
    device,
    document,
    organization,
    os_install,
    series,
    software_install,
)

ONE = series(1)


def at(hours: float) -> datetime:
    """So many hours after the first day of the rows, as the log tells it."""
    return datetime.fromtimestamp(DAY + hours * HOUR + 0.123, UTC)


def alert_of(*log: Any, **rows: Any) -> Alert:
    with desk(rows={"activities": list(log), "devices": [device(2)], **rows}) as here:
        found: Alert = only(here.records("alerts"), "alerts")
        return found


def run_of(*log: Any) -> AutomationRun:
    with desk(rows={"activities": list(log), "devices": [device(2)]}) as here:
        found: AutomationRun = only(here.records("automation_runs"), "automation_runs")
        return found


def told(number: int, code: str, type_: str = "CONDITION", **values: Any) -> Any:
    return activity(
        number, statusCode=code, activityType=type_, **{"seriesUid": ONE, "deviceId": 2, **values}
    )


def made(here: Desk, stream: str, payload: Any) -> list[Any]:
    context: RecordContext = here.context
    return list(here.stream(stream).records(payload, context))


def test_an_alert_from_its_beginning_to_its_end() -> None:
    assert alert_of(told(1, "TRIGGERED"), told(3, "RESET", userId=9)) == Alert(
        id=ONE,
        updated_at=at(3),
        device="2",
        client="3",
        category="Disk almost full",
        severity="MAJOR",
        raised_at=at(1),
        resolved_at=at(3),
        resolved_by="technician",
        resolved_by_raw="RESET (user)",
    )


@pytest.mark.parametrize(
    ("end", "by", "word"),
    [
        ({"code": "RESET"}, "cleared", "RESET (no user)"),
        ({"code": "RESET", "userId": 0}, "technician", "RESET (user)"),
        ({"code": "DISABLED"}, "other", "DISABLED"),
        ({"code": "RESET_BY_PSA_TICKET_CALLBACK", "type_": "PSA"}, "other", "RESET_BY_PSA_TICKET_CALLBACK"),
    ],
)
def test_what_ended_an_alert(end: dict[str, Any], by: str, word: str) -> None:
    alert = alert_of(told(1, "TRIGGERED"), told(4, **end))
    assert (alert.resolved_by, alert.resolved_by_raw, alert.resolved_at) == (by, word, at(4))


def test_an_alert_that_is_raised_again_is_open() -> None:
    alert = alert_of(told(1, "TRIGGERED"), told(2, "RESET"), told(3, "TRIGGERED"))
    assert (alert.raised_at, alert.resolved_at, alert.resolved_by) == (at(1), None, None)


def test_an_alert_whose_beginning_is_older_than_the_log_has_none() -> None:
    assert alert_of(told(5, "RESET")).raised_at is None
    assert alert_of(told(5, "ACKNOWLEDGED")).resolved_at is None


def test_an_active_alert_that_the_log_has_forgotten_is_an_alert() -> None:
    alert = alert_of(alerts=[active_alert(1, deviceId=2)])
    assert (alert.id, alert.client, alert.category) == (ONE, "3", "Disk almost full")
    assert alert.raised_at == at(1)
    assert alert.resolved_at is None


def test_the_client_of_an_alert_on_a_device_that_is_gone_is_kept() -> None:
    log = [told(1, "TRIGGERED")]
    with desk(rows={"activities": log, "devices": [device(2)]}) as here:
        assert only(here.records("alerts"), "alerts").client == "3"
    with desk(rows={"activities": [*log, told(2, "RESET")]}) as later:
        later.known = here.known
        assert only(later.records("alerts"), "alerts").client == "3"


@pytest.mark.parametrize(
    ("type_", "user", "kind", "trigger", "word"),
    [
        ("CONDITION_ACTION", None, "remediation", "alert", "CONDITION_ACTION"),
        ("CONDITION_ACTIONSET", None, "remediation", "alert", "CONDITION_ACTIONSET"),
        ("SCHEDULED_TASK", None, "script", "schedule", "SCHEDULED_TASK"),
        ("SCHEDULED_TASK", 5, "script", "schedule", "SCHEDULED_TASK"),
        ("ACTION", 5, "script", "manual", "ACTION (user)"),
        ("ACTION", None, "script", "other", "ACTION (no user)"),
        ("ACTIONSET", 5, "workflow", "manual", "ACTIONSET (user)"),
        ("SCRIPTING", None, "script", "other", "SCRIPTING (no user)"),
    ],
)
def test_what_made_a_run_start(type_: str, user: int | None, kind: str, trigger: str, word: str) -> None:
    run = run_of(
        told(1, "STARTED", type_, userId=user), told(2, "COMPLETED", type_, activityResult="SUCCESS")
    )
    assert run == AutomationRun(
        id=ONE,
        updated_at=at(2),
        device="2",
        client="3",
        automation="Disk almost full",
        kind=kind,  # type: ignore[arg-type]  # one of the words, from the table above
        kind_raw=type_,
        trigger=trigger,  # type: ignore[arg-type]  # one of the words, from the table above
        trigger_raw=word,
        started_at=at(1),
        finished_at=at(2),
        outcome="succeeded",
        outcome_raw="SUCCESS",
    )


@pytest.mark.parametrize(
    ("end", "outcome", "word"),
    [
        ({"activityResult": "SUCCESS"}, "succeeded", "SUCCESS"),
        ({"activityResult": "FAILURE"}, "failed", "FAILURE"),
        ({"activityResult": "UNCOMPLETED"}, "failed", "UNCOMPLETED"),
        ({"activityResult": "UNSUPPORTED"}, "skipped", "UNSUPPORTED"),
        ({"activityResult": "HALF_DONE"}, "other", "HALF_DONE"),
        ({"activityResult": None}, "other", "COMPLETED"),
        ({"code": "CANCELLED", "activityResult": None}, "skipped", "CANCELLED"),
        ({"code": "BLOCKED", "activityResult": None}, "skipped", "BLOCKED"),
    ],
)
def test_how_a_run_ended(end: dict[str, Any], outcome: str, word: str) -> None:
    ended = told(2, **{"code": "COMPLETED", "type_": "ACTION", **end})
    run = run_of(told(1, "STARTED", "ACTION"), ended)
    assert (run.outcome, run.outcome_raw) == (outcome, word)


def test_a_run_begins_when_it_starts_and_not_when_it_is_asked_for() -> None:
    log = [told(1, "START_REQUESTED", "ACTION", userId=5), told(2, "STARTED", "ACTION")]
    run = run_of(*log, told(3, "IN_PROCESS", "ACTION"))
    assert (run.started_at, run.finished_at, run.outcome) == (at(2), None, None)
    assert run.trigger == "manual", "who asked for it stands on the request"
    assert run_of(log[0]).started_at == at(1)


def test_who_cancels_a_run_has_not_started_it() -> None:
    run = run_of(told(1, "STARTED", "ACTION"), told(2, "CANCELLED", "ACTION", userId=5))
    assert run.trigger_raw == "ACTION (no user)"


def test_a_run_whose_beginning_is_older_than_the_log_has_no_trigger() -> None:
    run = run_of(told(2, "COMPLETED", "ACTION", activityResult="SUCCESS", userId=5))
    assert (run.started_at, run.trigger, run.trigger_raw) == (None, None, None)
    assert run.finished_at == at(2)


@pytest.mark.parametrize("stream", ["alerts", "automation_runs"])
def test_a_state_that_nobody_knows_is_a_reject(stream: str) -> None:
    type_ = "CONDITION" if stream == "alerts" else "ACTION"
    rejected = pytest.raises(RecordError, match="none of its states is known: LEVITATED")
    with desk(rows={"activities": [told(1, "LEVITATED", type_)]}) as here, rejected as error:
        here.records(stream)
    assert error.value.reason == "unknown_status"


@pytest.mark.parametrize("stream", ["alerts", "automation_runs"])
def test_an_activity_without_a_series_is_a_reject(stream: str) -> None:
    type_ = "CONDITION" if stream == "alerts" else "ACTION"
    log = [told(1, "TRIGGERED", type_, seriesUid=None), told(2, "STARTED", type_, seriesUid=None)]
    with desk(rows={"activities": log}) as here:
        payloads = [payload for page in here.pages(stream) for payload in page.payloads]
        assert len(payloads) == 2, "two that belong to nothing are not one"
        for payload in payloads:
            with pytest.raises(RecordError) as error:
                made(here, stream, payload)
            assert error.value.reason == "no_series"


def test_a_time_that_cannot_be_read_is_a_reject_of_its_alert_alone() -> None:
    with desk() as here:
        broken = {"seriesUid": ONE, "activities": [told(1, "TRIGGERED", activityTime="yesterday")]}
        with pytest.raises(RecordError) as error:
            made(here, "alerts", broken)
    assert error.value.reason == "bad_date"


def test_a_device() -> None:
    rows = {
        "devices": [device(4)],
        "systems": [{"deviceId": 4, "serialNumber": "", "biosSerialNumber": "VM-77"}],
    }
    with desk(rows=rows) as here:
        assert only(here.records("devices"), "devices") == Device(
            id="4",
            updated_at=datetime.fromtimestamp(DAY + 4 * HOUR + 0.5, UTC),
            client="5",
            name="PC-4",
            serial_number="VM-77",
            kind="workstation",
            kind_raw="WINDOWS_WORKSTATION",
            installed_at=datetime.fromtimestamp(DAY - 400 * 24 * HOUR + 4, UTC),
            last_check_in_at=datetime.fromtimestamp(DAY + 4 * HOUR + 0.25, UTC),
            is_managed=True,
        )


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("WINDOWS_SERVER", "server"),
        ("MAC", "workstation"),
        ("LINUX_SERVER", "server"),
        ("NMS_FIREWALL", "network"),
        ("APPLE_IPADOS", "mobile"),
        ("VMWARE_VM_GUEST", "other"),
        ("NMS_PRINTER", "other"),
        ("QUANTUM_TOASTER", "other"),
    ],
)
def test_classes_of_devices(word: str, kind: str) -> None:
    with desk(rows={"devices": [device(1, nodeClass=word)]}) as here:
        found = only(here.records("devices"), "devices")
    assert (found.kind, found.kind_raw) == (kind, word)


@pytest.mark.parametrize(
    ("values", "is_managed"),
    [
        ({"approvalStatus": "APPROVED"}, True),
        ({"approvalStatus": "PENDING"}, False),
        ({"approvalStatus": "DECOMMISSIONED"}, False),
        ({"approvalStatus": "APPROVED", "nodeClass": "UNMANAGED_DEVICE"}, False),
        ({"approvalStatus": "A_NEW_WORD"}, None),
        ({"approvalStatus": None}, None),
    ],
)
def test_who_is_looked_after(values: dict[str, Any], is_managed: bool | None) -> None:
    with desk(rows={"devices": [device(1, **values)]}) as here:
        assert only(here.records("devices"), "devices").is_managed is is_managed


def test_backups_are_told_only_where_ninjaone_makes_them() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    jobs = [
        {"jobId": "a", "deviceId": 1, "jobStatus": "COMPLETED", "jobStartTime": now - 2 * 24 * HOUR},
        {"jobId": "b", "deviceId": 2, "jobStatus": "COMPLETED", "jobStartTime": now - 20 * 24 * HOUR},
        {"jobId": "c", "deviceId": 3, "jobStatus": "FAILED", "jobStartTime": now - 2 * 24 * HOUR},
    ]
    rows = {"devices": [device(n) for n in (1, 2, 3, 4)], "jobs": jobs}
    with desk(rows=rows, backup_is_ninjaone=True) as here:
        backed = {record.id: record.has_backup for record in here.records("devices")}
        assert "devices.has_backup" in here.stream("devices").provides
    assert backed == {"1": True, "2": False, "3": False, "4": False}
    with desk(rows=rows) as here:
        assert {record.has_backup for record in here.records("devices")} == {None}
        assert "devices.has_backup" not in here.stream("devices").provides
        assert not here.asked("/v2/backup/jobs")


def test_a_filter_of_backups_that_is_left_out_changes_nothing() -> None:
    old = {"jobId": "b", "deviceId": 1, "jobStatus": "COMPLETED", "jobStartTime": DAY - 90 * 24 * HOUR}

    def unfiltered(asked: Asked) -> Reply | None:
        is_first = asked.path == "/v2/backup/jobs" and "cursor" not in asked.query
        return Reply({"cursor": {"name": None}, "results": [old]}) if is_first else None

    with desk(rows={"devices": [device(1)]}, instead=unfiltered, backup_is_ninjaone=True) as here:
        assert only(here.records("devices"), "devices").has_backup is False


def test_an_organization_is_a_client() -> None:
    with desk(rows={"organizations": [organization(3)]}) as here:
        assert here.records("clients") == [Client(id="3", name="Client 3")]


def test_the_locations_of_a_collective_organization_are_clients() -> None:
    places = [{"id": 31, "name": "Dr. Kim"}, {"id": 32, "name": "Café Luz"}]
    rows = {
        "organizations": [organization(3, locations=places), organization(4)],
        "devices": [device(1, organizationId=3, locationId=32), device(2, organizationId=4, locationId=1)],
        "activities": [told(1, "TRIGGERED", deviceId=1)],
        "client_articles": [article(5, organizationId=3)],
    }
    with desk(rows=rows, collective_organizations=[3]) as here:
        clients = {client.id: client.name for client in here.records("clients")}
        assert clients == {"3:31": "Dr. Kim", "3:32": "Café Luz", "4": "Client 4"}
        assert [d.client for d in here.records("devices")] == ["3:32", "4"]
        assert only(here.records("alerts"), "alerts").client == "3:32"
        # Nobody says which of them an article is for; that it is the MSP's own would be wrong.
        assert only(here.records("client_articles"), "documents").client == "3"


@pytest.mark.parametrize(
    ("stream", "row", "name"),
    [
        ("os_patch_installs", os_install(5, deviceId=2, installedAt=DAY), "2026-02 Cumulative Update 5"),
        ("software_patch_installs", software_install(5, deviceId=2, installedAt=DAY), "Browser 125"),
    ],
)
def test_an_installed_patch_is_a_run(stream: str, row: Any, name: str) -> None:
    what = stream.partition("_")[0]
    with desk(rows={f"{what}_installs": [row], "devices": [device(2)]}) as here:
        assert only(here.records(stream), "automation_runs") == AutomationRun(
            id=f"{what}:2:{row['id']}:{int(DAY)}",
            updated_at=datetime.fromtimestamp(row["timestamp"], UTC),
            device="2",
            client="3",
            automation=name,
            kind="patch",
            kind_raw=f"{what}-patch-install",
            started_at=datetime.fromtimestamp(DAY, UTC),
            outcome="failed",
            outcome_raw="FAILED",
        )


def test_an_article() -> None:
    with desk(rows={"client_articles": [client_article(8)]}) as here:
        assert only(here.records("client_articles"), "documents") == Document(
            id="article:1008",
            updated_at=datetime.fromtimestamp(DAY + 1008 * HOUR, UTC),
            client="2",
            title="How to 1008",
            kind="knowledge",
            kind_raw="Knowledge Base",
            created_at=datetime.fromtimestamp(DAY, UTC),
            edited_at=datetime.fromtimestamp(DAY + 1008 * HOUR, UTC),
            words=4,
            is_archived=True,
        )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"text": "one two", "html": "<b>one two three</b>"}, 2),
        ({"text": None, "html": "<p>one</p><p>two</p>three"}, 3),
        ({"text": "", "html": ""}, None),
        (None, None),
    ],
)
def test_how_long_an_article_is(content: Any, words: int | None) -> None:
    with desk(rows={"articles": [article(1, content=content)]}) as here:
        assert only(here.records("articles"), "documents").words == words


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("SOP", "process"),
        ("Runbook", "runbook"),
        ("passwords", "password_record"),
        ("Wi-Fi", "other"),
        (None, None),
    ],
)
def test_kinds_of_documents(template: str | None, kind: str | None) -> None:
    with desk(rows={"documents": [document(1, documentTemplateName=template)]}) as here:
        found = only(here.records("documents"), "documents")
    assert (found.kind, found.kind_raw) == (kind, template)


def test_texts_passwords_and_people_stay_where_they_are() -> None:
    rows: dict[str, list[Any]] = {
        "organizations": [organization(1)],
        "devices": [
            device(1, notes=["Anna's"], assignedOwnerUid="owner-1", ipAddresses=["10.0.0.9"], tags=["vip"])
        ],
        "activities": [
            activity(1, data={"user": "anna"}),
            activity(2, activityType="ACTION", message="anna ran it", statusCode="STARTED"),
        ],
        "alerts": [active_alert(3, data={"user": "anna"})],
        "articles": [article(1)],
        "documents": [document(1)],
    }
    with desk(rows=rows) as here:
        stored = json.dumps([here.payloads(stream.name) for stream in streams(here.settings)]).lower()
    for word in ("anna", "hunter2", "high street", "10.0.0.9", "owner-1", "vip"):
        assert word not in stored, f"{word} is stored"


def test_what_is_claimed_without_settings_is_all_there_can_be() -> None:
    assert CONNECTOR.catalogue is not None
    everything = {name for stream in CONNECTOR.catalogue() for name in stream.provides}
    assert "devices.has_backup" in everything
    assert not any(name.startswith(("tickets.", "technicians.")) for name in everything)
    assert "automation_runs.alert" not in everything, "NinjaOne does not say which alert a run answered"
