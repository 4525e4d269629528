"""Every trap of Syncro, and what keeps us out of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import OPEN_SLICE, Slice
from phasewise.connectors.vendors.syncro import CONNECTOR
from phasewise.errors import AuthError, ContractError, ForbiddenError, SourceError
from phasewise.testing.world import Asked, Reply
from tests.contract.vendors.syncro import rows
from tests.contract.vendors.syncro.desk import FORBIDDEN, Shop, derived, desk, pseudonym
from tests.contract.vendors.syncro.twin import BASE


def test_every_quirk_is_guarded_by_a_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    tests = set(re.findall(r"def (test_\w+)", text))
    assert len(CONNECTOR.quirks) >= 15
    assert {quirk.guarded_by for quirk in CONNECTOR.quirks} <= tests


# Pages.


@pytest.mark.parametrize("size", [1, 7, 25, 50, 100])
@pytest.mark.parametrize("tells", ["pages", "total", ""])
def test_pages_of_any_size_are_read_to_the_end(size: int, tells: str) -> None:
    shop = Shop({"/tickets": [rows.ticket(number) for number in range(1, 101)]}, size=size, tells=tells)
    with desk(shop) as here:
        pages = here.pages("tickets")
    assert {row["id"] for page in pages for row in page.payloads} == set(range(1, 101))
    assert pages[-1].proof == ("declared_total" if tells == "total" else "end_mark")
    assert all(page.declared is None for page in pages) == (tells != "total")


def test_a_list_that_tells_its_pages_costs_two_requests_more() -> None:
    shop = Shop({"/payments": [rows.payment(number) for number in range(1, 101)]})
    with desk(shop) as here:
        here.pages("payments")
        assert [query["page"] for query in here.asked("/payments")] == ["1", "4", "1", "2", "3", "4"]
    shop = Shop({"/payments": [rows.payment(1)]})
    with desk(shop) as here:
        here.pages("payments")
        assert len(here.asked("/payments")) == 1


@pytest.mark.parametrize("deleted", [1, 10, 11, 25, 26, 49, 60])
@pytest.mark.parametrize("after", [1, 2, 3, 4, 5])
def test_a_row_deleted_between_pages_hides_no_other_one(deleted: int, after: int) -> None:
    shop = Shop({"/payments": [rows.payment(number) for number in range(1, 61)]}, size=10)
    seen = 0

    def before(asked: Asked) -> None:
        nonlocal seen
        if asked.path == f"{BASE}/payments":
            seen += 1
            if seen == after + 1:
                shop.lists["/payments"] = [r for r in shop.lists["/payments"] if r["id"] != deleted]

    shop.before = before
    with desk(shop) as here:
        pages = here.pages("payments")
    came = {row["id"] for page in pages for row in page.payloads}
    missing = set(range(1, 61)) - {deleted} - came
    assert not missing or pages[-1].proof == "none"


@given(st.integers(0, 60), st.integers(1, 12))
def test_all_that_is_there_comes_once(count: int, size: int) -> None:
    shop = Shop({"/estimates": [rows.estimate(number) for number in range(1, count + 1)]}, size=size)
    with desk(shop) as here:
        pages = here.pages("opportunities")
    assert [row["id"] for page in pages for row in page.payloads] == list(range(1, count + 1))
    assert pages[-1].proof == "end_mark"


def test_a_list_without_meta_ends_with_an_empty_page() -> None:
    shop = Shop({"/schedules": [rows.schedule(number) for number in range(1, 51)]}, tells="")
    with desk(shop) as here:
        pages = here.pages("agreements")
    assert sum(len(page.payloads) for page in pages) == 50
    assert pages[-1].proof == "end_mark"


def test_a_long_list_without_patches_is_read_in_one_request_a_page() -> None:
    shop = Shop(
        {"/customer_assets": [rows.asset(number) for number in range(1, 2001)]}, size=100, tells="total"
    )
    with desk(shop, patches=False) as here:
        assert len(here.payloads("devices")) == 2000
        assert len(here.server.asked) == 20


# Refusals.


def test_a_401_that_names_permissions_is_a_missing_right() -> None:
    with desk(Shop(single={"/invoices": FORBIDDEN})) as here:
        with pytest.raises(ForbiddenError) as refused:
            here.pages("invoices")
        assert refused.value.right == "Invoices - List/Search"
    wrong_key = Shop(single={"/invoices": Reply({"error": "Invalid token"}, 401)})
    with desk(wrong_key) as here, pytest.raises(AuthError):
        here.pages("invoices")


@pytest.mark.parametrize(
    "body",
    [
        {"error": "no"},
        {"errors": ["no"]},
        {"errors": {"page": ["is bad"]}},
        {"success": False, "message": "no", "params": {}},
        {"invoices": [], "error": "no"},
        {"page": ["is bad"]},
        {"message": ["no"]},
        [],
        None,
    ],
)
def test_an_error_of_any_form_is_no_data(body: Any) -> None:
    with desk(Shop(single={"/invoices": Reply(body)})) as here, pytest.raises(ContractError):
        here.pages("invoices")


@pytest.mark.parametrize(
    "reply",
    [
        Reply({"message": "Not found"}, 404),
        Reply(b"<html>We are down for maintenance</html>", 503, {"Content-Type": "text/html"}),
        Reply(b"<html>Sign in</html>", 200, {"Content-Type": "text/html"}),
        Reply({"message": ["bad"]}, 422),
    ],
)
def test_a_wrong_address_and_a_maintenance_window_are_errors(reply: Reply) -> None:
    with desk(Shop(single={"/tickets": reply})) as here:
        with pytest.raises(SourceError) as refused:
            here.pages("tickets")
        assert refused.value.remedy


def test_a_429_without_a_word_is_waited_for() -> None:
    shop, left = Shop({"/payments": [rows.payment(1)]}), [Reply(None, 429)] * 2
    shop.before = lambda asked: left.pop() if left and asked.path.endswith("/payments") else None
    with desk(shop) as here:
        assert len(here.payloads("payments")) == 1
        assert here.clock.monotonic() >= 1


def test_no_more_than_180_requests_are_made_in_a_minute() -> None:
    shop = Shop({"/payments": [rows.payment(number) for number in range(1, 402)]}, size=1)
    with desk(shop) as here:
        here.pages("payments")
        assert here.clock.monotonic() >= 120


# What a list leaves out.


def test_a_disabled_customer_is_read_and_gone() -> None:
    shop = Shop({"/customers": [rows.customer(1), rows.customer(2, disabled=True)]})
    with desk(shop) as here:
        deleted = here.stream("clients").deleted
        assert [deleted(payload) for payload in here.payloads("clients")] == [False, True]
        assert here.asked("/customers")[0]["include_disabled"] == "true"


def test_resolved_alerts_are_asked_for() -> None:
    with desk(Shop({"/rmm_alerts": [rows.alert(1)]})) as here:
        here.pages("alerts")
        assert {query.get("status") for query in here.asked("/rmm_alerts")} == {"all"}


def test_comments_are_read_from_the_ticket_itself() -> None:
    newest = rows.ticket(1, comments=[rows.comment(10, 1)])
    written = {"comments": rows.comments(1), "meta": {"total_pages": 1, "page": 1}}
    shop = Shop({"/tickets": [newest, rows.ticket(2)]}, {"/tickets/1/comments": written})
    shop.single["/tickets/2/comments"] = Reply({"message": "Not found"}, 404)  # deleted since
    with desk(shop) as here:
        events = here.records("ticket_history")
        assert [(e.id, e.ticket, e.kind, e.actor, e.technician) for e in events] == [
            ("10", "1", "client_reply", "client", None),
            ("11", "1", "comment", "technician", "1"),
        ]
        assert all("all_comments" not in query for query in here.asked("/tickets"))


def test_a_comment_of_nobody_known_has_no_author() -> None:
    written = {
        "comments": [rows.comment(10, 1, user_id=None, tech="API")],
        "meta": {"total_pages": 1, "page": 1},
    }
    shop = Shop({"/tickets": [rows.ticket(1)]}, {"/tickets/1/comments": written})
    with desk(shop) as here:
        (event,) = here.records("ticket_history")
    assert (event.kind, event.actor, event.technician) == ("comment", None, None)
    with desk(shop, client_reply_names=["API"]) as here:
        (event,) = here.records("ticket_history")
    assert (event.kind, event.actor) == ("client_reply", "client")


def test_long_conversations_have_pages() -> None:
    shop = Shop({"/tickets": [rows.ticket(1)]})
    written = [rows.comment(number, 1) for number in range(1, 251)]

    def before(asked: Asked) -> Reply | None:
        if not asked.path.endswith("/comments"):
            return None
        page, size = int(asked.query["page"]), int(asked.query["per_page"])
        part = written[(page - 1) * size : page * size]
        return Reply({"comments": part, "meta": {"total_pages": -(-250 // size), "page": page}})

    shop.before = before
    with desk(shop) as here:
        assert len(here.records("ticket_history")) == 250


# Alerts and their tickets.


def test_the_ticket_of_an_alert_is_looked_up_by_its_number() -> None:
    shop = Shop(
        {
            "/rmm_alerts": [rows.alert(1, ticket_number=5007), rows.alert(2, ticket_number="5007"),
                            rows.alert(3, ticket_number=9), rows.alert(4, ticket_number=None)],
            "/tickets": [rows.ticket(7), rows.ticket(9)],
        }
    )  # fmt: skip
    with desk(shop) as here:
        alerts = here.records("alerts")
        assert [alert.ticket for alert in alerts] == ["7", "7", None, None]
        assert [query["number"] for query in here.asked("/tickets")] == ["5007", "9"]


def test_a_ticket_that_was_looked_up_once_is_not_asked_for_again() -> None:
    shop = Shop({"/rmm_alerts": [rows.alert(1, ticket_number=5007)], "/tickets": [rows.ticket(7)]})
    with desk(shop) as here:
        (before,) = here.payloads("alerts")
    with desk(shop) as here:
        here.known = {"1": before}
        assert [alert.ticket for alert in here.records("alerts")] == ["7"]
        assert here.asked("/tickets") == []
        here.known = {"1": {**before, "ticket_number": 1}}
        assert [alert.ticket for alert in here.records("alerts")] == ["7"]
        assert len(here.asked("/tickets")) == 1


def test_without_the_right_to_list_tickets_the_receipt_of_alerts_says_so() -> None:
    shop = Shop(
        {"/rmm_alerts": [rows.alert(1, ticket_number=5007), rows.alert(2, ticket_number=5008)]},
        {"/tickets": FORBIDDEN},
    )
    with desk(shop) as here:
        (page,) = here.pages("alerts")
        assert "Tickets - List/Search" in page.note
        assert len(page.payloads) == 2
        assert len(here.asked("/tickets")) == 1


def test_a_resolved_alert_was_over_when_it_was_last_changed() -> None:
    changed = "2026-02-03T09:00:00.000Z"
    (over,) = derived("alerts", rows.alert(2, resolved=True, updated_at=changed))
    (active,) = derived("alerts", rows.alert(1, resolved=False, updated_at=changed))
    assert over.resolved_at == datetime(2026, 2, 3, 9, tzinfo=UTC)
    assert active.resolved_at is None
    assert over.resolved_by is None


def test_a_customer_of_number_zero_is_none() -> None:
    (alert,) = derived("alerts", rows.alert(1, customer_id=0))
    assert alert.client is None


# People.


def test_users_are_pairs_and_each_is_asked_for() -> None:
    shop = Shop(
        single={
            "/users": {"users": [[1, "Ana Ruiz"], [2, "Ben Okafor"], [3, "Cy"]]},
            "/users/1": {"user": rows.user(1, full_name="Ana Ruiz", group="Techs")},
            "/users/2": {"user": rows.user(2, full_name="Ben Okafor", group="Admins")},
            "/users/3": Reply({"message": "Not found"}, 404),
        }
    )
    with desk(shop) as here:
        found = here.records("technicians")
    assert [(t.id, t.name, t.role, t.role_raw) for t in found] == [
        ("1", "Ana Ruiz", "technician", "Techs"),
        ("2", "Ben Okafor", "other", "Admins"),
        ("3", "Cy", None, None),
    ]


@pytest.mark.parametrize("users", [{"users": [{"id": 1}]}, {"users": None}, {}, [[1, "A"]], {"users": [[1]]}])
def test_users_of_another_form_are_an_error(users: Any) -> None:
    with desk(Shop(single={"/users": Reply(users)})) as here, pytest.raises(ContractError):
        here.pages("technicians")


def test_a_list_of_users_that_fails_is_asked_for_again() -> None:
    shop, left = Shop(single={"/users": {"users": []}}), [Reply(None, 503), Reply(None, 429)]
    shop.before = lambda asked: left.pop() if left and asked.path.endswith("/users") else None
    with desk(shop) as here:
        (page,) = here.pages("technicians")
    assert page.proof == "end_mark"


def test_no_name_and_address_of_a_client_is_stored() -> None:
    shop = Shop(
        {
            "/customers": [rows.customer(1, business_name=None)],
            "/tickets": [rows.ticket(1)],
            "/payments": [rows.payment(1)],
            "/customer_assets": [rows.asset(1)],
            "/ticket_timers": [rows.timer(1)],
        },
        {
            "/tickets/1/comments": {"comments": rows.comments(1), "meta": {"total_pages": 1, "page": 1}},
            "/customer_assets/1/patches": rows.patches(),
            "/users": {"users": [[1, "Ana"]]},
            "/users/1": {"user": rows.user(1)},
        },
    )
    names = ("clients", "tickets", "payments", "devices", "time_entries", "ticket_history", "technicians")
    with desk(shop) as here:
        stored = orjson.dumps([here.payloads(name) for name in names]).decode()
    assert not [word for word in (*rows.PRIVATE, "username@example.com", "Test Body") if word in stored]


def test_a_contact_is_hashed_before_anything_is_stored() -> None:
    with desk(
        Shop({"/tickets": [rows.ticket(1, contact_id=4378587), rows.ticket(2, contact_id=None)]})
    ) as here:
        known, nobody = here.payloads("tickets")
        assert known["contact_id"] == pseudonym("4378587")
        assert [ticket.requester for ticket in here.records("tickets")] == [pseudonym("4378587"), None]
        assert nobody["contact_id"] is None


# Time.


def test_timers_of_two_weeks_are_read_again() -> None:
    with desk(Shop()) as here:
        assert here.stream("time_entries").overlap >= timedelta(days=14)
        (page,) = here.pages("time_entries", Slice(OPEN_SLICE))
        assert (page.proof, here.server.asked) == ("end_mark", [])
        here.pages(
            "time_entries", Slice("w", datetime(2026, 2, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
        )
        (query,) = here.asked("/ticket_timers")
    # A day wider on both sides: whether the hour and its zone are read is not known.
    assert query["created_at_gt"] == "2026-02-01T00:00:00Z"
    assert query["created_at_lt"] == "2026-03-03T00:00:00Z"


def test_a_running_timer_is_no_working_time_yet() -> None:
    assert derived("time_entries", rows.timer(1, end_time=None, active_duration=None)) == []
    (entry,) = derived("time_entries", rows.timer(1))
    assert entry.minutes == 10


# Money.


def test_amounts_are_exact_in_every_form() -> None:
    (line,) = derived("invoice_lines", rows.line_item(1, price="64.99", quantity="3.0"), invoice_lines=True)
    assert (line.unit_price, line.amount, line.currency) == (Decimal("64.99"), Decimal("194.97"), "USD")
    (payment,) = derived("payments", rows.payment(1, payment_amount=813.25))
    assert payment.amount == Decimal("813.25")
    agreement, billed = derived("agreements", rows.schedule(1))
    assert (billed.unit_price, billed.unit_cost) == (Decimal("39.50"), Decimal("12.10"))
    assert agreement.monthly_amount == Decimal("158.00")
    (invoice,) = derived("invoices", rows.invoice(1, total="0.1"))
    assert invoice.total == Decimal("0.1")


def test_a_line_that_counts_assets_has_no_quantity_and_its_agreement_no_amount() -> None:
    for name in ("recurring_type_id", "asset_type_id"):
        line = rows.schedule_line(10, 1, quantity="0.0", **{name: 3})
        agreement, billed = derived("agreements", rows.schedule(1, lines=[line]))
        assert (billed.quantity, agreement.monthly_amount, agreement.currency) == (None, None, None)
        assert billed.unit_price == Decimal("39.50")


def test_a_payment_of_several_invoices_names_none() -> None:
    (several,) = derived("payments", rows.payment(1, invoice_ids=[4, 5]))
    (one,) = derived("payments", rows.payment(1, invoice_ids=[None, 4]))
    (nothing,) = derived("payments", rows.payment(1, invoice_ids=[None]))
    assert (several.invoice, one.invoice, nothing.invoice) == (None, "4", None)


@pytest.mark.parametrize("text", ["2026-02-06T00:00:00.000Z", "2026-02-06T00:00:00.000-05:00", "2026-02-06"])
def test_a_date_is_the_day_that_is_written(text: str) -> None:
    (invoice,) = derived("invoices", rows.invoice(1, date=text))
    assert invoice.issued_on == date(2026, 2, 6)


# Patches.


@pytest.mark.parametrize(
    ("available", "pages", "installed", "is_patched"),
    [
        ([], 1, [rows.INSTALLED], True),
        ([], 0, [rows.INSTALLED], True),
        ([], 1, [], None),
        ([rows.MISSING], 2, [], False),
        ([rows.FAILED], 1, [], False),
        ([rows.REJECTED], 1, [], True),
        ([rows.REJECTED], 2, [], None),
        ([{**rows.MISSING, "category": "Drivers"}], 1, [], True),
        ([{**rows.MISSING, "category": None}], 1, [], None),
        ([{**rows.MISSING, "category": None}, rows.MISSING], 1, [], False),
    ],
)
def test_nobody_says_that_an_asset_is_patched_without_having_seen_all(
    available: list[Any], pages: int, installed: list[Any], is_patched: bool | None
) -> None:
    body = rows.patches(*available, installed=installed, pages=pages)
    shop = Shop({"/customer_assets": [rows.asset(1)]}, {"/customer_assets/1/patches": body})
    with desk(shop) as here:
        assert here.records("devices")[0].is_patched is is_patched


def test_patches_are_asked_for_once_a_week() -> None:
    shop = Shop({"/customer_assets": [rows.asset(1)]}, {"/customer_assets/1/patches": rows.patches()})
    with desk(shop) as here:
        (before,) = here.payloads("devices")
        here.known = {"1": before}
        for days, asked in ((6, 1), (2, 2)):
            here.clock.sleep(days * 86_400)
            (payload,) = here.payloads("devices")
            assert payload["patches"]["installed"] == before["patches"]["installed"]
            assert len(here.asked("/customer_assets/1/patches")) == asked


def test_an_asset_that_was_deleted_meanwhile_keeps_its_place() -> None:
    gone = Reply({"error": "Asset not found"}, 404)
    shop = Shop({"/customer_assets": [rows.asset(1)]}, {"/customer_assets/1/patches": gone})
    with desk(shop) as here:
        (device,) = here.records("devices")
    assert (device.id, device.is_patched) == ("1", None)
