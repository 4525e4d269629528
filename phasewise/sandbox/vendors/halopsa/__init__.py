"""HaloPSA, simulated: by its OpenAPI description and by what users of its interface found."""

from __future__ import annotations

from phasewise.sandbox.simulator import Item, Simulator
from phasewise.sandbox.vendors.halopsa.answer import CLIENT, SECRET, answer
from phasewise.sandbox.vendors.halopsa.forms import NOBODY
from phasewise.sandbox.vendors.halopsa.render import render
from phasewise.sandbox.vendors.halopsa.truth import truth


def identify(collection: str, item: Item) -> str:
    """An action's number counts within its ticket."""
    return f"{item['ticket_id']}:{item['id']}" if collection == "Actions" else str(item["id"])


SIMULATOR = Simulator(
    name="halopsa",
    settings=lambda url: {
        "base_url": url,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "unassigned_agents": [NOBODY],
        "unknown_clients": [NOBODY],
        "survey_worst": 1,
        "survey_best": 5,
    },
    render=render,
    answer=answer,
    truth=truth,
    identify=identify,
)
