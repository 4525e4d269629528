"""`phasewise compare`: why a number moved between two dates."""

from __future__ import annotations

from typing import Annotated

import typer

from phasewise.cli import console


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="The first date: 2026-06-30.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The second date.")],
    msp: Annotated[str | None, typer.Option(metavar="NAME", help="Only this MSP.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value a line and MSP.")] = False,
) -> None:
    """Whether numbers moved by the data, thresholds, the mapping or the basis, and who moved them."""
    from phasewise.analyzer.compare import compare as run
    from phasewise.cli import opening, presenting
    from phasewise.report.compared import comparison_json, comparison_text

    days = [presenting.parse_date(text, option=name) for text, name in ((first, "A"), (second, "B"))]
    one, other = (day for day in days if day is not None)
    settings = opening.load()
    is_first = True
    with opening.open_for(settings) as store:
        for scope in presenting.scopes(settings, store, msp):
            found = run(scope, settings, one, other, now=opening.now())
            if as_json:
                console.print_json(comparison_json(found))
                continue
            with presenting.speaking(settings.msps[scope.msp_id].language):
                text = comparison_text(found, presenting.layout())
            presenting.show(text if is_first else f"\n{text}")
            is_first = False


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(compare)
