"""Runs: what was started, when it was due, how it ended. A run is unique by job and due key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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


_COLUMNS = (
    table.c.run_id,
    table.c.job,
    table.c.due_key,
    table.c.status,
    table.c.started_at,
    table.c.heartbeat_at,
    table.c.finished_at,
    table.c.message,
    table.c.release,
)
"""In the order of Run."""


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
        row = _new_row(connection, scope, job=job, due_key=due_key, now=now)
        connection.execute(insert(table), row)
    return str(row["run_id"])


def claim_run(scope: MspStore, *, job: str, due_key: str, dead_after: timedelta, now: datetime) -> str | None:
    """Claim a run that is due, if nobody has done it or is at it; take it over from one that died.

    Any number of processes may try: the unique key (MSP, job, due key) lets one through.

    Args:
        scope: the store of one MSP.
        job: sync, reconcile or analyze.
        due_key: local wall time it is due.
        dead_after: a running one without a heartbeat for so long has died.
        now: this instant.

    Returns:
        The run's id; None when it is done or under way.
    """
    with scope.write() as connection:
        found = connection.execute(
            select(table.c.run_id).where(
                table.c.msp_id == scope.msp_id, table.c.job == job, table.c.due_key == due_key
            )
        ).scalar()
        if found is not None:
            message = "It stopped without a word; another process has taken it over"
            if not _give_up(connection, scope, found, message, now, silent_since=now - dead_after):
                return None
        row = _new_row(connection, scope, job=job, due_key=due_key, now=now)
        return str(row["run_id"]) if _inserted(connection, row) else None


def give_back_run(scope: MspStore, run_id: str, *, message: str, now: datetime) -> None:
    """End a run that was stopped before its end; its due key is free to be claimed again.

    Args:
        scope: the store of one MSP.
        run_id: as `claim_run` gave it.
        message: why it stopped.
        now: this instant.
    """
    with scope.write() as connection:
        _give_up(connection, scope, run_id, message, now)


def _give_up(
    connection: Connection,
    scope: MspStore,
    run_id: str,
    message: str,
    now: datetime,
    *,
    silent_since: datetime | None = None,
) -> bool:
    """End a running run and free its due key. False: it does not run, or has shown signs of life since."""
    conditions = [*_key(scope, run_id), table.c.status == "running"]
    if silent_since is not None:
        conditions.append(table.c.heartbeat_at < silent_since)
    freed = table.c.due_key + f" (given up by {run_id})"
    says = {"status": "failed", "message": message, "finished_at": now, "due_key": freed}
    return connection.execute(update(table).where(*conditions).values(says)).rowcount == 1


def _inserted(connection: Connection, row: dict[str, Any]) -> bool:
    """Insert a run unless another process has just put one there for the same job and key."""
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), row)  # nobody else writes: SQLite lets one writer in at a time
        return True
    from sqlalchemy.dialects.postgresql import insert as insert_on_postgres  # noqa: PLC0415  # only the dialect in use

    statement = insert_on_postgres(table).values(row).on_conflict_do_nothing().returning(table.c.run_id)
    return connection.execute(statement).first() is not None


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


def find_run(scope: MspStore, *, job: str, due_key: str) -> Run | None:
    """The run of a job that was due then, None when nobody has claimed it."""
    query = select(*_COLUMNS).where(
        table.c.msp_id == scope.msp_id, table.c.job == job, table.c.due_key == due_key
    )
    with scope.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else Run(*row)


def running_jobs(scope: MspStore, *, alive_since: datetime) -> set[str]:
    """The jobs that are under way: running, with a heartbeat since then."""
    query = select(table.c.job).where(
        table.c.msp_id == scope.msp_id, table.c.status == "running", table.c.heartbeat_at >= alive_since
    )
    with scope.read() as connection:
        return set(connection.execute(query).scalars())


def latest_runs(scope: MspStore, limit: int = 20) -> list[Run]:
    """The newest runs, newest first."""
    query = (
        select(*_COLUMNS)
        .where(table.c.msp_id == scope.msp_id)
        .order_by(table.c.started_at.desc(), table.c.run_id.desc())
        .limit(limit)
    )
    with scope.read() as connection:
        return [Run(*row) for row in connection.execute(query)]


def _new_row(
    connection: Connection, scope: MspStore, *, job: str, due_key: str | None, now: datetime
) -> dict[str, Any]:
    run_id = _free_id(connection, scope, f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{job}")
    return {
        "msp_id": scope.msp_id,
        "run_id": run_id,
        "job": job,
        "due_key": due_key or f"manual:{run_id}",
        "status": "running",
        "started_at": now,
        "heartbeat_at": now,
        "release": __version__,
    }


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
