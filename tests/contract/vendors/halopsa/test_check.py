"""What a look at the connection says, and which settings are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors.vendors.halopsa import CONNECTOR
from phasewise.errors import AuthError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.halopsa import items
from tests.contract.vendors.halopsa.halo import Answer, Halo, desk
from tests.support.howto import expect_true_settings


def busy() -> Halo:
    halo = Halo()
    halo.lists["/Tickets"] = [items.make_ticket(number) for number in range(1, 301)]
    return halo


def refusing(path: str, status: int = 403) -> Answer:
    return lambda asked: Reply({"Message": "No"}, status) if asked.path == f"/api{path}" else None


def test_it_says_who_we_are_where_and_what_it_costs() -> None:
    with desk(busy()) as here:
        found = here.check()
        assert len(here.server.asked) <= 5 + 2 * len(CONNECTOR.streams(None))
    assert found.identity.startswith("HaloPSA 2.184.1 at 127.0.0.1")
    assert found.identity.endswith("as the agent Phasewise")
    assert (dict(found.missing), tuple(found.excess)) == ({}, ())
    assert "300 tickets are shown to this agent, 100 of them closed" in found.notes
    assert any("survey_worst" in note for note in found.notes)
    assert found.cost is not None
    requests, minutes = found.cost
    # 126 spans of time, 3 pages of tickets, and the histories of 26 weeks of 156.
    assert requests == 126 + 3 + 50
    assert minutes == pytest.approx((129 * 0.5 + 50 * 4 * 300 / 700) / 60)


def test_without_a_scale_missing_the_note_on_surveys_is_left_out() -> None:
    with desk(busy(), survey_worst=1, survey_best=5) as here:
        assert not any("survey_worst" in note for note in here.check().notes)


@pytest.mark.parametrize(
    ("path", "streams"),
    [
        ("/Client", {"clients"}),
        ("/Tickets", {"tickets", "ticket_history"}),
        ("/Actions", {"time_entries", "ticket_history"}),
        ("/RecurringInvoice", {"recurring_invoices"}),
        ("/Feedback", {"survey_responses"}),
    ],
)
def test_a_missing_right_is_named_for_every_stream_that_needs_it(path: str, streams: set[str]) -> None:
    halo = busy()
    halo.instead = refusing(path)
    with desk(halo) as here:
        missing = here.check().missing
    assert set(missing) == streams
    rights = {stream.name: stream.right for stream in CONNECTOR.streams(None)}
    assert all(right == rights[stream] for stream, right in missing.items())


def test_every_stream_is_looked_at() -> None:
    def nothing(asked: Asked) -> Reply | None:
        is_list = asked.path.startswith("/api/") and asked.path not in ("/api/AuthInfo", "/api/Agent/me")
        return Reply({"Message": "No"}, 403) if is_list else None

    halo = busy()
    halo.instead = nothing
    with desk(halo) as here:
        found = here.check()
    assert set(found.missing) == {stream.name for stream in CONNECTOR.streams(None)}
    assert found.cost is None


def test_what_is_not_told_of_us_is_not_made_up() -> None:
    halo = busy()
    halo.instead = lambda asked: Reply(None, 404) if asked.path.endswith(("/me", "/InstanceInfo")) else None
    with desk(halo) as here:
        identity = here.check().identity
    assert "of an unknown version" in identity
    assert identity.endswith("as the agent ?")


def test_an_administrator_is_told_that_this_is_too_much() -> None:
    def admin(asked: Asked) -> Reply | None:
        return Reply({"name": "Root", "is_admin": True}) if asked.path == "/api/Agent/me" else None

    halo = busy()
    halo.instead = admin
    with desk(halo) as here:
        assert tuple(here.check().excess) == ("administrator",)


def test_a_list_that_leaves_out_closed_tickets_is_said() -> None:
    def only_open(asked: Asked) -> Reply | None:
        if asked.path == "/api/Tickets" and asked.query.get("closed_only") != "true":
            return Reply({"record_count": 20, "tickets": [items.make_ticket(1)]})
        return None

    halo = busy()
    halo.instead = only_open
    with desk(halo) as here:
        assert any("shorter than that of the closed ones" in note for note in here.check().notes)


def test_a_wrong_secret_is_no_list_of_missing_rights() -> None:
    with desk(busy(), client_secret="wr0ng") as here, pytest.raises(AuthError):
        here.check()


BASICS = {"base_url": "https://acme.halopsa.com", "client_id": "p", "client_secret": "s3cr3t"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"client_secret": None}, "client_secret"),
        ({"client_id": ""}, "client_id"),
        ({"page_size": 101}, "page_size"),
        ({"survey_worst": 1}, "survey_worst and survey_best belong together"),
        ({"survey_worst": 1, "survey_best": 1}, "survey_worst and survey_best belong together"),
        ({"requests_in_5_minutes": 0}, "requests_in_5_minutes"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CONNECTOR.settings.model_validate({**BASICS, **changes})
    assert message in str(error.value)
    assert "s3cr3t" not in str(error.value)


def test_the_settings_of_the_documentation_are_settings() -> None:
    text = expect_true_settings(CONNECTOR, client_secret="s")
    for stream in CONNECTOR.streams(None):
        assert f"`{stream.name}`" in text, f"{stream.name} is not on the page"
