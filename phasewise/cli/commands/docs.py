"""`phasewise docs`: the generated reference pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phasewise.cli import console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("docs")(docs)


def docs(
    write: Annotated[
        Path | None, typer.Option(help="Write the pages into this folder.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The pages as JSON: file name → text.")] = False,
) -> None:
    """Write the reference pages that are drawn from the code: settings, views, indicators, commands."""
    from phasewise.cli.pages import reference_pages

    pages = reference_pages()
    if as_json:
        console.print_json(pages)
    elif write is None:
        for name in sorted(pages):
            console.say(name)
        console.note("Write them with --write FOLDER")
    else:
        write.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (write / name).write_text(text, encoding="utf-8", newline="\n")
        console.note(f"{len(pages)} pages written to {write}")
