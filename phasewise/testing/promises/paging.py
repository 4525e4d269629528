"""A slice that claims to be proven has everything, whatever the vendor's paging does."""

from __future__ import annotations

from dataclasses import replace
from unittest import SkipTest

from phasewise.connectors.base import Stream
from phasewise.errors import ContractError
from phasewise.testing import faults
from phasewise.testing.subject import EVERYTHING, MANY_PAGES, PAGE, Reading, Subject, read


def every_item_comes_over_many_pages(subject: Subject, stream: Stream) -> None:
    """And the last page shows that this was all."""
    _expect_everything(read(subject, stream, MANY_PAGES))


def a_page_size_capped_in_silence_loses_nothing(subject: Subject, stream: Stream) -> None:
    """The vendor gives 7 a page, whatever is asked for."""
    _expect_everything(read(subject, stream, faults.page_size_capped(7)))


def a_small_default_page_loses_nothing(subject: Subject, stream: Stream) -> None:
    """The vendor gives 25 a page where no size is asked for."""
    _expect_everything(read(subject, stream, faults.small_default_page(25), items=80))


def an_empty_source_is_proven_empty(subject: Subject, stream: Stream) -> None:
    """Nothing there is an answer, not an error."""
    reading = read(subject, stream, items=0)
    _expect_no_error(reading)
    assert not reading.payloads, "items came out of an empty source"
    assert reading.is_proven or not reading.pages, "an empty source is not proven empty"


def a_page_full_to_the_last_item_is_not_the_end(subject: Subject, stream: Stream) -> None:
    """The number of items is a multiple of the page size."""
    _expect_everything(read(subject, stream, MANY_PAGES, items=3 * PAGE))


def an_empty_page_in_the_middle_loses_nothing_in_silence(subject: Subject, stream: Stream) -> None:
    """Either everything comes, or the slice is not proven, or it is an error."""
    for number in (2, 3):
        _expect_nothing_lost_in_silence(read(subject, stream, MANY_PAGES, faults.empty_page(number)))


def the_same_page_for_ever_is_an_error(subject: Subject, stream: Stream) -> None:
    """And soon: not after thousands of requests."""
    reading = read(subject, stream, MANY_PAGES, faults.same_page_for_ever())
    assert isinstance(reading.error, ContractError), f"the same page for ever ended with {reading.error!r}"
    assert reading.data_requests < 20, f"{reading.data_requests} requests before the loop was seen"


def a_duplicate_id_hides_no_other_record(subject: Subject, stream: Stream) -> None:
    """A total counts records, not rows: the last record is pushed to a page of its own."""
    reading = read(subject, stream, MANY_PAGES, faults.duplicate_id(), items=4 * PAGE)
    _expect_no_error(reading)
    assert set(reading.ids) == set(reading.true_ids()), "a record hides behind a duplicate"


def a_record_that_moves_between_pages_is_not_lost_in_silence(subject: Subject, stream: Stream) -> None:
    """Either it comes all the same, or the slice is not proven."""
    _expect_nothing_lost_in_silence(read(subject, stream, MANY_PAGES, faults.moving_record()))


def a_record_deleted_while_we_page_hides_no_other_one(subject: Subject, stream: Stream) -> None:
    """Either all others come, or the slice is not proven."""
    reading = read(subject, stream, MANY_PAGES, faults.deleted_record())
    missing = set(reading.true_ids()[1:]) - set(reading.ids)
    assert not (missing and reading.is_proven), f"proven, but {sorted(missing)} never came"


def a_declared_total_that_is_not_reached_is_not_proven(subject: Subject, stream: Stream) -> None:
    """The vendor counts three records that it does not list."""
    reading = read(subject, stream, MANY_PAGES, faults.hidden_records(3))
    _expect_no_error(reading)
    assert set(reading.ids) == set(reading.true_ids())
    if any(page.declared is not None for page in reading.pages):
        assert not reading.is_proven, "proven, though three records never came"
        assert reading.pages[-1].note, "the last page does not say why it is not proven"


def a_page_of_fifty_thousand_comes_whole(subject: Subject, stream: Stream) -> None:
    """A vendor that answers with more than was asked for; shown by the first stream."""
    if stream.name != subject.streams()[0].name:
        raise SkipTest("the first stream of this vendor shows it")
    reading = read(subject, stream, faults.page_of(50_000))
    _expect_everything(reading)


def a_run_cut_short_after_any_page_and_resumed_has_everything(subject: Subject, stream: Stream) -> None:
    """From the committed mark where there is one, else from the start."""
    if stream.plan is not None:
        raise SkipTest("the source names its own slices: the engine's promises cover it")
    whole = read(subject, stream, MANY_PAGES)
    for count in range(1, len(whole.pages)):
        first = read(subject, stream, MANY_PAGES, most_pages=count)
        again = replace(EVERYTHING, resume=first.pages[-1].cursor)
        rest = read(subject, stream, MANY_PAGES, slice_=again)
        _expect_no_error(rest)
        missing = set(whole.ids) - set(first.ids) - set(rest.ids)
        assert not missing, f"resumed after page {count}: {sorted(missing)} never came"


def _expect_everything(reading: Reading) -> None:
    _expect_no_error(reading)
    missing = set(reading.true_ids()) - set(reading.ids)
    assert not missing, f"{len(missing)} of {len(reading.true_ids())} never came: {sorted(missing)[:5]}"
    assert reading.is_proven, f"all came, but the slice is not proven: {reading.pages[-1].note}"


def _expect_no_error(reading: Reading) -> None:
    assert reading.error is None, f"ended with an error: {reading.error}"


def _expect_nothing_lost_in_silence(reading: Reading) -> None:
    missing = set(reading.true_ids()) - set(reading.ids)
    assert not (missing and reading.is_proven), f"proven, but {sorted(missing)} never came"
