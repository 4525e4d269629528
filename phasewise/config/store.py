"""`[store]`: where the records are kept."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from sqlalchemy.engine import make_url

from phasewise.config.values import FROZEN
from phasewise.storage.databases import parse_url

FILE_NAME = "phasewise.db"


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
    """The address as the store opens it: driver named, SQLite's file absolute.

    Args:
        text: as written.
        base: folder that a relative file is relative to.

    Raises:
        ConfigError: not an address, or of a database that Phasewise does not use. The message never quotes
            the address, which may hold a password.
    """
    # SQLAlchemy dropped the short form, which hosting services still hand out.
    url = parse_url(text.replace("postgres://", "postgresql://", 1) if text.startswith("postgres:") else text)
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(base / Path(url.database or "").expanduser()))
    return url.render_as_string(hide_password=False)
