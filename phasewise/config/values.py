"""The kinds of value that settings are made of, each with a message that says what to write instead."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from phasewise.config.currencies import CURRENCIES

FROZEN = ConfigDict(frozen=True, extra="forbid")
"""Configuration of every settings model: nothing changes after loading, and no key is ignored."""


def mistake(message: str) -> PydanticCustomError:
    """What a validator of the settings raises: pydantic then adds the path and goes on with the rest."""
    return PydanticCustomError("phasewise", "{message}", {"message": message})


def quoted(text: str) -> str:
    """The text as TOML writes it: a JSON string, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def nearest(word: str, known: Sequence[str]) -> str:
    """`did you mean "x"?` for the known word most like this one, "" when none is like it."""
    folded = {k.casefold(): k for k in known}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f'did you mean "{folded[found[0]]}"?' if found else ""


def _name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", value) or "__" in value:
        raise mistake(
            f'"{value}" cannot be a name: write lowercase letters, digits, - and single _, '
            "the first a letter or digit, at most 63"
        )
    return value


Name = Annotated[str, AfterValidator(_name)]
"""The name of an MSP, a connection or a calendar. It becomes a key in the store and part of the names of
environment variables, where `__` separates and case is lost: so it has neither."""


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (LookupError, OSError, ValueError):  # unknown, a folder of zones, or no key at all
        hint = nearest(value, sorted(available_timezones())) or 'write one like "Europe/Madrid" or "UTC"'
        raise mistake(f'there is no time zone "{value}"; {hint}') from None
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""An IANA time zone."""


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        hint = (
            f'did you mean "{value.upper()}"?'
            if value.upper() in CURRENCIES
            else 'write one like "EUR" or "USD"'
        )
        raise mistake(f'there is no currency "{value}" in ISO 4217; {hint}')
    return value


Currency = Annotated[str, AfterValidator(_currency)]
"""An ISO 4217 code."""


def _no_number(value: Any) -> Any:
    # pydantic would read 2026 as seconds since 1970, and the mistake would stay unseen.
    if isinstance(value, bool | int | float):
        raise mistake(f"{value} is not a date; write one like 2026-03-02")
    return value


Day = Annotated[date, BeforeValidator(_no_number)]
"""A calendar day, `2026-03-02`."""


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise mistake(f"{str(value).lower()} is not a number")
    return value


Days = Annotated[int, BeforeValidator(_no_bool), Field(ge=1, le=36_500)]
"""A number of days, at least 1."""
Hours = Annotated[float, BeforeValidator(_no_bool), Field(gt=0, le=168, allow_inf_nan=False)]
"""Hours of a week, at most 168."""


def _text(value: str) -> str:
    if not value.strip():
        raise mistake("is empty")
    return value.strip()


Text = Annotated[str, AfterValidator(_text), Field(max_length=200)]
"""A short text that is not empty."""


def as_set(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values sorted, each once: the order of a list that has none must not make another edition."""
    return tuple(sorted(set(values)))


Texts = Annotated[tuple[Text, ...], AfterValidator(as_set)]
"""A list of short texts whose order says nothing."""


def one_of(value: str, known: tuple[str, ...], what: str) -> str:
    """The value, if it is one of the known words.

    Raises:
        PydanticCustomError: it is not; the message suggests the nearest and lists them all.
    """
    if value not in known:
        raise mistake(f'"{value}" is not {what}; {choices(value, known)}')
    return value


def choices(word: str, known: Sequence[str]) -> str:
    """What could be written instead of a word: the nearest one, and all of them."""
    hint = nearest(word, known)
    return f"{hint} Known: {', '.join(known)}" if hint else f"known: {', '.join(known)}"
