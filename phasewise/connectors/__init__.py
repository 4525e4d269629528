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


def connector(name: str) -> Connector:
    """The connector of that name.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    known = connectors()
    if name not in known:
        raise ConfigError(f'there is no connector "{name}"', remedy=f"Known: {', '.join(known)}")
    return known[name]


def _add(found: dict[str, Connector], value: object, *, where: str) -> None:
    if not isinstance(value, Connector):
        raise ConfigError(
            "does not name a Connector", where=where, remedy="Uninstall or correct that package"
        )
    if value.name in found:
        raise ConfigError(f'two connectors are called "{value.name}"', where=where, remedy="Uninstall one")
    found[value.name] = value
