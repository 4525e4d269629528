"""Records as columns: the fast way and the value-by-value way agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.model.records import record_kinds
from phasewise.model.records.billing import Invoice
from phasewise.model.records.tickets import Ticket
from phasewise.storage.shapes import _one_by_one, shape, to_columns
from phasewise.storage.types import from_epoch, from_scaled

instants = st.integers(-(10**12), 10**13).map(lambda ms: from_epoch(0) + timedelta(milliseconds=ms / 3))
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
amounts = st.decimals(min_value=-(10**14), max_value=10**14, allow_nan=False)
small = st.integers(-(2**63) + 1, 2**63 - 1)

invoices = st.builds(
    Invoice,
    id=words,
    updated_at=st.none() | instants,
    number=st.none() | words,
    issued_on=st.none() | st.dates(),
    total=st.none() | amounts,
    is_disputed=st.none() | st.booleans(),
)
tickets = st.builds(
    Ticket,
    id=words,
    opened_at=st.none() | instants,
    reopened_count=st.none() | small,
    title=st.none() | words,
)


@given(st.lists(invoices, min_size=1, max_size=20) | st.lists(tickets, min_size=1, max_size=20))
def test_a_page_becomes_the_same_columns_fast_and_one_by_one(records: list[Any]) -> None:
    form = shape(records[0].__record__.table)
    fast, slow = to_columns(form, records), _one_by_one(form, records)
    assert [list(column) for column in fast.columns] == [list(column) for column in slow.columns]
    assert list(fast.kept) == list(slow.kept) == list(range(len(records)))
    assert fast.refused == slow.refused == ()


@given(instants, amounts)
def test_instants_and_amounts_come_back_to_the_second_and_the_fourth_decimal(
    instant: datetime, amount: Decimal
) -> None:
    form = shape("invoices")
    columns = to_columns(form, [Invoice(id="1", created_at=instant, total=amount)]).columns
    stored = dict(zip((f.name for f in form.fields), (column[0] for column in columns), strict=True))
    assert timedelta(0) <= instant - from_epoch(stored["created_at"]) < timedelta(seconds=1)
    assert abs(from_scaled(stored["total"]) - amount) <= Decimal("0.00005")


@pytest.mark.parametrize("table", sorted(record_kinds()))
def test_every_kind_of_record_has_a_shape(table: str) -> None:
    form = shape(table)
    assert form.table == table
    assert form.fields[0].name == "id"


def test_only_kinds_with_a_history_are_watched() -> None:
    assert "tier" in shape("clients").watched
    assert "name" not in shape("technicians").watched
    assert shape("tickets").watched == ()


def test_a_date_with_a_time_is_not_a_date() -> None:
    wrong: Any = datetime(2026, 3, 2, tzinfo=UTC)
    stored = to_columns(shape("invoices"), [Invoice(id="1", issued_on=wrong), Invoice(id="2")])
    assert [(r.position, r.error.field) for r in stored.refused] == [(0, "issued_on")]
    assert list(stored.kept) == [1]


def test_an_empty_required_field_is_refused_by_name() -> None:
    wrong: Any = None
    stored = to_columns(shape("tickets"), [Ticket(id=wrong)])
    assert stored.refused[0].error.field == "id"
    assert "nothing where str belongs" in str(stored.refused[0].error)
    assert list(stored.kept) == []


def test_a_date_is_stored_as_iso_text() -> None:
    form = shape("invoices")
    columns = to_columns(form, [Invoice(id="1", issued_on=date(987, 6, 5))]).columns
    assert columns[[f.name for f in form.fields].index("issued_on")] == ["0987-06-05"]
