"""From what is written to what is validated: references resolved, paths absolute, connectors asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from phasewise.config.annotations import Arms, Kind, Location, absolute, keys, rebuild
from phasewise.config.connections import ConnectionSettings
from phasewise.config.document import DELIMITER, PREFIX, STORE_VARIABLE, leaves, merged
from phasewise.config.mapping import wrong_words
from phasewise.config.mistakes import mistakes_of, shown
from phasewise.config.msps import MspSettings
from phasewise.config.secrets import HOW, looks_secret, reference, resolve
from phasewise.config.store import FILE_NAME, StoreSettings, normal_url
from phasewise.config.values import nearest
from phasewise.connectors import connectors, find_connector
from phasewise.errors import ConfigError, Mistake
from phasewise.log import written_forms

MASK = "**********"
SURELY_ITSELF = 6
"""Characters. A shorter value is masked only as a whole word: it may be part of an ordinary one."""


class _NotValid(BaseModel):
    """Stands for connector settings that are wrong, so that the rest can still be checked."""


@dataclass(frozen=True)
class Prepared:
    """Values ready for validation, and what was found on the way.

    Attributes:
        base: folder of the file.
        environ: the environment.
        written: the merged tables as they are written.
        values: the same, with references resolved and connectors' settings validated.
        mistakes: path → what is wrong there.
        notes: what a person should know and that is no mistake.
        from_environment: paths that the environment set.
        hidden: value → what to show instead of it.
    """

    base: Path
    environ: Mapping[str, str] = field(repr=False)
    written: dict[str, Any] = field(repr=False)
    values: dict[str, Any] = field(repr=False)
    from_environment: frozenset[Location]
    mistakes: dict[Location, Mistake] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict, repr=False)

    def _named(self, location: Location, found: Mistake) -> Mistake:
        """The mistake with the environment variable as its path where that is where the value stands."""
        if location not in self.from_environment:
            return found
        names = [str(step) for step in takewhile(lambda step: isinstance(step, str), location)]
        variable = PREFIX + DELIMITER.join(names).upper()
        if location == ("store", "url") and self.environ.get(STORE_VARIABLE):
            variable = STORE_VARIABLE
        return Mistake(variable, found.what, found.remedy)

    def add(self, location: Location, what: str, remedy: str = "") -> None:
        """Note a mistake, unless one is known there or below: it would only be said twice."""
        if not any(known[: len(location)] == location for known in self.mistakes):
            self.mistakes[location] = self._named(location, Mistake(shown(location), what, remedy))

    def mask(self, found: Mistake) -> Mistake:
        """The mistake without any value that a reference stands for."""
        return Mistake(found.path, self._masked(found.what), self._masked(found.remedy))

    def _masked(self, text: str) -> str:
        for value in sorted(self.hidden, key=len, reverse=True):
            label = self.hidden[value]
            if len(value) < SURELY_ITSELF:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", label.replace("\\", r"\\"), text)
                continue
            for form in sorted(written_forms(value), key=len, reverse=True):
                text = text.replace(form, label)
        return text


def prepare(
    written: dict[str, Any], overrides: dict[str, Any], *, base: Path, environ: Mapping[str, str]
) -> Prepared:
    """Make the tables ready for validation.

    Args:
        written: the tables of the file.
        overrides: what the environment sets over them.
        base: folder of the file, which its relative paths are relative to.
        environ: the environment, for references.
    """
    together = merged(written, overrides)
    prepared = Prepared(
        base=base,
        environ=environ,
        written=together,
        values=dict(together),
        from_environment=frozenset(leaves(overrides)) - {()},
    )
    values = prepared.values
    values["store"] = _store(prepared, values.get("store", {}))
    msps = values.get("msps")
    if isinstance(msps, dict):
        values["msps"] = {name: _msp(prepared, str(name), one) for name, one in msps.items()}
    connections = values.get("connections")
    if isinstance(connections, dict):
        values["connections"] = {
            name: _connection(prepared, str(name), one, msps) for name, one in connections.items()
        }
    _words(prepared, (), values)
    return prepared


def _words(prepared: Prepared, place: Location, table: dict[str, Any]) -> None:
    tables = table.get("mapping")
    for name, word, what in wrong_words(tables if isinstance(tables, dict) else {}):
        prepared.add((*place, "mapping", name, word), what)


def _store(prepared: Prepared, table: Any) -> Any:
    if not isinstance(table, dict):
        return table

    def visit(location: Location, _: Kind, value: Any) -> Any:
        text, folder = _resolved(prepared, location, value)
        if not isinstance(text, str) or location in prepared.mistakes:
            return text
        try:
            return normal_url(text, base=folder)
        except ConfigError as error:
            prepared.add(location, error.what, error.remedy)
            return text

    rebuilt = rebuild({"url": f"sqlite:///{FILE_NAME}"} | table, (StoreSettings,), visit, ("store",))
    if not isinstance(rebuilt, dict):
        return rebuilt
    review = rebuilt.get("review_url")
    if isinstance(review, str) and review.startswith("sqlite"):
        prepared.add(("store", "review_url"), "is for Postgres only", "leave it out: SQLite needs no login")
    return rebuilt


def _msp(prepared: Prepared, name: str, table: Any) -> Any:
    if not isinstance(table, dict):
        return table

    def visit(location: Location, _: Kind, value: Any) -> Any:
        if "mapping" in location:  # the vendors' words are free: they may read like references
            return value
        return _resolved(prepared, location, value)[0]

    _words(prepared, ("msps", name), table)
    rebuilt = rebuild(table, (MspSettings,), visit, ("msps", name))
    calendars = rebuilt.get("calendars", {})
    wanted = rebuilt["sla"].get("default_calendar") if isinstance(rebuilt.get("sla"), dict) else None
    if isinstance(wanted, str) and isinstance(calendars, dict) and wanted not in calendars:
        prepared.add(
            ("msps", name, "sla", "default_calendar"),
            f'there is no calendar "{wanted}"',
            nearest(wanted, tuple(calendars)) or f"write [msps.{name}.calendars.{wanted}]",
        )
    return {"name": name, **rebuilt}


def _connection(prepared: Prepared, name: str, table: Any, msps: Any) -> Any:
    if not isinstance(table, dict):
        return table
    known = tuple(str(m) for m in msps) if isinstance(msps, dict) else ()
    table = {**({"msp": known[0]} if len(known) == 1 else {}), **table}
    place: Location = ("connections", name)
    _words(prepared, place, table)
    if "msp" not in table and known:
        prepared.add((*place, "msp"), "is missing", f"with several MSPs, say whose it is: {', '.join(known)}")
    elif isinstance(table.get("msp"), str) and known and table["msp"] not in known:
        prepared.add(
            (*place, "msp"),
            f'there is no MSP "{table["msp"]}"',
            nearest(table["msp"], known) or f"known: {', '.join(known)}",
        )
    return {**table, "settings": _connector_settings(prepared, place, table)}


def _connector_settings(prepared: Prepared, place: Location, table: dict[str, Any]) -> Any:
    """The settings validated by the connector's model; something harmless where they are wrong."""
    found = find_connector(str(table.get("connector")))
    written = table.get("settings", {})
    if found is None:
        if isinstance(table.get("connector"), str):
            names = tuple(connectors())
            prepared.add(
                (*place, "connector"),
                f'there is no connector "{table["connector"]}"',
                nearest(table["connector"], names) or f"known: {', '.join(names)}",
            )
        return _NotValid()
    place = (*place, "settings")
    if not isinstance(written, dict):
        prepared.add(place, "should be a table", f"write it as [{shown(place)}]")
        return _NotValid()
    for key in table.keys() & set(keys((found.settings,))) - set(ConnectionSettings.model_fields):
        prepared.add((*place[:-1], key), "stands in the wrong table", f"move it to [{shown(place)}]")
    return _validated(prepared, place, written, found.settings)


