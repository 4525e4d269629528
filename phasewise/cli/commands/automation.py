"""`phasewise automation`: the register behind indicator 2.3, and what the tools have run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from phasewise.cli import console
from phasewise.errors import ConfigError

app = typer.Typer(
    no_args_is_help=True,
    help="Say which tickets an automation should make fewer, and since when it runs.",
)

Msp = Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="automation")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What people call it; waves of one automation share it.")],
    target: Annotated[
        list[str],
        typer.Option(
            metavar="COLUMN=VALUE",
            help="Tickets it should make fewer; again for more values, or for another column.",
        ),
    ],
    went_live: Annotated[str, typer.Option(metavar="DATE", help="First day on which it runs.")],
    client: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only for this client, by name or id; repeatable."),
    ] = None,
    ended: Annotated[str | None, typer.Option(metavar="DATE", help="Last day on which it ran.")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who says so; your user name.")] = None,
    msp: Msp = None,
    as_json: AsJson = False,
) -> None:
    """Register an automation. What it targets is fixed by that; before the go-live is the time to do it."""
    from datetime import timedelta
    from getpass import getuser
    from zoneinfo import ZoneInfo

    from phasewise.analyzer.register import register as read_register
    from phasewise.cli import opening, presenting
    from phasewise.config.automations import midnight
    from phasewise.storage.automations import BY_PEOPLE, Registration, register_automations

    settings = opening.load()
    msp_id = _one(opening.chosen_msps(settings, msp))
    zone = ZoneInfo(settings.msps[msp_id].zone)
    live_on = presenting.parse_date(went_live, option="--went-live")
    ended_on = presenting.parse_date(ended, option="--ended")
    assert live_on is not None
    if ended_on is not None and ended_on < live_on:
        raise ConfigError(
            f"{ended_on} is before {live_on}", where="--ended", remedy="Give the last day on which it ran"
        )
    one = Registration(
        name=name,
        targets=parse_targets(target),
        clients=client or None,
        went_live_at=midnight(live_on, zone),
        ended_at=None if ended_on is None else midnight(ended_on + timedelta(days=1), zone),
        registered_by=by or getuser(),
    )
    with opening.open_for(settings) as store:
        scope = store.msp(msp_id)
        new = register_automations(scope, BY_PEOPLE, [one], now=opening.now(), whole=False)
        stored = next(row for row in read_register(scope, zone) if row["id"] == one.key)
    if as_json:
        console.print_json({"msp": msp_id, "is_new": bool(new), **stored})
        return
    console.say(f'{"Registered" if new else "It is registered already"}: "{name}", since {live_on}.')
    if stored["is_retrospective"]:
        console.note(
            "Note: it was registered after it went live. Its effect is shown, and proves nothing by itself."
        )


@app.command("list")
def list_(msp: Msp = None, as_json: AsJson = False) -> None:
    """What is in the register: of the settings, of people, of tools."""
    from phasewise.analyzer.register import register as read_register
    from phasewise.cli import opening
    from phasewise.config.automations import register_from_settings

    settings = opening.load()
    answers: list[dict[str, Any]] = []
    with opening.open_for(settings) as store:
        for msp_id in opening.chosen_msps(settings, msp):
            scope, one = store.msp(msp_id), settings.msps[msp_id]
            register_from_settings(scope, one, now=opening.now())
            rows = read_register(scope, _zone(one.zone))
            answers += [{"msp": msp_id, **row} for row in rows]
            if not as_json:
                _print_register(one.name or msp_id, rows)
    if as_json:
        console.print_json(answers)


@app.command()
def suggest(msp: Msp = None, as_json: AsJson = False) -> None:
    """What the tools have run and nobody has registered, with its first run and its reach."""
    from dataclasses import asdict

    from phasewise.analyzer.register import suggestions
    from phasewise.cli import opening

    settings = opening.load()
    answers: list[dict[str, Any]] = []
    with opening.open_for(settings) as store:
        for msp_id in opening.chosen_msps(settings, msp):
            found = suggestions(store.msp(msp_id), _zone(settings.msps[msp_id].zone))
            for one in found:
                dates = {"first_on": one.first_on.isoformat(), "latest_on": one.latest_on.isoformat()}
                answers.append({"msp": msp_id, **asdict(one), **dates})
            if not as_json:
                rows = [
                    [
                        one.name,
                        one.first_on.isoformat(),
                        one.latest_on.isoformat(),
                        f"{one.runs:,}",
                        f"{one.succeeded:,}",
                        f"{one.devices:,}",
                        f"{one.clients:,}",
                    ]
                    for one in found
                ]
                _print_suggestions(settings.msps[msp_id].name or msp_id, rows)
    if as_json:
        console.print_json(answers)


def parse_targets(texts: Sequence[str]) -> dict[str, list[str]]:
    """`column=value` texts as a predicate.

    Raises:
        ConfigError: one has no value, or its column is none that says what a ticket is about.
    """
    from phasewise.config.msps import TARGET_COLUMNS

    found: dict[str, list[str]] = {}
    for text in texts:
        column, sign, value = text.partition("=")
        if not sign or not value.strip() or column.strip() not in TARGET_COLUMNS:
            raise ConfigError(
                f'"{text}" is no target',
                where="--target",
                remedy=f'Write it as category="Disk space"; columns: {", ".join(TARGET_COLUMNS)}',
            )
        found.setdefault(column.strip(), []).append(value.strip())
    return found


def _one(msp_ids: Sequence[str]) -> str:
    if len(msp_ids) != 1:
        raise ConfigError("there are several MSPs", where="--msp", remedy=f"Name one: {', '.join(msp_ids)}")
    return msp_ids[0]


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _print_register(title: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        console.say(f"{title}: no automation is registered. See `phasewise automation suggest`.")
        return
    console.say(f"{title}:")
    lines = [
        [
            str(row["name"]),
            "; ".join(f"{column} = {' | '.join(v)}" for column, v in row["targets"].items()),
            "all" if row["clients"] == "all" else str(len(row["clients"])),
            row["went_live_on"] or "",
            row["ended_on"] or "",
            row["registered_on"] or "",
            str(row["registered_by"] or row["source"]),
            ", ".join(
                word
                for word, holds in (
                    ("retrospective", row["is_retrospective"]),
                    ("withdrawn", row["withdrawn_on"] is not None),
                )
                if holds
            ),
        ]
        for row in rows
    ]
    columns = ["automation", "targets", "clients", "went live", "ended", "registered", "by", "remark"]
    console.say(console.table(columns, lines, right=["clients"]))


def _print_suggestions(title: str, rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        console.say(f"{title}: the tools tell of no automation that is not registered.")
        return
    console.say(f"{title}: these ran, and are not registered. The first run is not always the go-live.")
    columns = ["automation", "first run", "latest run", "runs", "succeeded", "devices", "clients"]
    console.say(console.table(columns, [list(row) for row in rows], right=columns[3:]))
    console.say()
    console.say('Then: phasewise automation add "NAME" --target category="WHAT" --went-live DATE')
