"""`phasewise schedule`: what is due when, do what is due now, or be the service."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from phasewise.cli import console

app = typer.Typer(help="Every night by itself: sync, reconcile, analyse.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Add the group."""
    root.add_typer(app, name="schedule")


@app.command("list")
def list_jobs(
    msp: Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Show when each job is due next, with its zone."""
    from phasewise.cli import opening
    from phasewise.config.due import next_due
    from phasewise.scheduler import jobs_of

    settings = opening.load()
    jobs = jobs_of(settings, opening.chosen_msps(settings, msp))
    due = [(job, next_due(job.cron, job.zone, opening.now())) for job in jobs]
    if as_json:
        found = [
            {"msp": j.msp_id, "job": j.name, "cron": j.cron, "zone": j.zone.key, "next": at.isoformat()}
            for j, at in due
        ]
        console.print_json(found)
        return
    rows = [(j.msp_id, j.name, j.cron, f"{at:%a %Y-%m-%d %H:%M}", j.zone.key) for j, at in due]
    console.say(console.table(["msp", "job", "cron", "next", "zone"], rows))


@app.command("once")
def once(
    msp: Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was done, as JSON.")] = False,
) -> None:
    """Do what is due now and was not done, then stop: for the host's own scheduler."""
    from phasewise.cli import opening
    from phasewise.scheduler import jobs_of, run_due, stop_on_signals

    settings = opening.load()
    jobs = jobs_of(settings, opening.chosen_msps(settings, msp))
    with stop_on_signals() as stop, opening.open_for(settings, create=True) as store:
        outcomes = run_due(store, settings, jobs, clock=opening.now, stop=stop)
    if as_json:
        found = [
            {
                "msp": o.job.msp_id,
                "job": o.job.name,
                "due": o.due_key,
                "status": o.status,
                "message": o.message,
            }
            for o in outcomes
        ]
        console.print_json(found)
    else:
        rows = [(o.job.msp_id, o.job.name, o.due_key, o.status, o.message) for o in outcomes]
        nothing = "Nothing is due that was not done."
        console.say(console.table(["msp", "job", "due", "status", "why"], rows) if rows else nothing)
    statuses = {o.status for o in outcomes}
    if "failed" in statuses:
        raise typer.Exit(1)
    if statuses & {"partial", "stopped"}:
        raise typer.Exit(console.PARTIAL)


@app.command("run")
def run(
    msp: Annotated[
        list[str] | None, typer.Option(help="Only this MSP; may be repeated.", metavar="NAME")
    ] = None,
    log: Annotated[
        Literal["auto", "json", "terminal"], typer.Option(help="The form of the log on stderr.")
    ] = "auto",
) -> None:
    """Be the service: do each job when it is due, until told to stop (Ctrl-C or a termination signal)."""
    from phasewise.cli import opening
    from phasewise.log import configure
    from phasewise.scheduler import serve, stop_on_signals

    configure(form=log, level="info")
    settings = opening.load()
    chosen = [name for asked in msp for name in opening.chosen_msps(settings, asked)] if msp else None
    with stop_on_signals() as stop, opening.open_for(settings, create=True) as store:
        serve(store, opening.load, clock=opening.now, stop=stop, msp_ids=chosen)
