"""What other systems call a row of Halo: the ids that Halo's own integrations wrote into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from phasewise.model.records.identities import ExternalId

CLIENT_IDS: Mapping[str, str] = {
    "ninjarmmid": "ninjaone",
    "datto_id": "datto_rmm",
    "syncroid": "syncro",
    "connectwiseid": "connectwise",
    "autotaskid": "autotask",
    "ateraid": "atera",
}
"""Field of a client or a site → the system in which its value names the same client."""

DEVICE_IDS: Mapping[str, str] = {
    "ninjarmm_id": "ninjaone",
    "datto_id": "datto_rmm",
    "syncroid": "syncro",
    "atera_id": "atera",
    "nable_id": "ncentral",
    "automate_id": "connectwise_automate",
}
"""The same of a device."""

NOTHING = frozenset({"", "0", "-1"})


def external_ids(
    table: str, row: str, payloads: Iterable[Any], systems: Mapping[str, str], changed: datetime | None
) -> Iterator[ExternalId]:
    """The ids of a row in other systems, each once.

    Args:
        table: `clients` or `devices`; it is called the same there.
        row: the row's number.
        payloads: where the ids stand: the client and its sites.
        systems: field → system.
        changed: when the row was changed last.
    """
    found = {
        (system, value): None
        for payload in payloads
        if isinstance(payload, Mapping)
        for field, system in systems.items()
        if (value := _value(payload.get(field))) not in NOTHING
    }
    for system, value in found:
        yield ExternalId(
            # Sites of one client may be several clients there.
            id=f"{table}:{row}:{system}:{value}",
            updated_at=changed,
            table_name=table,
            row=row,
            system=system,
            target_table=table,
            value=value,
        )


def _value(told: Any) -> str:
    return "" if told is None or isinstance(told, bool | list | dict) else str(told).strip()
