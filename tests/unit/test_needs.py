"""What parts of indicators need is said in the words of the records, and for all twenty."""

from __future__ import annotations

from phasewise.model.fields import field_infos
from phasewise.model.maturity import STATEMENTS
from phasewise.model.needs import PARTS, share_given
from phasewise.model.records import record_kinds

LATER = {"document_uses", "audit_events", "price_list", "kpis", "ledger_months", "forecasts"}
"""Records that no connector gives yet."""


def test_every_indicator_says_what_its_parts_need() -> None:
    assert list(PARTS) == list(STATEMENTS)
    assert all(needed for parts in PARTS.values() for needed in parts.values())


def test_every_needed_field_is_one_of_a_record() -> None:
    known = {f"{table}.{name}" for table, kind in record_kinds().items() for name in field_infos(kind)}
    needed = {name for parts in PARTS.values() for fields in parts.values() for name in fields}
    assert {name for name in needed if name.partition(".")[0] not in LATER} <= known


def test_a_record_that_has_come_is_not_on_the_list_of_later_ones() -> None:
    assert LATER & set(record_kinds()) == set()


def test_a_part_is_given_by_share_of_the_fields_it_needs() -> None:
    needed = PARTS["1.1"]["flow"]
    assert share_given(needed, frozenset()) == 0
    assert share_given(needed, frozenset({"tickets.opened_at"})) == 0.5
    assert share_given(needed, needed) == 1
