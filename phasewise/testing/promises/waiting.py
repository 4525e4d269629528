"""A vendor that wants time gets it, and nothing is lost meanwhile."""

from __future__ import annotations

from datetime import timedelta

from phasewise.connectors.base import Stream
from phasewise.errors import ContractError, RateLimitError, SourceError, UnavailableError
from phasewise.testing import faults
from phasewise.testing.faults import RetryAfter
from phasewise.testing.subject import MANY_PAGES, Reading, Subject, read

FOR_EVER = 1_000_000


def too_many_requests_in_seconds_are_waited_for(subject: Subject, stream: Stream) -> None:
    """`Retry-After: 7`."""
    _expect_a_wait(subject, stream, "seconds", at_least=7)


def too_many_requests_until_a_date_are_waited_for(subject: Subject, stream: Stream) -> None:
    """`Retry-After: Mon, 02 Mar 2026 08:00:07 GMT`, by the vendor's clock, which is ten minutes ahead."""
    _expect_a_wait(subject, stream, "date", at_least=6)


def too_many_requests_with_zero_are_waited_for_all_the_same(subject: Subject, stream: Stream) -> None:
    """`Retry-After: 0` is no invitation to ask a hundred times a second."""
    _expect_a_wait(subject, stream, "0", at_least=0.5)


def too_many_requests_without_a_word_are_waited_for(subject: Subject, stream: Stream) -> None:
    """No `Retry-After` at all."""
    _expect_a_wait(subject, stream, "absent", at_least=0.5)


def a_503_with_retry_after_is_waited_for(subject: Subject, stream: Stream) -> None:
    """As a 429."""
    _expect_a_wait(subject, stream, "seconds", at_least=7, status=503)


def a_pause_of_an_hour_ends_as_later(subject: Subject, stream: Stream) -> None:
    """A nightly run does not wait longer than a quarter of an hour for one answer."""
    reading = read(subject, stream, MANY_PAGES, faults.too_many_requests(wait_seconds=3600, times=FOR_EVER))
    assert isinstance(reading.error, RateLimitError), f"ended with {reading.error!r}"
    assert reading.error.retry_after_seconds == 3600
    assert reading.clock.monotonic() < 60, "waited, though it was too long to wait"


def a_source_that_fails_once_is_asked_again(subject: Subject, stream: Stream) -> None:
    """502 and 503 come and go."""
    for status in (500, 502, 503, 504):
        _expect_the_same_as_in_peace(subject, stream, faults.failing(status))


def a_source_that_fails_for_ever_is_left_for_later(subject: Subject, stream: Stream) -> None:
    """And what came before its failure is there."""
    reading = read(subject, stream, MANY_PAGES, faults.failing(503, at=3, times=FOR_EVER))
    assert isinstance(reading.error, UnavailableError), f"ended with {reading.error!r}"
    assert reading.payloads, "the pages before the failure were not handed on"
    assert not reading.is_proven
    assert reading.error.remedy


def a_cut_body_is_asked_for_again(subject: Subject, stream: Stream) -> None:
    """Half an answer is no answer."""
    _expect_the_same_as_in_peace(subject, stream, faults.cut_body())


def a_body_cut_for_ever_is_no_short_page(subject: Subject, stream: Stream) -> None:
    """It ends in an error, never in fewer items."""
    reading = read(subject, stream, MANY_PAGES, faults.cut_body(at=2, times=FOR_EVER))
    assert isinstance(reading.error, SourceError), "a cut body passed for a page"


def an_error_in_a_200_is_no_empty_page(subject: Subject, stream: Stream) -> None:
    """Once it may pass; for ever it is an error."""
    body = subject.error_body if subject.error_body is not None else {"error": "database timeout"}
    _expect_the_same_as_in_peace(subject, stream, faults.error_body(body), or_an_error=True)
    reading = read(subject, stream, MANY_PAGES, faults.error_body(body, times=FOR_EVER))
    assert isinstance(reading.error, SourceError), "an error body passed for an empty page"


def a_web_page_is_no_data(subject: Subject, stream: Stream) -> None:
    """A login page, a maintenance notice, a filter: status 200, and for people."""
    reading = read(subject, stream, MANY_PAGES, faults.web_page())
    assert isinstance(reading.error, ContractError), f"ended with {reading.error!r}"
    assert not reading.payloads


def a_clock_ten_minutes_off_changes_nothing(subject: Subject, stream: Stream) -> None:
    """Neither ours nor the vendor's; and the time of an answer is the vendor's own."""
    for minutes in (-10, 10):
        reading = read(subject, stream, MANY_PAGES, faults.clock_off(minutes))
        _expect_all(reading)
        for page in reading.pages:
            if page.source_time is not None:
                off = page.source_time - reading.clock.now()
                assert abs(off - timedelta(minutes=minutes)) < timedelta(minutes=5), f"{off} is our clock"


def _expect_a_wait(
    subject: Subject, stream: Stream, retry_after: RetryAfter, *, at_least: float, status: int = 429
) -> None:
    busy = faults.too_many_requests(retry_after, wait_seconds=7, times=2, status=status)
    reading = read(subject, stream, MANY_PAGES, busy, faults.clock_off(10))
    _expect_all(reading)
    waited = reading.clock.monotonic()
    assert 2 * at_least <= waited <= 120, f"waited {waited:.1f} s"


def _expect_the_same_as_in_peace(
    subject: Subject, stream: Stream, fault: faults.Fault, *, or_an_error: bool = False
) -> None:
    reading = read(subject, stream, MANY_PAGES, fault)
    if or_an_error and reading.error is not None:
        return
    _expect_all(reading)


def _expect_all(reading: Reading) -> None:
    assert reading.error is None, f"ended with an error: {reading.error}"
    assert set(reading.ids) == set(reading.true_ids()), "items were lost"
    assert reading.is_proven