def _validated(prepared: Prepared, place: Location, written: dict[str, Any], model: type[BaseModel]) -> Any:
    def visit(location: Location, kind: Kind, value: Any) -> Any:
        text, folder = _resolved(prepared, location, value, secret=kind == "secret")
        return absolute(text, folder) if kind == "path" and isinstance(text, str) and text else text

    alternatives: Arms = (model,)
    values = rebuild(written, alternatives, visit, place)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for location, found in mistakes_of(error, values, alternatives, prefix=place, quote=False):
            prepared.add(location, found.what, found.remedy)
        return _NotValid()


def _resolved(
    prepared: Prepared, location: Location, value: Any, *, secret: bool = False
) -> tuple[Any, Path]:
    """The value that a reference stands for, or the value itself, and the folder its paths are relative to.

    What comes from the environment is relative to the working folder, as everywhere in a shell, and may be a
    secret; what stands in the file is relative to the file and may not.
    """
    ref = reference(value) if isinstance(value, str) else None
    in_environment = location in prepared.from_environment
    folder = Path.cwd() if in_environment or (ref and ref.scheme == "env") else prepared.base
    if ref is None:
        if secret or (isinstance(value, str) and looks_secret(value)):
            prepared.hidden[str(value)] = MASK
            if not in_environment:
                prepared.add(location, "is a secret, and secrets do not stand in the settings file", HOW)
        return value, folder
    try:
        resolved = resolve(ref, base=folder, environ=prepared.environ)
    except ConfigError as error:
        prepared.add(location, f"{ref}: {error.what}", error.remedy)
        return value, folder
    prepared.hidden[resolved.text] = str(ref)
    if resolved.note and secret:
        prepared.notes.append(f"{shown(location)}: {resolved.note}")
    return resolved.text, folder
