"""Who is in the store: MSPs and their connections, as the settings say at each run."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from phasewise.errors import StoreError
from phasewise.storage.databases import writing
from phasewise.storage.engine import MspStore, Store
from phasewise.storage.periods import write_periods
from phasewise.storage.tables import connections, msps


@dataclass(frozen=True, slots=True)
class Msp:
    """An MSP as it was last registered.

    Attributes:
        msp_id: short name used in settings and keys.
        name: as people write it.
        zone: IANA zone that makes its days, weeks and months.
        currency: ISO 4217.
    """

    msp_id: str
    name: str
    zone: str
    currency: str


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as it was last registered.

    Attributes:
        connection_id: its name in the settings.
        connector: the connector it is an instance of.
        provides: `table.field` names it can ever fill.
        active_from: first local date it speaks for, None = from the beginning.
        active_until: last local date it speaks for, None = still.
        derived_with: digest of the words its records were derived with, None = nothing derived yet.
    """

    connection_id: str
    connector: str
    provides: frozenset[str]
    active_from: date | None
    active_until: date | None
    derived_with: str | None


def register_msp(
    store: Store, *, msp_id: str, name: str, zone: str, currency: str, now: datetime
) -> MspStore:
    """Write what the settings say of an MSP; doing it again changes nothing.

    Its days, weeks and months are written from 2010 to the end of the second year after `now`, again where
    the zone (or the world's rules for it) changed.

    Args:
        store: an open store.
        msp_id: short name used in settings and keys.
        name: as people write it.
        zone: IANA zone; the settings have checked it.
        currency: ISO 4217.
        now: the instant of registration.

    Returns:
        The store as this MSP sees it.
    """
    says = {"name": name, "zone": zone, "currency": currency}
    with writing(store.engine) as connection:
        known = connection.execute(select(msps.c.msp_id).where(msps.c.msp_id == msp_id)).first()
        if known is None:
            row = {"msp_id": msp_id, **says, "requester_key": secrets.token_hex(32), "created_at": now}
            connection.execute(insert(msps), row)
        else:
            connection.execute(update(msps).where(msps.c.msp_id == msp_id).values(says))
        write_periods(connection, msp_id, ZoneInfo(zone), now)
    return MspStore(store, msp_id)


def read_msp(scope: MspStore) -> Msp:
    """The MSP as it was last registered."""
    columns = (msps.c.msp_id, msps.c.name, msps.c.zone, msps.c.currency)
    with scope.read() as connection:
        return Msp(*connection.execute(select(*columns).where(msps.c.msp_id == scope.msp_id)).one())


def requester_key(scope: MspStore) -> bytes:
    """The key under which ids of people become hashes: made once, by chance, and never shown."""
    query = select(msps.c.requester_key).where(msps.c.msp_id == scope.msp_id)
    with scope.read() as connection:
        return bytes.fromhex(connection.execute(query).scalar_one())


def register_connection(
    scope: MspStore,
    *,
    connection_id: str,
    connector: str,
    provides: frozenset[str],
    active_from: date | None,
    active_until: date | None,
    now: datetime,
) -> None:
    """Write what the settings say of a connection; doing it again changes nothing.

    Raises:
        StoreError: the connection was of another connector before: its records would be mixed.
    """
    says = {
        "connector": connector,
        "provides": sorted(provides),
        "active_from": active_from,
        "active_until": active_until,
        "updated_at": now,
    }
    key = (connections.c.msp_id == scope.msp_id) & (connections.c.connection_id == connection_id)
    with scope.write() as connection:
        before = connection.execute(select(connections.c.connector).where(key)).scalar()
        if before is None:
            row = {"msp_id": scope.msp_id, "connection_id": connection_id, **says}
            connection.execute(insert(connections), row)
        elif before == connector:
            connection.execute(update(connections).where(key).values(says))
        else:
            raise StoreError(
                f'the connection "{connection_id}" is one of {before} in the store, and of {connector} now',
                where=f"[connections.{connection_id}] connector",
                remedy="Give the new one another name; the old records keep theirs",
            )


def read_connections(scope: MspStore) -> list[Connection]:
    """Every connection of the MSP that was ever registered, by name."""
    c = connections.c
    columns = (c.connection_id, c.connector, c.provides, c.active_from, c.active_until, c.derived_with)
    query = select(*columns).where(c.msp_id == scope.msp_id).order_by(c.connection_id)
    with scope.read() as connection:
        rows = connection.execute(query).all()
    return [Connection(r[0], r[1], frozenset(r[2]), r[3], r[4], r[5]) for r in rows]


def save_derived_with(scope: MspStore, connection_id: str, digest: str) -> None:
    """Remember the words that a connection's records were derived with.

    Args:
        scope: the store of one MSP.
        connection_id: a registered connection.
        digest: of the mapping that was applied to every record of the connection.
    """
    key = (connections.c.msp_id == scope.msp_id) & (connections.c.connection_id == connection_id)
    with scope.write() as connection:
        connection.execute(update(connections).where(key).values(derived_with=digest))
