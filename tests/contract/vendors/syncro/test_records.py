"""What becomes of a row: every field, words that nobody has seen, and values that are missing or wrong."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.vendors.syncro import CONNECTOR
from phasewise.errors import RecordError
from phasewise.model.records.agreements import Agreement, AgreementLine
from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.billing import Invoice, InvoiceLine, Payment
from phasewise.model.records.people import Client, Technician
from phasewise.model.records.projects import Opportunity
from phasewise.model.records.tickets import Ticket, TicketEvent
from phasewise.model.records.time import TimeEntry
from tests.contract.vendors.syncro import rows
from tests.contract.vendors.syncro.desk import derived

AT = datetime(2026, 2, 1, 14, 30, 0, 123000, tzinfo=UTC)
"""When row 1 was made."""

WHOLE: dict[str, Any] = {
    "clients": rows.customer(1),
    "technicians": rows.user(1),
    "tickets": rows.ticket(1),
    "ticket_history": {**rows.ticket(1), "comments": rows.comments(1)},
    "time_entries": rows.timer(1),
    "invoices": rows.invoice(1),
    "invoice_lines": rows.line_item(1),
    "payments": rows.payment(1),
    "agreements": rows.schedule(1),
    "opportunities": rows.estimate(1),
    "devices": {
        **rows.asset(1),
        "patches": {"installed": [rows.INSTALLED], "available": [], "available_pages": 1},
    },
    "alerts": rows.alert(1),
}


def test_a_customer_becomes_a_client() -> None:
    assert derived("clients", rows.customer(1, business_name="Aurora Dental")) == [
        Client(id="1", updated_at=AT, name="Aurora Dental")
    ]


def test_a_private_customer_has_no_name_here() -> None:
    (client,) = derived("clients", rows.customer(1, business_name=None))
    assert client == Client(id="1", updated_at=AT)


def test_a_user_becomes_a_technician() -> None:
    assert derived("technicians", rows.user(3)) == [
        Technician(id="3", updated_at=rows.moment(3), name="User 3", role="technician", role_raw="Techs")
    ]


def test_a_ticket_becomes_a_ticket() -> None:
    payload = rows.ticket(
        1, status="Waiting on Customer", priority="2 Normal", parent_id=7, resolved_at=None,
        ticket_type_name="Incident",
    )  # fmt: skip
    assert derived("tickets", payload) == [
        Ticket(
            id="1", updated_at=AT, number="5001", client="2", requester="71", technician="2", parent="7",
            title="Some major problem 1", type="incident", type_raw="Incident", category="Virus",
            priority="medium", priority_raw="2 Normal", status="waiting", status_raw="Waiting on Customer",
            opened_at=AT,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("New", "new"),
        ("In Progress", "in_progress"),
        ("Customer Reply", "in_progress"),
        ("Waiting for Parts", "waiting"),
        ("Waiting on Customer", "waiting"),
        ("Scheduled", "waiting"),
        ("Resolved", "resolved"),
        ("Invoiced", "closed"),
        ("resolved ", "resolved"),
        ("Waiting on Vendor", "other"),
    ],
)
def test_states_of_a_new_account_are_known_and_renamed_ones_are_not_guessed(word: str, ours: str) -> None:
    (ticket,) = derived("tickets", rows.ticket(1, status=word, resolved_at="2026-02-02T08:00:00.000Z"))
    assert (ticket.status, ticket.status_raw) == (ours, word)


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("0 Urgent", "critical"),
        ("1 High", "high"),
        ("2 Normal", "medium"),
        ("3 Low", "low"),
        ("High", "high"),
        ("5 Low", "low"),
        ("4 Whenever", "other"),
        ("", None),
        (None, None),
    ],
)
def test_priorities_are_read_with_and_without_their_number(word: str | None, ours: str | None) -> None:
    (ticket,) = derived("tickets", rows.ticket(1, priority=word))
    assert (ticket.priority, ticket.priority_raw) == (ours, word or None)


def test_a_type_that_nobody_has_seen_is_other_with_its_word() -> None:
    (ticket,) = derived("tickets", rows.ticket(1, ticket_type_name="Hardware"))
    assert (ticket.type, ticket.type_raw) == ("other", "Hardware")


def test_comments_become_events_without_their_text() -> None:
    payload = {"id": 1, "comments": [rows.comment(10, 1)]}
    assert derived("ticket_history", payload) == [
        TicketEvent(
            id="10", updated_at=AT, ticket="1", at=AT, kind="comment", actor="technician", technician="1"
        )
    ]
    assert derived("ticket_history", {"id": 1, "comments": []}) == []
    with pytest.raises(RecordError):
        derived("ticket_history", {"id": 1})


def test_a_timer_becomes_working_time() -> None:
    assert derived("time_entries", rows.timer(1)) == [
        TimeEntry(
            id="1", updated_at=AT, technician="2", ticket="2", started_at=AT, entered_at=AT, minutes=10,
            is_billable=False,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("active", "minutes"), [(600, 10), (None, 10), (300, 5), (89, 1), (90, 2), (0, 0), (599.6, 10), (659, 11)]
)
def test_paused_time_is_not_worked(active: float | None, minutes: int) -> None:
    (entry,) = derived("time_entries", rows.timer(1, active_duration=active))
    assert entry.minutes == minutes


@pytest.mark.parametrize("active", [3600, -1, "600", True])
def test_a_length_that_does_not_fit_is_rejected_and_not_corrected(active: Any) -> None:
    with pytest.raises(RecordError) as refused:
        derived("time_entries", rows.timer(1, active_duration=active))
    assert refused.value.reason == "bad_minutes"


def test_a_timer_that_ends_before_it_begins_is_rejected() -> None:
    ends = "2026-01-01T00:00:00.000Z"
    with pytest.raises(RecordError):
        derived("time_entries", rows.timer(1, end_time=ends, active_duration=None))


def test_an_invoice_becomes_an_invoice_and_says_no_more_than_it_knows() -> None:
    for is_paid in (True, False):
        assert derived("invoices", rows.invoice(1, is_paid=is_paid)) == [
            Invoice(
                id="1", updated_at=AT, client="2", number="4401", issued_on=date(2026, 2, 6),
                due_on=date(2026, 3, 6), created_at=AT, currency="USD", total=Decimal("113.07"),
            )
        ]  # fmt: skip


def test_without_a_currency_in_the_settings_amounts_have_none() -> None:
    (invoice,) = derived("invoices", rows.invoice(1), currency=None)
    assert (invoice.total, invoice.currency) == (Decimal("113.07"), None)
    settings = CONNECTOR.settings.model_validate({"subdomain": "acme", "token": "t" * 12})
    assert not [n for s in CONNECTOR.streams(settings) for n in s.provides if n.endswith("currency")]


def test_a_line_becomes_an_invoice_line() -> None:
    assert derived("invoice_lines", rows.line_item(1), invoice_lines=True) == [
        InvoiceLine(
            id="1", updated_at=AT, invoice="2", product="Test Item", quantity=3.0, currency="USD",
            unit_price=Decimal("64.99"), unit_cost=Decimal("10.0"), amount=Decimal("194.97"),
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("discounts", "amount"),
    [
        ({"discount_percent": 10}, Decimal("175.473")),
        ({"discount_percent": "33.3"}, Decimal("130.0450")),
        ({"discount_percent": 0, "discount_dollars": "0.0"}, Decimal("194.97")),
        ({"discount_dollars": "5.00"}, None),
        ({"quantity": None}, None),
        ({"price": None}, None),
    ],
)
def test_the_amount_of_a_line_is_exact_or_unknown(discounts: dict[str, Any], amount: Decimal | None) -> None:
    (line,) = derived("invoice_lines", rows.line_item(1, **discounts), invoice_lines=True)
    assert line.amount == amount


def test_a_line_on_no_invoice_is_rejected() -> None:
    with pytest.raises(RecordError) as refused:
        derived("invoice_lines", rows.line_item(1, invoice_id=None), invoice_lines=True)
    assert refused.value.reason == "no_invoice"


def test_a_payment_becomes_a_payment_and_a_failed_one_does_not() -> None:
    assert derived("payments", rows.payment(1)) == [
        Payment(
            id="1", updated_at=AT, invoice="1", client="1", paid_on=date(2026, 2, 26), currency="USD",
            amount=Decimal(100),
        )
    ]  # fmt: skip
    assert derived("payments", rows.payment(1, success=False)) == []


def test_a_schedule_becomes_an_agreement_with_its_lines() -> None:
    once = rows.schedule_line(11, 1, one_time_charge=True)
    payload = rows.schedule(1, lines=[rows.schedule_line(10, 1), once])
    assert derived("agreements", payload) == [
        Agreement(
            id="1", client="2", name="Managed services 1", kind="recurring", kind_raw="Recurring Invoice",
            is_active=True, currency="USD", monthly_amount=Decimal("158.0000"), billing_cycle="Monthly",
            next_bill_on=date(2026, 4, 1),
        ),
        AgreementLine(
            id="10", agreement="1", product="Managed workstation", quantity=4.0, currency="USD",
            unit_price=Decimal("39.5"), unit_cost=Decimal("12.1"),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frequency", "monthly"),
    [
        ("Daily", "4805.8333"),
        ("Weekly", "684.6667"),
        ("Biweekly", "342.3333"),
        ("Monthly", "158"),
        ("Quarterly", "52.6667"),
        ("Semi-Annually", "26.3333"),
        ("Annually", "13.1667"),
        ("Biennially", "6.5833"),
        ("Triennially", "4.3889"),
        ("Every full moon", None),
        (None, None),
    ],
)
def test_every_cycle_is_told_a_month(frequency: str | None, monthly: str | None) -> None:
    agreement, _line = derived("agreements", rows.schedule(1, frequency=frequency))
    assert agreement.monthly_amount == (None if monthly is None else Decimal(monthly))
    assert agreement.billing_cycle == frequency


@pytest.mark.parametrize(
    ("values", "monthly"),
    [
        ({"lines": [], "subtotal": 0}, Decimal(0)),
        ({"lines": [], "subtotal": 158}, None),
        ({"lines": [], "subtotal": None}, None),
        ({"lines": None}, None),
        ({"lines": [rows.schedule_line(10, 1, retail_cents=None)]}, None),
        ({"lines": [rows.schedule_line(10, 1, quantity=None)]}, None),
    ],
)
def test_an_amount_that_nobody_knows_is_no_zero(values: dict[str, Any], monthly: Decimal | None) -> None:
    assert derived("agreements", rows.schedule(1, **values))[0].monthly_amount == monthly


def test_a_paused_schedule_is_not_active() -> None:
    assert derived("agreements", rows.schedule(1, paused=True))[0].is_active is False


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("Fresh", "open"), ("Draft", "open"), ("Approved", "won"), ("Declined", "lost"), ("Thinking", "other")],
)
def test_an_estimate_becomes_an_opportunity(word: str, outcome: Any) -> None:
    assert derived("opportunities", rows.estimate(1, status=word)) == [
        Opportunity(
            id="1", updated_at=AT, client="2", name="Firewall 1", stage=word, outcome=outcome,
            outcome_raw=word, currency="USD", amount=Decimal("9.99"), created_at=AT,
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Laptop", "workstation"),
        ("server", "server"),
        ("Firewall", "network"),
        ("Phone", "mobile"),
        ("Syncro Device", "other"),
        ("Dodrio", "other"),
    ],
)
def test_an_asset_becomes_a_device(word: str, kind: Any) -> None:
    assert derived("devices", rows.asset(1, asset_type=word), patches=False) == [
        Device(
            id="1", updated_at=AT, client="2", name="PC-1", serial_number="SN1", kind=kind, kind_raw=word,
            installed_at=AT,
        )
    ]  # fmt: skip


def test_patches_that_were_tried_become_runs_and_the_others_do_not() -> None:
    found = {
        "installed": [rows.INSTALLED, rows.INSTALLED, {**rows.INSTALLED, "installed_at": None}],
        "available": [rows.MISSING, rows.FAILED, rows.REJECTED],
        "available_pages": 1,
    }
    _, *runs = derived("devices", {**rows.asset(1), "patches": found})
    installed_at = datetime(2025, 1, 12, 14, 30, tzinfo=UTC)
    failed_at = datetime(2025, 1, 14, 15, 45, tzinfo=UTC)
    assert runs == [
        AutomationRun(
            id="1:KB5026361:20250112T143000Z", updated_at=installed_at, device="1", client="2",
            automation="Update for Windows Defender Antivirus", kind="patch", kind_raw="Patch",
            finished_at=installed_at, outcome="succeeded", outcome_raw="Recently Installed",
        ),
        AutomationRun(
            id="1:KB5027215:20250114T154500Z", updated_at=failed_at, device="1", client="2",
            automation="2023-06 Cumulative Update for Windows 10 Version 22H2", kind="patch",
            kind_raw="Patch", finished_at=failed_at, outcome="failed", outcome_raw="Failed Patches",
        ),
    ]  # fmt: skip


def test_an_alert_becomes_an_alert() -> None:
    assert derived("alerts", {**rows.alert(1), "ticket_id": "9"}) == [
        Alert(
            id="1", updated_at=AT, device="2", client="2", category="Low disk space", raised_at=AT, ticket="9"
        )
    ]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-04-01T09:00:00.000-04:00", datetime(2026, 4, 1, 13, tzinfo=UTC)),
        ("2026-04-01T13:00:00.000Z", datetime(2026, 4, 1, 13, tzinfo=UTC)),
        ("2026-11-01T01:30:00.000-07:00", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
        ("2026-11-01T01:30:00.000-08:00", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        ("2026-04-01T06:00:00", datetime(2026, 4, 1, 13, tzinfo=UTC)),
    ],
)
def test_times_are_read_with_their_offset_and_without_one_in_the_zone_of_the_msp(
    text: str, at: datetime
) -> None:
    (ticket,) = derived("tickets", rows.ticket(1, created_at=text))
    assert ticket.opened_at == at


@pytest.mark.parametrize("stream", sorted(WHOLE))
def test_a_field_that_is_removed_is_an_empty_one_or_a_reject(stream: str) -> None:
    settings = {"invoice_lines": True}
    whole = derived(stream, WHOLE[stream], **settings)
    for name in WHOLE[stream]:
        without = {key: value for key, value in WHOLE[stream].items() if key != name}
        with suppress(RecordError):
            assert len(derived(stream, without, **settings)) <= len(whole)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**40) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("stream", sorted(WHOLE))
@given(data=st.data())
def test_a_value_of_any_form_is_a_record_or_a_reject(stream: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(WHOLE[stream])))
    with suppress(RecordError):
        made = derived(stream, {**WHOLE[stream], name: data.draw(JSON)}, invoice_lines=True)
        assert all(isinstance(record.id, str) and record.id for record in made)
