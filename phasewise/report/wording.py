"""Numbers, dates and lists as people read them. One place, so that every result reads alike."""

from __future__ import annotations

from datetime import date

from phasewise.analyzer.indicator import Evidence, Measure, Score
from phasewise.i18n import gettext as _
from phasewise.i18n import language
from phasewise.i18n import mark as N_  # noqa: N812  # the name that gettext's tools extract by

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
STATUSES = {"pass": N_("pass"), "fail": N_("fail"), "leaning": N_("leaning"), "unknown": N_("unknown")}
EVIDENCE = {
    "derived": N_("derived from records"),
    "partly": N_("derived from records and attested facts"),
    "attested": N_("attested by people"),
}
UNITS = {
    "hours": N_("%(number)s h"),
    "days": N_("%(number)s days"),
    "minutes": N_("%(number)s min"),
    "weeks": N_("%(number)s weeks"),
    "tickets": N_("%(number)s tickets"),
    "clients": N_("%(number)s clients"),
}
NOTHING = "–"
THOUSANDS = {"es": "\N{NO-BREAK SPACE}"}
"""Between thousands where it is not a comma. The decimal sign is a point in both languages: Spanish allows
it, and numbers inside of the indicators' sentences have it too."""


def day(value: date) -> str:
    """`22 Nov 2026`."""
    return f"{value.day} {_(MONTHS[value.month - 1])} {value.year}"


def weekday(value: date) -> str:
    """`Sun 22 Nov 2026`."""
    return f"{_(WEEKDAYS[value.weekday()])} {day(value)}"


def month(value: date) -> str:
    """`Nov 2026`."""
    return f"{_(MONTHS[value.month - 1])} {value.year}"


def since(value: date | None, *, or_before: bool) -> str:
    """`since Nov 2026`, `since Nov 2026 or before`; "" when it is not known since when."""
    if value is None:
        return ""
    text = _("since %(month)s or before") if or_before else _("since %(month)s")
    return text % {"month": month(value)}


def number(value: float, decimals: int = 0) -> str:
    """`1,412` or `24.6`; between thousands stands what the reader's language has there."""
    return f"{value:,.{decimals}f}".replace(",", THOUSANDS.get(language(), ","))


def percent(share: float, decimals: int = 1) -> str:
    """`86.4%`, of a share 0-1."""
    return number(share * 100, decimals) + "%"


def score(value: Score | None) -> str:
    """`58 (49–66)`; a dash when there is none."""
    if value is None:
        return NOTHING
    return f"{value.median:.0f} ({value.low:.0f}–{value.high:.0f})"


def probability(low: float, high: float) -> str:
    """`0.83`, or `0.10–0.90` where it is open."""
    ends = (number(low, 2), number(high, 2))
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"


def quantity(value: float | None, unit: str, *, above: bool = False) -> str:
    """A value with its unit: `86.4%`, `24.6 h`, `> 240 h` where the truth lies beyond it."""
    if value is None:
        return NOTHING
    text = percent(value) if unit == "share" else _in_unit(value, unit)
    return f"> {text}" if above else text


def _in_unit(value: float, unit: str) -> str:
    text = number(value, 0 if float(value).is_integer() else 1)
    return _(UNITS[unit]) % {"number": text} if unit in UNITS else text


def measure(value: Measure) -> str:
    """A measure in a few words: `86.4% of 1,412`, `24.6 h (n 19,351)`; `so far` where rows may be missing."""
    text = quantity(value.value, value.unit, above=value.above)
    if value.value is not None and value.denominator is not None:
        text = _("%(value)s of %(denominator)s") % {"value": text, "denominator": number(value.denominator)}
    elif value.value is not None and value.n:
        text = f"{text} (n {number(value.n)})"
    return text if value.complete else _("%(measure)s, so far") % {"measure": text}


def because(evidence: Evidence) -> str:
    """Why an indicator is not known or is held down, in one sentence; "" when nothing is to be said."""
    if evidence.reason:
        return str(evidence.reason.sentence)
    if evidence.caps:
        return str(evidence.caps[0].sentence)
    return str(evidence.notes[0]) if evidence.notes else ""
