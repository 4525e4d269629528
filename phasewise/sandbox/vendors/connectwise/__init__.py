"""ConnectWise PSA, simulated: REST interface 3.0 of a hosted server.

From its guides: keys with a clientId, a path that is found out first, 25 rows a page unless asked and 1,000
at most, pages forward behind an id or by number, conditions, fields, and a `Link` header. It deletes without
a trace. How large its limits are is not published: here they are small enough to be met.
"""

from __future__ import annotations

from typing import Any

from phasewise.sandbox.simulator import Item, Simulator
from phasewise.sandbox.vendors.connectwise.answers import (
    CLIENT_ID,
    COMPANY,
    PRIVATE_KEY,
    PUBLIC_KEY,
    answer,
)
from phasewise.sandbox.vendors.connectwise.rows import render
from phasewise.sandbox.vendors.connectwise.truth import truth


def _settings(url: str) -> dict[str, Any]:
    return {
        "base_url": url,
        "company": COMPANY,
        "public_key": PUBLIC_KEY,
        "private_key": PRIVATE_KEY,
        "client_id": CLIENT_ID,
    }


def _identify(collection: str, item: Item) -> str:
    if collection == "audits":
        return f"{item['ticket']} {item['enteredDate']} {item['text']}"
    if collection == "goals":
        return f"{item['sla']['id']} {item['id']}"
    return str(item["id"])


SIMULATOR = Simulator(
    name="connectwise", settings=_settings, render=render, answer=answer, truth=truth, identify=_identify
)
