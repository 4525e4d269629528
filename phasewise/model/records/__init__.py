"""One file a group of records. A record is found by being here; nothing lists it."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType
from typing import Any


@cache
def record_kinds() -> MappingProxyType[str, type[Any]]:
    """Every record kind by its table name, sorted.

    Returns:
        table name → record class.
    """
    kinds: dict[str, type[Any]] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and hasattr(value, "__record__")
                and value.__module__ == module.__name__
            ):
                kinds[value.__record__.table] = value
    return MappingProxyType(dict(sorted(kinds.items())))
