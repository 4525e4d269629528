"""Does a connector ask only for what the vendor's specification has, and read only fields that are there?

The simulated vendor records every request; payloads that note which of their fields are read show the rest.
A deviation is either a mistake of ours or one of the specification: then the test names it with the reason;
a reason that is needed no more is a failure too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.connectors import connector
from phasewise.connectors.base import FetchContext, RecordContext, Slice, Stream
from phasewise.connectors.timing import timing
from phasewise.errors import RecordError
from phasewise.sandbox import simulators
from phasewise.sandbox.serving import SandboxServer
from phasewise.sandbox.small_world import records as small_world
from phasewise.testing.clock import START, FakeClock
from phasewise.testing.world import Asked
from tests.support.specification import (
    Operation,
    answer_of,
    folder,
    has,
    operations,
    resolved,
    specification,
    under,
)
from tests.support.watching import Reads, watched


@dataclass(frozen=True)
class Shape:
    """Where the specification describes what a payload is made of.

    Attributes:
        method: of the operation whose answer holds it.
        path: template of that operation; "" where `schema` names it.
        items: the key of the list in the answer, dotted; "" = the answer itself or its elements.
        schema: name of a schema, for specifications without answers.
        inside: keys that the connector added to the payload → what lies under them.
        ours: keys that the connector added and that are of no vendor.
    """

    path: str = ""
    method: str = "GET"
    items: str = ""
    schema: str = ""
    inside: Mapping[str, Shape] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Conformance:
    """What a connector is held to.

    Attributes:
        connector: its name; the simulated vendor has the same one.
        specification: file in the folder that PHASEWISE_SPECS names.
        shapes: stream → where its payloads are described.
        prefix: what stands before the specification's paths at the simulated vendor.
        excused: "METHOD /path" (not in the specification), "METHOD /path ?parameter" or "stream: field.path"
            → why it is right all the same.
    """

    connector: str
    specification: str
    shapes: Mapping[str, Shape]
    prefix: str = ""
    excused: Mapping[str, str] = field(default_factory=dict)


def request_violations(held: Conformance) -> list[str]:
    """What the connector asks for and the specification does not have, without what is excused."""
    folder()
    found = dict.fromkeys(fault for asked in _seen(held)[0] for fault in _request_faults(held, asked))
    return [fault for fault in found if fault not in held.excused]


def field_violations(held: Conformance) -> list[str]:
    """The fields that the connector reads and the specification does not have, without what is excused."""
    folder()
    found = [
        f"{stream}: {name}"
        for stream, names in _seen(held)[1].items()
        for name in _unknown(held, stream, names)
    ]
    return [fault for fault in found if fault not in held.excused]


def needless_excuses(held: Conformance) -> list[str]:
    """What is excused and does not happen."""
    folder()
    bare = Conformance(held.connector, held.specification, held.shapes, held.prefix)
    return sorted(set(held.excused) - set(request_violations(bare)) - set(field_violations(bare)))


def requests_of(held: Conformance) -> tuple[Asked, ...]:
    """Every request of a reading of all there is at the simulated vendor."""
    return _seen(held)[0]


def _seen(held: Conformance) -> tuple[tuple[Asked, ...], Mapping[str, Sequence[str]]]:
    return _observe(held.connector)


@cache
def _observe(name: str) -> tuple[tuple[Asked, ...], Mapping[str, Sequence[str]]]:
    """Read everything from the simulated vendor: its requests, and by stream the fields that were read."""
    source, simulator, clock = connector(name), simulators()[name], FakeClock()
    read: dict[str, Sequence[str]] = {}
    with SandboxServer(simulator, list(small_world()), now=clock.now) as server:
        settings = source.settings.model_validate(server.settings())
        context = RecordContext(settings, ZoneInfo("Europe/Madrid"), lambda text: f"hash of {text}")
        with timing(clock.timing()), source.open(settings) as client:
            source.check(client, settings)
            for stream in source.streams(settings):
                reads = Reads()
                for payload in _payloads(stream, client, context):
                    _use(stream, watched(payload, reads), context)
                read[stream.name] = tuple(sorted(reads.paths))
        return tuple(server.asked), read


def _payloads(stream: Stream, client: Any, context: RecordContext) -> Iterator[Any]:
    """All there is, and all that changed lately; each query has parameters of its own."""
    slices = [Slice("everything")] if stream.plan is None else list(stream.plan(client))
    bounded = Slice(
        "increment", start=START.replace(year=START.year - 1), end=START if stream.bounded else None
    )
    for slice_ in (*slices, *([] if stream.plan else [bounded])):
        ids: list[str] = []
        for page in stream.pages(client, slice_, FetchContext(context)):
            ids += [stream.identify(payload) for payload in page.payloads]
            yield from page.payloads
        if stream.cursor == "created" and slice_ is bounded:
            opened = FetchContext(context, open_ids=lambda ids=tuple(ids[:3]): ids)  # type: ignore[misc]  # mypy cannot tell the default's type
            for page in stream.pages(client, Slice("open"), opened):
                yield from page.payloads
    if stream.listing is not None:
        for page in stream.listing(client, Slice("everything"), FetchContext(context)):
            assert page is not None


def _use(stream: Stream, payload: Any, context: RecordContext) -> None:
    stream.identify(payload)
    stream.deleted(payload)
    try:
        list(stream.records(payload, context))
    except RecordError as error:
        raise AssertionError(
            f"{stream.name}: the simulated vendor's own item is rejected: {error}"
        ) from error


def _request_faults(held: Conformance, asked: Asked) -> Iterator[str]:
    path = asked.path.removeprefix(held.prefix)
    found = next(
        (o for o in operations(held.specification) if o.method == asked.method and o.fits(path)), None
    )
    if found is None:
        yield f"{asked.method} {re.sub(r'/[0-9]+(?=/|$)', '/{id}', path)}"
        return
    shared = specification(held.specification)["paths"][found.template].get("parameters", [])
    parameters = [resolved(held.specification, p) for p in [*shared, *found.raw.get("parameters", [])]]
    known = {p["name"].lower() for p in parameters if p["in"] == "query"}
    for name in asked.query:
        if name.lower() not in known:
            yield f"{asked.method} {found.template} ?{name}"
    for parameter in parameters:
        if parameter.get("required") and parameter["in"] in {"query", "header"}:
            there = asked.query if parameter["in"] == "query" else asked.headers
            if parameter["name"].lower() not in {name.lower() for name in there}:
                yield f"{asked.method} {found.template} without {parameter['name']}"
    yield from _body_faults(held, found, asked)


def _body_faults(held: Conformance, found: Operation, asked: Asked) -> Iterator[str]:
    content = found.raw.get("requestBody", {}).get("content", {})
    schemas = [media.get("schema") for media in content.values()]
    schemas += [p.get("schema") for p in found.raw.get("parameters", []) if p.get("in") == "body"]
    for schema in schemas[:1]:
        for name in asked.body if isinstance(asked.body, dict) else ():
            if schema is not None and not has(held.specification, schema, [name]):
                yield f"{asked.method} {found.template} body {name}"


def _unknown(held: Conformance, stream: str, names: Iterable[str]) -> Iterator[str]:
    shape = held.shapes.get(stream)
    for name in names:
        if shape is None or not _described(held, shape, name.split(".")):
            yield name


def _described(held: Conformance, shape: Shape, path: list[str]) -> bool:
    if path[0] in shape.ours:
        return True
    if path[0] in shape.inside:
        return len(path) == 1 or _described(held, shape.inside[path[0]], path[1:])
    return has(held.specification, _schema_of(held, shape), path)


def _schema_of(held: Conformance, shape: Shape) -> Any:
    document = specification(held.specification)
    if shape.schema:
        named = document.get("components", {}).get("schemas", {}) or document.get("definitions", {})
        return named[shape.schema]
    found = next(
        (o for o in operations(held.specification) if (o.method, o.template) == (shape.method, shape.path)),
        None,
    )
    assert found is not None, f"the specification has no {shape.method} {shape.path}"
    schema = answer_of(found)
    for key in shape.items.split(".") if shape.items else ():
        schema = next(iter(under(held.specification, schema, key)), None)
        assert schema is not None, f"the answer of {shape.path} has no {key}"
    return schema
