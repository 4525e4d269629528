"""Devices, alerts and automation runs of the small world, and what they are called elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from phasewise.model.records.automation import Alert, AutomationRun, Device
from phasewise.model.records.identities import ExternalId
from phasewise.model.words import AlertResolver, AutomationKind, DeviceKind, RunOutcome, RunTrigger
from phasewise.sandbox.small_world.times import BEFORE, LAST_DAY, at

DEVICES, ALERTS, RUNS = 24, 60, 120
KINDS: tuple[DeviceKind, ...] = ("workstation", "workstation", "server", "network")
CATEGORIES = ("disk", "service", "backup", "offline")
ENDS: tuple[AlertResolver, ...] = ("automation", "technician", "cleared")
AUTOMATIONS: tuple[tuple[str, AutomationKind], ...] = (
    ("Clean temp files", "script"),
    ("Restart spooler", "remediation"),
    ("Windows updates", "patch"),
)
TRIGGERS: dict[AutomationKind, RunTrigger] = {
    "script": "schedule",
    "remediation": "alert",
    "patch": "schedule",
}


def records() -> Iterator[Any]:
    """24 devices, 60 alerts (a third became tickets), 120 runs, and what the PSA calls them."""
    for number in range(1, DEVICES + 1):
        yield _device(number)
    for number in range(1, ALERTS + 1):
        yield _alert(number)
        if number % 3 == 0:
            yield _elsewhere("alerts", str(number), "tickets", str(number * 3))
    for number in range(1, RUNS + 1):
        yield _run(number)
    for number in range(1, 7):
        yield _elsewhere("clients", str(number), "clients", str(number))


def client_of(device: int) -> str:
    """Whose a device is."""
    return str(1 + device % 6)


def _device(number: int) -> Device:
    kind = KINDS[number % 4]
    return Device(
        id=str(number),
        updated_at=at(number),
        client=client_of(number),
        name=f"{kind[:2].upper()}-{number:03d}",
        serial_number=f"SN{number:06d}",
        kind=kind,
        kind_raw=kind,
        installed_at=BEFORE + timedelta(days=number),
        last_check_in_at=LAST_DAY - timedelta(hours=number),
        is_managed=True,
        is_patched=number % 5 != 0,
        has_edr=number % 6 != 0,
        has_backup=number % 4 == 2,
    )


def _alert(number: int) -> Alert:
    device = 1 + number % DEVICES
    raised_at = at(number * 3, 3, number)
    end = ENDS[number % 3]
    is_over = number % 15 != 0
    resolved_at = raised_at + timedelta(minutes=20 + number) if is_over else None
    return Alert(
        id=str(number),
        updated_at=resolved_at or raised_at,
        device=str(device),
        client=client_of(device),
        category=CATEGORIES[number % 4],
        severity=("low", "high")[number % 2],
        raised_at=raised_at,
        resolved_at=resolved_at,
        resolved_by=end if is_over else None,
        resolved_by_raw=end if is_over else None,
    )


def _run(number: int) -> AutomationRun:
    device = 1 + number % DEVICES
    name, kind = AUTOMATIONS[number % 3]
    started_at = at(number, 1, number % 60)
    outcome: RunOutcome = "failed" if number % 11 == 0 else "succeeded"
    return AutomationRun(
        id=str(number),
        updated_at=started_at + timedelta(minutes=5),
        device=str(device),
        client=client_of(device),
        automation=name,
        kind=kind,
        kind_raw=kind,
        trigger=TRIGGERS[kind],
        trigger_raw=TRIGGERS[kind],
        started_at=started_at,
        finished_at=started_at + timedelta(minutes=5),
        outcome=outcome,
        outcome_raw=outcome,
        alert=str(1 + number % ALERTS) if kind == "remediation" else None,
    )


def _elsewhere(table: str, row: str, target_table: str, value: str) -> ExternalId:
    return ExternalId(
        id=f"{table}:{row}:psa",
        table_name=table,
        row=row,
        system="psa",
        target_table=target_table,
        value=value,
    )
