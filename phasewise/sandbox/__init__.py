"""Simulated vendors: servers that behave as a vendor's interface does; for tests and benchmarks.

One file a vendor in `vendors/`, or a folder, named like the connector; each defines `SIMULATOR`. It is
written from what the vendor says of its interface and imports nothing of the connector: else both would share
one mistake.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import MappingProxyType

from phasewise.sandbox import vendors
from phasewise.sandbox.simulator import Simulator


@cache
def simulators() -> MappingProxyType[str, Simulator]:
    """Every simulated vendor by the name of its connector, sorted; found by being in the folder."""
    found = {
        info.name: importlib.import_module(f"{vendors.__name__}.{info.name}").SIMULATOR
        for info in pkgutil.iter_modules(vendors.__path__)
    }
    return MappingProxyType(dict(sorted(found.items())))
