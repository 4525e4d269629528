"""What the quick way of reading times promises: what the careful way reads, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phasewise.connectors.parse.formats import careful_iso, iso_time
from phasewise.connectors.parse.times import instant
from phasewise.errors import RecordError

times = st.datetimes(timezones=st.just(UTC)).map(
    lambda t: t.replace(year=min(max(2, t.year), 9998), day=min(t.day, 28), tzinfo=None)
)
WRITTEN = st.sampled_from(["Z", "z", "", "+00:00", "-05:30", "+0530", "+05", "+05:00:30", "-00:00", " UTC"])
DECIMALS = st.from_regex(r"\A([.,][0-9]{0,9})?\Z")
NEARLY = st.from_regex(
    r"\A[0-9]{4}[-W:]?[0-9W]{2}[-:]?[0-9]{1,2}[T t_+][0-9]{2}[:.]?[0-9]{2}[:.]?[0-9]{0,2}"
    r"([.,][0-9\u0660]{0,7})?([Zz]|[+-][0-9:+-]{0,12}Z?)?\Z"
)


@given(times, WRITTEN, DECIMALS, st.sampled_from("T t_"))
def test_a_time_is_read_as_the_careful_way_reads_it(
    at: datetime, zone: str, decimals: str, between: str
) -> None:
    promise(f"{at.replace(microsecond=0).isoformat(between)}{decimals}{zone}")


@given(times, st.integers(-23 * 60, 23 * 60), st.sampled_from(["seconds", "auto"]))
def test_what_most_sources_send_is_read_quickly(at: datetime, minutes: int, precision: str) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    for text in (
        aware.isoformat(timespec=precision),
        f"{at.isoformat(timespec=precision)}Z",
        at.isoformat(timespec=precision),
    ):
        quick = iso_time(text)
        assert quick is not None
        assert quick == careful_iso(text)


@given(NEARLY | st.text(min_size=17, max_size=26))
@example("")
@example("2026-W01-1T00:00:00Z")
@example("2026-01-01T24:00:00Z")
@example("2026-02-30T00:00:00Z")
@example("2026-01-01T00:00:00+05:00:00")
@example("2026-01-01T00:00:00+0-05:00")
@example("2026-01-01T00:00:00.")
@example("2026-01-01T00:00:00.Z")
@example("2026-01-01T00:00,30Z")
@example("2026-01-01T00:00:00:Z")
@example("2026-01-01T00:00:00.\u0661")
@example("2026-01-01T00:00:00+01:00Z")
@example("2026-01-01T00:00:00-24:00")
def test_what_only_looks_like_one_is_left_to_the_careful_way(text: str) -> None:
    promise(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_outside_of_the_calendar_is_an_error_as_ever(text: str) -> None:
    with pytest.raises(RecordError) as error:
        instant(text, field="at")
    assert error.value.reason == "bad_date"


def promise(text: str) -> None:
    """The quick way reads nothing, or exactly what the careful way reads."""
    quick = iso_time(text)
    if quick is None:
        return
    careful = careful_iso(text)
    assert quick == careful
    assert isinstance(careful, datetime)
    assert quick.utcoffset() == careful.utcoffset()
    assert quick.tzinfo is None or instant(text, field="at") == careful.astimezone(UTC)
