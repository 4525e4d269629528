"""Short pages put together, and rows read the quick way: nothing changes but the time it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.connectors.base import FetchContext, Page, RecordContext, SourceReject
from phasewise.connectors.parse import day, instant, minutes, neutral_word
from phasewise.connectors.vendors.syncro import CONNECTOR, fields, words
from phasewise.connectors.vendors.syncro.lists import identify, keeping, kept
from phasewise.connectors.vendors.syncro.pages import gathered, told_at
from phasewise.errors import RecordError, SourceError, UnavailableError
from phasewise.model.words import MAPPINGS
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject
from phasewise.testing.stored import stored_rows
from phasewise.testing.sync_contract import Bench, vendor
from phasewise.testing.world import Reply
from tests.contract.vendors.syncro import rows
from tests.contract.vendors.syncro.desk import ALL, Shop, derived, desk
from tests.contract.vendors.syncro.twin import LISTS, TOKEN, settings, world

AT = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/Los_Angeles")
CONTEXT = RecordContext(None, ZONE, str)

SHORT = st.lists(st.integers(0, 40), min_size=1, max_size=12)
TIMES = st.one_of(
    st.text(max_size=30),
    st.datetimes(timezones=st.sampled_from([None, UTC, ZONE])).map(datetime.isoformat),
    st.datetimes().map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.000Z"),
    st.dates().map(lambda on: f"{on}T00:00:00.000-05:00"),
    st.sampled_from(["", " ", "2026-02-01", "2026-02-30T00:00:00.000Z", "/Date(1000)/", "20260201T0830"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


def pages(sizes: Sequence[int], **values: Any) -> list[Page]:
    """Pages of so many rows, numbered through; a minute apart, the last one with the proof."""
    first = 0
    found = []
    for number, size in enumerate(sizes):
        at = AT + timedelta(minutes=number)
        found.append(Page(list(range(first, first + size)), source_time=at, **values))
        first += size
    found[-1] = replace(found[-1], proof="end_mark", note="the end")
    return found


def said(ask: Callable[[], Any]) -> Any:
    """What comes of it: a value with its type, or all that an error says."""
    try:
        found = ask()
    except RecordError as error:
        return str(error), error.field, error.reason, error.remedy
    return type(found), found


def until_it_fails(reading: Iterator[Page]) -> tuple[list[Page], Exception | None]:
    """The pages that came, and the error that ended them."""
    found = []
    try:
        for page in reading:
            found.append(page)  # noqa: PERF402  # what came before the error is wanted
    except SourceError as error:
        return found, error
    return found, None


@given(SHORT, st.integers(1, 120))
def test_pages_put_together_hold_the_same_rows_in_the_same_order(sizes: list[int], together: int) -> None:
    before = pages(sizes)
    found = list(gathered(iter(before), together=together))
    assert [row for page in found for row in page.payloads] == list(range(sum(sizes)))
    assert [page.proof for page in found] == ["none"] * (len(found) - 1) + ["end_mark"]
    assert found[-1].note == "the end"
    assert all(len(page.payloads) <= max(together, *sizes) for page in found)
    times = [page.source_time for page in found]
    assert times[0] == AT, "a change during the first page must be found by the next pass"
    assert times == sorted(times)


@given(SHORT)
def test_pages_that_a_run_can_go_on_from_stay_as_they_are(sizes: list[int]) -> None:
    for values in ({"cursor": "2"}, {"declared": 7}):
        before = pages(sizes, **values)
        assert list(gathered(iter(before))) == before


@given(SHORT)
def test_what_a_page_says_beside_its_rows_is_not_lost(sizes: list[int]) -> None:
    reject = SourceReject("line 7", "bad_form", "it is no row")
    for values in ({"rejects": (reject,)}, {"rows_read": 3}, {"note": "worth knowing"}):
        before = [replace(page, **{"proof": "none", "note": "", **values}) for page in pages(sizes)]
        assert list(gathered(iter(before))) == before


@given(SHORT)
def test_what_came_before_a_failure_is_handed_on_first(sizes: list[int]) -> None:
    def failing() -> Iterator[Page]:
        yield from (replace(page, proof="none") for page in pages(sizes))
        raise UnavailableError("the source fails (503)")

    found, error = until_it_fails(gathered(failing()))
    assert isinstance(error, UnavailableError)
    assert [row for page in found for row in page.payloads] == list(range(sum(sizes)))


def test_a_list_of_short_pages_is_stored_in_few_transactions() -> None:
    shop = Shop({"/invoices": [rows.invoice(n) for n in range(1, 1101)]})
    with desk(shop) as there:
        found = there.pages("invoices")
        assert [len(page.payloads) for page in found] == [500, 500, 100]
        assert [payload["id"] for page in found for payload in page.payloads] == list(range(1, 1101))
        assert len(there.asked("/invoices")) == 46  # 44 pages, and two to count them


def test_alerts_are_stored_before_many_look_ups_can_be_lost() -> None:
    alerts = [rows.alert(n, ticket_number=5000 + n) for n in range(1, 251)]
    down = Reply({"error": "down"}, 503)
    shop = Shop({"/rmm_alerts": alerts, "/tickets": [rows.ticket(n) for n in range(1, 251)]})
    shop.before = lambda asked: down if asked.query.get("page") == "7" else None
    with desk(shop) as there:
        reading = there.stream("alerts").pages(there.client, ALL, FetchContext(there.context))
        found, error = until_it_fails(reading)
        assert isinstance(error, UnavailableError)
        assert [len(page.payloads) for page in found] == [100, 50]
        assert [row["ticket_id"] for page in found for row in page.payloads] == [
            str(n) for n in range(1, 151)
        ]


def test_a_row_that_moves_while_we_page_is_stored_as_it_is_last(either_store: Store) -> None:
    tickets = next(one for one in LISTS if one.stream == "tickets")
    subject = Subject(CONNECTOR, world(tickets), settings=settings, secrets=(TOKEN,))
    with vendor(Bench(subject, sync_msp, SyncOptions), items=60) as there:
        listed = there.server.items("tickets")
        # The same ticket on two pages, as where it moved between them.
        newer = {**listed[3], "status": "Resolved", "updated_at": rows.stamp(there.clock.now())}
        there.server.replace("tickets", [*listed, newer])
        there.sync(either_store, streams=frozenset({"tickets"}))
        stored = {row["id"]: row["status"] for row in stored_rows(either_store.msp("acme"))["tickets"]}
        assert len(stored) == len(listed)
        assert stored[str(newer["id"])] == "resolved"


@given(JSON | st.dictionaries(st.sampled_from(["id", "name", "total", "more"]), JSON))
def test_a_row_is_cut_to_its_fields_the_same_way_quickly(row: Any) -> None:
    names = ("id", "name", "total")
    assert keeping(names)(row) == kept(row, names)
    assert isinstance(row, dict) is isinstance(keeping(names)(row), dict)


@given(TIMES | JSON)
def test_times_are_read_as_the_kit_reads_them(value: Any) -> None:
    row = {"at": value}

    def by_the_kit(zone: ZoneInfo | None) -> datetime | None:
        return instant(fields.plain_value(row, "at"), field="opened_at", zone=zone)

    for _ in range(2):  # asked again, it is remembered
        assert said(lambda: fields.at(row, "at", CONTEXT, field="opened_at")) == said(
            lambda: by_the_kit(ZONE)
        )
        exact = said(lambda: by_the_kit(None))
        assert told_at(row, "at") == (exact[1] if isinstance(value, str) and exact[0] is datetime else None)


@given(TIMES)
def test_dates_are_read_as_the_kit_reads_them(value: str) -> None:
    for _ in range(2):
        found = said(lambda: fields.date_of({"on": value}, "on", field="due_on"))
        assert found == said(lambda: day(value, field="due_on"))


@given(st.none() | st.text(max_size=12) | st.sampled_from(["New", "1 High", " 2  normal", "Incident", "9"]))
def test_words_are_those_of_the_kit(word: str | None) -> None:
    def by_the_kit() -> str | None:
        return neutral_word(word, field="type", words={}, known=MAPPINGS["type"])

    for _ in range(2):
        assert said(lambda: words.kind(word)) == said(by_the_kit)


@given(st.integers(0, 10**7) | st.integers(0, 10**6).map(lambda n: n / 4))
def test_minutes_are_rounded_as_the_kit_rounds_them(seconds: float) -> None:
    stop = datetime(2026, 2, 1, 9, tzinfo=UTC) + timedelta(seconds=seconds)
    timer = rows.timer(
        1, start_time="2026-02-01T09:00:00.000Z", end_time=stop.isoformat(), active_duration=seconds
    )
    assert derived("time_entries", timer)[0].minutes == minutes(seconds, field="minutes", unit="seconds")


@pytest.mark.parametrize("value", [None, "", " ", True, {}, []])
def test_a_row_without_an_id_has_none(value: Any) -> None:
    with pytest.raises(RecordError, match="no id"):
        identify({"id": value})
    with pytest.raises(RecordError, match="no id"):
        identify(value)


@given(JSON)
def test_references_are_texts_or_numbers_that_are_not_zero(value: Any) -> None:
    found = said(lambda: fields.reference({"of": value}, "of"))
    if isinstance(value, bool | list | dict):
        assert found[2] == "bad_form"
    else:
        assert found[1] == (None if value in (None, "", 0, "0") else str(value))
