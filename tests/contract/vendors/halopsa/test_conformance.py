"""What the connector asks and reads, held to HaloPSA's own OpenAPI description.

The description has no answers: what a payload is made of is said by the schema that the same entity is
written with.
"""

from __future__ import annotations

import pytest

from tests.support.conformance import (
    Conformance,
    Shape,
    field_violations,
    needless_excuses,
    request_violations,
)

LOOKED_UP = frozenset({"looked_up"})
TICKETS = Shape(schema="Faults", ours=LOOKED_UP)

HELD = Conformance(
    "halopsa",
    "halopsa.json",
    shapes={
        "clients": Shape(schema="Area", inside={"sites": Shape(schema="Site")}),
        "technicians": Shape(schema="Uname"),
        "calendars": Shape(schema="Workdays"),
        "sla_policies": Shape(schema="SlaHead", ours=frozenset({"pausing"})),
        "tickets": TICKETS,
        "ticket_history": Shape(
            schema="Faults",
            ours=LOOKED_UP,
            inside={"actions": Shape(schema="Actions", ours=frozenset({"has_note"}))},
        ),
        "time_entries": Shape(schema="Actions"),
        "agreements": Shape(schema="ContractHeader"),
        "recurring_invoices": Shape(schema="InvoiceHeader"),
        "invoices": Shape(schema="InvoiceHeader"),
        "payments": Shape(schema="InvoicePayment_List"),
        "opportunities": TICKETS,
        "projects": TICKETS,
        "meetings": Shape(schema="Appointment", ours=frozenset({"has_notes"})),
        "devices": Shape(schema="Device"),
        "survey_responses": Shape(schema="Feedback", ours=frozenset({"has_comment"})),
        "documents": Shape(schema="KBEntry"),
    },
    prefix="/api",
    excused={
        "POST /auth/token": "the authorisation server is not the one that the description is of; Halo's "
        "guide to its interface says how a token is asked for",
    },
)

pytestmark = pytest.mark.specs


def test_every_request_is_one_that_halo_describes() -> None:
    assert request_violations(HELD) == []


def test_every_field_that_is_read_is_one_that_halo_describes() -> None:
    assert field_violations(HELD) == []


def test_no_excuse_is_needless() -> None:
    assert needless_excuses(HELD) == []
