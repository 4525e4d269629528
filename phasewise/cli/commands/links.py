"""`phasewise links`: which clients, technicians and devices of different systems are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasewise.cli import console
from phasewise.errors import ConfigError

if TYPE_CHECKING:
    from phasewise.storage.links import Link

app = typer.Typer(
    invoke_without_command=True,
    help="Say which clients, technicians and devices of different systems are the same.",
)

Msp = Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]
Ids = Annotated[list[str] | None, typer.Argument(help="Ids of links, as `phasewise links` shows them.")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who says so; your user name.")]


def register(parent: typer.Typer) -> None:
    """Add the commands."""
    parent.add_typer(app, name="links")


@app.callback()
def links(
    context: typer.Context,
    msp: Msp = None,
    all_: Annotated[bool, typer.Option("--all", help="Those that are decided as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what seems to be the same and waits for a person. Indicators use confirmed links only."""
    if context.invoked_subcommand is not None:
        return
    from phasewise.cli import opening
    from phasewise.storage.links import read_links
    from phasewise.sync.linking import link_connections, names_of

    settings = opening.load()
    answers: list[dict[str, Any]] = []
    with opening.open_for(settings) as store:
        for msp_id in opening.chosen_msps(settings, msp):
            scope = store.msp(msp_id)
            link_connections(scope, settings, now=opening.now())
            found = read_links(scope)
            shown = [one for one in found if all_ or one.status == "proposed"]
            names = names_of(scope, [one.proposal for one in shown])
            answers += [_as_json(msp_id, one, names) for one in shown]
            if not as_json:
                _print(settings.msps[msp_id].name or msp_id, found, shown, names)
    if as_json:
        console.print_json(answers)


@app.command()
def confirm(
    ids: Ids = None,
    above: Annotated[
        float | None, typer.Option(metavar="SHARE", help="All proposals at least so alike (0 to 1).")
    ] = None,
    by: By = None,
    msp: Msp = None,
    as_json: AsJson = False,
) -> None:
    """These are the same."""
    _decide(ids, above, "confirmed", by, msp, as_json=as_json)


@app.command()
def refuse(ids: Ids = None, by: By = None, msp: Msp = None, as_json: AsJson = False) -> None:
    """These are not the same, and are not to be proposed again."""
    _decide(ids, None, "refused", by, msp, as_json=as_json)


@app.command()
def reopen(ids: Ids = None, by: By = None, msp: Msp = None, as_json: AsJson = False) -> None:
    """Take a decision back."""
    _decide(ids, None, "proposed", by, msp, as_json=as_json)


def _decide(
    ids: Sequence[str] | None,
    above: float | None,
    status: Any,
    by: str | None,
    msp: str | None,
    *,
    as_json: bool,
) -> None:
    from getpass import getuser

    from phasewise.cli import opening
    from phasewise.storage.links import decide_links, read_links

    if not ids and above is None:
        raise ConfigError(
            "no link is named", where="links", remedy="Give ids, as `phasewise links` shows them"
        )
    settings = opening.load()
    wanted, done = set(ids or ()), set()
    with opening.open_for(settings) as store:
        for msp_id in opening.chosen_msps(settings, msp):
            scope = store.msp(msp_id)
            alike = {
                one.link_id
                for one in read_links(scope)
                if above is not None and one.status == "proposed" and one.proposal.similarity >= above
            }
            done |= set(
                decide_links(scope, sorted(wanted | alike), status, by=by or getuser(), now=opening.now())
            )
    if wanted - done:
        raise ConfigError(
            f"there is no link {', '.join(sorted(wanted - done))}",
            where="links",
            remedy="`phasewise links --all` lists them; the others that were named are done",
        )
    if as_json:
        console.print_json({"status": status, "links": sorted(done)})
    else:
        console.say(f"{len(done):,} {'link is' if len(done) == 1 else 'links are'} {status} now.")


def _as_json(msp_id: str, one: Link, names: dict[tuple[str, str, str], str]) -> dict[str, Any]:
    p = one.proposal
    return {
        "msp": msp_id,
        "link": one.link_id,
        "table": p.table_name,
        "a": {"connection": p.connection_a, "id": p.row_a, "name": _name(names, p, "a")},
        "b": {"connection": p.connection_b, "id": p.row_b, "name": _name(names, p, "b")},
        "ground": p.ground,
        "similarity": p.similarity,
        "status": one.status,
        "decided_by": one.decided_by,
        "decided_at": None if one.decided_at is None else one.decided_at.isoformat(),
    }


def _name(names: dict[tuple[str, str, str], str], proposal: Any, side: str) -> str | None:
    # A technician's name is shown to nobody here: ids tell people who know them.
    if proposal.table_name == "technicians":
        return None
    key = (
        proposal.table_name,
        getattr(proposal, f"connection_{side}"),
        getattr(proposal, f"row_{side}"),
    )
    return names.get(key)


def _print(
    title: str, found: Sequence[Link], shown: Sequence[Link], names: dict[tuple[str, str, str], str]
) -> None:
    counts = [sum(one.status == status for one in found) for status in ("confirmed", "proposed", "refused")]
    console.say(
        f"{title}: {counts[0]:,} confirmed, {counts[1]:,} proposed, {counts[2]:,} refused. "
        "Indicators use confirmed links only."
    )
    if not shown:
        return
    rows = [
        [
            one.link_id,
            p.table_name,
            f"{p.connection_a} {p.row_a}: {_name(names, p, 'a') or '…'}",
            f"{p.connection_b} {p.row_b}: {_name(names, p, 'b') or '…'}",
            p.ground.replace("_", " "),
            f"{p.similarity:.2f}",
            one.status,
        ]
        for one in shown
        for p in [one.proposal]
    ]
    columns = ["link", "what", "here", "there", "ground", "alike", "state"]
    console.say(console.table(columns, rows, right=["alike"]))
    console.say()
    console.say("Then: phasewise links confirm LINK …, or all at least so alike: --above 0.95")
