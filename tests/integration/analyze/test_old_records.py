"""Where the records end long before the date, the answer names a date that they speak of."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from phasewise.analyzer.run import analyze
from phasewise.analyzer.sources import last_full_day
from phasewise.report.build import make_report
from phasewise.report.layout import Layout
from phasewise.report.screen import first_screen
from phasewise.storage.engine import MspStore
from tests.indicators.facts import context
from tests.indicators.stores import MONDAY, fill, ticket
from tests.integration.analyze.conftest import AS_OF, NOW, Demo

TICKETS = 200


def opened(scope: MspStore, *stragglers: datetime) -> None:
    """Tickets of the week from that Monday, and some later ones."""
    week = [ticket(str(number), MONDAY + timedelta(minutes=50 * number)) for number in range(TICKETS)]
    late = [ticket(f"late {number}", at) for number, at in enumerate(stragglers)]
    fill(scope, [*week, *late])


def test_an_answer_on_old_records_names_the_date_to_ask_of(sqlite_demo: Demo) -> None:
    day = AS_OF + timedelta(days=90)
    made = analyze(sqlite_demo.scope, sqlite_demo.settings, as_of=day, now=NOW + timedelta(days=91))
    last = last_full_day(sqlite_demo.scope, made.context)
    assert last is not None
    assert AS_OF - timedelta(days=10) <= last <= AS_OF
    screen = " ".join(first_screen(make_report(sqlite_demo.scope, made), Layout()).split())
    assert f"`--as-of {last}` asks of then" in screen


def test_an_answer_on_fresh_records_names_none(sqlite_demo: Demo) -> None:
    made = analyze(sqlite_demo.scope, sqlite_demo.settings, as_of=AS_OF, now=NOW)
    assert last_full_day(sqlite_demo.scope, made.context) is None
    assert "--as-of" not in first_screen(make_report(sqlite_demo.scope, made), Layout())


def test_a_few_stragglers_do_not_move_the_end(any_msp: MspStore) -> None:
    opened(any_msp, MONDAY + timedelta(days=60))
    found = last_full_day(any_msp, context(as_of=date(2026, 8, 2)))
    assert (
        found == (MONDAY + timedelta(minutes=50 * (TICKETS - 2))).astimezone(ZoneInfo("Europe/Madrid")).date()
    )


def test_without_tickets_there_is_no_date_to_name(any_msp: MspStore) -> None:
    assert last_full_day(any_msp, context(as_of=date(2026, 8, 2))) is None
