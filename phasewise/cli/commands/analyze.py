"""`phasewise analyze`: the phase as of a date, and what limits it."""

from __future__ import annotations

from typing import Annotated

import typer

from phasewise.cli import console


def analyze(
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the end of this date; yesterday when left out.")
    ] = None,
    msp: Annotated[str | None, typer.Option(metavar="NAME", help="Only this MSP.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value a line and MSP.")] = False,
) -> None:
    """Which phase, what limits it, and what would decide what is unknown. Kept in the store."""
    from phasewise.analyzer.run import analyze as run
    from phasewise.analyzer.run import to_json
    from phasewise.cli import opening, presenting
    from phasewise.report.build import make_report
    from phasewise.report.screen import first_screen

    day = presenting.parse_date(as_of)
    settings = opening.load()
    is_partial, is_first = False, True
    with opening.open_for(settings) as store:
        for scope in presenting.scopes(settings, store, msp):
            analysis = run(scope, settings, as_of=day, now=opening.now())
            is_partial = is_partial or analysis.is_partial
            if as_json:
                console.print_json(to_json(analysis))
                continue
            with presenting.speaking(settings.msps[scope.msp_id].language):
                screen = first_screen(make_report(scope, analysis), presenting.layout())
            presenting.show(screen if is_first else f"\n{screen}")
            is_first = False
    if is_partial:
        raise typer.Exit(console.PARTIAL)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(analyze)
