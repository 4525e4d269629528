"""The revisions of the store. Reading which one a store has needs no Alembic (it takes 0.3 s to import)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from phasewise.errors import SchemaError, StoreError

FOLDER = Path(__file__).parent

_VERSION_FILE = re.compile(r"^v(\d{4})_\w+\.py$")


@cache
def revisions(folder: Path = FOLDER) -> tuple[str, ...]:
    """Every revision there is, oldest first. A file `versions/vNNNN_<what it does>.py` is one."""
    found = (_VERSION_FILE.match(path.name) for path in (folder / "versions").iterdir())
    return tuple(sorted(match.group(1) for match in found if match))


def stored_revision(connection: Connection, *, where: str) -> str | None:
    """The revision of the store, None when the database is empty.

    Raises:
        StoreError: the database holds the tables of something else.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if not {"alembic_version", "msps"} <= tables:
        raise StoreError(
            "the database is not a Phasewise store: it holds other tables",
            where=where,
            remedy="Give Phasewise a database of its own",
        )
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def refuse_newer(revision: str | None, *, where: str, folder: Path = FOLDER) -> None:
    """Raise when the store was written by a release that knows more revisions.

    Raises:
        SchemaError: the store is newer than this release.
    """
    if revision is not None and revision not in revisions(folder):
        raise SchemaError(
            f"the store has revision {revision}, this release knows {revisions(folder)[-1]} at most",
            where=where,
            remedy="Upgrade Phasewise; an older release must not write a newer store",
        )


def refuse_older(revision: str, *, where: str, folder: Path = FOLDER) -> None:
    """Raise when the store lacks revisions of this release.

    Raises:
        SchemaError: the store must be upgraded.
    """
    if revision != revisions(folder)[-1]:
        raise SchemaError(
            f"the store has revision {revision}, this release needs {revisions(folder)[-1]}",
            where=where,
            remedy="Run `phasewise db upgrade` (a SQLite store is backed up first)",
        )
