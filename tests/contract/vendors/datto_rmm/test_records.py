"""What each row of Datto RMM becomes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from phasewise.connectors.vendors.datto_rmm import CONNECTOR, streams
from phasewise.errors import RecordError
from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.identities import ExternalId
from phasewise.model.records.people import Client
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.datto_rmm.desk import desk, only
from tests.contract.vendors.datto_rmm.rows import (
    API,
    DAY,
    HOUR,
    USER,
    action,
    activity,
    alert,
    at_of,
    device,
    ms,
    result,
    site,
    uid,
)

USERS = f"{API}/account/users"
RAISED, OVER = DAY + HOUR, DAY + HOUR + 1800


def alert_of(**values: Any) -> Alert:
    with desk(rows={"alerts": [alert(1, **values)], "users": [USER]}) as here:
        found: Alert = only(here.records("alerts"), "alerts")
        return found


def run_of(row: Any, *results: Any, **settings: Any) -> AutomationRun:
    rows = {"activities": [row], "results": list(results), "sites": [site(2)], "devices": [device(2)]}
    with desk(rows=rows, **settings) as here:
        found: AutomationRun = only(here.records("automation_runs"), "automation_runs")
        return found


def test_a_site_is_a_client_and_its_company_in_autotask_is_told() -> None:
    with desk(rows={"sites": [site(1)]}) as here:
        assert here.records("clients") == [
            Client(id=uid(1, "site"), name="Client 1"),
            ExternalId(
                id=f"clients:{uid(1, 'site')}:autotask",
                table_name="clients",
                row=uid(1, "site"),
                system="autotask",
                target_table="clients",
                value="29001",
            ),
        ]


@pytest.mark.parametrize("company", [None, "", " ", "0", 0, "-1"])
def test_a_site_without_a_company_has_no_id_elsewhere(company: Any) -> None:
    with desk(rows={"sites": [site(1, autotaskCompanyId=company)]}) as here:
        assert here.records("clients") == [Client(id=uid(1, "site"), name="Client 1")]


def test_the_number_of_a_company_may_be_a_number() -> None:
    with desk(rows={"sites": [site(1, autotaskCompanyId=29001)]}) as here:
        assert only(here.records("clients"), "external_ids").value == "29001"


def test_sites_that_the_settings_name_are_no_clients() -> None:
    rows = {"sites": [site(1), site(2, name="Lab")], "devices": [device(1, siteName="Lab")]}
    with desk(rows=rows, ignored_sites=["lab"]) as here:
        assert [r.name for r in here.records("clients") if isinstance(r, Client)] == ["Client 1"]
        assert only(here.records("devices"), "devices").client is None


def test_a_device() -> None:
    with desk(rows={"devices": [device(4)], "sites": [site(5)]}) as here:
        assert only(here.records("devices"), "devices") == Device(
            id=uid(4, "device"),
            updated_at=at_of(DAY + 4 * HOUR),
            client=uid(5, "site"),
            name="PC-4",
            kind="workstation",
            kind_raw="Laptop",
            installed_at=at_of(DAY - 400 * 24 * HOUR),
            last_check_in_at=at_of(DAY + 4 * HOUR),
            is_managed=True,
            is_patched=False,
        )


@pytest.mark.parametrize(
    ("category", "class_", "kind", "word"),
    [
        ("Desktop", "device", "workstation", "Desktop"),
        ("Laptop", "device", "workstation", "Laptop"),
        ("Server", "device", "server", "Server"),
        ("ESXi Host", "esxihost", "server", "ESXi Host"),
        ("Network Device", "rmmnetworkdevice", "network", "Network Device"),
        ("Smartphone", "device", "mobile", "Smartphone"),
        ("Printer", "printer", "other", "Printer"),
        ("Quantum Toaster", "device", "other", "Quantum Toaster"),
        (None, "rmmnetworkdevice", "network", "rmmnetworkdevice"),
        (None, "unknown", "other", "unknown"),
        (None, None, None, None),
    ],
)
def test_kinds_of_devices(category: Any, class_: Any, kind: Any, word: Any) -> None:
    row = device(1, deviceType={"category": category}, deviceClass=class_)
    with desk(rows={"devices": [row]}) as here:
        found = only(here.records("devices"), "devices")
    assert (found.kind, found.kind_raw) == (kind, word)


@pytest.mark.parametrize(
    ("values", "is_on_demand", "is_managed"),
    [
        ({}, False, True),
        ({"suspended": True}, False, False),
        ({"deleted": True}, False, False),
        ({}, True, False),
        ({"deviceClass": "printer"}, False, False),
        ({"deviceClass": "esxihost"}, False, False),
        ({"deviceClass": "rmmnetworkdevice"}, False, False),
        ({"deviceClass": "unknown"}, False, None),
        ({"deviceClass": "a new class"}, False, None),
        ({"deviceClass": None}, False, None),
    ],
)
def test_who_is_looked_after(values: dict[str, Any], is_on_demand: bool, is_managed: bool | None) -> None:
    rows = {"devices": [device(1, **values)], "sites": [site(2, onDemand=is_on_demand)]}
    with desk(rows=rows) as here:
        assert only(here.records("devices"), "devices").is_managed is is_managed


def test_what_counts_as_patched_is_a_setting() -> None:
    row = device(1, patchManagement={"patchStatus": "RebootRequired"})
    with desk(rows={"devices": [row]}, patched=["FullyPatched", "rebootrequired"]) as here:
        assert only(here.records("devices"), "devices").is_patched is True


def test_an_alert_with_its_ticket_and_the_component_that_ran() -> None:
    with desk(rows={"alerts": [alert(9)], "users": [USER]}) as here:
        at = DAY + 9 * HOUR
        assert here.records("alerts") == [
            Alert(
                id=uid(9, "alert"),
                updated_at=at_of(at + 1800),
                device=uid(10, "device"),
                client=uid(3, "site"),
                category="perf_disk_usage_ctx",
                severity="High",
                raised_at=at_of(at),
                resolved_at=at_of(at + 1800),
                resolved_by="automation",
                resolved_by_raw="auto-resolve after a component",
            ),
            ExternalId(
                id=f"alerts:{uid(9, 'alert')}:psa",
                updated_at=at_of(at + 1800),
                table_name="alerts",
                row=uid(9, "alert"),
                system="psa",
                target_table="tickets",
                value="T20260202.0009",
            ),
            AutomationRun(
                id=f"alert:{uid(9, 'alert')}:{ms(at + 60)}:ref-1",
                updated_at=at_of(at + 60),
                device=uid(10, "device"),
                client=uid(3, "site"),
                kind="remediation",
                kind_raw="COMPONENT",
                trigger="alert",
                trigger_raw="alert response",
                started_at=at_of(at + 60),
                alert=uid(9, "alert"),
            ),
        ]


def test_responses_are_no_runs_where_the_settings_say_so() -> None:
    with desk(rows={"alerts": [alert(9)]}, responses_are_runs=False) as here:
        tables = [type(record).__record__.table for record in here.records("alerts")]
        stream = here.stream("alerts")
    assert tables == ["alerts", "external_ids"]
    assert "automation_runs" not in stream.emits
    assert not any(name.startswith("automation_runs") for name in stream.provides)


AFTER, BEFORE = action("COMPONENT", OVER + 60), action("COMPONENT", RAISED + 60)


@pytest.mark.parametrize(
    ("values", "by", "word"),
    [
        ({"resolvedBy": "anna.lopez"}, "technician", "a user"),
        ({"resolvedBy": " Anna.Lopez "}, "technician", "a user"),
        ({"resolvedBy": "Anna López"}, "technician", "a user"),
        ({"resolvedBy": "López, Anna"}, "technician", "a user"),
        ({"resolvedBy": "anna@example.com"}, "technician", "a user"),
        ({"resolvedBy": "anna.lopez", "responseActions": [BEFORE]}, "technician", "a user"),
        ({"resolvedBy": "j.smith", "autoresolveMins": 60}, "other", "an unknown name"),
        ({"resolvedBy": "j.smith", "autoresolveMins": None}, "other", "an unknown name"),
        ({"autoresolveMins": 60}, "cleared", "auto-resolve"),
        ({"autoresolveMins": 60, "resolvedBy": ""}, "cleared", "auto-resolve"),
        ({"autoresolveMins": None, "resolvedBy": "System"}, "cleared", "auto-resolve"),
        (
            {"autoresolveMins": 60, "responseActions": [BEFORE]},
            "automation",
            "auto-resolve after a component",
        ),
        ({"autoresolveMins": 60, "responseActions": [AFTER]}, "cleared", "auto-resolve"),
        (
            {"autoresolveMins": 60, "responseActions": [{**BEFORE, "actionTime": None}]},
            "cleared",
            "auto-resolve",
        ),
        (
            {"autoresolveMins": 60, "responseActions": [action("EMAIL_SENT", RAISED)]},
            "cleared",
            "auto-resolve",
        ),
        ({"autoresolveMins": None, "responseActions": [BEFORE]}, None, None),
        ({"autoresolveMins": 0}, None, None),
    ],
)
def test_what_ended_an_alert(values: dict[str, Any], by: Any, word: Any) -> None:
    found = alert_of(**{"resolvedBy": None, "responseActions": [], **values})
    assert (found.resolved_by, found.resolved_by_raw) == (by, word)
    assert found.resolved_at == at_of(OVER)


def test_users_that_may_not_be_read_are_told_and_nobody_is_guessed() -> None:
    def refused(asked: Asked) -> Reply | None:
        return Reply({"status": 403, "error": "Forbidden"}, 403) if asked.path == USERS else None

    rows = {"alerts": [alert(4), alert(8), alert(2)]}
    with desk(rows=rows, instead=refused) as here:
        found = {a.id: a.resolved_by for a in here.records("alerts") if isinstance(a, Alert)}
        note = here.pages("alerts")[-1].note
        assert len(here.asked(USERS)) == 1
    assert found == {uid(4, "alert"): "other", uid(8, "alert"): "other", uid(2, "alert"): "cleared"}
    assert "2 alerts were resolved under a name" in note
    assert "may not be read" in note


def test_users_are_asked_for_only_where_a_name_is_told() -> None:
    with desk(rows={"alerts": [alert(1), alert(2)]}) as here:
        here.pages("alerts")
        assert not here.asked(USERS)


def test_an_open_alert_has_no_end() -> None:
    found = alert_of(resolved=False, resolvedOn=-62135596800000, resolvedBy=None)
    assert (found.resolved_at, found.resolved_by, found.resolved_by_raw) == (None, None, None)
    assert found.updated_at == at_of(RAISED + 60), "the component is the newest of it"


def test_an_alert_that_is_over_without_an_end_is_a_reject() -> None:
    with desk(rows={"alerts": [alert(1, resolvedOn=None)]}) as here:
        with pytest.raises(RecordError) as error:
            here.records("alerts")
        assert error.value.reason == "no_end"


def test_an_alert_that_does_not_say_whether_it_is_over_is_told_by_its_end() -> None:
    assert alert_of(resolved=None).resolved_at == at_of(OVER)
    assert alert_of(resolved=None, resolvedOn=None).resolved_at is None


def test_a_kind_of_alert_that_nobody_knows_is_kept_as_it_is() -> None:
    assert alert_of(alertContext={"@class": "srvc_quantum_ctx"}).category == "srvc_quantum_ctx"
    assert alert_of(alertContext=None).category is None


@pytest.mark.parametrize("stream", ["clients", "devices", "alerts", "automation_runs"])
def test_a_row_without_an_id_is_a_reject(stream: str) -> None:
    rows: dict[str, list[Any]] = {
        "sites": [site(1, uid=None)] if stream == "clients" else [site(2)],
        "devices": [device(1, uid=" ")],
        "alerts": [alert(1, alertUid=None)],
        "activities": [activity(1, id=None)],
    }
    with desk(rows=rows) as here:
        payloads = [payload for page in here.pages(stream) for payload in page.payloads]
        assert len(payloads) == 1
        with pytest.raises(RecordError) as error:
            list(here.stream(stream).records(payloads[0], here.context))
        assert error.value.reason == "no_id"


def test_a_run() -> None:
    row, ran_on = activity(1), DAY + HOUR + 30
    assert run_of(row, result(1, ranOn=ms(ran_on), jobDeploymentStatus="Success")) == AutomationRun(
        id=uid(1, "activity"),
        updated_at=at_of(ran_on),
        device=uid(2, "device"),
        client=uid(2, "site"),
        automation="Clean temp files",
        kind="script",
        kind_raw="job",
        trigger="schedule",
        trigger_raw="scheduled job",
        started_at=at_of(ran_on),
        outcome="succeeded",
        outcome_raw="Success",
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Success", "succeeded"),
        ("Failure", "failed"),
        ("Warning", "other"),
        ("Expired", "skipped"),
        ("Retired", "skipped"),
        ("Running", None),
        ("Pending", None),
        ("Levitated", "other"),
        (None, None),
    ],
)
def test_how_a_run_ended(status: Any, outcome: Any) -> None:
    found = run_of(activity(1), result(1, jobDeploymentStatus=status))
    assert (found.outcome, found.outcome_raw) == (outcome, status)


@pytest.mark.parametrize(
    ("schedule", "user", "trigger", "word"),
    [
        ("a-schedule", {"id": 5}, "schedule", "scheduled job"),
        ("a-schedule", None, "schedule", "scheduled job"),
        (None, {"id": 5}, "manual", "job of a user"),
        (None, None, None, None),
        ("", {"id": None}, None, None),
    ],
)
def test_what_made_a_run_start(schedule: Any, user: Any, trigger: Any, word: Any) -> None:
    details = {"device.uid": uid(2, "device"), "job.uid": uid(1, "job"), "job.scheduled_job_uid": schedule}
    found = run_of(activity(1, details=json.dumps(details), user=user))
    assert (found.trigger, found.trigger_raw) == (trigger, word)


def test_a_run_without_a_result_began_when_it_was_deployed() -> None:
    found = run_of(activity(1))
    assert (found.started_at, found.outcome) == (datetime(2026, 2, 2, 10, 0, 0, 125000, tzinfo=UTC), None)


def test_results_are_not_asked_for_where_the_settings_say_so() -> None:
    rows = {"activities": [activity(1)], "results": [result(1)], "sites": [site(2)]}
    with desk(rows=rows, run_results=False) as here:
        assert only(here.records("automation_runs"), "automation_runs").outcome is None
        assert not [a for a in here.server.asked if "/results/" in a.path]
        assert "automation_runs.outcome" not in here.stream("automation_runs").provides


def test_results_that_may_not_be_read_end_the_stream_and_not_in_silence() -> None:
    def refused(asked: Asked) -> Reply | None:
        return Reply({"status": 403, "error": "Forbidden"}, 403) if "/results/" in asked.path else None

    rows = {"activities": [activity(1)], "sites": [site(2)]}
    with desk(rows=rows, instead=refused) as here, pytest.raises(Exception, match="may not read") as error:
        here.pages("automation_runs")
    assert getattr(error.value, "right", "") == "job results"


def test_the_site_and_the_device_of_a_run_that_are_gone_are_kept() -> None:
    row = activity(1, details=json.dumps({"job.uid": uid(1, "job")}))
    rows = {"activities": [row], "devices": [device(2)], "sites": [site(2)]}
    with desk(rows=rows) as here:
        here.payloads("automation_runs")
    with desk(rows={"activities": [row]}) as later:
        later.known = here.known
        found = only(later.records("automation_runs"), "automation_runs")
    assert (found.device, found.client) == (uid(2, "device"), uid(2, "site"))


def test_texts_people_and_addresses_stay_where_they_are() -> None:
    rows: dict[str, list[Any]] = {
        "sites": [site(2)],
        "devices": [device(1)],
        "alerts": [alert(n) for n in range(1, 5)],
        "activities": [activity(1)],
        "results": [result(1)],
        "users": [USER],
    }
    with desk(rows=rows) as here:
        stored = json.dumps([here.payloads(stream.name) for stream in streams(here.settings)]).lower()
    for word in ("anna", "hunter2", "4711", "10.0.0.9", "example.com", "lópez", "l\\u00f3pez"):
        assert word not in stored, f"{word} is stored"


def test_what_is_claimed_without_settings_is_all_there_can_be() -> None:
    assert CONNECTOR.catalogue is not None
    everything = {name for stream in CONNECTOR.catalogue() for name in stream.provides}
    assert {"automation_runs.outcome", "automation_runs.alert", "devices.is_patched"} <= everything
    for name in (
        "automation_runs.finished_at",
        "devices.serial_number",
        "devices.has_backup",
        "devices.has_edr",
    ):
        assert name not in everything, f"Datto does not say {name} in a list"
