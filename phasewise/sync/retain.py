"""What is not kept for ever is pruned at the end of a sync, by the settings' `[retain]`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from phasewise.config.retain import RetainSettings
from phasewise.storage.engine import MspStore
from phasewise.storage.retention import prune_raw, prune_titles


def prune(scope: MspStore, retain: RetainSettings, now: datetime) -> Iterator[str]:
    """Prune raw payloads and titles that are old enough, and say how many.

    Args:
        scope: the store of the MSP.
        retain: ages in days; None keeps for ever.
        now: this instant.

    Yields:
        A sentence for each kind of which something was pruned.
    """
    if retain.raw_days is not None:
        pages = prune_raw(scope, now - timedelta(days=retain.raw_days))
        if pages:
            yield f"{pages} pages of raw payloads older than {retain.raw_days} days were emptied."
    if retain.text_days is not None:
        titles = prune_titles(scope, now - timedelta(days=retain.text_days))
        if titles:
            yield f"{titles} tickets closed over {retain.text_days} days ago lost their titles."
