"""A connector that breaks a promise fails on exactly that promise: the suite can bite."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from phasewise.connectors.auth import TokenKeeper
from phasewise.connectors.base import CheckResult, FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.http import HttpClient
from phasewise.connectors.timing import Timing
from phasewise.connectors.waits import Retries
from phasewise.errors import AuthError, RecordError, SourceError
from phasewise.model.records.people import Client
from phasewise.model.records.tickets import Ticket
from phasewise.testing.contract import all_promises, promises_of
from tests.contract.hostile import (
    CONNECTOR,
    ERASED,
    ID,
    SECRET,
    STATE,
    STREAMS,
    SUBJECT,
    WORLD,
    HostileSettings,
    identify,
    is_erased,
    ticket_pages,
    ticket_records,
)

PROMISES = all_promises()
TICKETS = STREAMS[0]

Pages = Callable[[HttpClient, Slice, FetchContext], Iterator[Page]]
Records = Callable[[Any, RecordContext], Iterable[Any]]


def breaks(name: str, stream: Stream = TICKETS, **changed: Any) -> None:
    """The promise is kept by the honest stream and broken by the changed one."""
    PROMISES[name](SUBJECT, stream)
    broken = replace(stream, **changed)
    connector = replace(CONNECTOR, streams=lambda _: (broken, *(s for s in STREAMS if s.name != stream.name)))
    with pytest.raises(AssertionError):
        PROMISES[name](replace(SUBJECT, connector=connector), broken)


def ask(client: HttpClient, number: int) -> dict[str, Any]:
    body: dict[str, Any] = client.get_json("/tickets", query={"page": number, "per page": 100}).body["data"]
    return body


def stops_at_a_short_page(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    number = 1
    while True:
        rows = ask(client, number)["rows"]
        if len(rows) < 100:
            yield Page(rows, proof="end_mark")
            return
        yield Page(rows)
        number += 1


def asks_no_size(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    rows = client.get_json("/tickets").body["data"]["rows"]
    yield Page(rows, proof="end_mark")


def ends_too_early(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    end = None if slice_.end is None else slice_.end - timedelta(hours=3)
    return ticket_pages(client, replace(slice_, end=end), context)


def counts_rows(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    """Until as many rows came as the total says; in a source without end, for a hundred pages."""
    came = 0
    for number in range(1, 101):
        data = ask(client, number)
        came += len(data["rows"])
        is_last = came >= data["count"]
        yield Page(data["rows"], declared=data["count"], proof="declared_total" if is_last else "none")
        if is_last:
            return


def stops_at_an_empty_page(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    for number in range(1, 101):
        rows = ask(client, number)["rows"]
        yield Page(rows, cursor=str(number + 1), proof="none" if rows else "end_mark")
        if not rows:
            return


def never_proves(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    for page in ticket_pages(client, slice_, context):
        yield replace(page, proof="none")


def skips_a_page_on_resume(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    later = None if slice_.resume is None else str(int(slice_.resume) + 1)
    return ticket_pages(client, replace(slice_, resume=later), context)


def swallows(kind: type[Exception]) -> Pages:
    def pages(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
        try:
            yield from ticket_pages(client, slice_, context)
        except kind:
            yield Page((), proof="end_mark")

    return pages


def forgets_the_window(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    return ticket_pages(client, replace(slice_, start=None, end=None), context)


def tells_our_clock(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    for page in ticket_pages(client, slice_, context):
        yield replace(page, source_time=client.budget._timing.now())


def stores_the_key(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    for page in ticket_pages(client, slice_, context):
        yield replace(page, cursor=f"/tickets?key={SECRET}")


def tells_the_key(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    try:
        yield from ticket_pages(client, slice_, context)
    except SourceError as error:
        raise type(error)(f"refused with {SECRET}") from None


def claims_proof(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    for page in ticket_pages(client, slice_, context):
        yield replace(page, proof="declared_total") if page.note else page


def keeps_ascii_only(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    for page in ticket_pages(client, slice_, context):
        plain = [
            {**row, "2nd title": row["2nd title"].encode("ascii", "replace").decode()}
            for row in page.payloads
        ]
        yield replace(page, payloads=plain)


def by_itself(client: HttpClient, method: str, path: str) -> None:
    """A request past the kit, with our key."""
    assert client._tokens is not None
    headers = {"Authorization": f"Bearer {client._tokens.current().value.get_secret_value()}"}
    request = urllib.request.Request(client.base_url + path, headers=headers, method=method)
    try:
        urllib.request.urlopen(request).close()
    except urllib.error.HTTPError as refused:
        refused.close()


def follows_redirects(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    by_itself(client, "GET", "/tickets")
    return ticket_pages(client, slice_, context)


def writes(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    by_itself(client, "DELETE", "/tickets/1")
    return ticket_pages(client, slice_, context)


def retries_a_wrong_key(client: HttpClient, slice_: Slice, context: FetchContext) -> Iterator[Page]:
    for _ in range(5):
        with suppress(AuthError):
            next(ticket_pages(client, slice_, context))
    return ticket_pages(client, slice_, context)


PAGING: list[tuple[str, Pages]] = [
    ("every_item_comes_over_many_pages", stops_at_a_short_page),
    ("every_item_comes_over_many_pages", never_proves),
    ("a_page_full_to_the_last_item_is_not_the_end", stops_at_a_short_page),
    ("an_empty_source_is_proven_empty", never_proves),
    ("a_page_size_capped_in_silence_loses_nothing", stops_at_a_short_page),
    ("a_small_default_page_loses_nothing", asks_no_size),
    ("an_empty_page_in_the_middle_loses_nothing_in_silence", stops_at_an_empty_page),
    ("the_same_page_for_ever_is_an_error", stops_at_an_empty_page),
    ("a_duplicate_id_hides_no_other_record", counts_rows),
    ("a_record_that_moves_between_pages_is_not_lost_in_silence", counts_rows),
    ("a_record_deleted_while_we_page_hides_no_other_one", stops_at_an_empty_page),
    ("a_declared_total_that_is_not_reached_is_not_proven", claims_proof),
    ("a_page_of_fifty_thousand_comes_whole", never_proves),
    ("a_run_cut_short_after_any_page_and_resumed_has_everything", skips_a_page_on_resume),
    ("a_pause_of_an_hour_ends_as_later", swallows(SourceError)),
    ("a_source_that_fails_for_ever_is_left_for_later", swallows(SourceError)),
    ("a_body_cut_for_ever_is_no_short_page", swallows(SourceError)),
    ("an_error_in_a_200_is_no_empty_page", swallows(SourceError)),
    ("a_web_page_is_no_data", swallows(SourceError)),
    ("a_clock_ten_minutes_off_changes_nothing", tells_our_clock),
    ("a_wrong_key_stops_the_connection", swallows(SourceError)),
    ("a_wrong_key_stops_the_connection", retries_a_wrong_key),
    ("a_missing_right_skips_one_stream_and_is_named", swallows(SourceError)),
    ("our_key_does_not_follow_a_redirect_to_another_host", follows_redirects),
    ("nothing_is_ever_written", writes),
    ("a_date_in_the_future_returns_nothing", forgets_the_window),
    ("an_ignored_filter_is_an_error", forgets_the_window),
    ("an_increment_brings_everything_that_changed_since", forgets_the_window),
    ("windows_together_hold_everything", ends_too_early),
    ("text_of_every_script_arrives_as_it_was", keeps_ascii_only),
    ("no_secret_is_in_an_error_or_a_log", tells_the_key),
    ("no_secret_is_in_what_is_stored", stores_the_key),
]


@pytest.mark.parametrize(("name", "pages"), PAGING)
def test_a_reading_that_breaks_a_promise_is_caught(name: str, pages: Pages) -> None:
    breaks(name, pages=pages)


def rejects_everything(payload: Any, context: RecordContext) -> Iterable[Any]:
    raise RecordError("no")


def drops_in_silence(payload: Any, context: RecordContext) -> Iterable[Any]:
    return ()


def with_ticket(**changed: Any) -> Records:
    """The honest ticket with some fields made by functions of the payload."""

    def records(payload: Any, context: RecordContext) -> Iterable[Any]:
        (ticket,) = ticket_records(payload, context)
        yield replace(ticket, **{name: make(payload) for name, make in changed.items()})

    return records


def emits_a_stranger(payload: Any, context: RecordContext) -> Iterable[Any]:
    yield from ticket_records(payload, context)
    yield Client(id=identify(payload))


def changes_its_payload(payload: Any, context: RecordContext) -> Iterable[Any]:
    payload["seen"] = True
    return ticket_records(payload, context)


def counts_its_calls() -> Records:
    calls: list[int] = []

    def records(payload: Any, context: RecordContext) -> Iterable[Any]:
        calls.append(1)
        yield Ticket(id=identify(payload), reopened_count=len(calls))

    return records


def crashes_on_null(payload: Any, context: RecordContext) -> Iterable[Any]:
    yield Ticket(id=identify(payload), title=payload["2nd title"].strip())


RECORDS: list[tuple[str, Records]] = [
    ("every_payload_becomes_records", rejects_everything),
    ("every_payload_becomes_records", drops_in_silence),
    ("ids_are_texts_and_name_one_record_each", with_ticket(id=lambda p: p[ID])),
    ("ids_are_texts_and_name_one_record_each", with_ticket(id=lambda p: f"T{p[ID]}")),
    ("only_declared_tables_are_filled", emits_a_stranger),
    ("a_record_is_made_of_its_payload_alone", changes_its_payload),
    ("a_record_is_made_of_its_payload_alone", counts_its_calls()),
    ("what_is_filled_is_declared_and_what_is_declared_is_filled", with_ticket(queue=lambda _: "Network")),
    ("what_is_filled_is_declared_and_what_is_declared_is_filled", with_ticket(client=lambda _: None)),
    ("the_vendors_word_stays_beside_ours", with_ticket(status_raw=lambda _: None)),
    ("instants_have_a_zone", with_ticket(opened_at=lambda p: datetime.fromisoformat(p["last changed"]))),
    (
        "nulls_everywhere_are_empty_fields_or_rejects",
        with_ticket(reopened_count=lambda p: int(p["cliënt"] or 0)),
    ),
]


@pytest.mark.parametrize(("name", "records"), RECORDS)
def test_records_that_break_a_promise_are_caught(name: str, records: Records) -> None:
    breaks(name, records=records)


def drops_what_is_erased(payload: Any, context: RecordContext) -> Iterable[Any]:
    if is_erased(payload):
        raise RecordError("it was deleted", reason="deleted")
    return ticket_records(payload, context)


DELETED: list[dict[str, Any]] = [
    {"deleted": lambda _: True},
    {"deleted": lambda _: False},
    {"deleted": lambda p: p.get(STATE) in (None, ERASED)},
    {"deleted": lambda p: p[STATE] != ERASED},
    {"records": drops_what_is_erased},
]


@pytest.mark.parametrize("changed", DELETED)
def test_a_stream_that_mistakes_what_is_deleted_is_caught(changed: dict[str, Any]) -> None:
    breaks("deleted_is_what_the_source_calls_deleted_and_nothing_else", **changed)


def test_a_record_function_that_crashes_on_null_is_caught() -> None:
    broken = replace(TICKETS, records=crashes_on_null)
    with pytest.raises(AttributeError):
        PROMISES["nulls_everywhere_are_empty_fields_or_rejects"](SUBJECT, broken)


def finds_nothing_missing(client: HttpClient, settings: HostileSettings) -> CheckResult:
    return CheckResult(identity=str(client.get_json("/me").body["name"]))


def says_nothing(client: HttpClient, settings: HostileSettings) -> CheckResult:
    return CheckResult(identity="")


def looks_at_everything(client: HttpClient, settings: HostileSettings) -> CheckResult:
    for _ in range(100):
        client.get_json("/me")
    return CONNECTOR.check(client, settings)


@pytest.mark.parametrize("check", [finds_nothing_missing, says_nothing, looks_at_everything])
def test_a_check_that_breaks_a_promise_is_caught(check: Callable[[Any, Any], CheckResult]) -> None:
    subject = replace(SUBJECT, connector=replace(CONNECTOR, check=check))
    with pytest.raises(AssertionError):
        PROMISES["check_says_who_we_are_and_what_is_missing"](subject, TICKETS)


def test_a_check_that_lets_a_wrong_key_pass_is_caught() -> None:
    subject = replace(SUBJECT, connector=replace(CONNECTOR, check=lambda *_: CheckResult("me")))
    with pytest.raises(AssertionError):
        PROMISES["check_with_a_wrong_key_is_an_auth_error"](subject, TICKETS)


class PlainSettings(HostileSettings):
    client_secret: Any


def test_settings_that_show_their_secret_are_caught() -> None:
    @contextmanager
    def open_plain(settings: PlainSettings) -> Iterator[HttpClient]:
        with CONNECTOR.open(HostileSettings.model_validate(settings.model_dump())) as client:
            yield client

    subject = replace(SUBJECT, connector=replace(CONNECTOR, settings=PlainSettings, open=open_plain))
    with pytest.raises(AssertionError):
        PROMISES["no_secret_is_in_what_is_printed"](subject, TICKETS)


@contextmanager
def impatient(settings: HostileSettings) -> Iterator[HttpClient]:
    """A client that gives up at once."""
    with CONNECTOR.open(settings) as client:
        client._retries = Retries(faults=1, doubtful=1, longest_pause_seconds=-1)
        yield client


@contextmanager
def hasty(settings: HostileSettings) -> Iterator[HttpClient]:
    """A client that does not wait."""
    with CONNECTOR.open(settings) as client:
        client.budget._timing = Timing(monotonic=count(0, 1000).__next__)
        yield client


@contextmanager
def forgetful(settings: HostileSettings) -> Iterator[HttpClient]:
    """A client that never renews its token."""
    with CONNECTOR.open(settings) as client:
        assert client._tokens is not None
        client._tokens.renew = lambda refused: (
            client._tokens._token or TokenKeeper.renew(client._tokens, refused)
        )  # type: ignore[method-assign, union-attr]  # broken on purpose
        yield client


CLIENTS_THAT_BREAK: list[tuple[str, Callable[[Any], Any]]] = [
    ("too_many_requests_in_seconds_are_waited_for", impatient),
    ("too_many_requests_until_a_date_are_waited_for", impatient),
    ("too_many_requests_with_zero_are_waited_for_all_the_same", impatient),
    ("too_many_requests_without_a_word_are_waited_for", impatient),
    ("a_503_with_retry_after_is_waited_for", impatient),
    ("too_many_requests_in_seconds_are_waited_for", hasty),
    ("too_many_requests_with_zero_are_waited_for_all_the_same", hasty),
    ("a_source_that_fails_once_is_asked_again", impatient),
    ("a_cut_body_is_asked_for_again", impatient),
    ("a_token_that_ends_mid_run_is_renewed", forgetful),
]


@pytest.mark.parametrize(("name", "open_broken"), CLIENTS_THAT_BREAK)
def test_a_client_that_breaks_a_promise_is_caught(name: str, open_broken: Callable[[Any], Any]) -> None:
    PROMISES[name](SUBJECT, TICKETS)
    with pytest.raises(AssertionError):
        PROMISES[name](replace(SUBJECT, connector=replace(CONNECTOR, open=open_broken)), TICKETS)


def test_every_promise_is_shown_to_bite() -> None:
    shown = {name for name, _ in [*PAGING, *RECORDS, *CLIENTS_THAT_BREAK]} | {
        "check_says_who_we_are_and_what_is_missing",
        "check_with_a_wrong_key_is_an_auth_error",
        "deleted_is_what_the_source_calls_deleted_and_nothing_else",
        "no_secret_is_in_what_is_printed",
    }
    assert shown == set(PROMISES)


def test_a_promise_that_a_vendor_makes_impossible_is_skipped_with_its_reason() -> None:
    reason = "the audit trail has no filter"
    subject = replace(SUBJECT, not_promised={"clients: an_ignored_filter_is_an_error": reason})
    params = {param.id: param for param in promises_of(subject)}
    assert params["tickets: an_ignored_filter_is_an_error"].marks == []
    (mark,) = params["clients: an_ignored_filter_is_an_error"].marks
    assert mark.kwargs["reason"] == f"A hostile vendor: {reason}"


def test_a_misspelt_promise_or_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no promise"):
        promises_of(replace(SUBJECT, not_promised={"a_promise_nobody_made": "because"}))
    stranger = replace(WORLD.collections[0], stream="strangers")
    with pytest.raises(ValueError, match="strangers"):
        promises_of(replace(SUBJECT, world=replace(WORLD, collections=(*WORLD.collections, stranger))))
