"""Autotask is asked only for what its specification has, and read only where a field is described."""

from __future__ import annotations

import pytest

from tests.support.conformance import (
    Conformance,
    Shape,
    field_violations,
    needless_excuses,
    request_violations,
)

LABELS = frozenset({"Labels"})
SERVICE = Shape(
    schema="ContractServiceModel",
    inside={
        "Sold": Shape(schema="ServiceModel", ours=LABELS),
        "Units": Shape(schema="ContractServiceUnitModel"),
    },
    ours=frozenset({"Entity"}),
)
PLACE = Shape(schema="ProjectModel", inside={"projectID": Shape(schema="TaskModel")})
HELD = Conformance(
    connector="autotask",
    specification="autotask.json",
    prefix="/ATServicesRest",
    shapes={
        "clients": Shape(schema="CompanyModel", ours=LABELS),
        "technicians": Shape(schema="ResourceModel", ours=LABELS),
        "tickets": Shape(
            schema="TicketModel",
            inside={"ServiceLevelAgreementResult": Shape(schema="ServiceLevelAgreementResultsModel")},
            ours=LABELS,
        ),
        "sla_policies": Shape(schema="PickListValue"),
        "ticket_history": Shape(
            schema="TicketModel", inside={"TicketHistory": Shape(schema="TicketHistoryModel")}
        ),
        "time_entries": Shape(
            schema="TimeEntryModel", inside={"Place": PLACE}, ours=frozenset({"BillingCode"})
        ),
        "agreements": Shape(schema="ContractModel", inside={"Lines": SERVICE}, ours=LABELS),
        "invoices": Shape(schema="InvoiceModel"),
        "invoice_lines": Shape(
            schema="InvoiceModel", inside={"BillingItems": Shape(schema="BillingItemModel")}
        ),
        "opportunities": Shape(schema="OpportunityModel", ours=LABELS),
        "projects": Shape(schema="ProjectModel", ours=LABELS),
        "project_tasks": Shape(schema="TaskModel", ours=LABELS),
        "meetings": Shape(schema="CompanyToDoModel", ours=LABELS),
        "meeting_notes": Shape(schema="CompanyNoteModel", ours=LABELS),
        "devices": Shape(schema="ConfigurationItemModel", ours=LABELS),
        "survey_responses": Shape(schema="SurveyResultsModel"),
    },
    excused={
        "GET /V1.0/ZoneInformation ?user": "the specification was rebuilt from the code of a client that "
        "leaves parameters out; the vendor's pages ask with the user",
        "POST /atservicesrest/v1.0/Tickets/query/next": "where `nextPageUrl` leads, in the vendor's own "
        "case; the specification has no further pages",
    },
)

pytestmark = pytest.mark.specs


def test_every_request_is_in_the_specification() -> None:
    assert request_violations(HELD) == []


def test_every_field_that_is_read_is_in_the_specification() -> None:
    assert field_violations(HELD) == []


def test_nothing_is_excused_without_need() -> None:
    assert needless_excuses(HELD) == []
