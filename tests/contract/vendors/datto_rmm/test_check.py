"""What a look at the connection says, which settings are refused, and what a bad answer ends in."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from phasewise.connectors.vendors.datto_rmm import CONNECTOR
from phasewise.connectors.vendors.datto_rmm.check import LOOKS
from phasewise.connectors.vendors.datto_rmm.settings import Platform
from phasewise.errors import AuthError, ContractError, UnavailableError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.datto_rmm.desk import Instead, desk
from tests.contract.vendors.datto_rmm.rows import API, activity, alert, device, site
from tests.support.howto import expect_true_settings

BASICS = {"api_key": "KEY0001", "api_secret": "s3cr3t"}
LOG, SITES, USERS = f"{API}/activity-logs", f"{API}/account/sites", f"{API}/account/users"
RATE = f"{API}/system/request_rate"


def refusing(*paths: str, status: int = 403) -> Instead:
    def no(asked: Asked) -> Reply | None:
        return Reply({"status": status, "error": "No"}, status) if asked.path in paths else None

    return no


def test_it_says_who_we_are_and_where() -> None:
    with desk(rows={"sites": [site(1)], "devices": [device(1)]}) as here:
        found = here.check()
        assert len(here.server.asked) <= 9
    assert found.identity.startswith("Datto RMM at 127.0.0.1:")
    assert found.identity.endswith(", account Acme IT")
    assert dict(found.missing) == {}
    assert "give that user reading alone" in found.notes[0]
    assert re.fullmatch(r"all keys of the account sent \d+ of 600 requests in 60 seconds", found.notes[1]), (
        found.notes
    )


def test_a_look_asks_for_every_stream() -> None:
    assert set(LOOKS) == {stream.name for stream in CONNECTOR.streams(None)}


@pytest.mark.parametrize(
    ("path", "streams", "right"),
    [
        (SITES, {"clients", "devices", "automation_runs"}, "view of sites"),
        (f"{API}/account/devices", {"devices"}, "view of devices"),
        (f"{API}/account/alerts/open", {"alerts"}, "view of alerts"),
        (f"{API}/account/alerts/resolved", {"alerts"}, "view of alerts"),
        (LOG, {"automation_runs"}, "activity log"),
    ],
)
def test_a_missing_right_is_named_for_the_streams_it_is_missing_for(
    path: str, streams: set[str], right: str
) -> None:
    with desk(instead=refusing(path)) as here:
        missing = here.check().missing
    assert dict(missing) == dict.fromkeys(streams, right)


def test_users_that_are_refused_are_told_and_nothing_is_missing() -> None:
    with desk(instead=refusing(USERS)) as here:
        found = here.check()
    assert dict(found.missing) == {}
    assert any("nobody can tell which alerts people resolved" in note for note in found.notes)


def test_an_account_and_a_rate_that_are_refused_say_less() -> None:
    with desk(instead=refusing(f"{API}/account", RATE)) as here:
        found = here.check()
        assert found.identity == f"Datto RMM at {here.server.url.removeprefix('http://')}"
    assert dict(found.missing) == {}
    assert not any("requests in" in note for note in found.notes)


def test_a_smaller_account_is_told_what_to_set() -> None:
    def small(asked: Asked) -> Reply | None:
        told = {"slidingTimeWindowSizeSeconds": 60, "accountCount": 7, "accountRateLimit": 300}
        return Reply(told) if asked.path == RATE else None

    with desk(instead=small) as here:
        notes = here.check().notes
    assert "all keys of the account sent 7 of 300 requests in 60 seconds" in notes
    assert "set requests_a_minute to 270 or less: near its limit Datto slows down" in notes
    with desk(instead=small, requests_a_minute=200) as here:
        assert not any("set requests_a_minute" in note for note in here.check().notes)


def test_a_list_that_fails_is_told_and_the_others_are_looked_at() -> None:
    page = Reply(b"<html>Maintenance</html>", headers={"Content-Type": "text/html"})

    def maintained(asked: Asked) -> Reply | None:
        return page if asked.path == LOG else None

    with desk(instead=maintained) as here:
        missing = here.check().missing
    assert set(missing) == {"automation_runs"}
    assert "a web page instead of data" in missing["automation_runs"]


def test_the_cost_is_told_by_totals_and_the_newest_page_of_the_log() -> None:
    rows: dict[str, list[Any]] = {
        "sites": [site(n) for n in range(1, 40)],
        "devices": [device(n) for n in range(1, 601)],
        "alerts": [alert(n) for n in range(1, 5)],
    }
    with desk(rows=rows) as here:
        now = here.server.now().timestamp()
        # One deployment every ten minutes: a page of 250 of them is not two days.
        rows["activities"] = [dict(activity(n, date=now - n * 600)) for n in range(1, 400)]
        found = here.check()
    assert found.cost is not None
    requests, minutes = found.cost
    runs = 250 / (249 * 600 / 86_400) * 6 * 30.4
    listed = 1 + 3 + 1 + 1
    assert abs(requests - (listed + runs + runs / 250)) < 3
    assert minutes > runs / 75 / 2, "results are read with a quarter of the budget"
    with desk(rows=rows, run_results=False) as here:
        without = here.check().cost
        assert "run_results is off" in here.check().notes[-1]
    assert without is not None
    assert abs(without[0] - (listed + runs / 250)) < 3


def test_a_quiet_log_costs_next_to_nothing() -> None:
    with desk() as here:
        row = activity(1, date=here.server.now().timestamp() - 3600)
        here.memory.rows["activities"] = [dict(row)]
        found = here.check()
    assert found.cost is not None
    assert found.cost[0] < 40


def test_no_cost_is_told_where_a_list_is_refused() -> None:
    with desk(instead=refusing(LOG)) as here:
        assert here.check().cost is None


def test_a_wrong_key_is_an_error_that_names_the_platform() -> None:
    with desk(api_key="WRONG") as here, pytest.raises(AuthError, match="`platform`"):
        here.check()


def test_a_token_that_is_not_accepted_any_more_is_asked_for_again_once() -> None:
    with desk(rows={"sites": [site(1)]}) as here:
        here.pages("clients")
        here.memory.tokens.clear()
        assert len(here.payloads("clients")) == 1
        assert len(here.asked("/auth/oauth/token")) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}), ContractError),
        (Reply(b"<html>Maintenance</html>", 503, {"Content-Type": "text/html"}), UnavailableError),
        (Reply({"timestamp": 1, "status": 500, "error": "Internal Server Error"}, 500), UnavailableError),
        (Reply({"timestamp": 1, "status": 500, "error": "Internal Server Error"}), ContractError),
        (Reply({"status": 404, "error": "Not Found"}, 404), ContractError),
        (Reply({"pageDetails": {"totalCount": 0}}), ContractError),
        (Reply([]), ContractError),
    ],
)
def test_a_bad_answer_is_an_error_and_never_an_empty_list(reply: Reply, error: type[Exception]) -> None:
    def bad(asked: Asked) -> Reply | None:
        return reply if asked.path == SITES else None

    with desk(instead=bad) as here, pytest.raises(error):
        here.pages("clients")


def test_every_platform_has_an_address() -> None:
    for platform in get_args(Platform):
        settings = CONNECTOR.settings.model_validate({**BASICS, "platform": platform})
        assert getattr(settings, "address", None) == f"https://{platform}-api.centrastage.net"
    own = CONNECTOR.settings.model_validate({**BASICS, "base_url": "http://127.0.0.1:8080"})
    assert getattr(own, "address", None) == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"api_key": None}, "api_key"),
        ({"api_secret": None}, "api_secret"),
        ({"platform": "beaujolais"}, "platform"),
        ({"requests_a_minute": 600}, "requests_a_minute"),
        ({"requests_a_minute": 1}, "requests_a_minute"),
        ({"patched": [""]}, "patched"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CONNECTOR.settings.model_validate({**BASICS, **changes})
    assert message in str(error.value)
    assert "s3cr3t" not in str(error.value)


def test_the_settings_of_the_documentation_are_settings() -> None:
    expect_true_settings(CONNECTOR)
