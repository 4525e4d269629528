"""From what pydantic finds wrong to sentences for the person who wrote the settings."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from phasewise.config.annotations import Arms, Location, at, described, keys
from phasewise.config.values import nearest
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
            key = step if _BARE_KEY.fullmatch(step) else json.dumps(step, ensure_ascii=False)
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


def _words(error: ErrorDetails, location: Location, alternatives: Arms, *, quote: bool) -> tuple[str, str]:
    """What is wrong and what to do, from one error of pydantic."""
    name = str(location[-1]) if location else ""
    match error["type"]:
        case "extra_forbidden":
            known = keys(at(alternatives, location[:-1]))
            return "unknown key", nearest(name, known) or f"known here: {', '.join(known)}"
        case "missing":
            return "is missing", described(at(alternatives, location[:-1]), name)
        case "model_type" | "dict_type" | "model_attributes_type" | "mapping_type":
            return "should be a table", f"write it as [{shown(location)}]"
        case "tuple_type" | "list_type":
            return "should be a list", 'write it as ["…", "…"]'
        case "string_type":
            return "should be text", "put it in quotes"
    message = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    value = error["input"]
    if quote and error["type"] != "phasewise" and isinstance(value, str | int | float | date):
        message = f"{json.dumps(value, ensure_ascii=False, default=str)} {message}"
    return message, ""
