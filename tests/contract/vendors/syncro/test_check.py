"""What a look at the connection says, and which settings are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors.vendors.syncro import CONNECTOR
from phasewise.errors import AuthError, UnavailableError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.syncro import rows
from tests.contract.vendors.syncro.desk import FORBIDDEN, Shop, desk
from tests.contract.vendors.syncro.twin import BASE, TOKEN
from tests.support.howto import expect_true_settings

ROWS = Shop(
    {
        "/tickets": [rows.ticket(number) for number in range(1, 61)],
        "/customer_assets": [rows.asset(number) for number in range(1, 31)],
    }
)


def refusing(reply: Reply, *paths: str) -> Shop:
    """A shop that says no to every request for these paths; to all without any."""

    def no(asked: Asked) -> Reply | None:
        return reply if not paths or asked.path.removeprefix(BASE) in paths else None

    return Shop(ROWS.lists, before=no)


def test_it_says_who_we_are_and_what_we_could_do_without() -> None:
    with desk(ROWS) as here:
        found = here.check()
        assert len(here.server.asked) <= 16
    assert found.identity == "Syncro testsubdomainwi1, as Joe Doe"
    assert dict(found.missing) == {}
    assert list(found.excess) == ["ticket: write", "script: execute"]
    assert list(found.notes) == []


def test_it_says_what_the_first_sync_costs() -> None:
    with desk(ROWS) as here:
        cost = here.check().cost
    with desk(ROWS, patches=False) as here:
        without = here.check().cost
    assert cost is not None
    assert without is not None
    # 3 pages of tickets, 2 of assets, 7 other lists and the users; by full pages of 25, the comments of 75
    # tickets and the patches of 50 assets.
    assert cost[0] == 3 + 2 + 7 + 1 + 75 + 50
    assert cost[0] - without[0] == 50
    assert cost[1] > without[1]


def test_a_missing_right_is_named_for_every_stream_that_needs_it() -> None:
    with desk(refusing(FORBIDDEN, "/tickets", "/schedules")) as here:
        missing = here.check().missing
    assert set(missing) == {"tickets", "ticket_history", "agreements"}
    assert missing["agreements"] == "Recurring Invoices - List"
    assert "Tickets - List/Search" in missing["ticket_history"]


def test_the_right_to_see_comments_is_tried_on_a_ticket() -> None:
    with desk(refusing(FORBIDDEN, "/tickets/1/comments")) as here:
        missing = here.check().missing
    assert set(missing) == {"ticket_history"}
    assert "Tickets - View Details" in missing["ticket_history"]


def test_lines_of_invoices_are_looked_at_only_where_they_are_wanted() -> None:
    shop = refusing(FORBIDDEN, "/line_items")
    with desk(shop) as here:
        assert dict(here.check().missing) == {}
        assert "invoice_lines" not in {stream.name for stream in CONNECTOR.streams(here.settings)}
    with desk(shop, invoice_lines=True) as here:
        assert dict(here.check().missing) == {"invoice_lines": "Global Admin"}


def test_a_list_of_another_form_is_named_and_the_rest_goes_on() -> None:
    with desk(refusing(Reply({"message": "Not found"}, 404), "/estimates")) as here:
        missing = here.check().missing
    assert set(missing) == {"opportunities"}


def test_renamed_words_are_named() -> None:
    with desk(ROWS) as here:
        fixed = {
            f"{BASE}/tickets/settings": {"ticket_status_list": ["New", "Waiting on Vendor", "Closed"]},
            f"{BASE}/settings": {"ticket": {"priorities": ["", "1 High", "9 Someday"]}},
        }
        here.server.world = type(here.server.world)(
            here.server.world.collections, {**here.server.world.fixed, **fixed}, here.server.world.other
        )
        notes = " ".join(here.check().notes)
    assert "mapping.status: Waiting on Vendor" in notes
    assert "9 Someday" in notes
    assert "High," not in notes.partition("9 Someday")[2]


def test_settings_that_may_not_be_seen_are_no_mistake() -> None:
    with desk(ROWS) as here:
        here.server.world = type(here.server.world)(
            (), {f"{BASE}/me": here.server.world.fixed[f"{BASE}/me"]}, here.server.world.other
        )
        assert dict(here.check().missing) == {}


@pytest.mark.parametrize(
    ("reply", "error"),
    [(Reply({"error": "Invalid token"}, 401), AuthError), (Reply(None, 503), UnavailableError)],
)
def test_a_refused_token_and_a_server_that_is_away_are_errors(reply: Reply, error: type[Exception]) -> None:
    with desk(refusing(reply, "/payments")) as here, pytest.raises(error):
        here.check()


def test_a_token_that_is_not_told_who_it_is_is_refused_as_a_whole() -> None:
    with desk(ROWS) as here:
        here.server.world = type(here.server.world)((), {}, refusing(FORBIDDEN).answer)
        with pytest.raises(AuthError, match="expired or withdrawn"):
            here.check()


def test_without_a_currency_it_says_so() -> None:
    with desk(ROWS, currency=None) as here:
        assert "no currency" in here.check().notes[0]


@pytest.mark.parametrize("base", ["{url}", "{url}/", "{url}/api/v1", "{url}/api/v1/"])
def test_the_address_is_taken_with_and_without_the_path_of_the_interface(base: str) -> None:
    with desk(ROWS) as here:
        url = base.format(url=here.server.url)
        settings = here.settings.model_copy(update={"base_url": url})
        with CONNECTOR.open(settings) as client:
            assert CONNECTOR.check(client, settings).identity


def test_a_subdomain_is_enough() -> None:
    settings: Any = CONNECTOR.settings.model_validate({"subdomain": "acme", "token": TOKEN})
    assert settings.address == "https://acme.syncromsp.com/api/v1"


BASICS = {"subdomain": "acme", "token": TOKEN}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subdomain": ""}, "needs the subdomain, or the base_url"),
        ({"base_url": "https://acme.syncromsp.com"}, "needs the subdomain, or the base_url"),
        ({"subdomain": "acme.syncromsp.com"}, "only the first part"),
        ({"subdomain": "https://acme"}, "only the first part"),
        ({"token": None}, "token"),
        ({"currency": "dollars"}, "currency"),
        ({"requests_per_minute": 181}, "requests_per_minute"),
        ({"requests_per_minute": 1}, "requests_per_minute"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CONNECTOR.settings.model_validate({**BASICS, **changes})
    assert message in str(error.value)
    assert TOKEN not in str(error.value)


def test_fewer_requests_a_minute_are_kept_to() -> None:
    shop = Shop({"/payments": [rows.payment(number) for number in range(1, 30)]}, size=1)
    with desk(shop, requests_per_minute=10) as here:
        here.pages("payments")
        assert here.clock.monotonic() >= 120


def test_the_settings_of_the_documentation_are_settings() -> None:
    text = expect_true_settings(CONNECTOR, token=TOKEN)
    for stream in CONNECTOR.streams(None):
        for right in stream.right.split(" and "):
            if " - " in right or right == "Global Admin":
                assert right in text, right
