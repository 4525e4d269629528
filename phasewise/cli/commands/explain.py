"""`phasewise explain CODE`: how a number came about, down to its records."""

from __future__ import annotations

from typing import Annotated

import typer

from phasewise.cli import console


def explain(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code or name of an indicator, as in 2.1.")],
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the end of this date; yesterday when left out.")
    ] = None,
    msp: Annotated[str | None, typer.Option(metavar="NAME", help="Only this MSP.")] = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="Rows shown of each table.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value a line and MSP.")] = False,
) -> None:
    """Statement, formula, rows counted and left out and why, tables, thresholds with sources, the records."""
    from phasewise.analyzer.explain import explain as gather
    from phasewise.analyzer.explain import statement_of
    from phasewise.cli import opening, presenting
    from phasewise.report.explained import explanation_json, explanation_text

    statement = statement_of(code)
    day = presenting.parse_date(as_of)
    settings = opening.load()
    with opening.open_for(settings) as store:
        for scope in presenting.scopes(settings, store, msp):
            found = gather(scope, settings, statement.code, as_of=day, now=opening.now(), top=top)
            if as_json:
                console.print_json(explanation_json(found))
                continue
            with presenting.speaking(settings.msps[scope.msp_id].language):
                presenting.show(explanation_text(found, presenting.layout()))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)
