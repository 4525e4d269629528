"""Connectors, found by being there: files and folders of `vendors/`, and entry points of other packages."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from phasewise.connectors import vendors
from phasewise.connectors.base import Connector
from phasewise.errors import ConfigError

GROUP = "phasewise.connectors"
"""Entry-point group in which other packages offer connectors: each names a `Connector`."""


@cache
def connectors() -> MappingProxyType[str, Connector]:
    """Every connector by name, sorted.

    Raises:
        ConfigError: two connectors claim one name, or an entry point does not name a Connector.
    """
    found: dict[str, Connector] = {}
    for info in pkgutil.iter_modules(vendors.__path__):
        module = importlib.import_module(f"{vendors.__name__}.{info.name}")
        _add(found, module.CONNECTOR, where=module.__name__)
    for point in entry_points(group=GROUP):
        _add(found, point.load(), where=f"{point.value} (entry point {point.name})")
    return MappingProxyType(dict(sorted(found.items())))


def find_connector(name: str) -> Connector | None:
    """The connector of that name, None when there is none.

    Only its own file is imported where `vendors/` has one of that name: each vendor's code and what it needs
    would lengthen every start.

    Raises:
        ConfigError: two connectors claim the name.
    """
    found = _own(name)
    if found is not None and name not in _names_of_others():
        return found
    return connectors().get(name)


def connector(name: str) -> Connector:
    """The connector of that name.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    found = find_connector(name)
    if found is None:
        raise ConfigError(f'there is no connector "{name}"', remedy=f"Known: {', '.join(connectors())}")
    return found


def _own(name: str) -> Connector | None:
    module = f"{vendors.__name__}.{name}"
    if not name.isidentifier():
        return None
    try:
        found = getattr(importlib.import_module(module), "CONNECTOR", None)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return None
    return found if isinstance(found, Connector) and found.name == name else None


@cache
def _names_of_others() -> frozenset[str]:
    """Names under which other packages offer connectors; nothing of theirs is imported for it."""
    return frozenset(point.name for point in entry_points(group=GROUP))


def _add(found: dict[str, Connector], value: object, *, where: str) -> None:
    if not isinstance(value, Connector):
        raise ConfigError(
            "does not name a Connector", where=where, remedy="Uninstall or correct that package"
        )
    if value.name in found:
        raise ConfigError(f'two connectors are called "{value.name}"', where=where, remedy="Uninstall one")
    found[value.name] = value
