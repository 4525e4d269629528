"""Datto RMM, simulated: written from its specification and from what people found, not from our connector."""

from __future__ import annotations

from typing import Any

from phasewise.sandbox.simulator import Item, Simulator
from phasewise.sandbox.vendors.datto_rmm.answers import API_KEY, API_SECRET, answer
from phasewise.sandbox.vendors.datto_rmm.rendered import render
from phasewise.sandbox.vendors.datto_rmm.truth import truth

KEYS = {"sites": "uid", "devices": "uid", "alerts": "alertUid", "users": "username", "results": "jobUid"}
"""Collections whose items have another key than `id`."""


def settings(url: str) -> dict[str, Any]:
    """A connection to it."""
    return {"base_url": url, "api_key": API_KEY, "api_secret": API_SECRET}


def identify(collection: str, item: Item) -> str:
    """The item's id."""
    return str(item[KEYS.get(collection, "id")])


SIMULATOR = Simulator(
    name="datto_rmm", settings=settings, render=render, answer=answer, truth=truth, identify=identify
)
