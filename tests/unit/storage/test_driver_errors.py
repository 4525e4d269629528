"""What drivers report of the world becomes a StoreError; defects pass through."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from phasewise.errors import StoreError
from phasewise.storage.driver_errors import translated


def sqlite_error(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("SQLITE_FULL", "the disk is full"),
        ("SQLITE_BUSY", "in use by another process"),
        ("SQLITE_BUSY_SNAPSHOT", "in use by another process"),
        ("SQLITE_LOCKED", "in use by another process"),
        ("SQLITE_READONLY_DBMOVED", "read-only"),
        ("SQLITE_IOERR_WRITE", "the disk does not read or write"),
        ("SQLITE_CORRUPT_INDEX", "the store is damaged"),
        ("SQLITE_NOTADB", "the file is not a database"),
        ("SQLITE_CANTOPEN", "the store cannot be opened"),
    ],
)
def test_a_state_of_a_sqlite_file_is_said_with_its_remedy(name: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught, translated("a.db"):
        raise sqlite_error(name)
    assert caught.value.where == "a.db"
    assert caught.value.remedy
    with pytest.raises(StoreError, match=said), translated("a.db"):
        raise OperationalError("SELECT 1", {}, sqlite_error(name))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (psycopg.errors.DiskFull("x"), "the disk is full"),
        (psycopg.errors.LockNotAvailable("x"), "in use by another process"),
        (psycopg.errors.DeadlockDetected("x"), "in use by another process"),
        (psycopg.errors.TooManyConnections("x"), "takes no more connections"),
        (psycopg.errors.AdminShutdown("x"), "cannot be reached"),
        (psycopg.errors.ConnectionFailure("x"), "cannot be reached"),
        (psycopg.errors.InvalidPassword("x"), "refuses this login"),
        (psycopg.errors.InsufficientPrivilege("x"), "refuses this login"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), "read-only"),
        (psycopg.OperationalError("could not connect\nIs it running?"), r"reached \(could not connect\)"),
    ],
)
def test_a_state_of_a_postgres_server_is_said_with_its_remedy(error: psycopg.Error, said: str) -> None:
    with pytest.raises(StoreError, match=said), translated("postgresql://h/d"):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        sqlite_error("SQLITE_ERROR"),
        sqlite3.IntegrityError("UNIQUE constraint failed"),
        psycopg.errors.UndefinedColumn("x"),
        psycopg.errors.NotNullViolation("x"),
        psycopg.ProgrammingError("the cursor is closed"),
        ValueError("not of a driver"),
    ],
)
def test_a_defect_passes_through_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, translated("a.db"):
        raise error
    assert caught.value is error
