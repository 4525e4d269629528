"""The Postgres login of reviewers: it reads the documented views and nothing else.

Everything that limits it is a right or a setting of the database, not a promise of ours: no superuser, SELECT
on the views only, transactions read-only by default, a time limit for every statement.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from phasewise.errors import ConfigError, StoreError
from phasewise.storage.databases import make_engine, parse_url, place, writing
from phasewise.storage.review.views import grant_views

STATEMENT_SECONDS = 60
"""Longest statement of a reviewer; `phasewise sql --timeout` stays below it."""

CONNECTIONS = 8
"""Connections the login may hold at a time, so that it cannot use up the server's."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_NO_RIGHT = "42501"


@dataclass(frozen=True, slots=True)
class ReviewLogin:
    """A login that may read the views.

    Attributes:
        name: its name.
        url: the store's URL with it, password included; None where the login was there: its password is
            known to whoever made it, and stays.
    """

    name: str
    url: str | None


def make_review_login(url: str, name: str, *, busy_timeout_seconds: float = 30.0) -> ReviewLogin:
    """Make the login, or bring one that is there to what it may do now.

    Args:
        url: SQLAlchemy URL of a Postgres store, with a login that may create logins.
        name: lowercase letters, digits and underscores.
        busy_timeout_seconds: how long to wait for another process.

    Raises:
        ConfigError: the store is no Postgres store, or the name is none.
        StoreError: the store's login may not make logins, or the one that is there may do too much.
    """
    check_review_login(url, name)
    parsed = parse_url(url)
    engine = make_engine(parsed, busy_timeout_seconds=busy_timeout_seconds)
    password = secrets.token_urlsafe(24)
    try:
        with writing(engine) as connection:
            is_new = not _is_harmless(connection, name, place(parsed))
            if is_new:
                _create(connection, name, password, place(parsed))
            _limit(connection, name)
            grant_views(connection, name)
    finally:
        engine.dispose()
    login = parsed.set(username=name, password=password).render_as_string(hide_password=False)
    return ReviewLogin(name, login if is_new else None)


def check_review_login(url: str, name: str) -> None:
    """Raise when there can be no such login, before anything is done.

    Raises:
        ConfigError: the store is no Postgres store, or the name is none.
    """
    if parse_url(url).get_backend_name() != "postgresql":
        raise ConfigError(
            "a review login is for Postgres only", remedy="`phasewise sql` needs none on SQLite"
        )
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f'"{name}" cannot be the name of a login', remedy="Use lowercase letters, digits and underscores"
        )


def _is_harmless(connection: Connection, name: str, where: str) -> bool:
    """Whether a login of that name is there; it is refused when it may do more than read.

    Raises:
        StoreError: it is a superuser, may make logins or databases, or is a member of another.
    """
    query = text(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " OR EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) OR rolname = current_user"
        " FROM pg_roles WHERE rolname = :name"
    )
    is_powerful = connection.execute(query, {"name": name}).scalar()
    if is_powerful:
        raise StoreError(
            f"the login {name} may do more than read",
            where=where,
            remedy="Choose the name of a new login; it is made with the rights it needs",
        )
    return is_powerful is not None


def _create(connection: Connection, name: str, password: str, where: str) -> None:
    # A password cannot be bound in CREATE ROLE; it is of letters, digits, - and _ only.
    statement = (
        f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{password}' NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT"
        f" NOREPLICATION NOBYPASSRLS CONNECTION LIMIT {CONNECTIONS}"
    )
    try:
        connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != _NO_RIGHT:
            raise
        # Not "from error": its text holds the statement, and with it the password.
        raise StoreError(
            "the store's login may not make other logins",
            where=where,
            remedy="Let an administrator give it CREATEROLE for this once, or run the command as one",
        ) from None


def _limit(connection: Connection, name: str) -> None:
    schema, database = connection.exec_driver_sql(
        "SELECT quote_ident(current_schema()), quote_ident(current_database())"
    ).one()
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS}s",
        "search_path": schema,
    }
    for setting, value in settings.items():
        connection.exec_driver_sql(f"ALTER ROLE \"{name}\" SET {setting} = '{value}'")
    connection.exec_driver_sql(f'REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM "{name}"')
    connection.exec_driver_sql(f'GRANT CONNECT ON DATABASE {database} TO "{name}"')
    connection.exec_driver_sql(f'GRANT USAGE ON SCHEMA {schema} TO "{name}"')
    if connection.dialect.server_version_info and connection.dialect.server_version_info < (15,):
        # Before 15 everybody may create tables in `public`; its owner keeps that right by owning it.
        connection.exec_driver_sql(f"GRANT CREATE ON SCHEMA {schema} TO CURRENT_USER")
        connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
