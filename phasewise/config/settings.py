"""The settings, loaded and checked: `load_settings` gives all of them or every mistake in them at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from phasewise.config.calendars import CalendarSettings
from phasewise.config.connections import ConnectionSettings
from phasewise.config.document import Document, find_settings_path, read_document, read_environment
from phasewise.config.mapping import layered
from phasewise.config.mistakes import in_order, mistakes_of
from phasewise.config.msps import (
    AutomationSettings,
    ExceptionSettings,
    MspSettings,
    ScopeSettings,
    SlaSettings,
    TechnicianSettings,
)
from phasewise.config.prepare import Prepared, prepare
from phasewise.config.retain import RetainSettings
from phasewise.config.store import StoreSettings
from phasewise.errors import ConfigError

__all__ = [
    "AutomationSettings",
    "CalendarSettings",
    "ConnectionSettings",
    "ExceptionSettings",
    "MspSettings",
    "RetainSettings",
    "ScopeSettings",
    "Settings",
    "SlaSettings",
    "StoreSettings",
    "TechnicianSettings",
    "find_settings_path",
    "load_settings",
]


class Settings(Document):
    """What Phasewise was told.

    Attributes:
        path: the file it was read from.
        notes: what a person should know about it and that is no mistake.
    """

    path: Path = Field(exclude=True)
    notes: tuple[str, ...] = Field((), exclude=True)

    def connections_of(self, msp_id: str) -> dict[str, ConnectionSettings]:
        """The connections of one MSP, by name."""
        return {name: one for name, one in self.connections.items() if one.msp == msp_id}


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings.

    Args:
        path: the file; None = `PHASEWISE_CONFIG`, else `phasewise.toml` in the working folder.
        environ: the environment; None = this process's.

    Raises:
        ConfigError: with every mistake found and its path.
    """
    variables = os.environ if environ is None else environ
    file = find_settings_path(path, variables)
    written = read_document(file)
    overrides, wrong = read_environment(variables)
    prepared = prepare(written, overrides, base=file.parent, environ=variables)
    settings = _validated(prepared, file)
    if settings is None or prepared.mistakes or wrong:
        mistakes = wrong + in_order(prepared.mistakes, prepared.written)
        count = len(mistakes)
        raise ConfigError(
            f"{count} mistake{'s' if count > 1 else ''} in the settings",
            where=str(file),
            remedy="docs/reference/settings.md explains every setting",
            mistakes=[prepared.mask(m) for m in mistakes],
        )
    return settings


def _validated(prepared: Prepared, file: Path) -> Settings | None:
    """The settings, or None with what is wrong added to the mistakes."""
    try:
        document = Document.model_validate(prepared.values)
    except ValidationError as error:
        for location, found in mistakes_of(error, prepared.values, (Document,)):
            prepared.add(location, found.what, found.remedy)
        return None
    return Settings(
        **_completed(document),
        path=file,
        notes=prepared.notes,
    )


def _completed(document: Document) -> dict[str, Any]:
    """The document's parts with what one part takes from another: zones of calendars, layers of words."""
    msps = {
        name: msp.model_copy(
            update={
                "calendars": {
                    key: calendar.model_copy(update={"zone": calendar.zone or msp.zone})
                    for key, calendar in msp.calendars.items()
                }
            }
        )
        for name, msp in document.msps.items()
    }
    connections = {
        name: one.model_copy(
            update={"mapping": layered(document.mapping, msps[one.msp].mapping, one.mapping)}
        )
        for name, one in document.connections.items()
        if one.msp in msps  # the others are mistakes already
    }
    return {
        "store": document.store,
        "retain": document.retain,
        "msps": msps,
        "connections": connections,
        "mapping": document.mapping,
    }
