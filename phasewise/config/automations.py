"""The automations of the settings, put into the register by every sync and every analysis.

What counts is when an automation was registered: said before it went live it can prove something, said
afterwards it cannot. So the register learns of it as soon as anything of an MSP is read or judged.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from phasewise.config.msps import MspSettings
from phasewise.storage.automations import BY_SETTINGS, Registration, register_automations
from phasewise.storage.engine import MspStore


def register_from_settings(scope: MspStore, msp: MspSettings, *, now: datetime) -> int:
    """Register `[[msps.NAME.automations]]`; doing it again changes nothing.

    Args:
        scope: the MSP's store.
        msp: its settings.
        now: this instant; the time of registration of those that are new.

    Returns:
        How many were new.

    Raises:
        StoreError: the store cannot be read or written.
    """
    zone = ZoneInfo(msp.zone)
    said = [
        Registration(
            name=one.name,
            targets=one.targets,
            clients=None if one.clients == "all" else one.clients,
            went_live_at=midnight(one.went_live_on, zone),
            ended_at=None if one.ended_on is None else midnight(one.ended_on + timedelta(days=1), zone),
            registered_by=BY_SETTINGS,
        )
        for one in msp.automations
    ]
    return register_automations(scope, BY_SETTINGS, said, now=now, whole=True)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local date begins."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
