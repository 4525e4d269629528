"""How the commands that answer present their answer: dates asked for, language, width, colour, signs."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from phasewise.cli import console
from phasewise.errors import ConfigError

if TYPE_CHECKING:
    from phasewise.config.settings import Settings
    from phasewise.report.layout import Layout, Style
    from phasewise.storage.engine import MspStore, Store

LANGUAGE = "PHASEWISE_LANGUAGE"
PIPE_WIDTH = 100
NARROWEST = 60
COLOURS = {"strong": "1", "good": "32", "bad": "31", "open": "33", "quiet": "2"}
"""Style → SGR code of a terminal."""
SIMPLER = str.maketrans(
    {
        **dict(zip("▁▂▃▄▅▆▇█", "_.-~=+*#", strict=True)),
        "─": "-",
        "●": "*",
        "○": "o",
        "◌": "?",
        "→": ">",
        "–": "-",
        "—": "-",
        "·": "|",
        "…": "...",
        "≥": ">=",
        "≤": "<=",
    }
)
"""Signs for terminals whose encoding has no others."""


def parse_date(text: str | None, *, option: str = "--as-of") -> date | None:
    """The date of an option, None when it was not given.

    Raises:
        ConfigError: it is not a date.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f'"{text}" is not a date', where=option, remedy="Write it as 2026-06-30") from None


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """The language of an MSP's results, unless the reader has asked for one."""
    with _language(os.environ.get(LANGUAGE) or language):
        yield


@contextmanager
def speaking_english() -> Iterator[None]:
    """English, whoever reads: for output that programs read."""
    with _language("en"):
        yield


@contextmanager
def _language(code: str | None) -> Iterator[None]:
    before = os.environ.get(LANGUAGE)
    if code:
        os.environ[LANGUAGE] = code
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(LANGUAGE, None)
        else:
            os.environ[LANGUAGE] = before


def layout() -> Layout:
    """Width and colour of where the result goes: a terminal's own, plain text for everything else."""
    from phasewise.report.layout import Layout, plain

    if not sys.stdout.isatty():
        return Layout(PIPE_WIDTH, plain)
    width = max(NARROWEST, shutil.get_terminal_size((PIPE_WIDTH, 24)).columns)
    return Layout(width, plain if "NO_COLOR" in os.environ else _coloured)


def show(text: str) -> None:
    """A result to stdout, in simpler signs where its encoding lacks ours."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(SIMPLER).encode(encoding, "replace").decode(encoding)
    console.say(text)


def scopes(settings: Settings, store: Store, name: str | None) -> Iterator[MspStore]:
    """The MSPs to answer for that are in the store; those that are not yet are named on stderr.

    Raises:
        ConfigError: there is no MSP of that name in the settings.
        StoreError: none of them is in the store.
    """
    from phasewise.cli.opening import chosen_msps

    chosen = chosen_msps(settings, name)
    stored = set(store.msp_ids())
    if not stored.intersection(chosen):
        yield store.msp(chosen[0])
    for msp_id in chosen:
        if msp_id in stored:
            yield store.msp(msp_id)
        else:
            console.note(f'"{msp_id}" is not in the store yet: run `phasewise sync`.')


def _coloured(style: Style, text: str) -> str:
    return f"\x1b[{COLOURS[style]}m{text}\x1b[0m"
