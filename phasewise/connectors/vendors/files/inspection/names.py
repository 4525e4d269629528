"""What a header or a word probably means, by names that systems use. A guess, and always called one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def tables() -> Mapping[str, Any]:
    """The tables of names.toml."""
    return tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))


def normal(header: str) -> str:
    """A header as names are compared: lower case, no accents, words apart by one space."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    bare = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+|#", bare))


def first_named(names: Sequence[str], headers: Sequence[str]) -> str | None:
    """The header that has the earliest of these names, None where none has any."""
    by_name = {normal(header): header for header in reversed(headers)}
    return next((by_name[name] for name in names if name in by_name), None)


def guess_word(mapping: str, word: str) -> str | None:
    """The neutral word for a source's word, by its parts; None where nothing fits.

    Args:
        mapping: a table of `[words]`: status, priority, type, source, …
        word: as the source writes it.
    """
    text = f" {unicodedata.normalize('NFKD', word).encode('ascii', 'ignore').decode().lower().strip()} "
    for neutral, parts in tables()["words"].get(mapping, {}).items():
        # A part begins a word: "new" is not in "renew", "p1" is in "p1 outage".
        if any(re.search(rf"(?<![a-z0-9]){re.escape(part)}", text) for part in parts):
            return str(neutral)
    return None
