"""`phasewise check`: what is connected, what is missing, and which indicators that makes possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.cli.possible import Possible
    from phasewise.config.settings import Settings
    from phasewise.sync.readiness import ConnectionReadiness, UnmappedWord
    from phasewise.sync.unmet import UnmetWord

REFUSED = 5
WORDS_SHOWN = 8
FIELDS_SHOWN = 6


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    msp: Annotated[str | None, typer.Option(help="Only this MSP.", metavar="NAME")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Look at every connection: who we are there, what is missing, what it makes possible. Writes nothing."""
    from phasewise.cli import opening
    from phasewise.cli.possible import possible_indicators
    from phasewise.errors import ConfigError
    from phasewise.sync.readiness import check_connections

    settings = opening.load()
    answers, refused, missing = [], [], []
    for msp_id in opening.chosen_msps(settings, msp):
        connections = check_connections(settings, msp_id, now=opening.now())
        if not connections:
            raise ConfigError(
                f'there is no connection for the MSP "{msp_id}"',
                where=str(settings.path),
                remedy="Add a [connections.NAME]; `phasewise connectors` lists what can be connected",
            )
        provided = frozenset().union(*(c.provides for c in connections if c.is_active and c.error is None))
        found = possible_indicators(provided)
        stored = _stored(settings, msp_id)
        answers.append(_as_json(msp_id, connections, stored, found))
        refused += [c for c in connections if c.error is not None]
        missing += [c for c in connections if c.result is not None and c.result.missing]
        if not as_json:
            _print(settings, msp_id, connections, stored, found)
    if as_json:
        console.print_json(answers)
    if refused:
        raise typer.Exit(REFUSED)
    if missing:
        raise typer.Exit(console.PARTIAL)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the store says of words.

    Attributes:
        unmapped: words of records that nobody maps.
        waiting: connections whose mapping is not applied yet.
        unmet: words of the settings that no record has.
    """

    unmapped: Sequence[UnmappedWord]
    waiting: Sequence[str]
    unmet: Sequence[UnmetWord]


def _stored(settings: Settings, msp_id: str) -> _Stored | None:
    """What the store says of words; None where nothing is stored yet."""
    from phasewise.cli import opening
    from phasewise.errors import SchemaError, StoreError
    from phasewise.sync.readiness import not_yet_applied, unmapped_words
    from phasewise.sync.unmet import unmet_words

    try:
        with opening.open_for(settings) as store:
            if msp_id not in store.msp_ids():
                return None
            scope = store.msp(msp_id)
            waiting = not_yet_applied(scope, settings)
            return _Stored(unmapped_words(scope), waiting, unmet_words(scope, settings))
    except SchemaError:
        raise
    except StoreError:
        # Before the first sync there is no store, and check is what people run first.
        return None


def _as_json(
    msp_id: str,
    connections: Sequence[ConnectionReadiness],
    stored: _Stored | None,
    found: Sequence[Possible],
) -> dict[str, Any]:
    from dataclasses import asdict

    from phasewise.cli.possible import gains, touched_codes

    return {
        "msp": msp_id,
        "connections": [_connection_json(connection) for connection in connections],
        "unmapped": None
        if stored is None
        else [asdict(word) | {"indicators": list(touched_codes(word.mapping))} for word in stored.unmapped],
        "mapping_not_applied": [] if stored is None else list(stored.waiting),
        "unmet": None if stored is None else [asdict(word) for word in stored.unmet],
        "indicators": [asdict(one) for one in found],
        "possible": sum(one.is_possible for one in found),
        "of": len(found),
        "connect": gains(found),
    }


def _connection_json(connection: ConnectionReadiness) -> dict[str, Any]:
    seen = connection.result
    cost = seen.cost if seen is not None else None
    return {
        "connection": connection.connection_id,
        "connector": connection.connector,
        "active": connection.is_active,
        "streams": list(connection.streams),
        "identity": seen.identity if seen is not None else None,
        "missing": dict(seen.missing) if seen is not None else {},
        "excess": list(seen.excess) if seen is not None else [],
        "notes": list(seen.notes) if seen is not None else [],
        "first_sync": None if cost is None else {"requests": cost[0], "minutes": cost[1]},
        "error": None if connection.error is None else str(connection.error),
    }


def _print(
    settings: Settings,
    msp_id: str,
    connections: Sequence[ConnectionReadiness],
    stored: _Stored | None,
    found: Sequence[Possible],
) -> None:
    console.say(settings.msps[msp_id].name or msp_id)
    for connection in connections:
        _print_connection(connection, is_first=stored is None)
    console.say()
    if stored is None:
        console.say("Nothing is stored yet: unmapped words are known after the first sync.")
    else:
        for name in stored.waiting:
            console.say(f"The mapping of {name} changed since its records were derived: phasewise remap")
        _print_unmet(stored.unmet)
        _print_words(stored.unmapped)
    _print_possible(found)


def _print_connection(connection: ConnectionReadiness, *, is_first: bool) -> None:
    name = f"{connection.connection_id} ({connection.title})"
    if not connection.is_active:
        console.say(f"  {name}: not active today")
        return
    if connection.error is not None:
        console.say(f"  {name}: refused. {connection.error}")
        return
    assert connection.result is not None
    seen = connection.result
    console.say(f"  {name}: {seen.identity}")
    for stream in connection.streams:
        console.say(f"    {stream}: {seen.missing.get(stream, 'can be read')}")
    for stream in sorted(set(seen.missing) - set(connection.streams)):
        console.say(f"    {stream}: {seen.missing[stream]}")
    for right in seen.excess:
        console.say(f"    not needed: {right}")
    for text in seen.notes:
        console.say(f"    {text}")
    if is_first and seen.cost is not None:
        console.say(f"    the first sync: {_cost(*seen.cost)}")


def _cost(requests: int, minutes: float) -> str:
    asked = f"about {requests:,} requests, " if requests else ""
    return f"{asked}{'under a minute' if minutes < 1 else f'about {minutes:,.0f} minutes'}"


def _print_unmet(words: Sequence[UnmetWord]) -> None:
    """Words of the settings that no record has: typing errors one by one, the others together."""
    for word in words:
        if word.near is not None:
            console.say(
                f'No record of {", ".join(word.connections)} has the {word.mapping} "{word.word}" of the '
                f'settings: did you mean "{word.near}"?'
            )
    rest = [f'{word.mapping} "{word.word}"' for word in words if word.near is None]
    if rest:
        more = f" and {len(rest) - WORDS_SHOWN} more" if len(rest) > WORDS_SHOWN else ""
        console.say(f"Mapped, and in no record so far: {', '.join(rest[:WORDS_SHOWN])}{more}.")


def _print_words(words: Sequence[UnmappedWord]) -> None:
    from phasewise.cli.possible import touched_codes

    if not words:
        console.say("Every word of every source is mapped.")
        return
    count = (
        "1 word is not mapped and counts"
        if len(words) == 1
        else f"{len(words)} words are not mapped and count"
    )
    console.say(f"{count} as `other`:")
    for word in words[:WORDS_SHOWN]:
        codes = ", ".join(touched_codes(word.mapping))
        console.say(
            f'  {word.connection_id} {word.mapping} "{word.word}": {word.rows:,} rows'
            + (f" ({word.tickets:,} tickets)" if word.tickets else "")
            + (f", touches {codes}" if codes else "")
        )
    if len(words) > WORDS_SHOWN:
        console.say(f"  … and {len(words) - WORDS_SHOWN} more")
    console.say("  What to write about them: phasewise mapping")


def _print_possible(found: Sequence[Possible]) -> None:
    from phasewise.cli.possible import gains
    from phasewise.i18n import gettext as _

    console.say()
    for one in found:
        if one.is_possible and one.missing:
            listed = ", ".join(one.missing[:FIELDS_SHOWN])
            more = f" and {len(one.missing) - FIELDS_SHOWN} more" if len(one.missing) > FIELDS_SHOWN else ""
            console.say(
                f"{one.code} {_(one.title)}: no source gives {listed}{more}; its parts without are unknown"
            )
    ready = [one for one in found if one.is_possible]
    codes = f" ({', '.join(one.code for one in ready)})" if ready else ""
    gained = [f"connect {kind} for {len(codes)} more" for kind, codes in gains(found).items()]
    console.say("; ".join([f"{len(ready)} of {len(found)} indicators possible{codes}", *gained]) + ".")
    waiting = sum(not one.is_measured for one in found)
    if waiting:
        console.say(f"{waiting} are not measured by this release, whatever is connected.")
