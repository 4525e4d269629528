"""What a look at the connection says, which settings are refused, and what comes of bad input."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.connectwise import CONNECTOR
from phasewise.connectors.vendors.connectwise.check import LISTS
from phasewise.errors import AuthError, ContractError, ForbiddenError, UnavailableError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.connectwise import items
from tests.contract.vendors.connectwise.desk import BASE, PRIVATE, PUBLIC, desk, settings
from tests.contract.vendors.connectwise.items import DAY
from tests.support.howto import expect_true_settings

REFUSED = Reply({"code": "Forbidden", "message": "You do not have security permission"}, 403)
EVERY_STREAM = {stream.name for stream in CONNECTOR.streams(None)}


def refused(*paths: str) -> Any:
    return lambda asked: REFUSED if asked.path.removeprefix(BASE) in paths else None


def test_it_says_who_we_are_where_and_what_it_will_cost() -> None:
    rows = {"/service/tickets": [items.ticket(n) for n in range(1, 61)]}
    with desk(rows) as here:
        found = here.check()
        assert len(here.server.asked) <= 2 + 2 * len({listed.path for listed in LISTS.values()})
    assert found.identity == "ConnectWise PSA v2025.1.1 in EU, as an API member of acme"
    assert PUBLIC not in repr(found)
    assert found.notes[0] == "its interface is at v2025_1/"
    assert found.cost is not None
    assert found.cost[0] > 60 * 26 // 156  # a request for every trail that is read, and more


def test_every_stream_has_a_list_that_is_looked_at() -> None:
    assert set(LISTS) == EVERY_STREAM
    rights = {stream.name: stream.right for stream in CONNECTOR.streams(None)}
    assert {name: listed.right for name, listed in LISTS.items()} == rights


@pytest.mark.parametrize(
    ("path", "streams"),
    [
        ("/service/tickets", {"tickets", "ticket_history"}),
        ("/project/tickets", {"project_tickets", "project_tasks"}),
        ("/finance/agreements", {"agreements", "agreement_lines"}),
        ("/finance/invoices", {"invoices", "payments"}),
        ("/service/surveys", {"survey_responses"}),
        ("/time/entries", {"time_entries"}),
    ],
)
def test_a_missing_right_is_named_for_every_stream_that_needs_it(path: str, streams: set[str]) -> None:
    with desk(instead=refused(path)) as here:
        missing = here.check().missing
    assert set(missing) == streams
    assert all(missing[name] == LISTS[name].right for name in streams)


def test_all_rights_missing_is_said_for_every_stream() -> None:
    with desk(instead=refused(*(listed.path for listed in LISTS.values()))) as here:
        assert set(here.check().missing) == EVERY_STREAM


@pytest.mark.parametrize(("status", "error"), [(401, AuthError), (503, UnavailableError)])
def test_a_refused_key_and_a_server_that_is_away_are_errors(status: int, error: type[Exception]) -> None:
    said = {"code": "Unauthorized", "message": "UserNotAuthenticated"}
    with (
        desk(instead=lambda a: Reply(said, status) if a.path.startswith(BASE) else None) as here,
        pytest.raises(error),
    ):
        here.check()


def test_a_role_that_may_not_know_the_version_is_let_in() -> None:
    with desk(instead=refused("/system/info")) as here:
        found = here.check()
    assert found.identity == "ConnectWise PSA of an unknown version, as an API member of acme"
    assert dict(found.missing) == {}


def test_a_list_that_fails_is_said_and_the_look_goes_on() -> None:
    broken = lambda a: Reply({"code": "x", "message": "no"}, 400) if a.path.endswith("/members") else None  # noqa: E731  # one line says it
    with desk(instead=broken) as here:
        missing = here.check().missing
    assert "does not take the request (400)" in missing["technicians"]
    assert set(missing) == {"technicians"}


# Bad input.


def test_a_maintenance_page_is_no_data() -> None:
    page = Reply(b"<html>We will be back</html>", headers={"Content-Type": "text/html"})
    with (
        desk(instead=lambda a: page if a.path.startswith(BASE) else None) as here,
        pytest.raises(ContractError, match="a web page instead of data"),
    ):
        here.payloads("tickets")


def test_a_refusal_with_status_200_is_no_page() -> None:
    said = {"code": "InvalidObject", "message": "conditions are invalid", "errors": None}
    with (
        desk(instead=lambda a: Reply(said) if a.path.startswith(BASE) else None) as here,
        pytest.raises(ContractError, match="conditions are invalid"),
    ):
        here.payloads("clients")


def test_a_right_that_is_missing_for_one_detail_ends_its_stream_alone() -> None:
    rows = {
        "/finance/agreements": [items.agreement(1)],
        "/finance/invoices": [items.invoice(1)],
        "/service/tickets": [items.ticket(1)],
    }
    no = refused("/finance/agreements/1/additions", "/finance/invoices/1/payments", "/system/audittrail")
    with desk(rows, instead=no) as here:
        for name in ("agreement_lines", "payments", "ticket_history"):
            with pytest.raises(ForbiddenError) as error:
                here.payloads(name)
            assert error.value.right == here.stream(name).right
        for name in ("agreements", "invoices", "tickets"):
            assert here.payloads(name)


def test_look_ups_without_their_right_leave_the_streams_going() -> None:
    rows = {
        "/service/tickets": [items.ticket(3)],
        "/sales/opportunities": [items.opportunity(3), items.opportunity(4)],
    }
    no = refused(
        "/service/SLAs", "/service/boards/1/statuses", "/sales/opportunities/statuses", "/system/members"
    )
    with desk(rows, instead=no) as here:
        assert here.records("tickets")[0].status == "in_progress"  # by its name
        assert [o.outcome for o in here.records("opportunities")] == ["open", "won"]
        assert {e.technician for e in here.records("ticket_history")} == {None}


def test_a_row_without_an_id_is_an_error_and_no_page() -> None:
    rows = [{"summary": "?", "_info": items.info(1)}]

    def nameless(asked: Asked) -> Reply | None:
        return Reply(rows, headers={"Link": ""}) if asked.path == f"{BASE}/service/tickets" else None

    with desk(instead=nameless) as here, pytest.raises(ContractError, match="no number as its id"):
        here.payloads("tickets")


def test_a_date_that_is_none_rejects_its_row_alone() -> None:
    rows = [items.ticket(1), {**items.ticket(2), "closedDate": "yesterday"}]
    with desk({"/service/tickets": rows}) as here:
        stream = here.stream("tickets")
        first, second = here.payloads("tickets", Slice("w", DAY))
        assert list(stream.records(first, here.context))
        with pytest.raises(Exception, match="yesterday"):
            list(stream.records(second, here.context))


def test_a_filter_that_is_ignored_is_seen() -> None:
    def everything(asked: Asked) -> Reply | None:
        listed = asked.path == f"{BASE}/time/entries"
        return Reply([items.time_entry(n) for n in range(1, 9)], headers={"Link": ""}) if listed else None

    with desk(instead=everything) as here, pytest.raises(ContractError, match="ignores the filter"):
        here.payloads("time_entries", Slice("increment", DAY.replace(year=2030)))


# Settings.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"company": " "}, "company"),
        ({"client_id": ""}, "client_id"),
        ({"base_url": ""}, "base_url"),
        ({"page_size": 0}, "page_size"),
        ({"history_weeks": 0}, "history_weeks"),
        ({"api_version": "latest"}, "api_version"),
        ({"codebase": "v4/../"}, "codebase"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CONNECTOR.settings.model_validate(settings("https://na.myconnectwise.net", **changes))
    assert message in str(error.value)
    assert PRIVATE not in str(error.value)


def test_the_history_goes_back_as_far_as_the_settings_say() -> None:
    for weeks, months in ((1, 1), (26, 6), (52, 12)):
        chosen = CONNECTOR.settings.model_validate(settings("https://cw.test", history_weeks=weeks))
        (history,) = [s for s in CONNECTOR.streams(chosen) if s.name == "ticket_history"]
        assert (history.history_months, history.background) == (months, True)


def test_the_settings_of_the_documentation_are_settings() -> None:
    text = expect_true_settings(CONNECTOR)
    for stream in CONNECTOR.streams(None):
        assert f"`{stream.name}`" in text, f"the page does not name {stream.name}"
    for right in {listed.right.partition(" (")[0] for listed in LISTS.values()}:
        for one in right.split(", and "):
            assert one.partition(": ")[2] in text, f"the page does not name the right {one}"
