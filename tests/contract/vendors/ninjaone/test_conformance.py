"""What the connector asks for and reads is in NinjaOne's specification."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.conformance import (
    Conformance,
    Shape,
    field_violations,
    folder,
    needless_excuses,
    request_violations,
    specification,
)

OWNER = Shape("/v2/devices")
SERIES = Shape(
    "/v2/activities",
    items="activities",
    inside={
        "owner": OWNER,
        "activities": Shape("/v2/activities", items="activities", ours=frozenset({"psaTicketId"})),
        "alert": Shape("/v2/alerts", inside={"owner": OWNER}),
    },
)
NINJAONE = Conformance(
    connector="ninjaone",
    specification="ninjaone.yaml",
    shapes={
        "clients": Shape("/v2/organizations-detailed"),
        "devices": Shape("/v2/devices-detailed", ours=frozenset({"serialNumber", "isPatched", "hasBackup"})),
        "alerts": SERIES,
        "automation_runs": SERIES,
        "os_patch_installs": Shape(
            "/v2/queries/os-patch-installs",
            items="results",
            inside={"owner": OWNER},
        ),
        "software_patch_installs": Shape(
            "/v2/queries/software-patch-installs",
            items="results",
            inside={"owner": OWNER},
        ),
        "articles": Shape("/v2/knowledgebase/global/articles", ours=frozenset({"words"})),
        "client_articles": Shape("/v2/knowledgebase/organization/articles", ours=frozenset({"words"})),
        "documents": Shape("/v2/organization/documents"),
    },
    excused={
        "POST /ws/oauth/token": "the specification describes the lists; the token is in the page on "
        "authentication that belongs to it",
    },
)

LOOKED_UP = {
    "/v2/queries/computer-systems": "deviceId serialNumber biosSerialNumber",
    "/v2/queries/os-patches": "id deviceId status severity installedAt",
    "/v2/queries/os-patch-installs": "id deviceId installedAt",
    "/v2/backup/jobs": "jobId deviceId jobStatus jobStartTime",
}
"""What `reports.py` reads and the payloads of the streams do not show."""

pytestmark = pytest.mark.specs


def test_every_request_is_one_of_the_specification() -> None:
    assert request_violations(NINJAONE) == []


def test_every_field_that_is_read_is_in_the_specification() -> None:
    assert field_violations(NINJAONE) == []


@pytest.mark.parametrize("path", LOOKED_UP)
def test_the_fields_of_the_reports_beside_are_in_the_specification(path: str) -> None:
    report = answer_of(path)
    assert set(LOOKED_UP[path].split()) <= set(
        resolved(report["properties"]["results"]["items"])["properties"]
    )
    assert {"name", "offset", "expires"} <= set(resolved(report["properties"]["cursor"])["properties"])


def answer_of(path: str) -> Any:
    """The schema of what a GET answers."""
    folder()
    responses = specification(NINJAONE.specification)["paths"][path]["get"]["responses"]
    found = responses.get("200") or responses["default"]
    return resolved(found["content"]["application/json"]["schema"])


def resolved(schema: Any) -> Any:
    """The schema that a reference names."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return specification(NINJAONE.specification)["components"]["schemas"][name] if name else schema


def test_no_excuse_is_needless() -> None:
    assert needless_excuses(NINJAONE) == []
