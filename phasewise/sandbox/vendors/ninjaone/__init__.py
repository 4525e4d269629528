"""NinjaOne, simulated: written from its specification and from what people found, not from our connector."""

from __future__ import annotations

from typing import Any

from phasewise.sandbox.simulator import Item, Simulator
from phasewise.sandbox.vendors.ninjaone.answers import CLIENT_ID, CLIENT_SECRET, answer
from phasewise.sandbox.vendors.ninjaone.rendered import render
from phasewise.sandbox.vendors.ninjaone.truth import truth

KEYS = {"alerts": "uid", "documents": "documentId", "systems": "deviceId", "jobs": "jobId"}
"""Collections whose items have another key than `id`."""


def settings(url: str) -> dict[str, Any]:
    """A connection to it; its devices are backed up by NinjaOne."""
    return {
        "base_url": url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "backup_is_ninjaone": True,
    }


def identify(collection: str, item: Item) -> str:
    """The item's id."""
    return str(item[KEYS.get(collection, "id")])


SIMULATOR = Simulator(
    name="ninjaone", settings=settings, render=render, answer=answer, truth=truth, identify=identify
)
