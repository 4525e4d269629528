"""A vendor's specification (OpenAPI 3 or Swagger 2): its operations, and which fields a schema has."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

VARIABLE = "PHASEWISE_SPECS"
DEEPEST = 12
"""Schemas refer to each other in circles; no field that is read lies deeper than this."""


@dataclass(frozen=True)
class Operation:
    """A method and a path of the specification."""

    method: str
    template: str
    raw: Mapping[str, Any]

    def fits(self, path: str) -> bool:
        """Whether a path is one of this template."""
        parts = re.split(r"\{[^{}]*\}", self.template)
        return re.fullmatch("[^/]+".join(map(re.escape, parts)), path, re.IGNORECASE) is not None


def folder() -> Path:
    """Where the specifications are; skips the test where nobody said."""
    if not os.environ.get(VARIABLE):
        pytest.skip(f"{VARIABLE} is not set: the folder of the vendors' specifications")
    return Path(os.environ[VARIABLE])


@cache
def specification(name: str) -> Mapping[str, Any]:
    """A specification, decoded."""
    text = (folder() / name).read_text(encoding="utf-8")
    found: Mapping[str, Any]
    found = (
        json.loads(text) if name.endswith(".json") else yaml.load(text, yaml.CSafeLoader)
    )  # the safe loader, in C
    return found


@cache
def operations(name: str) -> tuple[Operation, ...]:
    """Every operation, those with the fewest parameters in their path first."""
    found = [
        Operation(method.upper(), path, raw)
        for path, methods in specification(name)["paths"].items()
        for method, raw in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    return tuple(sorted(found, key=lambda one: one.template.count("{")))


def answer_of(found: Operation) -> Any:
    """What the operation answers when all is well: its schema, or one made of its example."""
    answers = found.raw["responses"]
    answer = answers.get("200") or answers.get("default") or {}
    if "schema" in answer:
        return answer["schema"]
    for media in answer.get("content", {}).values():
        if "schema" in media:
            return media["schema"]
        examples = [media["example"]] if "example" in media else []
        examples += [one.get("value") for one in media.get("examples", {}).values()]
        if examples:
            return {"anyOf": [_of_example(example) for example in examples]}
    return {}


def _of_example(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        value = json.loads(value)
    if isinstance(value, dict):
        return {"type": "object", "properties": {key: _of_example(inner) for key, inner in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": {"anyOf": [_of_example(inner) for inner in value]}}
    return {"type": "value"}


def has(name: str, schema: Any, path: Sequence[str], depth: int = 0) -> bool:
    """Whether a schema of a specification has a field, given by its names from the outside in."""
    if not path:
        return True
    return depth < DEEPEST and any(
        has(name, inner, path[1:], depth + 1) for inner in under(name, schema, path[0])
    )


def under(name: str, schema: Any, key: str, depth: int = 0) -> list[Any]:
    """Schemas of a field, through references, lists and combinations; names are compared as written."""
    schema = resolved(name, schema)
    if not isinstance(schema, dict) or depth > DEEPEST:
        return []
    found = [schema["properties"][key]] if key in schema.get("properties", {}) else []
    if isinstance(schema.get("additionalProperties"), dict):
        found.append(schema["additionalProperties"])
    combined = [s for how in ("allOf", "anyOf", "oneOf") for s in schema.get(how, [])]
    combined += [schema["items"]] if "items" in schema else []
    return found + [inner for one in combined for inner in under(name, one, key, depth + 1)]


def resolved(name: str, schema: Any) -> Any:
    """The schema that a reference means."""
    for _ in range(DEEPEST):
        if not isinstance(schema, dict) or "$ref" not in schema:
            break
        node: Any = specification(name)
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node.get(step.replace("~1", "/"), {})
        schema = node
    return schema
