"""The page of example queries runs as it stands, and gives what it says on the two worked examples."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import make_url

from phasewise.storage.engine import open_store
from phasewise.storage.review.query import review
from phasewise.storage.review.result import ReviewResult
from phasewise.storage.review_login import make_review_login
from tests.conftest import DATABASES, NOW, PLAIN
from tests.integration.review.conftest import Reviewed
from tests.support.postgres import database

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/reference/example-queries.md").read_text(encoding="utf-8")
QUERIES = {
    section.partition("\n")[0]: section.split("```sql\n")[1].split("```")[0]
    for section in PAGE.split("\n### ")[1:]
}

LOG: dict[str, list[tuple[object, ...]]] = {
    "What is in the store": [(20_769, "2016-02-29 01:16:00", "2016-05-13 11:49:00", 19_351, 1, 0)],
    "Tickets by state": [("closed", "Closed", 20_768), ("new", "New", 1)],
    "Reopened, reassigned, without a resolution, ever waited": [(20_769, 1.127, 47.39, 0.988, 6.83, 26.2)],
    "Median hours to the resolution": [(19_351, 24.6)],
    "Kept, by the vendor's last word": [(20_769, 12_595, 60.643)],
    "Kept, by month opened": [
        ("2016-02-01", 207, 64.73),
        ("2016-03-01", 8_995, 39.86),
        ("2016-04-01", 7_934, 76.7),
        ("2016-05-01", 3_633, 76.82),
    ],
    "As of a past date": [("met", 12_681), ("missed", 7_470), ("running", 618)],
    "Words nobody has mapped": [("servicenow", "status", "-100", 2, 0, 2)],
}
RECEIVABLES: dict[str, list[tuple[object, ...]]] = {
    "Paid in time, disputed": [(2_466, 64.436, 22.749, 26.445)],
    "Late, if disputed or not": [(0, 1_905, 25.93), (1, 561, 68.27)],
}


def test_the_page_has_a_query_under_every_heading() -> None:
    assert len(QUERIES) == PAGE.count("\n### ") == PAGE.count("```sql")
    assert set(LOG) | set(RECEIVABLES) <= set(QUERIES)


@pytest.mark.parametrize("heading", QUERIES)
def test_every_query_of_the_page_runs(reviewed: Reviewed, reviewed_sqlite: Reviewed, heading: str) -> None:
    assert reviewed.ask(QUERIES[heading]) == reviewed_sqlite.ask(QUERIES[heading])


def test_the_page_speaks_of_every_view_that_holds_records() -> None:
    for view in (
        "v_tickets",
        "v_ticket_events",
        "v_sla_results",
        "v_sla_weekly",
        "v_invoices",
        "v_payments",
        "v_runs",
        "v_receipts",
        "v_rejects",
        "v_unmapped",
        "v_indicator_history",
        "v_phase_history",
    ):
        assert any(view in query for query in QUERIES.values()), view  # fmt: skip


class Example:
    """The worked example of a folder, loaded into a store as its page says."""

    def __init__(self, folder: str, url: str, review_url: str | None) -> None:
        self.url, self.review_url = url, review_url
        environment = {**os.environ, "PHASEWISE_STORE_URL": url}
        settings = str(ROOT / "examples" / folder / "phasewise.toml")
        command = [sys.executable, "-m", "phasewise.cli", "--config", settings, "sync"]
        subprocess.run(
            command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def ask(self, sql: str) -> ReviewResult:
        with open_store(self.url, now=NOW) as store:
            return review(store, sql, review_url=self.review_url)

    def rows(self, heading: str) -> list[tuple[object, ...]]:
        return list(self.ask(QUERIES[heading]).rows)


def load(request: pytest.FixtureRequest, kind: str, folder: str, tmp_path: Path) -> Iterator[Example]:
    if not os.environ.get("PHASEWISE_DATA"):
        pytest.skip("PHASEWISE_DATA is not set: it names the folder of the two public data sets")
    with ExitStack() as stack:
        if kind == "sqlite":
            yield Example(folder, f"sqlite:///{tmp_path / 'phasewise.db'}", None)
            return
        url = stack.enter_context(database(request.getfixturevalue("postgres_server"), PLAIN))
        open_store(url, now=NOW, create=True).close()
        login = make_review_login(url, f"review_{make_url(url).database}")
        yield Example(folder, url, login.url)


@pytest.fixture(scope="module", params=DATABASES[:2])
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """The incident log on SQLite and on Postgres."""
    yield from load(request, request.param, "servicenow-incident-log", tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module", params=DATABASES[:2])
def receivables(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Example]:
    """The receivables on SQLite and on Postgres."""
    yield from load(request, request.param, "receivables", tmp_path_factory.mktemp("receivables"))


@pytest.mark.real_data
@pytest.mark.parametrize("heading", LOG)
def test_the_incident_log_gives_what_the_page_says(log: Example, heading: str) -> None:
    assert log.rows(heading) == LOG[heading]


@pytest.mark.real_data
def test_the_incident_log_by_priority_and_week(log: Example) -> None:
    by_priority = [(row[0], row[3]) for row in log.rows("Kept, by priority")]
    assert by_priority == [("critical", 2.27), ("high", 0.3), ("medium", 61.62), ("low", 81.91)]
    weeks = {row[0]: row[7] for row in log.rows("Kept, by week")}
    assert list(weeks.values()) == [44.1, 4.2, 34.4, 60.8, 71.7, 75.6, 79.2, 65.7, 82.3, 77.3, 75.7]
    then = {row[0]: row[3] for row in log.rows("As of a past date, by week opened")}
    assert (then["2016-02-29"], then["2016-03-07"], then["2016-05-09"]) == (45.43, 4.31, 85.14)


@pytest.mark.real_data
def test_the_incident_log_to_the_closing_and_its_two_bad_rows(log: Example) -> None:
    to_close = QUERIES["Median hours to the resolution"].replace("hours_to_resolve", "hours_to_close")
    assert log.ask(to_close).rows == ((20_769, 153.9),)
    bad = log.rows("The changes behind such a word")
    assert [(row[0], row[2], row[3]) for row in bad] == [
        ("INC0028089", "New", "-100"),
        ("INC0028089", "-100", "Resolved"),
    ]


@pytest.mark.real_data
@pytest.mark.parametrize("heading", RECEIVABLES)
def test_the_receivables_give_what_the_page_says(receivables: Example, heading: str) -> None:
    assert receivables.rows(heading) == RECEIVABLES[heading]


@pytest.mark.real_data
def test_the_receivables_follow_from_their_dates(receivables: Example) -> None:
    found = receivables.ask(
        "SELECT count(*) AS invoices, sum(CASE WHEN days_late = CASE WHEN days_to_pay > 30 THEN"
        " days_to_pay - 30 ELSE 0 END THEN 1 ELSE 0 END) AS agreeing, round(sum(total), 2) AS billed,"
        " round(100.0 * sum(total * is_on_time) / sum(total), 1) AS on_time_percent_of_amount FROM v_invoices"
    )
    assert found.rows == ((2_466, 2_466, 147_703.18, 63.5),)
