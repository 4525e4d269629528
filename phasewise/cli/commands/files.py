"""`phasewise files inspect`: look at an export and propose how to read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.connectors.vendors.files.inspection import Inspection


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="Exports of other systems, read through the connector `files`.", no_args_is_help=True
    )
    group.command("inspect")(inspect)
    app.add_typer(group, name="files")


def inspect(
    path: Annotated[Path, typer.Argument(help="A CSV or TSV file, also gzipped.", show_default=False)],
    record: Annotated[
        str | None,
        typer.Option(help="What its rows are, where you know: tickets, invoices, …", metavar="KIND"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was found, as JSON.")] = False,
) -> None:
    """Look at a whole file and print a mapping to paste into phasewise.toml. Nothing is stored."""
    from phasewise.connectors.vendors.files.inspection import inspect as look
    from phasewise.connectors.vendors.files.inspection import to_json
    from phasewise.connectors.vendors.files.rules import unknown_record
    from phasewise.errors import ConfigError
    from phasewise.model.records import record_kinds

    if record is not None and record not in record_kinds():
        raise ConfigError(unknown_record(record), where="--record")
    found = look(path, record)
    if as_json:
        console.print_json(to_json(found))
        return
    _print_columns(found)
    console.say(found.toml.rstrip("\n"))


def _print_columns(found: Inspection) -> None:
    """The columns to stderr, so that stdout is the mapping alone."""
    facts = found.facts
    delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(facts.form.delimiter or "", "")
    console.note(f"{facts.path}: {facts.row_count:,} rows, {facts.form.encoding}, {delimiter}")
    rows = [
        (
            column.name,
            column.type,
            column.time.format if column.time else "",
            "" if column.time is None else "yes" if column.time.is_certain else "no",
            f"{column.filled:,}",
            f"{column.empty + sum(column.markers.values()):,}",
            "many" if column.distinct is None else f"{column.distinct:,}",
        )
        for column in facts.columns
    ]
    names = ("column", "type", "format", "certain", "filled", "empty", "different")
    console.note(console.table(names, rows, right=("filled", "empty", "different")))
    console.note("")
