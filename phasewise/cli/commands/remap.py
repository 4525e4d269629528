"""`phasewise remap`: derive all records again from what is stored, with no request to any source."""

from __future__ import annotations

from typing import Annotated

import typer

from phasewise.cli import console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("remap")(remap)


def remap(
    msp: Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A JSON line for every stream, then the whole result.")
    ] = False,
) -> None:
    """Apply a corrected mapping, setting or connector to everything stored; nothing is asked of a source."""
    from phasewise.cli import opening
    from phasewise.cli.receipts import as_json as receipt_json
    from phasewise.cli.receipts import print_table
    from phasewise.cli.waiting import waiting
    from phasewise.sync.engine import remap_msp

    settings = opening.load()
    results = []
    with opening.open_for(settings) as store:
        for msp_id in opening.chosen_msps(settings, msp):
            with waiting(msp_id, json_lines=as_json) as report:
                results.append(
                    (msp_id, remap_msp(store, settings, msp_id, clock=opening.now, progress=report))
                )
    receipts = [(msp_id, receipt) for msp_id, result in results for receipt in result.receipts]
    if as_json:
        found = [receipt_json(receipt, msp_id) for msp_id, receipt in receipts]
        console.print_json({"status": "complete", "receipts": found})
        return
    for _, result in results:
        print_table(result.receipts)
    console.say("Next: phasewise mapping, phasewise analyze")
