"""The views: documented as they are, and the same to the digit on every database."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from phasewise.errors import StoreError
from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.storage.databases import writing
from phasewise.storage.engine import Store
from phasewise.storage.review.views import ViewDocument, create_views, view_documents, views
from tests.integration.review.conftest import Reviewed

NAMES = [view.name for view in view_documents()]
TYPES: dict[str, tuple[type, ...]] = {"text": (str,), "integer": (int,), "number": (int, float)}


@pytest.mark.parametrize("name", NAMES)
def test_a_views_header_names_its_columns_in_order(reviewed: Reviewed, name: str) -> None:
    documented = next(view for view in view_documents() if view.name == name)
    found = reviewed.ask(f"SELECT * FROM {name}")
    assert found.columns == tuple(column.name for column in documented.columns)


@pytest.mark.parametrize("name", NAMES)
def test_a_column_holds_the_type_that_the_header_says(reviewed: Reviewed, name: str) -> None:
    documented = next(view for view in view_documents() if view.name == name)
    rows = reviewed.rows(f"SELECT * FROM {name}")
    assert rows, "the sample must have a row for every view"
    for place, column in enumerate(documented.columns):
        values = [row[place] for row in rows if row[place] is not None]
        assert all(isinstance(value, TYPES[column.type]) for value in values), column.name


def test_every_column_says_its_unit_or_is_plain_text() -> None:
    plain = [
        f"{view.name}.{column.name}"
        for view in view_documents()
        for column in view.columns
        if column.type != "text" and not column.unit and column.name != "page"
    ]
    assert plain == []


@pytest.mark.postgres
@pytest.mark.parametrize("name", NAMES)
def test_postgres_shows_the_same_as_sqlite_to_the_digit(
    reviewed: Reviewed, reviewed_sqlite: Reviewed, name: str
) -> None:
    columns = ", ".join(str(place + 1) for place in range(len(_document(name).columns)))
    sql = f"SELECT * FROM {name} ORDER BY {columns}".replace(", ", " NULLS LAST, ") + " NULLS LAST"
    assert reviewed.ask(sql) == reviewed_sqlite.ask(sql)


@pytest.mark.parametrize("sql", [
    "SELECT sum(is_met) / count(*) AS whole, 100.0 * sum(is_met) / count(*) AS percent FROM v_sla_results",
    "SELECT sum(total) AS total, avg(days_late) AS days, round(avg(total), 2) AS mean FROM v_invoices",
    "SELECT min(queue) AS low, max(queue) AS high FROM v_tickets WHERE queue LIKE 'Net%'",
    "SELECT queue FROM v_tickets WHERE queue IS NOT NULL ORDER BY queue",
    "SELECT p_pass * 3 AS x, 7 / 2 AS y, 1 = 1 AS z, NULL AS n FROM v_indicator_history ORDER BY as_of",
    "SELECT sum(n) / 2 AS n, count(DISTINCT edition) AS editions FROM v_measure_history",
])  # fmt: skip
@pytest.mark.postgres
def test_sums_shares_and_orders_agree_on_both_databases(
    reviewed: Reviewed, reviewed_sqlite: Reviewed, sql: str
) -> None:
    assert reviewed.ask(sql) == reviewed_sqlite.ask(sql)


def test_weeks_and_months_are_those_of_the_msps_zone(reviewed: Reviewed) -> None:
    found = reviewed.rows(
        "SELECT ticket, opened_at, opened_week, opened_month FROM v_tickets ORDER BY ticket LIMIT 2"
    )
    assert found == [
        ("T1", "2026-03-01 23:30:00", "2026-03-02", "2026-03-01"),
        ("T2", "2026-02-28 23:30:00", "2026-02-23", "2026-03-01"),
    ]


def test_what_is_not_known_of_a_ticket_is_null_and_never_a_zero(reviewed: Reviewed) -> None:
    columns = "is_open, was_reopened, was_reassigned, ever_waited, hours_to_resolve, client_name, is_gone"
    found = {row[0]: row[1:] for row in reviewed.rows(f"SELECT ticket, {columns} FROM v_tickets")}
    assert found == {
        "T1": (0, 1, 0, 1, 3, "Żółw & Söhne", 0),
        "T2": (1, None, 1, 1, None, None, 0),  # it waits now, though no event says so
        "T3": (None, None, None, 0, None, None, 1),
        "T4": (None, None, None, None, None, None, 0),
    }


def test_a_result_counts_in_the_week_of_its_deadline_else_of_the_opening(reviewed: Reviewed) -> None:
    found = reviewed.rows(
        "SELECT sla_result, week, week_basis, is_decided, is_met, is_gone FROM v_sla_results"
        " ORDER BY sla_result"
    )
    assert found == [
        ("T1:resolution", "2026-03-09", "deadline", 1, 1, 0),
        ("T2:first_response", "2026-02-23", "opening", 1, 0, 0),
        ("T2:resolution", "2026-02-23", "opening", 0, None, 0),
        ("T3:resolution", "2026-03-02", "opening", 1, 1, 1),
        ("T4:resolution", None, "opening", 0, None, 0),
    ]


def test_the_weekly_view_counts_every_result_once(reviewed: Reviewed) -> None:
    found = reviewed.rows(
        "SELECT week, target, results, decided, met, missed, running, without_outcome, share, gone"
        " FROM v_sla_weekly ORDER BY week NULLS LAST, target"
    )
    assert found == [
        ("2026-02-23", "first_response", 1, 1, 0, 1, 0, 0, 0, 0),
        ("2026-02-23", "resolution", 1, 0, 0, 0, 1, 0, None, 0),
        ("2026-03-02", "resolution", 0, 0, 0, 0, 0, 0, None, 1),
        ("2026-03-09", "resolution", 1, 1, 1, 0, 0, 0, 1, 0),
        (None, "resolution", 1, 0, 0, 0, 0, 1, None, 0),
    ]


def test_an_invoice_says_how_late_it_was_and_nothing_while_unpaid(reviewed: Reviewed) -> None:
    found = reviewed.rows(
        "SELECT invoice, total, days_to_pay, days_late, is_on_time, issued_month FROM v_invoices ORDER BY 1"
    )
    assert found == [
        ("I1", 1234567890.1234, 33, 3, 0, "2024-02-01"),  # over the 29th of February
        ("I2", 0.1, None, None, None, "2024-03-01"),
        ("I3", 0.2, 30, 0, 1, "2024-03-01"),
    ]


def test_a_payment_takes_its_client_from_the_invoice_where_it_names_none(reviewed: Reviewed) -> None:
    found = reviewed.rows(
        "SELECT payment, client, client_name, amount, days_after_issue FROM v_payments ORDER BY 1"
    )
    assert found == [("Y1", "C1", "Żółw & Söhne", 49.99, 33), ("Y2", "C2", "Old one", -3, None)]


def test_time_counts_when_it_was_written_down_where_nobody_says_when_it_began(reviewed: Reviewed) -> None:
    found = reviewed.rows(
        "SELECT time_entry, minutes, at = started_at, at = entered_at, client, technician, is_gone"
        " FROM v_time_entries ORDER BY 1"
    )
    assert found == [("H1", 50, 1, 0, "C1", "P1", 0), ("H2", -5, None, 1, None, None, 1)]


def test_what_a_device_names_stands_beside_its_alerts_and_runs(reviewed: Reviewed) -> None:
    assert reviewed.rows("SELECT alert, device_name, client, raised_week, resolved_by FROM v_alerts") == [
        ("A1", "DC01", "C1", "2026-03-02", "automation")
    ]
    assert reviewed.rows("SELECT automation, made_by, client, outcome FROM v_automation_runs") == [
        ("Clean full disks", "alert", "C1", "succeeded")
    ]


def test_a_line_says_the_client_and_the_name_of_what_it_belongs_to(reviewed: Reviewed) -> None:
    lines = "SELECT agreement_name, client, quantity, unit_price FROM v_agreement_lines"
    assert reviewed.rows(lines) == [("Managed", "C1", 12.5, 39.5)]
    assert reviewed.rows("SELECT invoice_number, client, amount FROM v_invoice_lines") == [
        (reviewed.rows("SELECT number FROM v_invoices WHERE invoice = 'I1'")[0][0], "C1", 0.3)
    ]
    assert reviewed.rows("SELECT project_name, client FROM v_project_tasks") == [("Firewall", "C1")]


def test_an_answer_to_a_survey_takes_its_client_from_its_ticket(reviewed: Reviewed) -> None:
    assert reviewed.rows("SELECT client, ticket, week, score FROM v_survey_responses") == [
        ("C1", "T1", "2026-03-02", 75.0)
    ]


def test_an_automation_registered_before_it_went_live_is_not_retrospective(reviewed: Reviewed) -> None:
    assert reviewed.rows("SELECT name, is_retrospective FROM v_automations") == [("Clean full disks", 0)]


def test_a_word_that_became_other_is_listed_unless_the_operator_said_so(reviewed: Reviewed) -> None:
    found = reviewed.rows(
        "SELECT mapping, word, rows, tickets, ticket_events FROM v_unmapped ORDER BY mapping"
    )
    assert found == [
        ("client_kind", "?", 1, 0, 0),
        ("invoice_kind", "Sonstiges", 1, 0, 0),
        ("priority", "?", 2, 1, 1),  # one ticket, though two of its fields say it
        ("role", "Ninja", 1, 0, 0),
        ("status", "-100", 3, 1, 2),
    ]


def test_no_field_that_can_be_mapped_is_left_out_of_the_unmapped_words() -> None:
    body = next(view.body for view in views() if view.document.name == "v_unmapped")
    for table, kind in record_kinds().items():
        for field, about in field_infos(kind).items():
            if about.mapping:
                assert f"{field}_raw" in body, f"{table}.{field}"
                assert f"'{about.mapping}'" in body or table == "ticket_events", f"{table}.{field}"


def test_the_newest_receipt_is_not_hidden_by_one_that_saw_no_change(reviewed: Reviewed) -> None:
    assert reviewed.rows("SELECT receipt_id, status FROM v_receipts WHERE is_newest = 1") == [
        ("q1", "complete")
    ]


def test_history_shows_the_newest_basis_of_a_date_and_that_it_was_restated(reviewed: Reviewed) -> None:
    phases = reviewed.rows("SELECT as_of, basis, phase, restated, bases FROM v_phase_history ORDER BY as_of")
    assert phases == [("2026-02-28", "b1", "reactive", 0, 1), ("2026-03-01", "b2", "stable", 1, 2)]
    scores = reviewed.rows("SELECT as_of, basis, score_median, restated FROM v_indicator_history ORDER BY 1")
    assert scores == [("2026-02-28", "b1", 57.93, 0), ("2026-03-01", "b2", 57.93, 1)]
    measures = reviewed.rows(
        "SELECT as_of, value, n, high, complete, restated FROM v_measure_history ORDER BY 1"
    )
    assert measures == [("2026-02-28", 0.5, 3, None, 1, 0), ("2026-03-01", 0.666666666667, 3, None, 1, 1)]


def test_views_are_made_anew_and_those_of_an_older_release_go(any_store: Store) -> None:
    with writing(any_store.engine) as connection:
        connection.execute(text("CREATE VIEW v_of_an_older_release AS SELECT 1 AS one"))
        create_views(connection, any_store.dialect)
        create_views(connection, any_store.dialect)
        assert sorted(inspect(connection).get_view_names()) == NAMES


@pytest.mark.postgres
def test_a_view_of_the_users_own_stops_the_remake_and_is_named(postgres_store: Store) -> None:
    with writing(postgres_store.engine) as connection:
        connection.execute(text("CREATE VIEW mine AS SELECT ticket FROM v_tickets"))
    with (
        pytest.raises(StoreError, match="v_tickets cannot be made anew"),
        writing(postgres_store.engine) as connection,
    ):
        create_views(connection, "postgresql")
    with writing(postgres_store.engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM mine")).scalar_one() == 0
        connection.execute(text("DROP VIEW mine"))


def test_both_files_of_a_pair_have_the_same_header() -> None:
    assert [v.document for v in views("sqlite")] == [v.document for v in views("postgresql")]


def _document(name: str) -> ViewDocument:
    return next(view for view in view_documents() if view.name == name)
