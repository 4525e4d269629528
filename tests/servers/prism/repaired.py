"""A vendor's specification as Prism can load it: made smaller to what is asked for, and its slips put right.

What is repaired, each seen in such a file:

- a path without its leading slash: Prism dies at the first request;
- a reference that leads nowhere: Prism does not start;
- a number of which nothing but its format is told: Prism answers the smallest that the format allows,
  -2147483648 for an id and -1.8e308 for a time. It loses the format and gets an example, which no request is
  held to;
- a body without a media type: Prism takes none;
- an authentication scheme written "Bearer": any case means the same, but not to Prism.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
TOLD = frozenset({"enum", "example", "default", "minimum", "maximum"})
"""What says more of a number than its format."""

NONE: Mapping[str, Any] = MappingProxyType({})

Document = dict[str, Any]


def repaired(
    document: Mapping[str, Any], keep: Callable[[str, str], bool], examples: Mapping[str, Any] = NONE
) -> Document:
    """A copy with the operations that are kept, and what these refer to.

    Args:
        document: OpenAPI 3 or Swagger 2, decoded.
        keep: method (GET) and path as it stands in the document → whether it stays.
        examples: name of a field → what is answered there; None = the field is left out.

    Returns:
        The copy. A reference that leads nowhere is a schema that allows everything.
    """
    paths: Document = {}
    for path, item in document["paths"].items():
        kept = {key: value for key, value in item.items() if key not in METHODS or keep(key.upper(), path)}
        if METHODS & set(kept):
            paths["/" + path.lstrip("/")] = copy.deepcopy(kept)
    small = {
        key: value for key, value in document.items() if key not in {"paths", "components", "definitions"}
    }
    small["paths"] = paths
    components = document.get("components", {})
    if "securitySchemes" in components:
        small["components"] = {"securitySchemes": copy.deepcopy(components["securitySchemes"])}
    _bring_along(small, document)
    for node in _nodes(small):
        _mend(node)
        if isinstance(node.get("properties"), dict):
            _tell(node["properties"], examples)
    return small


def _tell(properties: Document, examples: Mapping[str, Any]) -> None:
    for name in examples.keys() & properties.keys():
        if examples[name] is None:
            del properties[name]
        elif isinstance(properties[name], dict):
            properties[name]["example"] = examples[name]


def _mend(node: Document) -> None:
    if node.get("type") in ("integer", "number") and not TOLD & set(node):
        node.pop("format", None)
        node["example"] = 1
    if node.get("type") == "http" and isinstance(node.get("scheme"), str):
        node["scheme"] = node["scheme"].lower()
    if "consumes" not in node and any(_is_body(one) for one in _list(node.get("parameters"))):
        node["consumes"] = ["application/json"]


def _is_body(parameter: Any) -> bool:
    return isinstance(parameter, dict) and parameter.get("in") == "body"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _bring_along(small: Document, document: Mapping[str, Any]) -> None:
    """Copy what is referred to, and what that refers to, from the document."""
    waiting, done = [small["paths"]], set()
    while waiting:
        for node in _nodes(waiting.pop()):
            reference = node.get("$ref")
            if not isinstance(reference, str) or not reference.startswith("#/") or reference in done:
                continue
            steps = [s.replace("~1", "/").replace("~0", "~") for s in reference[2:].split("/")]
            found = _at(document, steps)
            if found is None:
                node.clear()
                continue
            done.add(reference)
            if steps[0] != "paths":
                waiting.append(_put(small, steps, copy.deepcopy(found)))


def _at(document: Mapping[str, Any], steps: list[str]) -> Any:
    node: Any = document
    for step in steps:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _put(document: Document, steps: list[str], value: Any) -> Any:
    node = document
    for step in steps[:-1]:
        node = node.setdefault(step, {})
    node[steps[-1]] = value
    return value


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value, itself first."""
    if isinstance(value, dict):
        yield value
    for inner in (
        list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _nodes(inner)
