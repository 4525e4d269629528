"""What is connected, who we are there, what is missing, and which words nobody has mapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from phasewise.config.settings import ConnectionSettings, Settings
from phasewise.connectors import connector
from phasewise.connectors.base import CheckResult, Connector
from phasewise.errors import SourceError
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.msps import read_connections
from phasewise.sync.contexts import active_today
from phasewise.sync.remap import words_digest
from phasewise.sync.suggestions import suggest


@dataclass(frozen=True, slots=True)
class ConnectionReadiness:
    """What a cheap look at a connection says.

    Attributes:
        connection_id: its name in the settings.
        connector: the connector's name.
        title: the connector's title.
        is_active: it is read today.
        streams: its streams by name.
        provides: `table.field` names its streams can ever fill.
        result: what the connector says, None when it was not let in or not asked.
        error: why it was not let in, None when it was.
    """

    connection_id: str
    connector: str
    title: str
    is_active: bool
    streams: tuple[str, ...]
    provides: frozenset[str]
    result: CheckResult | None = None
    error: SourceError | None = None


@dataclass(frozen=True, slots=True)
class UnmappedWord:
    """A vendor's word that became `other` because nobody has mapped it.

    Attributes:
        connection_id: the connection it came by.
        mapping: the mapping table it belongs into.
        word: the vendor's word, "" where the source gave none.
        rows: rows that carry it, of all tables.
        tickets: tickets that carry it.
        suggestion: what it probably means, None where nothing comes near.
    """

    connection_id: str
    mapping: str
    word: str
    rows: int
    tickets: int
    suggestion: str | None


def check_connections(
    settings: Settings,
    msp_id: str,
    *,
    now: datetime,
    find: Callable[[str], Connector] = connector,
) -> list[ConnectionReadiness]:
    """Look at every connection of an MSP; reads no records and writes nothing.

    Args:
        settings: loaded settings.
        msp_id: the MSP.
        now: our clock.
        find: connector by name.

    Returns:
        One for each connection, in the order of the settings; a refusal is in it, not raised.
    """
    msp = settings.msps[msp_id]
    return [
        _look(name, connection, find(connection.connector), is_active=active_today(connection, msp, now))
        for name, connection in settings.connections_of(msp_id).items()
    ]


def _look(
    name: str, connection: ConnectionSettings, source: Connector, *, is_active: bool
) -> ConnectionReadiness:
    streams = source.streams(connection.settings)
    seen: CheckResult | None = None
    refused: SourceError | None = None
    if is_active:
        try:
            with source.open(connection.settings) as client:
                seen = source.check(client, connection.settings)
        except SourceError as error:
            refused = error
    return ConnectionReadiness(
        connection_id=name,
        connector=source.name,
        title=source.title,
        is_active=is_active,
        streams=tuple(stream.name for stream in streams),
        provides=frozenset().union(*(stream.provides for stream in streams)),
        result=seen,
        error=refused,
    )


def unmapped_words(scope: MspStore) -> list[UnmappedWord]:
    """The words nobody has mapped, with what they probably mean, most rows first."""
    rows = read_frame(
        scope,
        "SELECT connection_id, mapping, word, rows, tickets FROM v_unmapped WHERE msp_id = :msp_id",
    )
    mapped = read_frame(
        scope,
        "SELECT mapping, word, target FROM mapped_words WHERE msp_id = :msp_id AND target <> 'other'",
    )
    found = [
        UnmappedWord(
            connection_id=row["connection_id"],
            mapping=row["mapping"],
            word=row["word"],
            rows=row["rows"],
            tickets=row["tickets"],
            suggestion=suggest(
                row["mapping"],
                row["word"],
                [(m["word"], m["target"]) for m in mapped if m["mapping"] == row["mapping"]],
            ),
        )
        for row in rows
    ]
    return sorted(found, key=lambda w: (-w.rows, w.connection_id, w.mapping, w.word))


def not_yet_applied(scope: MspStore, settings: Settings) -> list[str]:
    """Connections whose records were derived with other words than the settings say now."""
    derived = {c.connection_id: c.derived_with for c in read_connections(scope)}
    return [
        name
        for name, connection in settings.connections_of(scope.msp_id).items()
        if derived.get(name) is not None
        and derived[name] != words_digest(connection, settings.msps[scope.msp_id])
    ]
