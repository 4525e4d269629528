"""`phasewise report`: the whole answer, for reading or for another program."""

from __future__ import annotations

from typing import Annotated

import typer

from phasewise.cli import console


def report(
    format_name: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text or json.")] = "text",
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the end of this date; yesterday when left out.")
    ] = None,
    msp: Annotated[str | None, typer.Option(metavar="NAME", help="Only this MSP.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Everything about the phase as of a date: gates, indicators, parts, what to do, whom to involve."""
    from phasewise.analyzer.run import analyze
    from phasewise.cli import opening, presenting
    from phasewise.report.build import make_report
    from phasewise.report.formats import renderer

    chosen = "json" if as_json else format_name
    render = renderer(chosen)
    day = presenting.parse_date(as_of)
    settings = opening.load()
    is_partial = False
    with opening.open_for(settings) as store:
        for scope in presenting.scopes(settings, store, msp):
            analysis = analyze(scope, settings, as_of=day, now=opening.now())
            is_partial = is_partial or analysis.is_partial
            language = settings.msps[scope.msp_id].language
            with presenting.speaking_english() if chosen == "json" else presenting.speaking(language):
                presenting.show(render(make_report(scope, analysis), presenting.layout()))
    if is_partial:
        raise typer.Exit(console.PARTIAL)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)
