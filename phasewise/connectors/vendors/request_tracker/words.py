"""Request Tracker's numbers for priorities, and our words."""

from __future__ import annotations

from phasewise.connectors.vendors.request_tracker.settings import RequestTrackerSettings
from phasewise.model.words import Priority


def neutral_priority(number: int | None, settings: RequestTrackerSettings) -> Priority | None:
    """Our word for a priority: that of the highest number which is not above it.

    So does Request Tracker itself (%PriorityAsString). What is below all of them is `other`.
    """
    if number is None:
        return None
    steps = sorted(settings.priorities.items(), key=lambda item: item[1], reverse=True)
    return next((word for word, least in steps if number >= least), "other")
