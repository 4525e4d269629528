"""Who or what ended an alert. Datto names its resolver, and does not say what stands there for nobody.

The name of a person never leaves this file: what is kept is one of the words below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.datto_rmm.lists import under
from phasewise.connectors.vendors.datto_rmm.moments import told_at
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings

COMPONENT = "COMPONENT"
"""Type of the response in which a component ran."""

A_USER = "a user"
AUTO_RESOLVE = "auto-resolve"
AFTER_A_COMPONENT = "auto-resolve after a component"
AN_UNKNOWN_NAME = "an unknown name"

RESOLVERS = {
    A_USER: "technician",
    AUTO_RESOLVE: "cleared",
    AFTER_A_COMPONENT: "automation",
    AN_UNKNOWN_NAME: "other",
}
"""Our words for what ended an alert → those of the model. That an alert which cleared by itself after a
component had run was put right by that component follows from the order of the two; Datto does not say it."""


def resolver_of(
    alert: Mapping[str, Any], settings: DattoRmmSettings, people: Callable[[], frozenset[str] | None]
) -> str | None:
    """What ended an alert, in the words above; None where nothing tells it, or where it is open.

    A name that is neither a user's nor one of the settings' words is not guessed about: the user may have
    left the company, and a person is no automation.

    Args:
        alert: as Datto sends it.
        settings: which names are no person's.
        people: the names of the users; asked for only where they are needed.
    """
    if not is_resolved(alert):
        return None
    name = plain(str(alert.get("resolvedBy") or ""))
    is_machine = name in {plain(word) for word in settings.automatic_resolvers}
    if name and not is_machine:
        known = people()
        return A_USER if known is not None and name in known else AN_UNKNOWN_NAME
    if not is_machine and not alert.get("autoresolveMins"):
        return None
    return AFTER_A_COMPONENT if _ran_before(alert, told_at(alert.get("resolvedOn"))) else AUTO_RESOLVE


def is_resolved(alert: Mapping[str, Any]) -> bool:
    """Whether it is over: as Datto says, and where it does not, by its end."""
    said = alert.get("resolved")
    return bool(said) if said is not None else told_at(alert.get("resolvedOn")) is not None


def _ran_before(alert: Mapping[str, Any], end: datetime | None) -> bool:
    """Whether a component had run when the alert ended; one whose time cannot be read had not."""
    times = [
        told_at(under(action, "actionTime"))
        for action in alert.get("responseActions") or ()
        if under(action, "actionType") == COMPONENT
    ]
    return end is not None and any(at is not None and at <= end for at in times)
