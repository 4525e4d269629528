"""What the connector asks for and reads is in Datto's specification."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.conformance import (
    Conformance,
    Shape,
    field_violations,
    needless_excuses,
    request_violations,
)
from tests.support.specification import answer_of, folder, operations, under

DATTO = Conformance(
    connector="datto_rmm",
    specification="datto_rmm.json",
    prefix="/api",
    shapes={
        "clients": Shape("/v2/account/sites", items="sites"),
        "devices": Shape("/v2/account/devices", items="devices", ours=frozenset({"isOnDemand"})),
        "alerts": Shape("/v2/account/alerts/resolved", items="alerts", ours=frozenset({"resolver"})),
        "automation_runs": Shape(
            "/v2/activity-logs",
            items="activities",
            ours=frozenset({"isByUser", "job", "deviceUid", "siteUid"}),
            inside={"result": Shape("/v2/job/{jobUid}/results/{deviceUid}")},
        ),
    },
    excused={
        "POST /auth/oauth/token": "the specification describes the lists; the token is in the page on "
        "authentication that belongs to it",
    },
)

LOOKED_UP = {
    "/v2/account/sites": ("sites", "id uid onDemand"),
    "/v2/account/devices": ("devices", "id uid"),
    "/v2/account/users": ("users", "username email firstName lastName"),
    "/v2/account/alerts/open": ("alerts", "alertUid resolvedBy responseActions autoresolveMins"),
    "/v2/activity-logs": ("activities", "category action details deviceId site user"),
    "/v2/account": ("", "name"),
    "/v2/system/request_rate": ("", "slidingTimeWindowSizeSeconds accountCount accountRateLimit"),
}
"""What is read beside the payloads: list in the answer, and its fields."""

pytestmark = pytest.mark.specs


def test_every_request_is_one_of_the_specification() -> None:
    assert request_violations(DATTO) == []


def test_every_field_that_is_read_is_in_the_specification() -> None:
    assert field_violations(DATTO) == []


@pytest.mark.parametrize("path", LOOKED_UP)
def test_the_fields_that_are_looked_up_are_in_the_specification(path: str) -> None:
    folder()
    items, fields = LOOKED_UP[path]
    (found,) = (o for o in operations(DATTO.specification) if (o.method, o.template) == ("GET", path))
    schema: Any = answer_of(found)
    if items:
        (schema,) = under(DATTO.specification, schema, items)
    for name in fields.split():
        assert list(under(DATTO.specification, schema, name)), f"{path} has no {name}"


def test_no_excuse_is_needless() -> None:
    assert needless_excuses(DATTO) == []
