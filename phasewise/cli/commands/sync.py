"""`phasewise sync`: read what is new from every connection into the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.sync.options import SyncResult

REFUSED = 5


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sync")(sync)


def sync(
    msp: Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")] = None,
    connection: Annotated[
        list[str] | None, typer.Option(help="Only this connection; may be repeated.", metavar="NAME")
    ] = None,
    stream: Annotated[
        list[str] | None, typer.Option(help="Only this stream; may be repeated.", metavar="NAME")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option(help="How far back history goes (a date, UTC).", formats=["%Y-%m-%d"], metavar="DATE"),
    ] = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="List what the sources still have; mark the rest as gone.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="A JSON line for every slice, then the whole result.")
    ] = False,
) -> None:
    """Read what is new, changed or missing into the store; a receipt says what is proven complete."""
    from phasewise.cli import opening
    from phasewise.cli.receipts import as_json as receipt_json
    from phasewise.cli.receipts import print_next, print_table
    from phasewise.cli.waiting import waiting
    from phasewise.sync.engine import sync_msp
    from phasewise.sync.options import SyncOptions
    from phasewise.sync.unmet import typing_errors

    settings = opening.load()
    chosen = opening.chosen_msps(settings, msp)
    options = SyncOptions(
        full=full,
        since=since.replace(tzinfo=UTC) if since else None,
        connections=frozenset(connection or ()),
        streams=frozenset(stream or ()),
        reconcile=reconcile,
    )
    results: list[tuple[str, SyncResult]] = []
    with opening.open_for(settings, create=True) as store:
        for msp_id in chosen:
            with waiting(msp_id, json_lines=as_json) as report:
                results.append(
                    (msp_id, sync_msp(store, settings, msp_id, options, clock=opening.now, progress=report))
                )
        for msp_id in chosen:
            for text in typing_errors(store.msp(msp_id), settings):
                console.note(f"Note: {text}")
    receipts = [(msp_id, receipt) for msp_id, result in results for receipt in result.receipts]
    if as_json:
        found = [receipt_json(receipt, msp_id) for msp_id, receipt in receipts]
        console.print_json({"status": _status(results), "receipts": found})
    else:
        for msp_id, result in results:
            console.say(f"{settings.msps[msp_id].name or msp_id}: {result.status}")
            print_table(result.receipts)
        print_next(results)
    _exit(_status(results))


def _status(results: list[tuple[str, SyncResult]]) -> str:
    statuses = {result.status for _, result in results}
    if statuses == {"complete"}:
        return "complete"
    return "failed" if statuses == {"failed"} else "partial"


def _exit(status: str) -> None:
    if status != "complete":
        raise typer.Exit(REFUSED if status == "failed" else console.PARTIAL)
