"""`phasewise history`: the phase and the indicators over time, from the stored analyses."""

from __future__ import annotations

from typing import Annotated

import typer

from phasewise.cli import console


def history(
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many dates, newest first.")] = 30,
    msp: Annotated[str | None, typer.Option(metavar="NAME", help="Only this MSP.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One list of objects.")] = False,
) -> None:
    """The phase, its gates and the indicators over time; a date analysed again on other data is restated."""
    from phasewise.cli import opening, presenting
    from phasewise.report.history import TWO_YEARS, history_json, history_text, read_history

    settings = opening.load()
    listed, is_first = [], True
    with opening.open_for(settings) as store:
        for scope in presenting.scopes(settings, store, msp):
            past = read_history(scope, limit if as_json else max(limit, TWO_YEARS))
            if as_json:
                listed += history_json(scope.msp_id, past)
                continue
            if not is_first:
                presenting.show("")
            is_first = False
            with presenting.speaking(settings.msps[scope.msp_id].language):
                name = settings.msps[scope.msp_id].name or scope.msp_id
                presenting.show(history_text(past, presenting.layout(), limit, name=name))
    if as_json:
        console.print_json(listed)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(history)
