"""Syncro is asked only for what its specification has, and read only where a field is described."""

from __future__ import annotations

import pytest

from tests.support.conformance import (
    Conformance,
    Shape,
    field_violations,
    needless_excuses,
    request_violations,
)

OF_AN_ASSET = "/customer_assets/{id}/patches"
COMMENT = Shape("/tickets/{id}/comments", items="comments", ours=frozenset({"is_client_reply"}))
LINE = Shape("/schedules/{id}/add_line_item", method="POST", items="schedule_line_item")
PATCHES = Shape(
    OF_AN_ASSET,
    inside={
        "installed": Shape(OF_AN_ASSET, items="installed_patches"),
        "available": Shape(OF_AN_ASSET, items="available_patches"),
    },
    ours=frozenset({"asked_at", "available_pages"}),
)
HELD = Conformance(
    connector="syncro",
    specification="syncro.json",
    prefix="/api/v1",
    shapes={
        "clients": Shape("/customers", items="customers"),
        "technicians": Shape("/users/{id}", items="user"),
        "tickets": Shape("/tickets", items="tickets"),
        "ticket_history": Shape("/tickets", items="tickets", inside={"comments": COMMENT}),
        "time_entries": Shape("/ticket_timers", items="ticket_timers"),
        "invoices": Shape("/invoices", items="invoices"),
        "invoice_lines": Shape("/line_items", items="line_items"),
        "payments": Shape("/payments", items="payments"),
        "agreements": Shape("/schedules", items="schedules", inside={"lines": LINE}),
        "opportunities": Shape("/estimates", items="estimates"),
        "devices": Shape("/customer_assets", items="assets", inside={"patches": PATCHES}),
        "alerts": Shape("/rmm_alerts", items="rmm_alerts", ours=frozenset({"ticket_id"})),
    },
    excused={
        "GET /line_items ?page": "its answer tells total_pages and page, so it has pages; the parameter is "
        "left out of the list of parameters only",
    },
)

pytestmark = pytest.mark.specs


def test_every_request_is_in_the_specification() -> None:
    assert request_violations(HELD) == []


def test_every_field_that_is_read_is_in_the_specification() -> None:
    assert field_violations(HELD) == []


def test_nothing_is_excused_without_need() -> None:
    assert needless_excuses(HELD) == []
