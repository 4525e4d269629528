"""Which rows are a client's: by what records say of their references, so that new kinds are covered too.

A row is the client's when it names it, or when it names no client and belongs to a row that is (the events of
its tickets). A row that names another client stays, whatever else it refers to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from phasewise.model.fields import field_infos
from phasewise.model.records import record_kinds
from phasewise.storage.tables import HISTORY_TABLES, RECORD_TABLES
from phasewise.storage.upsert import chunks

CLIENTS = "clients"


@dataclass(frozen=True, slots=True)
class ClientRows:
    """The rows of one client.

    Attributes:
        connection_id: the connection it came by.
        client_id: its id there.
        names: names it has or had, shortest words left out.
        ids: table → ids of its rows.
    """

    connection_id: str
    client_id: str
    names: frozenset[str]
    ids: Mapping[str, frozenset[str]]


def find_client_rows(connection: Connection, msp_id: str, connection_id: str, client_id: str) -> ClientRows:
    """Find every row of a client.

    Args:
        connection: inside a transaction.
        msp_id: the MSP.
        connection_id: the connection the client came by.
        client_id: its id there.
    """
    found: dict[str, set[str]] = {table: set() for table in RECORD_TABLES}
    found[CLIENTS].add(client_id)
    grew = True
    while grew:
        before = sum(map(len, found.values()))
        for table in RECORD_TABLES:
            for condition in _conditions(table, client_id, found):
                found[table] |= _ids(connection, msp_id, connection_id, table, condition)
        grew = sum(map(len, found.values())) > before
    names = _names(connection, msp_id, connection_id, client_id)
    ids = {table: frozenset(ids) for table, ids in found.items() if ids}
    return ClientRows(connection_id, client_id, names, ids)


def delete_rows(connection: Connection, msp_id: str, rows: ClientRows) -> dict[str, int]:
    """Delete the rows and their history: table → rows deleted."""
    deleted: dict[str, int] = {}
    for name, ids in rows.ids.items():
        for table in (RECORD_TABLES[name], HISTORY_TABLES.get(name)):
            if table is None:
                continue
            count = 0
            for some in chunks(sorted(ids)):
                mine = (table.c.msp_id == msp_id, table.c.connection_id == rows.connection_id)
                count += connection.execute(delete(table).where(*mine, table.c.id.in_(some))).rowcount
            deleted.setdefault(name, count)
    return {name: count for name, count in deleted.items() if count}


def _conditions(table: str, client_id: str, found: Mapping[str, set[str]]) -> Iterator[ColumnElement[bool]]:
    """What makes a row of a table the client's."""
    columns = RECORD_TABLES[table].c
    references = {name: info.reference for name, info in field_infos(record_kinds()[table]).items()}
    of_client = [columns[name] for name, reference in references.items() if reference == CLIENTS]
    if of_client:
        yield or_(*(column == client_id for column in of_client))
    names_none = [column.is_(None) for column in of_client]
    for name, reference in references.items():
        if reference in {"", CLIENTS, table}:
            continue  # a merged or child ticket of another client is not this client's
        for some in chunks(sorted(found.get(reference, ()))):
            yield and_(columns[name].in_(some), *names_none)


def _ids(
    connection: Connection, msp_id: str, connection_id: str, table: str, condition: ColumnElement[bool]
) -> set[str]:
    c = RECORD_TABLES[table].c
    query = select(c.id).where(c.msp_id == msp_id, c.connection_id == connection_id, condition)
    return set(connection.execute(query).scalars())


def _names(connection: Connection, msp_id: str, connection_id: str, client_id: str) -> frozenset[str]:
    names: set[str] = set()
    for table in (RECORD_TABLES[CLIENTS], HISTORY_TABLES[CLIENTS]):
        c = table.c
        query = select(c.name).where(c.msp_id == msp_id, c.connection_id == connection_id, c.id == client_id)
        names |= {name for name in connection.execute(query).scalars() if name}
    return frozenset(names)
