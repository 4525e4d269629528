"""The calendars of the settings, read like a source: a connection of its own, changed only when they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from phasewise.config.calendars import calendar_record
from phasewise.config.settings import ConnectionSettings, MspSettings
from phasewise.connectors.base import (
    CheckResult,
    Connector,
    CursorKind,
    FetchContext,
    Page,
    RecordContext,
    Slice,
    Stream,
)
from phasewise.model.records.calendars import Calendar
from phasewise.storage.types import to_json

CONNECTION = "settings"
"""The connection that the calendars of `phasewise.toml` come by."""

FIELDS = ("id", "name", "zone", "hours", "holidays")

YEARS_BACK, YEARS_AHEAD = 6, 2
"""Years in which holidays are resolved: history goes 36 months back, promises run ahead."""


class CalendarsOfSettings(BaseModel):
    """The calendars as records, ready to be stored; each is a mapping of a Calendar's fields."""

    calendars: tuple[dict[str, Any], ...]


def calendars_connection(msp_id: str, msp: MspSettings, now: datetime) -> ConnectionSettings:
    """The MSP's calendars as a connection.

    Args:
        msp_id: the MSP.
        msp: its settings.
        now: decides the years in which holidays are resolved.
    """
    years = range(now.year - YEARS_BACK, now.year + YEARS_AHEAD + 1)
    records = [
        calendar_record(name, calendar, zone=msp.zone, years=years)
        for name, calendar in sorted(msp.calendars.items())
    ]
    payloads = tuple({name: getattr(record, name) for name in FIELDS} for record in records)
    return ConnectionSettings(
        msp=msp_id, connector=CONNECTION, settings=CalendarsOfSettings(calendars=payloads)
    )


def _open(settings: CalendarsOfSettings) -> AbstractContextManager[CalendarsOfSettings]:
    return nullcontext(settings)


def _plan(client: CalendarsOfSettings) -> Sequence[Slice]:
    digest = hashlib.sha256(to_json(client.calendars).encode()).hexdigest()[:16]
    return [Slice("calendars", token=digest)]


def _pages(client: CalendarsOfSettings, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    yield Page(payloads=client.calendars, proof="whole_file")


def _records(payload: Any, _context: RecordContext) -> Iterable[Calendar]:
    return [Calendar(**payload)]


def _identify(payload: Any) -> str:
    return str(payload["id"])


def _check(_client: Any, _settings: Any) -> CheckResult:
    return CheckResult(identity="the settings")


CONNECTOR = Connector(
    name=CONNECTION,
    title="Calendars of the settings",
    kind="files",
    settings=CalendarsOfSettings,
    open=_open,
    streams=lambda _settings: [
        Stream(
            name="calendars",
            record="calendars",
            pages=_pages,
            records=_records,
            identify=_identify,
            provides=frozenset(f"calendars.{name}" for name in ("name", "zone", "hours", "holidays")),
            cursor=CursorKind.FILE,
            emits=("calendars",),
            plan=_plan,
        )
    ],
    check=_check,
)
"""Not found by discovery: it has no settings of its own to write in a file."""
