"""`phasewise sql`: one SELECT on the documented views, read-only."""

from __future__ import annotations

import csv
import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phasewise.cli import console
from phasewise.errors import ConfigError, ReviewError

if TYPE_CHECKING:
    from phasewise.storage.review.result import ReviewResult
    from phasewise.storage.review.views import ViewDocument


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sql")(sql)


def sql(
    query: Annotated[
        str | None,
        typer.Argument(
            help='One SELECT on the views, in quotes; "-" reads it from stdin. With --views: a view\'s name.',
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Read the SELECT from a file.", metavar="PATH", show_default=False)
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How rows are written.")] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    limit: Annotated[int, typer.Option(help="Rows at most; it is said when there are more.", min=1)] = 1_000,
    timeout: Annotated[float, typer.Option(help="Seconds at most.", min=0.1, metavar="SECONDS")] = 30.0,
    msp: Annotated[
        str | None, typer.Option(help="The MSP, where the store holds several.", metavar="NAME")
    ] = None,
    views: Annotated[
        bool, typer.Option("--views", help="Say which views there are, column by column.")
    ] = False,
) -> None:
    """Run one SELECT on the documented views of the store; nothing can be changed.

    The views: phasewise sql --views. Examples: docs/reference/example-queries.md.
    """
    form = Format.JSON if as_json else output
    if views:
        _tell_views(query, form)
        return
    from phasewise.cli.opening import load, open_for
    from phasewise.storage.review.query import Limits, review

    text = _text(query, file)
    settings = load()
    only = next(iter(settings.msps)) if len(settings.msps) == 1 else None
    review_url = settings.store.review_url
    with open_for(settings) as store:
        result = review(
            store,
            text,
            msp_id=msp or only,
            review_url=None if review_url is None else review_url.get_secret_value(),
            limits=Limits(rows=limit, seconds=timeout),
        )
    _write(result, form)
    if result.truncated == "rows":
        console.note(f"Cut after {limit:,} rows; there are more. --limit N gives more.")
    elif result.truncated is not None:
        console.note(f"Cut after {len(result.rows):,} rows: the result is too large. Ask for fewer columns.")


def _text(query: str | None, file: Path | None) -> str:
    if (query is None) == (file is None):
        raise ConfigError(
            "give one SELECT, as an argument or with --file",
            where="phasewise sql",
            remedy='For example: phasewise sql "SELECT status, count(*) AS n FROM v_tickets GROUP BY status"',
        )
    if query is not None:
        return sys.stdin.read() if query == "-" else query
    assert file is not None
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the file cannot be read: {error}", where=str(file), remedy="Give a text file in UTF-8"
        ) from error


def _write(result: ReviewResult, form: Format) -> None:
    if form is Format.JSON:
        twice = sorted({name for name in result.columns if result.columns.count(name) > 1})
        if twice:
            raise ReviewError(
                f"two columns are called {', '.join(twice)}: an object has room for one",
                remedy="Give each a name of its own: SELECT a AS name",
            )
        console.print_json([dict(zip(result.columns, row, strict=True)) for row in result.rows])
    elif form is Format.CSV:
        _write_csv(result)
    else:
        numbers = [
            name
            for place, name in enumerate(result.columns)
            if all(isinstance(row[place], int | float | None) for row in result.rows)
        ]
        console.say(console.table(result.columns, result.rows, right=numbers))


def _write_csv(result: ReviewResult) -> None:
    """RFC 4180: a header, CRLF at the end of each line, quotes where they are needed; null is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(result.columns)
    writer.writerows(result.rows)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="")  # or Windows would add a second CR
    sys.stdout.write(text.getvalue())


def _tell_views(name: str | None, form: Format) -> None:
    from phasewise.storage.review.views import view_documents

    found = [view for view in view_documents() if name in {None, view.name}]
    if not found:
        raise ReviewError(f"there is no view {name}", remedy="All of them: phasewise sql --views")
    if form is Format.JSON:
        console.print_json([_view_json(view) for view in found])
        return
    for view in found:
        console.say(f"{view.name}: {view.row}")
        if view.notes:
            console.say(f"  {view.notes}")
        width = max(len(column.name) for column in view.columns)
        for column in view.columns:
            kind = f"{column.type}, {column.unit}" if column.unit else column.type
            console.say(f"    {column.name.ljust(width)}  {kind}: {column.text}")
        console.say()


def _view_json(view: ViewDocument) -> dict[str, object]:
    columns = [
        {"name": column.name, "type": column.type, "unit": column.unit, "text": column.text}
        for column in view.columns
    ]
    return {"name": view.name, "row": view.row, "notes": view.notes, "columns": columns}
