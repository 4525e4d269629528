"""Every trap of Autotask, and what keeps us out of it."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import RecordContext, Slice
from phasewise.connectors.timing import timing
from phasewise.connectors.vendors.autotask import CONNECTOR
from phasewise.connectors.vendors.autotask.entities import ENTITIES
from phasewise.connectors.vendors.autotask.filters import changed_within, instant_text
from phasewise.connectors.vendors.autotask.session import rules
from phasewise.connectors.vendors.autotask.values import on, on_in
from phasewise.errors import AuthError, ContractError, ForbiddenError, RecordError, UnavailableError
from phasewise.sandbox.vendors.autotask.query import compiled
from phasewise.testing.clock import FakeClock
from phasewise.testing.fault_server import FaultServer
from phasewise.testing.world import Asked, Reply, World
from tests.contract.vendors.autotask import rows
from tests.contract.vendors.autotask.desk import (
    BASE,
    DAY,
    PICKLISTS,
    POSTS,
    RULES,
    Rows,
    Vendor,
    accepts,
    desk,
    paged,
    settings_of,
    stamp,
)

HOUR = timedelta(hours=1)


def holding(**tables: Any) -> Vendor:
    """A vendor with these rows; `Tickets=[...]` or a function of the numbers asked for."""
    return Vendor(rows={name: _table(table) for name, table in tables.items()})


def _table(table: Any) -> Rows:
    return table if callable(table) else lambda _asked, _body: table


def test_every_quirk_is_guarded_by_a_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", text))
    assert len(CONNECTOR.quirks) >= 12
    assert {quirk.guarded_by for quirk in CONNECTOR.quirks} <= tests


# Zones.


def test_the_zone_is_asked_for_by_the_user_and_without_any_key() -> None:
    with desk(holding(Companies=[rows.company(1)])) as here:
        here.payloads("clients")
        first, second = here.server.asked[:2]
    assert first.path == f"{BASE}/ZoneInformation"
    assert first.query == {"user": "phasewise@acme.example"}
    assert not {"secret", "apiintegrationcode", "username"} & set(first.headers)
    assert (second.method, second.path) == ("POST", f"{BASE}/Companies/query")
    assert {"secret", "apiintegrationcode", "username"} <= set(second.headers)


def test_the_zone_is_asked_for_once_a_run() -> None:
    with desk(holding(Companies=[rows.company(1)])) as here:
        here.payloads("clients")
        here.payloads("technicians")
        asked = Counter(a.path for a in here.server.asked)
    assert asked[f"{BASE}/ZoneInformation"] == 1


def test_a_user_that_nobody_knows_is_an_auth_error_that_says_what_to_check() -> None:
    with desk(user="somebody@else.example") as here, pytest.raises(AuthError) as error:
        here.payloads("clients")
    assert "`user` in the settings" in error.value.remedy


def test_a_failure_where_zones_are_told_is_for_later() -> None:
    vendor = Vendor(instead={"/ZoneInformation": Reply(b"<html>maintenance</html>", 500)})
    with desk(vendor) as here, pytest.raises(UnavailableError):
        here.payloads("clients")


@pytest.mark.parametrize(
    "url",
    [
        "https://webservices2.autotask.net.evil.example/ATServicesRest/",
        "http://webservices2.autotask.net/ATServicesRest/",
        "https://key@evil.example/ATServicesRest/",
        "",
    ],
)
def test_keys_go_to_no_address_but_autotasks_own(url: str) -> None:
    reply = Reply({"zoneName": "Elsewhere", "url": url})
    with (
        desk(Vendor(instead={"/ZoneInformation": reply})) as here,
        pytest.raises(ContractError, match="names no address of Autotask"),
    ):
        here.payloads("clients")
    assert all("secret" not in asked.headers for asked in here.server.asked)


def test_a_database_that_moved_is_found_again() -> None:
    """The old address refuses the keys; the zone is asked for again and the new one is used from then on."""
    old, new = holding(), holding(Companies=[rows.company(1)], Resources=[rows.resource(1)])
    has_moved: list[bool] = []
    clock = FakeClock()

    def old_answer(asked: Asked) -> Reply | None:
        if asked.path.endswith("/ZoneInformation"):
            old.zone = f"{there.url}/ATServicesRest/" if has_moved else ""
            return old.answer(asked)
        return Reply({"errors": ["Unauthorized"]}, 401) if has_moved else old.answer(asked)

    there = FaultServer(World((), other=new.answer, accepts=accepts, posts=POSTS), now=clock.now)
    here = FaultServer(World((), other=old_answer, accepts=accepts, posts=POSTS), now=clock.now)
    with there, here:
        settings = CONNECTOR.settings.model_validate(settings_of(here.url))
        trusted = f"127.0.0.1:{there.url.rpartition(':')[2]}"
        with (
            timing(clock.timing()),
            pytest.MonkeyPatch.context() as patch,
            CONNECTOR.open(settings) as client,
        ):
            # Both are on this machine; Autotask's own hosts cannot be.
            patch.setattr(
                "phasewise.connectors.vendors.autotask.zone._is_trusted",
                lambda url, asked: trusted in url or asked.rstrip("/") in url,
            )
            assert client.count(ENTITIES["Companies"], {"op": "gte", "field": "id", "value": 0}) == 0
            has_moved.append(True)
            assert client.count(ENTITIES["Companies"], {"op": "gte", "field": "id", "value": 0}) == 1
            asked = len(here.asked)
            assert client.count(ENTITIES["Resources"], {"op": "gte", "field": "id", "value": 0}) == 1
            assert len(here.asked) == asked


def test_a_wrong_key_is_not_tried_over_and_over() -> None:
    vendor = Vendor(instead={"/query": Reply({"errors": ["Unauthorized"]}, 401)})
    with desk(vendor) as here:
        with pytest.raises(AuthError):
            here.payloads("clients")
        assert len(here.server.asked) == 3  # the zone, the refusal, the zone again


# Pages.


def test_the_next_page_is_asked_with_the_same_verb_and_the_same_body() -> None:
    table = [rows.company(number) for number in range(1, 1202)]
    with desk(holding(Companies=table)) as here:
        assert len(here.payloads("clients")) == 1201
        asked = here.asked("Companies")
    assert [a.method for a in asked] == ["POST"] * 3
    assert asked[0].body == asked[1].body == asked[2].body
    assert asked[0].body["maxRecords"] == 500
    assert [a.query.get("paging") for a in asked] == [None, "499", "999"]


def test_an_answer_that_does_not_say_whether_more_follows_is_no_last_page() -> None:
    for body in ({"items": [rows.company(1)]}, {"items": [], "pageDetails": {"count": 0}}):
        vendor = Vendor(instead={"/Companies/query": Reply(body)})
        with desk(vendor) as here, pytest.raises(ContractError, match="whether more follows"):
            here.payloads("clients")


def test_nothing_but_the_fields_we_read_leaves_autotask() -> None:
    vendor = holding(
        Tickets=[rows.ticket(1)], CompanyToDos=[rows.to_do(1)], CompanyNotes=[rows.note(1)],
        Companies=[rows.company(1)], Resources=[rows.resource(1)], Contracts=[rows.contract(1)],
        ConfigurationItems=[rows.device(1)], SurveyResults=[rows.survey_result(1)],
        TimeEntries=[rows.time_entry(1)],
    )  # fmt: skip
    with desk(vendor) as here:
        for stream in CONNECTOR.streams(here.settings):
            stored = repr(here.payloads(stream.name))
            for text in ("hunter2", "Ann", "ann", "555-0100", "@"):
                assert text not in stored, f"{text} in {stream.name}"
        bodies = [a.body for a in here.server.asked if a.method == "POST"]
    asked = {name for body in bodies for name in body.get("includeFields", ())}
    assert not {"userDefinedFields", "description", "summaryNotes", "emailAddress"} & asked


def test_the_own_company_is_listed_and_internal() -> None:
    with desk(holding(Companies=[rows.company(1, companyName="We Ourselves", companyType=7)])) as here:
        (client,) = here.records("clients")["clients"]
    assert (client.id, client.kind, client.is_internal) == ("0", "internal", True)
    assert client.kind_raw


# Refusals.


def test_a_500_with_a_reason_is_told_and_not_asked_again() -> None:
    said = Reply({"errors": ["Unable to find ticketNumber in the Ticket Entity."]}, 500)
    with desk(Vendor(instead={"/Tickets/query": said})) as here:
        with pytest.raises(ContractError, match="Unable to find ticketNumber"):
            here.payloads("tickets")
        assert len(here.asked("Tickets")) == 1


@pytest.mark.parametrize("body", [{"errors": ["Timeout expired"]}, {"errors": []}, b"<html></html>"])
def test_a_500_without_a_reason_is_asked_again_and_then_left_for_later(body: Any) -> None:
    with desk(Vendor(instead={"/Tickets/query": Reply(body, 500)})) as here:
        with pytest.raises(UnavailableError):
            here.payloads("tickets")
        assert len(here.asked("Tickets")) == 7


def test_a_right_that_is_missing_is_named_though_the_answer_is_500() -> None:
    said = Reply(
        {"errors": ["The logged in Resource does not have the adequate permissions to query this entity."]},
        500,
    )
    with desk(Vendor(instead={"/Tickets/query": said})) as here:
        with pytest.raises(ForbiddenError) as error:
            here.payloads("tickets")
        assert error.value.right == "security level of the API user: view Tickets"
        assert len(here.asked("Tickets")) == 1


def test_a_maintenance_page_is_no_empty_list() -> None:
    page = Reply(b"<!doctype html><p>Back soon", 200, {"Content-Type": "text/html"})
    with (
        desk(Vendor(instead={"/Tickets/query": page})) as here,
        pytest.raises(ContractError, match="web page"),
    ):
        here.payloads("tickets")


# Limits.


def test_a_thread_too_many_is_waited_for() -> None:
    busy = {"errors": ["Thread Threshold Exceeded. The Autotask API thread threshold of 3 threads …"]}
    times: list[int] = []
    vendor = holding(Companies=[rows.company(1)])

    def companies(asked: Asked) -> Reply | None:
        if asked.path.endswith("/Companies/query"):
            times.append(1)
            if len(times) < 3:
                return Reply(busy, 500)
        return vendor.answer(asked)

    clock = FakeClock()
    with FaultServer(World((), other=companies, accepts=accepts, posts=POSTS), now=clock.now) as server:
        settings = CONNECTOR.settings.model_validate(settings_of(server.url))
        with timing(clock.timing()), CONNECTOR.open(settings) as client:
            stream = next(s for s in CONNECTOR.streams(settings) if s.name == "clients")
            (page,) = stream.pages(client, Slice("all"), None)  # type: ignore[arg-type]  # unused by this stream
    assert len(page.payloads) == 1
    assert clock.monotonic() >= 2


def test_no_endpoint_is_asked_more_than_two_things_at_a_time() -> None:
    """However the vendor writes its links."""
    at_once: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock, rest = threading.Lock(), threading.Event()

    def answer(asked: Asked) -> Reply | None:
        entity = asked.path.lower().removeprefix(BASE.lower()).split("/")[1]
        with lock:
            at_once[entity] += 1
            most[entity] = max(most[entity], at_once[entity])
        rest.wait(0.02)
        with lock:
            at_once[entity] -= 1
        return vendor.answer(asked) if asked.method == "GET" else paged([], asked, RULES)

    vendor = holding()
    with FaultServer(World((), other=answer, accepts=accepts, posts=POSTS)) as server:
        settings = CONNECTOR.settings.model_validate(settings_of(server.url))
        with CONNECTOR.open(settings) as client:
            lower = f"{server.url}{BASE.lower()}/tickets/query/next?paging=7"
            links = [None, lower] * 5
            threads = [
                threading.Thread(
                    target=client.query,
                    args=(ENTITIES["Tickets"], {"filter": []}),
                    kwargs={"link": link},
                )
                for link in links
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert most["tickets"] == 2


def test_phasewise_takes_less_than_half_of_the_hour() -> None:
    with desk() as here:
        hourly = rules(here.settings)[0]
    assert hourly.window_seconds == 3600
    assert hourly.requests is not None
    assert hourly.requests < 5_000
    assert hourly.path == ""


# Times.


def test_a_change_of_a_field_alone_is_found() -> None:
    quiet = rows.ticket(1, lastActivityDate=stamp(DAY), lastTrackedModificationDateTime=stamp(DAY + 9 * HOUR))
    talk = rows.ticket(2, lastActivityDate=stamp(DAY + 9 * HOUR), lastTrackedModificationDateTime=None)
    with desk(holding(Tickets=[quiet, talk, rows.ticket(3)])) as here:
        found = here.payloads("tickets", Slice("increment", DAY + 9 * HOUR))
        tickets = here.records("tickets", Slice("increment", DAY + 9 * HOUR))["tickets"]
    assert [payload["id"] for payload in found] == [1, 2]
    assert [ticket.updated_at for ticket in tickets] == [DAY + 9 * HOUR] * 2


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants naive bounds


@given(st.lists(st.tuples(INSTANTS, st.none() | INSTANTS), max_size=20), st.lists(INSTANTS, min_size=1))
def test_windows_together_hold_every_ticket_and_an_increment_misses_no_change(
    changes: list[tuple[datetime, datetime | None]], cuts: list[datetime]
) -> None:
    fields = ENTITIES["Tickets"].changed
    table: list[dict[str, Any]] = [
        {"id": n, fields[0]: instant_text(one), fields[1]: other and instant_text(other)}
        for n, (one, other) in enumerate(changes)
    ]
    bounds = [None, *(cut.replace(microsecond=0) for cut in sorted(set(cuts))), None]
    held: set[int] = set()
    for start, end in pairwise(bounds):
        fits = compiled([changed_within(fields, Slice("window", start, end))])
        held |= {row["id"] for row in table if fits(row)}
    assert held == {row["id"] for row in table}


DAYS = st.dates(datetime(2000, 1, 1).date(), datetime(2035, 1, 1).date())  # noqa: DTZ001  # only the dates are used
ZONES = st.sampled_from(["UTC", "America/New_York", "Europe/Madrid", "Pacific/Auckland", "Asia/Kolkata"])


@given(DAYS, ZONES)
def test_a_date_stays_the_date_it_is_in_every_zone(day: Any, zone: str) -> None:
    for text in (f"{day:%Y-%m-%d}T00:00:00Z", f"{day:%Y-%m-%d}T00:00:00.000Z", f"{day:%Y-%m-%d}T00:00:00"):
        payload = {"endDate": text}
        assert on(payload, "endDate", field="ended_on") == day
        assert on_in(payload, "endDate", ZoneInfo(zone), field="ended_on") == day


def test_labels_are_found_though_their_values_are_texts() -> None:
    with desk(holding(Tickets=[rows.ticket(1, status=8, priority=4), rows.ticket(2, status=77)])) as here:
        first, second = here.records("tickets")["tickets"]
        asked = Counter(a.path for a in here.server.asked)
    assert (first.status, first.status_raw) == ("in_progress", "In Progress")
    assert (first.priority, first.priority_raw) == ("critical", "Critical")
    assert (second.status, second.status_raw) == ("other", "77")
    assert asked[f"{BASE}/Tickets/entityInformation/fields"] == 1


def test_a_renamed_status_keeps_its_meaning_only_where_autotask_fixes_it() -> None:
    renamed = {"1": "Brand new", "5": "Fertig", "8": "Wird bearbeitet"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PICKLISTS["Tickets"], "status", renamed)
        table = [rows.ticket(n, status=status) for n, status in enumerate((1, 5, 8), start=1)]
        with desk(holding(Tickets=table)) as here:
            tickets = here.records("tickets")["tickets"]
    assert [(t.status, t.status_raw) for t in tickets] == [
        ("new", "Brand new"),
        ("closed", "Fertig"),
        ("other", "Wird bearbeitet"),
    ]


# Promises.


def test_a_false_verdict_before_its_time_is_no_miss() -> None:
    open_ticket = rows.ticket(1, resolvedDueDateTime=stamp(DAY + 90 * HOUR))
    late_ticket = rows.ticket(2, resolvedDueDateTime=stamp(DAY + HOUR))
    vendor = holding(
        Tickets=[open_ticket, late_ticket],
        ServiceLevelAgreementResults=lambda asked, _body: [
            rows.sla_result(n, isResolutionMet=False) for n in asked
        ],
    )
    with desk(vendor) as here:
        results = {r.id: r for r in here.records("tickets")["sla_results"]}
    assert (results["1:resolution"].vendor_outcome, results["1:resolution"].missed_at) == (None, None)
    assert results["2:resolution"].vendor_outcome == "missed"
    assert results["2:resolution"].missed_at == DAY + HOUR


def test_a_ticket_that_is_open_again_is_not_resolved() -> None:
    vendor = holding(
        Tickets=[rows.ticket(4, status=8), rows.ticket(8, status=12)],
        ServiceLevelAgreementResults=rows.sla_results,
    )
    with desk(vendor) as here:
        again, parked = here.records("tickets")["tickets"]
    assert (again.status, again.resolved_at, again.closed_at) == ("in_progress", None, None)
    # What "Parked" means nobody has said: the vendor's times stand.
    assert (parked.status, parked.closed_at) == ("other", DAY + 38 * HOUR)


# Histories.


def test_a_history_is_asked_with_one_condition_and_nothing_else() -> None:
    table = [rows.ticket(number) for number in (1, 2, 3)]
    with desk(holding(Tickets=table, TicketHistory=rows.history)) as here:
        here.payloads("ticket_history", Slice("increment", DAY + 4 * HOUR))
        asked = here.asked("TicketHistory")
    assert [a.body for a in asked] == [
        {"filter": [{"op": "eq", "field": "ticketID", "value": number}]} for number in (2, 3)
    ]


def test_a_history_of_another_ticket_is_an_ignored_filter() -> None:
    vendor = Vendor(instead={"/TicketHistory/query": Reply(
        {"items": rows.history_of(9), "pageDetails": {"nextPageUrl": None}}
    )})  # fmt: skip
    vendor.rows["Tickets"] = lambda _asked, _body: [rows.ticket(1)]
    with desk(vendor) as here, pytest.raises(ContractError, match="ignores the filter"):
        here.payloads("ticket_history")


@pytest.mark.parametrize(
    ("action", "detail"),
    [
        ("Status Changed", "New;Complete"),
        ("Edited", "Status set"),
        ("Edited", "Primary Resource = Ben"),
        ("Queue updated", None),
    ],
)
def test_a_history_in_an_unknown_form_is_a_reject_and_no_quiet_ticket(action: str, detail: Any) -> None:
    row = {**rows.history_of(1)[0], "action": action, "detail": detail}
    with desk(holding(Tickets=[rows.ticket(1)], TicketHistory=[row])) as here:
        (payload,) = here.payloads("ticket_history")
        with pytest.raises(RecordError) as error:
            list(here.stream("ticket_history").records(payload, here.context))
    assert error.value.reason == "unknown_history"


WORDS = st.sampled_from(
    [
        "Status",
        "status:",
        "Queue",
        "Primary Resource",
        "changed",
        "from",
        "to",
        "->",
        "New",
        "'",
        " ",
        "\n",
        ".",
    ]
)


@given(st.text(max_size=20), st.lists(WORDS | st.text(max_size=8), max_size=12).map(" ".join))
def test_any_history_is_read_or_rejected_and_never_crashes(action: str, detail: str) -> None:
    stream = next(s for s in CONNECTOR.streams(None) if s.name == "ticket_history")
    settings = CONNECTOR.settings.model_validate(settings_of("https://webservices.autotask.net"))
    row = {**rows.history_of(1)[0], "action": action, "detail": detail}
    payload = {"id": 1, "TicketHistory": [row]}
    events: list[Any] = []
    reasons: list[str] = []
    try:
        events += stream.records(payload, RecordContext(settings, ZoneInfo("UTC"), str))
    except RecordError as error:
        reasons.append(error.reason)
    assert set(reasons) <= {"unknown_history"}
    assert all(event.ticket == "1" and event.at.tzinfo is not None for event in events)


def test_a_line_full_of_blanks_is_read_in_no_time() -> None:
    row = {**rows.history_of(1)[0], "detail": "Status: New -> Complete" + " " * 20_000 + "x -> " * 2_000}
    with desk(holding(Tickets=[rows.ticket(1)], TicketHistory=[row])) as here:
        began = time.perf_counter()
        here.records("ticket_history")
        assert time.perf_counter() - began < 5


def test_what_people_wrote_stays_out_of_a_stored_history() -> None:
    row = {**rows.history_of(1)[0], "action": "Note Added", "detail": "Ann's password is hunter2"}
    with desk(holding(Tickets=[rows.ticket(1)], TicketHistory=[row])) as here:
        assert "hunter2" not in repr(here.payloads("ticket_history"))


# Money.


def test_the_lines_of_an_invoice_come_however_early_they_were_posted() -> None:
    table = [rows.invoice(number) for number in (1, 2, 3)]
    with desk(holding(Invoices=table, BillingItems=rows.billing_items)) as here:
        lines = here.records("invoice_lines", Slice("increment", DAY + 2 * HOUR))["invoice_lines"]
        asked = here.asked("BillingItems")
    assert [line.invoice for line in lines] == ["2", "2", "3", "3"]
    assert [a.body["filter"] for a in asked] == [[{"op": "in", "field": "invoiceID", "value": [2, 3]}]]


def test_lines_of_invoices_that_were_not_asked_for_are_an_ignored_filter() -> None:
    items = Reply({"items": rows.items_of(9), "pageDetails": {"nextPageUrl": None}})
    vendor = Vendor(instead={"/BillingItems/query": items})
    vendor.rows["Invoices"] = lambda _asked, _body: [rows.invoice(1)]
    with desk(vendor) as here, pytest.raises(ContractError, match="ignores the filter"):
        here.payloads("invoice_lines")


def test_more_ids_than_autotask_takes_are_asked_in_several_queries() -> None:
    table = [rows.invoice(number) for number in range(1, 451)]
    tickets = [rows.ticket(number, serviceLevelAgreementID=1) for number in range(1, 451)]
    vendor = holding(Invoices=table, Tickets=tickets, ServiceLevelAgreementResults=rows.sla_results)
    with desk(vendor) as here:
        assert len(here.payloads("tickets")) == 450
        sizes = [len(a.body["filter"][0]["value"]) for a in here.asked("ServiceLevelAgreementResults")]
        here.pages("invoices", Slice("open"), open_ids=lambda: (str(n) for n in range(1, 451)))
        sizes += [len(a.body["filter"][0]["value"]) for a in here.asked("Invoices")]
    assert sizes == [400, 50, 400, 50]


def test_the_units_of_todays_period_are_billed() -> None:
    vendor = holding(
        Contracts=[rows.contract(1)],
        ContractServices=rows.contract_services,
        ContractServiceUnits=rows.contract_service_units,
        ContractServiceBundles=rows.contract_bundles,
        ContractServiceBundleUnits=rows.contract_bundle_units,
        Services=rows.services,
        ServiceBundles=rows.service_bundles,
    )
    with desk(vendor) as here:
        records = here.records("agreements")
        units = here.asked("ContractServiceUnits")[0].body["filter"][0]
    assert {line.id: line.quantity for line in records["agreement_lines"]} == {
        "service:10": 4.0,
        "service:11": 5.0,
        "bundle:10": 2.0,
    }
    # 4 at 39.50, 5 at 30.00 a quarter, 2 at 100.00.
    assert [str(a.monthly_amount) for a in records["agreements"]] == ["408.0000"]
    assert [c["value"] for c in units["items"][1:]] == ["2026-03-02T00:00:00.000Z"] * 2
