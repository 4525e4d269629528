"""What a look at the connection says, and which settings are refused."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors.vendors.request_tracker import CONNECTOR
from phasewise.errors import AuthError, UnavailableError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.request_tracker.desk import desk
from tests.contract.vendors.request_tracker.twin import BASE, DAY, READER, Twin, history

HOUR = timedelta(hours=1)


def twin_with_a_past() -> Twin:
    twin = Twin()
    twin.open(1, TimeWorked="65")
    history(twin, 1)
    return twin


def refusing(twin: Twin, status: int, path: str = "") -> Twin:
    """The twin, saying no to every request on a path."""
    answer = twin.answer

    def no(asked: Asked) -> Reply | None:
        said = Reply({"message": "No"}, status)
        return said if asked.path.startswith(BASE + path) else answer(asked)

    twin.answer = no  # type: ignore[method-assign]  # the twin of this test answers otherwise
    return twin


def test_it_says_who_we_are_where_and_in_which_zone() -> None:
    with desk(twin_with_a_past()) as here:
        found = here.check()
        assert len(here.server.asked) <= 9
    assert found.identity == "Request Tracker 5.0.3, as the user reader"
    assert (dict(found.missing), found.excess) == ({}, ())
    assert found.notes == ["dates in queries are read in UTC"]
    assert found.cost is not None
    assert found.cost[0] > 0


def test_a_zone_with_a_change_of_clocks_is_advised_against() -> None:
    twin = twin_with_a_past()
    twin.users[READER]["Timezone"] = "Europe/Madrid"
    with desk(twin) as here:
        assert "UTC is safer" in here.check().notes[0]


def test_comments_that_are_hidden_are_noticed() -> None:
    twin = twin_with_a_past()
    twin.hidden = frozenset({"Comment"})
    with desk(twin) as here:
        notes = here.check().notes
    assert "of the 65 minutes worked on 1 tickets their histories show 25" in notes[1]
    assert "ShowTicketComments" in notes[1]


def test_the_time_of_merged_tickets_is_no_hidden_comment() -> None:
    twin = twin_with_a_past()
    twin.open(2)
    twin.merge(2, 1, at=DAY + 9 * HOUR)
    twin.tickets[1]["TimeWorked"] = "500"
    with desk(twin) as here:
        assert len(here.check().notes) == 1


def test_a_superuser_is_told_that_this_is_too_much() -> None:
    twin = twin_with_a_past()
    twin.is_superuser = True
    with desk(twin) as here:
        assert tuple(here.check().excess) == ("SuperUser",)


def test_a_date_far_ahead_that_finds_something_is_an_ignored_filter() -> None:
    twin = twin_with_a_past()
    found = twin.found
    twin.found = lambda query, what: found(query.split(" AND ")[0], what)  # type: ignore[method-assign]  # the twin of this test answers otherwise
    with desk(twin) as here:
        assert "ignores the filter" in here.check().missing["tickets"]


def test_a_missing_right_is_named_for_both_streams() -> None:
    with desk(refusing(twin_with_a_past(), 403, "/tickets")) as here:
        missing = here.check().missing
    assert set(missing) == {"tickets", "technicians"}
    assert "ShowTicketComments" in missing["tickets"]


@pytest.mark.parametrize(("status", "error"), [(401, AuthError), (503, UnavailableError)])
def test_a_refused_key_and_a_server_that_is_away_are_errors(status: int, error: type[Exception]) -> None:
    with desk(refusing(twin_with_a_past(), status)) as here, pytest.raises(error):
        here.check()


def test_a_user_and_a_password_will_do() -> None:
    with desk(twin_with_a_past(), token=None, user="reader", password="pässword") as here:
        assert here.check().identity.endswith("as the user reader")
        assert here.asked("/user/reader")
        assert "Basic" in here.server.asked[0].headers["authorization"]


@pytest.mark.parametrize("base", ["{url}", "{url}/", "{url}/REST/2.0", "{url}/REST/2.0/"])
def test_the_address_is_taken_with_and_without_the_path_of_the_interface(base: str) -> None:
    with desk(twin_with_a_past()) as here:
        url = base.format(url=here.server.url)
        settings = here.settings.model_copy(update={"base_url": url})
        with CONNECTOR.open(settings) as client:
            assert CONNECTOR.check(client, settings).identity


BASICS = {"base_url": "https://rt.example.com", "token": "1-7-abc"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"token": None}, "needs a token, or a user and a password"),
        ({"token": None, "password": "p"}, "needs a token, or a user and a password"),
        ({"password": "p"}, "has a token and a password"),
        ({"token": "abc"}, "the token does not say whose it is"),
        ({"zone": "Madrid"}, 'there is no time zone "Madrid"'),
        ({"client_from": "custom_field"}, "belong together"),
        ({"client_field": "Client"}, "belong together"),
        ({"client_from": "company"}, "client_from"),
        ({"priorities": {}}, "priorities: names none"),
        ({"priorities": {"urgent": 3}}, "urgent"),
        ({"page_size": 0}, "page_size"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CONNECTOR.settings.model_validate({**BASICS, **changes})
    assert message in str(error.value)
    assert "abc" not in str(error.value)


def test_a_token_of_another_form_needs_the_name_of_its_user() -> None:
    settings = CONNECTOR.settings.model_validate({**BASICS, "token": "opaque", "user": "reader"})
    assert getattr(settings, "account", None) == "reader"
    assert getattr(CONNECTOR.settings.model_validate(BASICS), "account", None) == "7"


def test_the_settings_of_the_documentation_are_settings() -> None:
    page = Path(__file__).parents[4] / "docs" / "howto" / "connect-request-tracker.md"
    text = page.read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    written = tomllib.loads(block)["connections"]["rt"]
    assert written["connector"] == CONNECTOR.name
    CONNECTOR.settings.model_validate({**written["settings"], "token": "1-7-abc"})
    named = set(re.findall(r"^- `(\w+)", text.partition("Further settings")[2], re.MULTILINE))
    assert named <= set(CONNECTOR.settings.model_fields)
    for right in ("SeeQueue", "ShowTicket", "ShowTicketComments", "SeeCustomField"):
        assert right in text
