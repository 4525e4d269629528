"""What the quick way of reading instants promises: what the careful way reads, or nothing."""

from __future__ import annotations

from datetime import datetime

from hypothesis import example, given
from hypothesis import strategies as st

from phasewise.connectors.parse.formats import iso_utc, time_format
from phasewise.connectors.parse.times import instant

NEARLY = st.from_regex(r"\A[0-9]{4}.[0-9W]{2}.[0-9]{2}[T ][0-9]{2}.[0-9]{2}.[0-9]{2}[Zz]\Z")


@given(st.datetimes())
def test_an_instant_in_utc_is_read_as_ever(at: datetime) -> None:
    text = f"{at.replace(microsecond=0).isoformat()}Z"
    assert iso_utc(text) == time_format("iso").parse(text) == instant(text, field="at")


@given(NEARLY | st.text(min_size=20, max_size=20))
@example("2026-W01-1T00:00:00Z")
@example("2026-01-01T24:00:00Z")
@example("2026-02-30T00:00:00Z")
def test_what_only_looks_like_one_is_left_to_the_careful_way(text: str) -> None:
    quick = iso_utc(text)
    if quick is not None:
        assert quick == time_format("iso").parse(text)
