"""From what pydantic finds wrong to sentences for the person who wrote the settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from phasewise.config.annotations import Arms, Location, at, described, keys
from phasewise.config.values import nearest, quoted
from phasewise.errors import Mistake

Found = tuple[Location, Mistake]
"""A mistake with the path that it is about, in steps."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def shown(location: Location) -> str:
    """A path as TOML writes it: `msps.acme.automations[0].name`, keys with other characters in quotes."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = step if _BARE_KEY.fullmatch(step) else quoted(step)
            text += f".{key}" if text else key
    return text


def mistakes_of(
    error: ValidationError, raw: Any, alternatives: Arms, *, prefix: Location = (), quote: bool = True
) -> list[Found]:
    """What a validation found, one mistake for each path.

    Args:
        error: what pydantic raised.
        raw: the value that was validated, to tell its own keys from pydantic's names of alternatives.
        alternatives: the annotation it was validated by, to find which key was meant.
        prefix: path of what was validated.
        quote: whether a plain value may be quoted.
    """
    found: dict[Location, list[Mistake]] = {}
    for one in error.errors(include_url=False):
        inner = _location(one["loc"], raw)
        what, remedy = _words(one, inner, alternatives, quote=quote)
        location = (*prefix, *inner)
        found.setdefault(location, []).append(Mistake(shown(location), what, remedy))
    return [(location, _one(several)) for location, several in found.items()]


def _one(several: list[Mistake]) -> Mistake:
    """What a value fails for every alternative of a union, as one sentence."""
    whats = list(dict.fromkeys(m.what for m in several))
    remedies = list(dict.fromkeys(m.remedy for m in several if m.remedy))
    return Mistake(several[0].path, ", or ".join(whats), "; ".join(remedies))


def _location(steps: tuple[str | int, ...], raw: Any) -> Location:
    """The path in the settings: pydantic puts names of union members and `[key]` between our own keys."""
    location: list[str | int] = []
    for i, step in enumerate(steps):
        if _stands_in(step, raw):
            raw = raw[step]
        elif i < len(steps) - 1 or not isinstance(raw, dict) or step == "[key]":
            continue
        location.append(step)
    return tuple(location)


def _stands_in(step: str | int, raw: Any) -> bool:
    if isinstance(raw, list | tuple):
        return isinstance(step, int) and step < len(raw)
    return isinstance(raw, dict) and step in raw


_PLAIN = {
    "model_type": ("should be a table", "write it as [{path}]"),
    "dict_type": ("should be a table", "write it as [{path}]"),
    "mapping_type": ("should be a table", "write it as [{path}]"),
    "tuple_type": ("should be a list", 'write it as ["…", "…"]'),
    "list_type": ("should be a list", 'write it as ["…", "…"]'),
    "string_type": ("should be text", "put it in quotes"),
    "too_short": ("has none", "write at least one"),
}
"""Type of pydantic's error → what is wrong, what to do; where its own words are a programmer's."""


def _words(error: ErrorDetails, location: Location, alternatives: Arms, *, quote: bool) -> tuple[str, str]:
    """What is wrong and what to do, from one error of pydantic."""
    table = at(alternatives, location[:-1])
    name = str(location[-1]) if location else ""
    kind = error["type"]
    if kind == "extra_forbidden":
        return "unknown key", nearest(name, keys(table)) or f"known here: {', '.join(keys(table))}"
    if kind == "missing":
        return "is missing", described(table, name)
    if kind in _PLAIN:
        what, remedy = _PLAIN[kind]
        return what, remedy.format(path=shown(location))
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ").partition(", unable")[0]
    value = error["input"]
    if quote and kind != "phasewise" and isinstance(value, str | int | float | date):
        message = f"{json.dumps(value, ensure_ascii=False, default=str)} {message}"
    return message, ""


def in_order(found: Mapping[Location, Mistake], values: Any) -> list[Mistake]:
    """The mistakes in the order of the file, so that they can be corrected from top to bottom.

    Args:
        found: path → mistake.
        values: the tables; what is missing in them comes after what is there.
    """
    return [found[location] for location in sorted(found, key=lambda path: _position(path, values))]


def _position(location: Location, values: Any) -> tuple[int, ...]:
    position: list[int] = []
    for step in location:
        if isinstance(values, dict):
            names = list(values)
            position.append(names.index(step) if step in names else len(names))
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int) and step < len(values):
            position.append(step)
            values = values[step]
    return tuple(position)
