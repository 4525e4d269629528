"""What a connector's functions may know, made from the settings and the store."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.config.settings import ConnectionSettings, MspSettings
from phasewise.connectors.base import CursorKind, FetchContext, RecordContext, Stream
from phasewise.storage.engine import MspStore
from phasewise.storage.msps import requester_key
from phasewise.storage.raw import payloads_of
from phasewise.storage.seen import open_ids

PSEUDONYMS_REMEMBERED = 50_000
PSEUDONYM_BYTES = 16
"""128 bits: two people never share one, and nobody can walk through all of them."""


def record_context(scope: MspStore, msp: MspSettings, connection: ConnectionSettings) -> RecordContext:
    """What the record functions of a connection may know."""
    zone = getattr(connection.settings, "zone", None)
    return RecordContext(
        settings=connection.settings,
        zone=zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone or msp.zone),
        pseudonym=pseudonyms(requester_key(scope)),
    )


def pseudonyms(key: bytes) -> Callable[[str], str]:
    """The keyed hash of personal ids: same in, same out, no way back without the key.

    Args:
        key: the MSP's own, kept in its store.
    """
    known: dict[str, str] = {}

    def pseudonym(personal_id: str) -> str:
        found = known.get(personal_id)
        if found is None:
            if len(known) >= PSEUDONYMS_REMEMBERED:
                known.clear()
            digest = hmac.digest(key, personal_id.encode("utf-8", "surrogatepass"), "sha256")
            found = known[personal_id] = digest[:PSEUDONYM_BYTES].hex()
        return found

    return pseudonym


def fetch_context(
    scope: MspStore, connection_id: str, stream: Stream, record: RecordContext, *, only_run: str | None
) -> FetchContext:
    """What the generators of a stream may use.

    Args:
        scope: the store of the MSP.
        connection_id: the connection.
        stream: the stream.
        record: the context of its record function.
        only_run: everything is read again: of what is stored, only what this run wrote may be built upon.
    """

    def previous(ids: Sequence[str]) -> Mapping[str, Any]:
        return payloads_of(scope, connection_id, stream.name, stream.record, ids, run_id=only_run)

    def still_open() -> Any:
        return open_ids(scope, connection_id, stream.record) if stream.cursor is CursorKind.CREATED else ()

    return FetchContext(record=record, previous=previous, open_ids=still_open)


def active_today(connection: ConnectionSettings, msp: MspSettings, now: datetime) -> bool:
    """Whether a connection is read today, by the date in the MSP's zone.

    `active_until` says from when on its records come from another system, not that they stopped changing
    there: it is read until the end of that day.
    """
    today = now.astimezone(ZoneInfo(msp.zone)).date()
    return not (
        (connection.active_from is not None and today < connection.active_from)
        or (connection.active_until is not None and today > connection.active_until)
    )
