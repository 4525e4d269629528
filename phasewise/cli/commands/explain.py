"""`phasewise explain CODE`: how a number came about, down to its records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.config.settings import Settings
    from phasewise.storage.engine import MspStore

Answer = tuple[Callable[[], dict[str, Any]], Callable[[], str], bool]
"""The answer as JSON and as text (only the one asked for is made), and whether it rests on partial data."""


def explain(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code or name of an indicator, as in 2.1.")],
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the end of this date; yesterday when left out.")
    ] = None,
    msp: Annotated[str | None, typer.Option(metavar="NAME", help="Only this MSP.")] = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="Rows shown of each table.")] = 10,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="2.1: the source's figure beside ours, each difference named.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value a line and MSP.")] = False,
) -> None:
    """Statement, formula, rows counted and left out and why, tables, thresholds with sources, the records."""
    from phasewise.analyzer.explain import statement_of
    from phasewise.cli import opening, presenting

    statement = statement_of(code)
    day = presenting.parse_date(as_of)
    settings = opening.load()
    answer = _reconciled if reconcile else _explained
    is_partial = False
    with opening.open_for(settings) as store:
        for scope in presenting.scopes(settings, store, msp):
            to_json, to_text, rests_on_less = answer(scope, settings, statement.code, day, top)
            is_partial = is_partial or rests_on_less
            if as_json:
                console.print_json(to_json())
                continue
            with presenting.speaking(settings.msps[scope.msp_id].language):
                presenting.show(to_text())
    if is_partial:
        raise typer.Exit(console.PARTIAL)


def _explained(scope: MspStore, settings: Settings, code: str, day: date | None, top: int) -> Answer:
    from phasewise.analyzer.explain import explain as gather
    from phasewise.analyzer.run import is_partial
    from phasewise.cli import opening, presenting
    from phasewise.report.explained import explanation_json, explanation_text

    found = gather(scope, settings, code, as_of=day, now=opening.now(), top=top)
    return (
        lambda: explanation_json(found),
        lambda: explanation_text(found, presenting.layout()),
        is_partial(found.evidence),
    )


def _reconciled(scope: MspStore, settings: Settings, code: str, day: date | None, top: int) -> Answer:
    from phasewise.analyzer.reconcile import reconcile
    from phasewise.cli import opening, presenting
    from phasewise.report.reconciled import reconciliation_json, reconciliation_text

    found = reconcile(scope, settings, code, as_of=day, now=opening.now(), top=top)
    return (
        lambda: reconciliation_json(found),
        lambda: reconciliation_text(found, presenting.layout()),
        False,
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)
