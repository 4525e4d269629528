"""What the twin of the contract tests pretends, the real Request Tracker does."""

from __future__ import annotations

import urllib.error
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.integration.request_tracker.conftest import NewOffice
from tests.integration.request_tracker.desk import Hands

pytestmark = pytest.mark.server


@pytest.fixture
def ask(rt5: dict[str, str]) -> Callable[..., Any]:
    """A search as one of the users: ask("tickets", query, as_="RT5_TOKEN", …)."""
    hands = Hands(rt5)

    def search(what: str, query: str = "", as_: str = "RT5_TOKEN", **parameters: Any) -> Any:
        text = urlencode({"query": query, **parameters})
        return hands.ask("GET", f"/{what}?{text}", token=rt5[as_])

    return search


def test_a_hundred_is_the_most_and_twenty_what_comes_unasked(ask: Callable[..., Any]) -> None:
    assert len(ask("tickets", "id > 0", per_page=500)["items"]) == 100
    assert ask("tickets", "id > 0")["per_page"] == 20
    assert ask("tickets", "id > 0", page=9999)["items"] == []


def test_dates_are_read_in_the_zone_of_the_user(ask: Callable[..., Any]) -> None:
    newest = ask("tickets", "id > 0", orderby="LastUpdated", order="DESC", per_page=1, fields="LastUpdated")
    at = newest["items"][0]["LastUpdated"].replace("T", " ").rstrip("Z")
    query = f"LastUpdated >= '{at}'"
    in_utc = ask("tickets", query, as_="RT5_TOKEN_WITHOUT_COMMENTS")["total"]
    in_madrid = ask("tickets", query)["total"]
    in_new_york = ask("tickets", query, as_="RT5_TOKEN_WITHOUT_ZONE")["total"]
    assert in_madrid >= in_utc >= 1 > in_new_york
    named = ask("tickets", f"LastUpdated >= '{at} UTC'")["total"]
    assert named == in_madrid, "a zone in the text is not heard"


def test_its_own_form_of_a_time_is_cut_to_the_day(ask: Callable[..., Any]) -> None:
    newest = ask("tickets", "id > 0", orderby="LastUpdated", order="DESC", per_page=1, fields="LastUpdated")
    day = newest["items"][0]["LastUpdated"].partition("T")[0]
    cut = ask("tickets", f"LastUpdated >= '{day}T23:59:59Z'")["total"]
    assert cut == ask("tickets", f"LastUpdated >= '{day}'")["total"] > 0


def test_deleted_and_merged_tickets_are_hidden_as_the_twin_hides_them(
    rt5: dict[str, str], ask: Callable[..., Any]
) -> None:
    hands = Hands(rt5)
    kept, deleted, merged = (hands.open("Network", f"Hidden by a test {n}") for n in range(3))
    hands.change(deleted, Status="deleted")
    before = hands.ask("GET", f"/ticket/{merged}")["LastUpdated"]
    hands.change(merged, MergeInto=kept)
    for query in (f"id = {deleted}", f"id = {deleted} AND Status = 'deleted'", f"EffectiveId = {deleted}"):
        assert ask("tickets", query)["total"] == 0
    assert hands.ask("GET", f"/ticket/{deleted}")["Status"] == "deleted"
    assert ask("tickets", f"id = {merged}")["total"] == 0
    found = ask("tickets", f"EffectiveId > 0 AND id = {merged}", fields="EffectiveId,LastUpdated,Subject")
    assert [(i["EffectiveId"], i["LastUpdated"], i["Subject"]) for i in found["items"]] == [
        (kept, before, "Hidden by a test 2")
    ]
    assert str(hands.ask("GET", f"/ticket/{merged}")["id"]) == kept
    log = ask(
        "transactions",
        f"ObjectType = 'RT::Ticket' AND Field = 'MergedInto' AND (ObjectId = {kept} OR ObjectId = {merged})",
        fields="ObjectId,NewValue",
    )
    assert sorted(i["ObjectId"] for i in log["items"]) == sorted([kept, merged])
    assert {i["NewValue"].rpartition("/")[2] for i in log["items"]} == {kept}


def test_only_a_superuser_is_told_how_many_transactions_there_are(ask: Callable[..., Any]) -> None:
    query = "ObjectType = 'RT::Ticket' AND Type = 'Comment'"
    assert ask("transactions", query)["total"] is None
    assert ask("transactions", query, as_="RT5_ADMIN_TOKEN")["total"] > 100
    assert ask("transactions", query, as_="RT5_TOKEN_WITHOUT_COMMENTS", per_page=100)["items"] == []
    mails = "ObjectType = 'RT::Ticket' AND Type = 'EmailRecord'"
    assert ask("transactions", mails, per_page=100)["items"] == []


def test_a_subfield_asks_for_the_number_of_a_user(ask: Callable[..., Any]) -> None:
    query = "Owner = 'tech1'"
    (named,) = ask("tickets", query, per_page=1, fields="Owner")["items"]
    (numbered,) = ask("tickets", query, per_page=1, **{"fields": "Owner", "fields[Owner]": "id,Name"})[
        "items"
    ]
    assert named["Owner"]["id"] == "tech1"
    assert (str(numbered["Owner"]["id"]).isdecimal(), numbered["Owner"]["Name"]) == (True, "tech1")


def test_a_filter_of_users_by_anything_but_the_name_is_dropped(ask: Callable[..., Any]) -> None:
    everybody = ask("users")["total"]
    assert ask("users", '[{"field": "id", "value": 1}]')["total"] == everybody > 10
    assert ask("users", '[{"field": "Name", "value": "tech1"}]')["total"] == 1
    assert ask("users", '[{"field": "Name", "value": "tech4"}]')["total"] == 0
    assert ask("users", '[{"field": "Name", "value": "tech4"}]', find_disabled_rows=1)["total"] == 1


def test_a_correct_if_modified_since_is_answered_with_500(rt5: dict[str, str]) -> None:
    hands = Hands(rt5)
    number = hands.open("Network", "Cached by a test")
    with pytest.raises(urllib.error.HTTPError) as error:
        hands.ask("GET", f"/ticket/{quote(number)}", If_Modified_Since="Wed, 01 Jan 2025 00:00:00 GMT")
    assert error.value.code == 500
    error.value.close()


def test_a_user_without_a_zone_is_refused_until_the_settings_say_the_servers(new_office: NewOffice) -> None:
    since = datetime.now(UTC) - timedelta(days=3)
    arguments = ("sync", "--stream", "tickets", "--since", f"{since:%Y-%m-%d}")
    silent = new_office("RT5_TOKEN_WITHOUT_ZONE").run(*arguments)
    assert silent.returncode == 5, silent.stderr
    assert "nobody says in which time zone" in silent.stdout + silent.stderr
    wrong = new_office("RT5_TOKEN_WITHOUT_ZONE", zone="UTC").run(*arguments)
    assert "does not read dates in UTC" in wrong.stdout + wrong.stderr
    right = new_office("RT5_TOKEN_WITHOUT_ZONE", zone="America/New_York").run(*arguments)
    assert right.returncode == 0, right.stderr


def test_check_notices_hidden_comments_and_a_right_too_many(new_office: NewOffice) -> None:
    assert "ShowTicketComments" in new_office("RT5_TOKEN_WITHOUT_COMMENTS").run("check").stdout
    plain = new_office().run("check").stdout
    assert "ShowTicketComments" not in plain
    assert "as the user reader" in plain
    admin = new_office("RT5_ADMIN_TOKEN", zone="America/New_York").run("check").stdout
    assert "not needed: SuperUser" in admin
