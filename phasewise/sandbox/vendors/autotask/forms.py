"""How Autotask writes instants, dates, references, amounts and values of picklists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any


def stamp(at: datetime | None) -> str | None:
    """An instant as Autotask writes it."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def midnight(day: date | None) -> str | None:
    """A date as Autotask writes it."""
    return None if day is None else f"{day:%Y-%m-%d}T00:00:00Z"


def number(text: str | None) -> int | None:
    """A reference."""
    return None if text is None else int(text)


def value(words: Any, word: Any) -> Any:
    """The value of a picklist for a word of ours; None where there is none for it."""
    return words[word][0] if word in words else None


def money(amount: Any) -> float | None:
    """An amount as JSON has it."""
    return None if amount is None else float(amount)
