"""`[store]`: where the records are kept."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from phasewise.config.values import FROZEN, mistake

FILE_NAME = "phasewise.db"
_POSTGRES = {"postgresql", "postgres", "postgresql+psycopg"}


class StoreSettings(BaseModel):
    """Where the records are kept. The addresses are secrets: they may hold a password."""

    model_config = FROZEN

    url: SecretStr = Field(
        SecretStr(f"sqlite:///{FILE_NAME}"),
        description="SQLAlchemy address: `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`. An address "
        "with a password is written as a reference, `env:NAME` or `file:PATH`. `PHASEWISE_STORE_URL` wins "
        "over it.",
    )
    review_url: SecretStr | None = Field(
        None,
        description="Postgres only: the read-only login that `phasewise sql` uses; `phasewise db upgrade "
        "--review-role NAME` makes it.",
    )

    @property
    def shown(self) -> str:
        """The address for people: with the password masked."""
        return make_url(self.url.get_secret_value()).render_as_string(hide_password=True)


def normal_url(text: str, *, base: Path) -> str:
    """The address as SQLAlchemy wants it: driver named, SQLite's file absolute.

    Args:
        text: as written.
        base: folder that a relative file is relative to.

    Raises:
        PydanticCustomError: not an address, or of a database that Phasewise does not use. The message never
            quotes the address, which may hold a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise mistake(
            "is not a store address; write sqlite:///phasewise.db or postgresql://user@host/database"
        ) from None
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite(url, base)
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    raise mistake(f'names a "{url.drivername}" database; Phasewise keeps its store in sqlite or postgresql')


def _sqlite(url: URL, base: Path) -> str:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise mistake(
            "names no file, and a store in memory is gone when the command ends; write sqlite:///phasewise.db"
        )
    file = Path(url.database).expanduser()
    return url.set(drivername="sqlite", database=str(base / file)).render_as_string(hide_password=False)
