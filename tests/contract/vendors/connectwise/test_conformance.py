"""What the connector asks for and reads is in ConnectWise's specification."""

from __future__ import annotations

import pytest

from phasewise.connectors.vendors.connectwise import agreements, billing, lookups, policies, sales, surveys
from phasewise.connectors.vendors.connectwise.check import LISTS
from tests.support.conformance import (
    Conformance,
    Shape,
    field_violations,
    folder,
    needless_excuses,
    request_violations,
)
from tests.support.specification import answer_of, has, operations

TICKET_BESIDE = {
    "boardStatus": Shape("/service/boards/{parentId}/statuses"),
    "slaGoals": Shape("/service/SLAs/{parentId}/priorities"),
}
CONNECTWISE = Conformance(
    connector="connectwise",
    specification="connectwise.json",
    prefix="/v2025_1/apis/3.0",
    shapes={
        "clients": Shape("/company/companies"),
        "technicians": Shape("/system/members"),
        "tickets": Shape("/service/tickets", inside=TICKET_BESIDE),
        "project_tickets": Shape(
            "/project/tickets", inside={"boardStatus": Shape("/service/boards/{parentId}/statuses")}
        ),
        "project_tasks": Shape("/project/tickets"),
        "ticket_history": Shape(
            "/service/tickets",
            inside={"entries": Shape("/system/audittrail")},
            ours=frozenset({"memberIds", "statuses"}),
        ),
        "time_entries": Shape("/time/entries"),
        "projects": Shape("/project/projects"),
        "agreements": Shape("/finance/agreements"),
        "agreement_lines": Shape(
            "/finance/agreements", inside={"additions": Shape("/finance/agreements/{parentId}/additions")}
        ),
        "invoices": Shape("/finance/invoices"),
        "invoice_lines": Shape("/procurement/products"),
        "payments": Shape(
            "/finance/invoices", inside={"paid": Shape("/finance/invoices/{parentId}/payments")}
        ),
        "opportunities": Shape(
            "/sales/opportunities",
            inside={
                "statusFlags": Shape("/sales/opportunities/statuses"),
                "forecastItems": Shape(schema="ForecastItem"),
            },
        ),
        "meetings": Shape("/sales/activities", ours=frozenset({"hasNotes"})),
        "schedule_entries": Shape("/schedule/entries"),
        # The list's own schema is empty in the specification; this one is the same row.
        "devices": Shape(schema="CompanyConfiguration"),
        "survey_responses": Shape(
            "/service/surveys/{parentId}/results", ours=frozenset({"hasComment", "mostPoints"})
        ),
        "sla_policies": Shape(
            "/service/SLAs", inside={"priorities": Shape("/service/SLAs/{parentId}/priorities")}
        ),
    },
    excused={
        "GET /login/companyinfo/sandbox": "it is asked before logging in and no part of the interface whose "
        "path it tells"
    },
)

ASKED_FOR = {
    **{listed.path: listed.fields for listed in LISTS.values()},
    "/finance/agreements/{parentId}/additions": agreements.ADDITION,
    "/finance/invoices/{parentId}/payments": billing.PAYMENT,
    "/service/SLAs/{parentId}/priorities": policies.PRIORITY,
    "/service/surveys/{parentId}/results": surveys.RESULT,
    "/service/surveys/{parentId}/questions": surveys.QUESTION,
    "/service/boards/{parentId}/statuses": ("id", "name", "closedStatus", "escalationStatus"),
    "/sales/opportunities/statuses": ("id", *sales.FLAGS),
}
"""Path → the fields that its list is asked for by name."""

NOT_DESCRIBED = frozenset({"_info"})
"""Fields that the specification has, without what lies under them."""

pytestmark = pytest.mark.specs


def test_every_request_is_one_of_the_specification() -> None:
    assert request_violations(CONNECTWISE) == []


def test_every_field_that_is_read_is_in_the_specification() -> None:
    assert field_violations(CONNECTWISE) == []


def test_no_excuse_is_needless() -> None:
    assert needless_excuses(CONNECTWISE) == []


@pytest.mark.parametrize("path", sorted(ASKED_FOR))
def test_every_field_that_is_asked_for_is_in_the_specification(path: str) -> None:
    folder()
    (found,) = [o for o in operations("connectwise.json") if (o.method, o.template) == ("GET", path)]
    shape = CONNECTWISE.shapes["devices"] if path == "/company/configurations" else None
    schema = answer_of(found) if shape is None else {"$ref": f"#/components/schemas/{shape.schema}"}
    wanted = {
        field.partition("/")[0] if field.partition("/")[0] in NOT_DESCRIBED else field
        for field in ASKED_FOR[path]
    }
    assert [field for field in sorted(wanted) if not has("connectwise.json", schema, field.split("/"))] == []


def test_the_goals_of_slas_are_in_the_specification() -> None:
    folder()
    assert set(lookups.GOALS) <= set(ASKED_FOR["/service/SLAs"])
