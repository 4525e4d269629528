"""What an SLA promises, by priority, as rows of ConnectWise."""

from __future__ import annotations

from typing import Any

from phasewise.model.records.calendars import SlaPolicy
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.forms import Places, info, named, ref


def _policy(policy: SlaPolicy) -> Item:
    return {
        "id": int(policy.id),
        "name": policy.name,
        "basedOn": "MyCalendar",
        "defaultFlag": policy.is_default,
        **_hours(policy, "medium"),
        "_info": info(policy.updated_at),
    }


def goal_rows(policy: SlaPolicy) -> list[Item]:
    """Goals by priority; where there is none for one, those of the SLA itself hold."""
    return [
        {"id": place, "sla": ref(policy.id), "priority": named(name, place), **_hours(policy, ours)}
        for place, (ours, name) in enumerate(words.PRIORITY.items(), 1)
        if ours not in {"medium", "other"}
    ]


def _hours(policy: SlaPolicy, priority: str) -> Item:
    goals: Any = policy.goals or {}
    minutes = {target: goals.get(target, {}).get(priority) for target in ("first_response", "resolution")}
    hours = {target: 0.0 if told is None else told / 60 for target, told in minutes.items()}
    return {
        "respondHours": hours["first_response"],
        "planWithin": 0.0,
        "resolutionHours": hours["resolution"],
    }


PLACES: Places = {
    SlaPolicy: ("/service/SLAs", _policy),
}
