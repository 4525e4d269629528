"""`phasewise status`: how fresh the store is, how the last runs ended, what is rejected or unmapped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.config.settings import Settings
    from phasewise.storage.engine import MspStore, Store
    from phasewise.storage.receipts import Receipt

RUNS_SHOWN = 5
CALENDARS = "settings"
"""What the sync calls the calendars of the settings: no connection, so nobody names it."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(
    msp: Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Show freshness per stream, the last runs, rejects, unmapped words and the size of the store."""
    from phasewise.cli import opening

    settings = opening.load()
    now = opening.now()
    with opening.open_for(settings) as store:
        found = [
            _of_msp(store.msp(msp_id), settings, now)
            for msp_id in opening.chosen_msps(settings, msp)
            if msp_id in store.msp_ids()
        ]
        strangers = sorted(set(store.msp_ids()) - set(settings.msps))
        place, size = store.place, store_size(store)
    if as_json:
        console.print_json({"store": place, "bytes": size, "msps": found, "msps_not_in_settings": strangers})
        return
    for one in found:
        _print(one, settings)
    for name in strangers:
        console.say(
            f'The store also holds the MSP "{name}", which the settings do not name. '
            f"If it was renamed, write [msps.{name}] again: a key is for ever, `name` is what may change."
        )
    megabytes = "" if size is None else f", {size / 1_000_000:,.1f} MB"
    console.say(f"Store: {place}{megabytes}")
    if not found:
        console.say("Nothing is stored yet. Next: phasewise sync")


def store_size(store: Store) -> int | None:
    """Bytes of the store on disk; None where the database does not say."""
    from sqlalchemy import text

    if store.dialect == "sqlite":
        path = Path(store.place)
        files = [path, path.with_name(path.name + "-wal")]
        return sum(file.stat().st_size for file in files if file.exists())
    with store.engine.connect() as connection:
        found = connection.execute(text("SELECT pg_database_size(current_database())")).scalar()
    return None if found is None else int(found)


def _of_msp(scope: MspStore, settings: Settings, now: datetime) -> dict[str, Any]:
    from phasewise.storage.receipts import latest_receipts
    from phasewise.storage.rejudged import count_rejects
    from phasewise.storage.runs import latest_runs
    from phasewise.sync.readiness import not_yet_applied, unmapped_words

    streams: dict[tuple[str, str], list[Receipt]] = {}
    for receipt in latest_receipts(scope):
        streams.setdefault((receipt.connection_id, receipt.stream), []).append(receipt)
    confirmed = _confirmed(scope)
    return {
        "msp": scope.msp_id,
        "streams": [
            _of_stream(*key, found, confirmed.get(key), now) for key, found in sorted(streams.items())
        ],
        "runs": [
            {
                "run": run.run_id,
                "job": run.job,
                "status": run.status,
                "started_at": run.started_at.isoformat(),
                "finished_at": run.finished_at.isoformat() if run.finished_at else None,
                "message": run.message,
            }
            for run in latest_runs(scope, limit=RUNS_SHOWN)
        ],
        "rejects": [
            {"connection": connection, "stream": stream, "reasons": reasons}
            for (connection, stream), reasons in count_rejects(scope).items()
        ],
        "unmapped_words": len(unmapped_words(scope)),
        "mapping_not_applied": not_yet_applied(scope, settings),
        "connections_not_in_settings": _left_behind({key[0] for key in streams}, scope.msp_id, settings),
    }


def _left_behind(stored: set[str], msp_id: str, settings: Settings) -> list[str]:
    """Connections with records that the settings no longer name for this MSP: renamed or replaced."""
    named = {key for key, connection in settings.connections.items() if connection.msp == msp_id}
    return sorted(stored - named - {CALENDARS})


def _confirmed(scope: MspStore) -> dict[tuple[str, str], datetime]:
    """When each stream was last read to a proven end, or found unchanged."""
    from phasewise.storage.frames import read_frame
    from phasewise.storage.types import from_epoch

    rows = read_frame(
        scope,
        "SELECT connection_id, stream, max(finished_at) AS at FROM receipts "
        "WHERE msp_id = :msp_id AND status IN ('complete', 'unchanged') GROUP BY connection_id, stream",
    )
    return {(row["connection_id"], row["stream"]): from_epoch(row["at"]) for row in rows}


def _of_stream(
    connection: str, stream: str, receipts: Sequence[Receipt], confirmed: datetime | None, now: datetime
) -> dict[str, Any]:
    wrong = [r for r in receipts if r.status not in ("complete", "unchanged")]
    return {
        "connection": connection,
        "stream": stream,
        "slices": len(receipts),
        "complete": len(receipts) - len(wrong),
        "confirmed_at": confirmed.isoformat() if confirmed else None,
        "age_hours": None if confirmed is None else round((now - confirmed).total_seconds() / 3600, 1),
        "problems": [{"slice": r.slice, "status": r.status, "message": r.message} for r in wrong],
    }


def _print(one: dict[str, Any], settings: Settings) -> None:
    console.say(settings.msps[one["msp"]].name or one["msp"])
    rows = [
        [s["connection"], s["stream"], f"{s['complete']} of {s['slices']}", _age(s["age_hours"])]
        for s in one["streams"]
    ]
    console.say(console.table(["connection", "stream", "slices complete", "confirmed"], rows))
    for stream in one["streams"]:
        for problem in stream["problems"]:
            said = f"{stream['connection']} {stream['stream']} {problem['slice']}: {problem['status']}"
            console.say(f"{said}. {problem['message'] or ''}".rstrip())
    console.say()
    runs = [[r["started_at"][:16], r["job"], r["status"], r["message"]] for r in one["runs"]]
    console.say(console.table(["started (UTC)", "job", "status", "message"], runs))
    for reject in one["rejects"]:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in reject["reasons"].items())
        console.say(f"Rejected in {reject['connection']} {reject['stream']}: {reasons}")
    if one["unmapped_words"]:
        console.say(f"Words that are not mapped: {one['unmapped_words']}. List them: phasewise mapping")
    for name in one["mapping_not_applied"]:
        console.say(f"The mapping of {name} changed since its records were derived: phasewise remap")
    for name in one["connections_not_in_settings"]:
        console.say(
            f'Records of the connection "{name}", which the settings no longer name, still count. '
            f"If it was renamed, they count twice: write [connections.{name}] again. "
            "If another system took its place, nothing is to be done."
        )
    console.say()


def _age(hours: float | None) -> str:
    if hours is None:
        return "never"
    if hours < 1:
        return f"{round(hours * 60)} min ago"
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} days ago"
