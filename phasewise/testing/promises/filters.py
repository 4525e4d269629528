"""An increment brings what changed, and a filter that the vendor ignores is seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from unittest import SkipTest

from phasewise.connectors.base import CursorKind, Slice, Stream
from phasewise.errors import ContractError
from phasewise.testing import faults
from phasewise.testing.clock import START
from phasewise.testing.subject import MANY_PAGES, Subject, read
from phasewise.testing.world import Item

FUTURE = START + timedelta(days=365)


def a_date_in_the_future_returns_nothing(subject: Subject, stream: Stream) -> None:
    """So the filter is really sent, in the form the vendor reads."""
    _need_filter(stream)
    reading = read(subject, stream, MANY_PAGES, slice_=Slice("increment", start=FUTURE))
    assert reading.error is None, f"ended with an error: {reading.error}"
    assert not reading.payloads, f"{len(reading.payloads)} items changed a year from now"
    assert reading.is_proven


def an_ignored_filter_is_an_error(subject: Subject, stream: Stream) -> None:
    """A full listing must not pass for an increment."""
    _need_filter(stream)
    future = Slice("increment", start=FUTURE)
    reading = read(subject, stream, MANY_PAGES, faults.ignored_filter(), slice_=future)
    assert isinstance(reading.error, ContractError), "the source ignored the filter, and nobody saw it"


def an_increment_brings_everything_that_changed_since(subject: Subject, stream: Stream) -> None:
    """The lower bound is inclusive."""
    _need_filter(stream)
    changed = _changed(subject, stream)
    whole = read(subject, stream)
    times = sorted(changed(item) for item in whole.items())
    since = times[len(times) // 2]
    wanted = {subject.identify(stream, item) for item in whole.items() if changed(item) >= since}
    reading = read(subject, stream, MANY_PAGES, slice_=Slice("increment", start=since))
    assert wanted <= set(reading.ids), f"{sorted(wanted - set(reading.ids))} changed and did not come"
    assert len(set(reading.ids)) < len(whole.ids), "the increment is a full listing"


def windows_together_hold_everything(subject: Subject, stream: Stream) -> None:
    """Where the source can bound a window from above."""
    if not stream.bounded:
        raise SkipTest("the source cannot bound a window from above")
    changed = _changed(subject, stream)
    whole = read(subject, stream)
    times = sorted(changed(item) for item in whole.items())
    cuts = [times[0], times[len(times) // 3], times[2 * len(times) // 3], times[-1] + timedelta(seconds=1)]
    came: set[str] = set()
    for start, end in pairwise(cuts):
        came |= set(read(subject, stream, MANY_PAGES, slice_=Slice("window", start=start, end=end)).ids)
    assert came == set(whole.ids), f"{sorted(set(whole.ids) - came)} is in no window"


def _need_filter(stream: Stream) -> None:
    if stream.cursor not in {CursorKind.MODIFIED, CursorKind.CREATED}:
        raise SkipTest("the source has no filter by time")


def _changed(subject: Subject, stream: Stream) -> Callable[[Item], datetime]:
    changed = subject.collection(stream).changed
    assert changed is not None, "the source filters by time: say by which in `Collection.changed`"
    return changed
