"""What a look at the connection says, and which settings are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors.vendors.autotask import CONNECTOR
from phasewise.connectors.vendors.autotask.check import ASKED
from phasewise.connectors.vendors.autotask.settings import CENTRAL
from phasewise.errors import AuthError, UnavailableError
from phasewise.testing.world import Reply
from tests.contract.vendors.autotask import rows
from tests.contract.vendors.autotask.desk import Vendor, desk
from tests.contract.vendors.autotask.test_quirks import holding
from tests.support.howto import expect_true_settings

DENIED = Reply(
    {"errors": ["The logged in Resource does not have the adequate permissions to query this entity type."]},
    500,
)


def test_it_says_who_we_are_in_which_zone_and_what_the_first_sync_costs() -> None:
    table = [rows.ticket(number) for number in range(1, 8)]
    with desk(holding(Tickets=table)) as here:
        found = here.check()
        assert len(here.server.asked) <= 27
    assert found.identity == "Autotask PSA, America East, as phasewise@acme.example"
    assert dict(found.missing) == {}
    assert found.notes == [
        "all integrations together have asked 124 of 10,000 requests in the last hour",
        "of the first sync 7 requests are histories, read last: about 0 minutes",
    ]
    assert found.cost is not None
    assert found.cost[0] == 507  # what is small everywhere, and a request for each of seven histories
    assert 0 < found.cost[1] < 3


def test_the_histories_of_a_large_desk_are_told_in_hours() -> None:
    table = [rows.ticket(number) for number in range(1, 4501)]
    with desk(holding(Tickets=table)) as here:
        found = here.check()
    assert found.cost is not None
    # 4,500 histories at a quarter of 4,500 an hour: the first quarter at once, then three hours.
    assert found.cost == (500 + 9 + 11 + 4500, 180.0)
    assert "4,500 requests are histories, read last: about 180 minutes" in found.notes[1]


def test_every_stream_is_looked_at() -> None:
    assert {*ASKED, "sla_policies"} == {stream.name for stream in CONNECTOR.streams(None)}


@pytest.mark.parametrize(("stream", "entity"), [(s, e) for s, asked in ASKED.items() for e in asked])
def test_a_missing_right_is_named_for_the_streams_that_need_it(stream: str, entity: Any) -> None:
    with desk(Vendor(instead={f"/{entity.name}/query": DENIED})) as here:
        missing = here.check().missing
    assert missing[stream] == entity.right
    assert entity.name in entity.right
    assert set(missing) == {name for name, asked in ASKED.items() if entity in asked}


def test_a_database_that_is_half_used_up_is_said() -> None:
    vendor = holding(Tickets=[rows.ticket(1)])
    vendor.threshold = 6_000
    with desk(vendor) as here:
        assert "more than half is used" in here.check().notes[1]


def test_no_ticket_at_all_may_be_a_line_of_business_that_is_hidden() -> None:
    with desk() as here:
        assert any("lines of business" in note for note in here.check().notes)


def test_a_scale_that_nobody_wrote_down_is_said() -> None:
    with desk(survey_scale=None) as here:
        assert any("survey_scale is not set" in note for note in here.check().notes)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"errors": ["Unauthorized"]}, 401), AuthError),
        (Reply(b"<html>maintenance</html>", 503, {"Content-Type": "text/html"}), UnavailableError),
    ],
)
def test_a_refused_key_and_a_server_that_is_away_are_errors(reply: Reply, error: type[Exception]) -> None:
    with desk(Vendor(instead={"/ThresholdInformation": reply})) as here, pytest.raises(error):
        here.check()


BASICS = {"user": "phasewise@acme.example", "secret": "s3cret", "integration_code": "C0DE"}


def test_three_keys_are_all_it_takes() -> None:
    settings: Any = CONNECTOR.settings.model_validate(BASICS)
    assert settings.base_url == CENTRAL
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"user": ""}, "user"),
        ({"requests_an_hour": 10_001}, "requests_an_hour"),
        ({"requests_an_hour": 0}, "requests_an_hour"),
        ({"currency": "euro"}, "currency"),
        ({"survey_scale": [5, 5]}, "needs two different ratings"),
        ({"survey_scale": [1]}, "survey_scale"),
        ({"project_kinds": {"onboarding": "party"}}, "project_kinds"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as error:
        CONNECTOR.settings.model_validate({**BASICS, **changes})
    assert message in str(error.value)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("base", ["{url}", "{url}/", "{url}/ATServicesRest", "{url}/ATServicesRest/"])
def test_the_address_is_taken_with_and_without_the_path_of_the_interface(base: str) -> None:
    with desk() as here:
        settings = here.settings.model_copy(update={"base_url": base.format(url=here.server.url)})
        with CONNECTOR.open(settings) as client:
            assert CONNECTOR.check(client, settings).identity


def test_the_settings_of_the_documentation_are_settings() -> None:
    expect_true_settings(CONNECTOR)
