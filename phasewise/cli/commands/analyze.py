"""`phasewise analyze`: the phase as of a date, and what limits it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.config.settings import Settings
    from phasewise.storage.engine import MspStore

A_FEW = 13
"""Week ends after which a backfill says how far it is."""


def analyze(
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the end of this date; yesterday when left out.")
    ] = None,
    msp: Annotated[str | None, typer.Option(metavar="NAME", help="Only this MSP.")] = None,
    backfill: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="MONTHS", help="Every week end of so many months back, as known now; then stop."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value a line and MSP.")] = False,
) -> None:
    """Which phase, what limits it, and what would decide what is unknown. Kept in the store."""
    from phasewise.analyzer.run import analyze as run
    from phasewise.analyzer.run import to_json
    from phasewise.cli import opening, presenting
    from phasewise.report.build import make_report, old_sentence
    from phasewise.report.screen import first_screen
    from phasewise.sync.unmet import typing_errors

    day = presenting.parse_date(as_of)
    settings = opening.load()
    if backfill is not None:
        with opening.open_for(settings) as store:
            for scope in presenting.scopes(settings, store, msp):
                _backfill(scope, settings, backfill, day, as_json=as_json)
        return
    is_partial, is_first = False, True
    with opening.open_for(settings) as store:
        for scope in presenting.scopes(settings, store, msp):
            analysis = run(scope, settings, as_of=day, now=opening.now())
            is_partial = is_partial or analysis.is_partial
            for text in typing_errors(scope, settings):
                console.note(f"Note: {text}")
            if as_json:
                with presenting.speaking_english():
                    old = old_sentence(scope, analysis)
                if old:
                    console.note(f"Note: {old}")
                console.print_json(to_json(analysis))
                continue
            with presenting.speaking(settings.msps[scope.msp_id].language):
                screen = first_screen(make_report(scope, analysis), presenting.layout())
            presenting.show(screen if is_first else f"\n{screen}")
            is_first = False
    if is_partial:
        raise typer.Exit(console.PARTIAL)


def _backfill(scope: MspStore, settings: Settings, months: int, day: date | None, *, as_json: bool) -> None:
    from phasewise.analyzer.backfill import backfill
    from phasewise.cli import opening

    def report(done: int, planned: int, week_end: date) -> None:
        if done % A_FEW == 0 or done == planned:
            console.note(f"{scope.msp_id}: {done} of {planned} week ends, {week_end}")

    found = backfill(scope, settings, months, as_of=day, now=opening.now(), report=report)
    if as_json:
        console.print_json(
            {
                "msp": scope.msp_id,
                "first": found.days[0] if found.days else None,
                "last": found.days[-1] if found.days else None,
                "week_ends": len(found.days),
                "written": found.written,
                "before_records": found.before_records,
            }
        )
        return
    text = f"{scope.msp_id}: {found.written} of {len(found.days)} week ends written"
    if found.days:
        text += f", {found.days[0]} to {found.days[-1]}"
    if found.written < len(found.days):
        text += f"; {len(found.days) - found.written} were there"
    if found.before_records:
        text += f"; {found.before_records} left out, before the first record"
    console.say(f"{text}. See `phasewise history`.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(analyze)
