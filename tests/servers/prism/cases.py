"""Which connectors are held against Prism, and what is known of each vendor's specification."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

from tests.support.conformance import Conformance, requests_of
from tests.support.specification import operations

VENDORS = Path(__file__).resolve().parents[2] / "contract" / "vendors"

ONLY_JUDGED: Mapping[str, str] = {
    "halopsa": "the vendor's description says nothing of what is answered",
    "connectwise": "the description was rebuilt from generated clients: the answers' media types got lost",
    "autotask": "the description was rebuilt from the code of a client: many answers got lost",
}
"""Connector → why the simulated vendor answers, and Prism judges the requests alone."""

EXCUSED: Mapping[str, Mapping[str, str]] = {
    "halopsa": {
        "GET /AuthInfo": "it tells who has no token where to get one; the description demands a token for "
        "every address alike",
    },
}
"""Connector → a request that Prism refuses → why it is right all the same."""

EXAMPLES: Mapping[str, Mapping[str, tuple[str | None, str]]] = {
    "datto_rmm": {
        "nextPageUrl": (None, "the vendor writes an address or null; Prism would write a word"),
        "error": (None, "the vendor writes it where something went wrong alone; Prism would write a word"),
        "category": ("job", "the log tells of everything, and what is read of it are jobs"),
        "action": ("deployment", "the same: of jobs those that ran"),
    },
}
"""Connector → a field of which only the type is told → what is answered there, and why.

None: the field is left out."""

REJECTED: Mapping[str, Mapping[str, str]] = {
    "ninjaone": {
        "alerts: unknown_status": "Prism takes the first of all status codes there are, and that is no state "
        "of an alert",
    },
}
"""Connector → "stream: reason" of a payload that becomes no record → why that is right."""


@cache
def held() -> Mapping[str, Conformance]:
    """Connector → its conformance, of every connector that has a test of it."""
    names = [path.parent.name for path in sorted(VENDORS.glob("*/test_conformance.py"))]
    modules = [importlib.import_module(f"tests.contract.vendors.{name}.test_conformance") for name in names]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Conformance)]
    return {one.connector: one for one in found}


def asked_for(one: Conformance) -> Callable[[str, str], bool]:
    """Whether the connector asks the simulated vendor for a method and a path of the specification."""
    # Fitting a path to thousands of templates takes long: once for all that differ in a number alone.
    alike = {
        (asked.method, re.sub(r"/[0-9]+(?=/|$)", "/0", asked.path.removeprefix(one.prefix)))
        for asked in requests_of(one)
    }
    found = set()
    for method, path in alike:
        fitting = (o for o in operations(one.specification) if o.method == method and o.fits(path))
        found |= {(o.method, o.template) for o in islice(fitting, 1)}
    return lambda method, path: (method, path) in found
