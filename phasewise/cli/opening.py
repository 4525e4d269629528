"""What a command opens before it works: the settings, the store, the MSPs asked for, the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from phasewise.cli import console
from phasewise.errors import ConfigError

if TYPE_CHECKING:
    from phasewise.config.settings import Settings
    from phasewise.storage.engine import Store


def now() -> datetime:
    """The one clock of the command line: this instant, aware UTC. Everything below is handed it."""
    return datetime.now(UTC)


def load() -> Settings:
    """The settings that `--config`, `PHASEWISE_CONFIG` or the working folder name; notes go to stderr.

    Raises:
        ConfigError: with every mistake found.
    """
    from phasewise.config.secrets import secret_values
    from phasewise.config.settings import load_settings
    from phasewise.log import register_secret

    settings = load_settings()
    for secret in secret_values(settings):
        register_secret(secret)
    for text in settings.notes:
        console.note(f"Note: {text}")
    return settings


def open_for(settings: Settings, *, create: bool = False) -> Store:
    """The store of these settings, opened; use it as a context manager.

    Args:
        settings: loaded settings.
        create: make the store where there is none yet.

    Raises:
        StoreError: there is none and `create` is not asked for, or it cannot be used.
        SchemaError: it was made by another release.
    """
    from phasewise.storage.engine import open_store

    return open_store(settings.store.url.get_secret_value(), now=now(), create=create)


def chosen_msps(settings: Settings, name: str | None) -> list[str]:
    """The MSPs that a command works on: the one asked for, or all, in the order of the settings.

    Raises:
        ConfigError: there is none of that name.
    """
    if name is None:
        return list(settings.msps)
    if name not in settings.msps:
        near = get_close_matches(name, list(settings.msps), n=1)
        known = f'Did you mean "{near[0]}"?' if near else f"Known: {', '.join(settings.msps)}"
        raise ConfigError(f'there is no MSP "{name}"', where=str(settings.path), remedy=known)
    return [name]
