"""Runs: what was started, when it was due, how it ended. A run is unique by job and due key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from phasewise import __version__
from phasewise.errors import StoreError
from phasewise.storage.engine import MspStore
from phasewise.storage.tables import runs as table


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a job.

    Attributes:
        run_id: instant of its start and its job: sortable, and readable for people.
        job: sync, remap, reconcile or analyze.
        due_key: local wall time it was due, or `manual:<run_id>`.
        status: running, complete, partial or failed.
        started_at: when it started.
        heartbeat_at: when it last showed that it lives.
        finished_at: when it ended, None while it runs (or if it died).
        message: why it failed or is partial.
        release: release of Phasewise that ran it.
    """

    run_id: str
    job: str
    due_key: str
    status: str
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    message: str | None
    release: str


def start_run(scope: MspStore, *, job: str, due_key: str | None = None, now: datetime) -> str:
    """Claim a run.

    Args:
        scope: the store of one MSP.
        job: sync, remap, reconcile or analyze.
        due_key: local wall time it was due; None for a run that a person started.
        now: the instant of its start.

    Returns:
        The run's id.

    Raises:
        StoreError: another process has claimed the run that was due then.
    """
    with scope.write() as connection:
        if due_key is not None and _exists(connection, scope, job=job, due_key=due_key):
            raise StoreError(
                f"the {job} due at {due_key} was already started",
                where=scope.store.place,
                remedy="Nothing to do: it runs once",
            )
        run_id = _free_id(connection, scope, f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{job}")
        row = {
            "msp_id": scope.msp_id,
            "run_id": run_id,
            "job": job,
            "due_key": due_key or f"manual:{run_id}",
            "status": "running",
            "started_at": now,
            "heartbeat_at": now,
            "release": __version__,
        }
        connection.execute(insert(table), row)
    return run_id


def heartbeat(scope: MspStore, run_id: str, now: datetime) -> None:
    """Show that a run lives."""
    with scope.write() as connection:
        connection.execute(update(table).where(*_key(scope, run_id)).values(heartbeat_at=now))


def finish_run(scope: MspStore, run_id: str, *, status: str, message: str | None, now: datetime) -> None:
    """End a run.

    Args:
        scope: the store of one MSP.
        run_id: as `start_run` gave it.
        status: complete, partial or failed.
        message: why it is not complete, with the remedy; None when it is.
        now: the instant of its end.
    """
    says = {"status": status, "message": message, "heartbeat_at": now, "finished_at": now}
    with scope.write() as connection:
        connection.execute(update(table).where(*_key(scope, run_id)).values(says))


def latest_runs(scope: MspStore, limit: int = 20) -> list[Run]:
    """The newest runs, newest first."""
    c = table.c
    columns = (
        c.run_id,
        c.job,
        c.due_key,
        c.status,
        c.started_at,
        c.heartbeat_at,
        c.finished_at,
        c.message,
        c.release,
    )
    query = (
        select(*columns)
        .where(c.msp_id == scope.msp_id)
        .order_by(c.started_at.desc(), c.run_id.desc())
        .limit(limit)
    )
    with scope.read() as connection:
        return [Run(*row) for row in connection.execute(query)]


def _key(scope: MspStore, run_id: str) -> tuple[ColumnElement[bool], ...]:
    return (table.c.msp_id == scope.msp_id, table.c.run_id == run_id)


def _exists(connection: Connection, scope: MspStore, **values: str) -> bool:
    query = select(table.c.run_id).where(table.c.msp_id == scope.msp_id)
    for name, value in values.items():
        query = query.where(table.c[name] == value)
    return connection.execute(query).first() is not None


def _free_id(connection: Connection, scope: MspStore, wanted: str) -> str:
    """The id, numbered where a run of the same job started in the same second."""
    run_id, number = wanted, 1
    while _exists(connection, scope, run_id=run_id):
        number += 1
        run_id = f"{wanted}-{number}"
    return run_id
