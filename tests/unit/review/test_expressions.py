"""Our words in the views become what each database knows."""

from __future__ import annotations

import pytest

from phasewise.storage.review.expressions import expand
from phasewise.storage.review.views import remedy_for, view_documents


def test_a_word_takes_nested_arguments() -> None:
    found = expand("SELECT week_of(r.msp_id, coalesce(r.due_at, t.opened_at)) AS week", "sqlite")
    assert found.count("coalesce(r.due_at, t.opened_at)") == 2
    assert found.startswith("SELECT (SELECT CASE WHEN coalesce(")
    assert found.endswith("LIMIT 1) AS week")


def test_every_use_of_a_word_is_expanded_and_other_functions_are_not() -> None:
    found = expand("SELECT utc(a), utc(b.c), xutc(d), days_between(e, f)", "sqlite")
    assert found == (
        "SELECT datetime(a, 'unixepoch'), datetime(b.c, 'unixepoch'), xutc(d), "
        "CAST(julianday(f) - julianday(e) AS INTEGER)"
    )


@pytest.mark.parametrize("sql", ["SELECT utc(a", "SELECT days_between(a)"])
def test_a_word_that_is_not_finished_is_a_defect_that_says_where(sql: str) -> None:
    with pytest.raises(ValueError, match=r"not closed|too few"):
        expand(sql, "postgresql")


def test_every_view_says_what_a_row_is() -> None:
    documents = view_documents()
    assert [view.name for view in documents] == sorted(view.name for view in documents)
    for view in documents:
        assert view.row.startswith("one row per "), view.name
        assert view.columns[0].name == "msp_id"
        assert all(column.text.endswith(".") for column in view.columns)


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("no such table: v_tikets", "v_tickets"),
        ("no such column: t.opend_at", "opened_at"),
        ('relation "v_invoice" does not exist', "v_invoices"),
        ('column "priorty" does not exist', "priority"),
        ("permission denied for table tickets", "v_tickets"),
    ],
)
def test_the_name_that_was_meant_is_guessed(message: str, meant: str) -> None:
    assert remedy_for(message).startswith(f"Did you mean {meant}? ")


def test_a_name_like_none_is_not_guessed() -> None:
    assert remedy_for("no such table: zzzzz").startswith("Views and columns")
