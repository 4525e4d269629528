"""The settings as written: one TOML file, and over it what the environment says."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from phasewise.config.annotations import Location
from phasewise.config.connections import ConnectionSettings
from phasewise.config.mapping import MappingTables
from phasewise.config.msps import MspSettings
from phasewise.config.retain import RetainSettings
from phasewise.config.store import StoreSettings
from phasewise.config.values import Name, nearest
from phasewise.errors import ConfigError, Mistake

FILE_NAME = "phasewise.toml"
CONFIG_VARIABLE = "PHASEWISE_CONFIG"
STORE_VARIABLE = "PHASEWISE_STORE_URL"
PREFIX = "PHASEWISE_"
DELIMITER = "__"


class Document(BaseSettings):
    """Everything that may stand in `phasewise.toml`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter=DELIMITER
    )

    store: StoreSettings = Field(StoreSettings(), description="Where the records are kept.")
    retain: RetainSettings = Field(RetainSettings(), description="How long what is not a record is kept.")
    msps: dict[Name, MspSettings] = Field(
        min_length=1, description="The providers whose maturity is measured, by name."
    )
    connections: dict[Name, ConnectionSettings] = Field({}, description="The sources that are read, by name.")
    mapping: MappingTables = Field({}, description="Words of all connections of all MSPs.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  # the form is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # as above
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed over: loading merges file and environment itself, before it validates.

        The connectors' own models must see the merged values first, and a mistake must know its source.
        """
        return (init_settings,)


class _Environment(EnvSettingsSource):
    """`PHASEWISE_MSPS__ACME__ZONE=…` as a nested table; lists and tables as JSON, everything else as text."""

    def decode_complex_value(self, field_name: str, field: FieldInfo | None, value: Any) -> Any:  # noqa: ARG002  # the form is pydantic-settings'
        """The JSON list or table, or the text as it is: a number may be a key or a password."""
        try:
            decoded = json.loads(value)
        except ValueError:
            return value
        return decoded if isinstance(decoded, list | dict) else value


def find_settings_path(path: Path | None, environ: Mapping[str, str]) -> Path:
    """The settings file to read, absolute; whether it is there shows when it is read.

    Args:
        path: the one asked for.
        environ: where `PHASEWISE_CONFIG` may name one; else it is `phasewise.toml` in the working folder.
    """
    chosen = path or Path(environ.get(CONFIG_VARIABLE) or FILE_NAME)
    return Path.cwd() / chosen.expanduser()


def read_document(path: Path) -> dict[str, Any]:
    """The tables of the settings file.

    Raises:
        ConfigError: not there, not readable, not UTF-8, or not TOML (with line and column).
    """
    if path.is_dir():
        raise ConfigError(
            "is a folder, not a settings file",
            where=str(path),
            remedy=f"Name the file: {path / FILE_NAME}",
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Windows editors write a byte order mark
    except FileNotFoundError:
        raise ConfigError(
            "there is no settings file",
            where=str(path),
            remedy=f"Run `phasewise init`, or name the file with --config or {CONFIG_VARIABLE}",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"the settings file cannot be read: {error.strerror}",
            where=str(path),
            remedy="Let the user that runs Phasewise read it",
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"the settings file is not UTF-8 text (byte {error.start})",
            where=str(path),
            remedy="Save it as UTF-8",
        ) from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError also for a number of thousands of digits
        raise ConfigError(
            f"the settings file is not TOML: {error}",
            where=str(path),
            remedy="Correct that line; text stands in quotes, a table is [name], a list [1, 2]",
        ) from None


def read_environment(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Mistake]]:
    """What the environment sets over the file, and the variables that look like settings and are none."""
    sections = tuple(Document.model_fields)
    variables: dict[str, str] = {}
    wrong: list[Mistake] = []
    for name, value in environ.items():
        section, _, nested = name.upper().removeprefix(PREFIX).lower().partition(DELIMITER)
        if not name.upper().startswith(PREFIX) or not value:
            continue
        if nested and _names_words(section, nested):
            wrong.append(
                Mistake(name, "cannot hold words: the case of its name is lost", "write them in the file")
            )
        elif nested and section in sections:
            variables[name.lower()] = value
        elif nested or section in sections:
            wrong.append(Mistake(name, "sets no setting", _meant(section, sections)))
    source = _Environment(Document)
    source.env_vars = variables
    values = source()
    if environ.get(STORE_VARIABLE):
        values.setdefault("store", {})["url"] = environ[STORE_VARIABLE]
    return values, wrong


def _names_words(section: str, nested: str) -> bool:
    return section == "mapping" or nested.split(DELIMITER)[1:2] == ["mapping"]


def _meant(section: str, sections: tuple[str, ...]) -> str:
    if section in sections:
        return f"name the setting in it: {PREFIX}{section.upper()}{DELIMITER}…"
    return nearest(section, sections) or f"known: {', '.join(sections)}"


def merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """The tables of both, the upper one winning key by key."""
    result = dict(lower)
    for key, value in upper.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def leaves(value: Any, location: Location = ()) -> list[Location]:
    """The paths of all values of nested tables and lists."""
    if isinstance(value, dict):
        return [path for k, v in value.items() for path in leaves(v, (*location, k))]
    if isinstance(value, list):
        return [path for i, v in enumerate(value) for path in leaves(v, (*location, i))]
    return [location]
