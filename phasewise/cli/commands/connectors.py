"""`phasewise connectors`: which systems can be connected, and what each needs and gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.connectors.base import Connector, Stream


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Systems that can be connected.")
    group.callback(invoke_without_command=True)(list_all)
    group.command("show")(show)
    app.add_typer(group, name="connectors")


def list_all(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON, settings included.")] = False,
) -> None:
    """List the connectors; `phasewise connectors show NAME` tells more of one."""
    if context.invoked_subcommand is not None:
        return
    from phasewise.connectors import connectors

    found = list(connectors().values())
    if as_json:
        console.print_json([describe(connector) for connector in found])
        return
    rows = [(c.name, c.title, c.kind, ", ".join(stream.name for stream in _streams(c))) for c in found]
    console.say(console.table(("name", "title", "kind", "streams"), rows))


def show(
    name: Annotated[str, typer.Argument(help="Its name, as in the list.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Show one connector: its settings, and for each stream the right it needs, its limits and its fields."""
    from phasewise.connectors import connector

    found = connector(name)
    if as_json:
        console.print_json(describe(found))
        return
    console.say(f"{found.title} ({found.name}, {found.kind})")
    console.say()
    console.say("Settings, under [connections.NAME.settings]:")
    for line in _settings(found.settings.model_json_schema()):
        console.say(line)
    for stream in _streams(found):
        console.say()
        _print_stream(stream)


def describe(connector: Connector) -> dict[str, Any]:
    """A connector as plain values: name, title, kind, streams, and the JSON schema of its settings."""
    return {
        "name": connector.name,
        "title": connector.title,
        "kind": connector.kind,
        "streams": [
            {
                "name": stream.name,
                "record": stream.record,
                "cursor": str(stream.cursor),
                "provides": sorted(stream.provides),
                "right": stream.right,
            }
            for stream in _streams(connector)
        ],
        "settings": connector.settings.model_json_schema(),
    }


def _streams(connector: Connector) -> Sequence[Stream]:
    return connector.catalogue() if connector.catalogue is not None else connector.streams(None)


def _print_stream(stream: Stream) -> None:
    """A stream: what it needs, how it is read, and what it can fill, a table a line."""
    console.say(f"Stream {stream.name}")
    if stream.right:
        console.say(f"  needs the right: {stream.right}")
    console.say(f"  reads by: {stream.cursor}; {_limits(stream)}")
    for table in stream.emits or (stream.record,):
        fields = sorted(f.partition(".")[2] for f in stream.provides if f.startswith(f"{table}."))
        console.say(f"  fills {table}: {', '.join(fields)}")


def _limits(stream: Stream) -> str:
    smallest, usual, largest = stream.page_size
    limits = [f"pages of {smallest:,} to {largest:,} (usually {usual:,})"]
    if stream.max_depth is not None:
        limits.append(f"lists at most {stream.max_depth:,} at a time")
    if stream.background:
        limits.append("one request for each record")
    return ", ".join(limits)


def _settings(schema: dict[str, Any]) -> Iterator[str]:
    """The settings of a JSON schema, one a line, those of inner tables indented below theirs."""
    yield from _table(schema, schema.get("$defs", {}), "  ", {})


def _table(
    schema: dict[str, Any], known: dict[str, Any], indent: str, printed: dict[str, str]
) -> Iterator[str]:
    """The settings of one table. A kind of inner table is printed once and named where it comes again."""
    for name, about in schema.get("properties", {}).items():
        kind_name, inner = _inner(about, known)
        must = "required" if name in schema.get("required", ()) else _default(about)
        kind = _type(about)
        again = f" Written like `{printed[kind_name]}`." if kind_name in printed else ""
        options = ", ".join(part for part in (kind, must) if part)
        yield f"{indent}{name} ({options}): {_text(about, inner)}{again}"
        if inner is not None and kind_name not in printed:
            printed[kind_name] = name
            yield from _table(inner, known, indent + "    ", printed)


def _inner(about: dict[str, Any], known: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """The table that a setting is, or is a list of, or has for values; ("", None) for a plain value."""
    for option in _options(about):
        for place in (option, option.get("items"), option.get("additionalProperties")):
            for found in _options(place) if isinstance(place, dict) else ():
                name = found.get("$ref", "").rsplit("/", 1)[-1]
                if "properties" in known.get(name, {}):
                    return name, known[name]
    return "", None


def _options(about: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a setting, those within others too."""
    if "anyOf" not in about:
        return [about]
    return [found for option in about["anyOf"] for found in _options(option)]


def _type(about: dict[str, Any]) -> str:
    names = []
    for option in _options(about):
        if "enum" in option:
            names += [str(value) for value in option["enum"]]
        elif option.get("format") == "password":
            names.append("secret, by reference")
        elif "$ref" in option:
            names.append("table")
        elif option.get("type") not in {None, "null"}:
            names.append(
                {"object": "table", "array": "list", "string": "text"}.get(option["type"], option["type"])
            )
    return " or ".join(dict.fromkeys(names))


def _default(about: dict[str, Any]) -> str:
    value = about.get("default")
    if value in (None, [], {}):
        return ""
    return f"default {str(value).lower() if isinstance(value, bool) else repr(value)}"


def _text(about: dict[str, Any], inner: dict[str, Any] | None) -> str:
    own = about.get("description") or (inner or {}).get("description", "")
    return " ".join(str(own).split())
