"""What tools watch and do by themselves, and what people say an automation is for."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import Json, column, record, required
from phasewise.model.words import AlertResolver, AutomationKind, DeviceKind, RunOutcome, RunTrigger


@record("devices", "A machine that is looked after", history=True)
class Device:
    """An endpoint ("device", "asset", "agent"): a row of the RMM, or of the list a ticket system keeps."""

    id: str = required("the vendor's id of the device")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column("whose it is", default=None, reference="clients", indexed=True, watched=True)
    name: str | None = column("what it is called", default=None)
    serial_number: str | None = column("the maker's serial number, as the source writes it", default=None)
    kind: DeviceKind | None = column("what it is", default=None, mapping="device_kind", watched=True)
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    installed_at: datetime | None = column(
        "when the agent was installed, or the device entered the list", default=None
    )
    last_check_in_at: datetime | None = column("when it was last heard of", default=None)
    is_managed: bool | None = column("it is looked after: an agent is on it", default=None, watched=True)
    is_patched: bool | None = column("no patch that matters is missing", default=None, watched=True)
    has_edr: bool | None = column("endpoint detection is on it", default=None, watched=True)
    has_backup: bool | None = column("it is backed up", default=None, watched=True)


@record("alerts", "Something a tool noticed by itself")
class Alert:
    """An alert. Most are resolved by nobody; who or what did it says whether a machine took the work over."""

    id: str = required("the vendor's id of the alert")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    device: str | None = column("the device it is about", default=None, reference="devices")
    client: str | None = column("the client it is about", default=None, reference="clients", indexed=True)
    category: str | None = column("the vendor's kind of alert", default=None)
    severity: str | None = column("the vendor's word", default=None)
    raised_at: datetime | None = column("when it was raised", default=None, indexed=True)
    resolved_at: datetime | None = column("when it was over", default=None)
    resolved_by: AlertResolver | None = column(
        "what ended it: automation, a technician, or it cleared by itself",
        default=None,
        mapping="alert_resolver",
    )
    resolved_by_raw: str | None = column("the vendor's word for resolved_by", default=None)
    ticket: str | None = column(
        "the ticket it became, where the source says it", default=None, reference="tickets"
    )


@record("automation_runs", "A script, policy or workflow that ran on a device")
class AutomationRun:
    """One run on one device. What triggered it is known of few sources: then it is null, not a guess."""

    id: str = required("the vendor's id of the run, one per device")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    device: str | None = column("where it ran", default=None, reference="devices")
    client: str | None = column("for whom it ran", default=None, reference="clients")
    automation: str | None = column(
        "the script, policy or workflow, as the vendor calls it", default=None, indexed=True
    )
    kind: AutomationKind | None = column("what ran", default=None, mapping="automation_kind")
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    trigger: RunTrigger | None = column("what made it run", default=None, mapping="run_trigger")
    trigger_raw: str | None = column("the vendor's word for trigger", default=None)
    started_at: datetime | None = column("when it began", default=None, indexed=True)
    finished_at: datetime | None = column("when it ended", default=None)
    outcome: RunOutcome | None = column("how it ended", default=None, mapping="run_outcome")
    outcome_raw: str | None = column("the vendor's word for outcome", default=None)
    alert: str | None = column("the alert it answered", default=None, reference="alerts")
    ticket: str | None = column("the ticket it worked on", default=None, reference="tickets")


@record("automations", "What an automation is for, said before its effect is looked at")
class Automation:
    """An automation in the register: what it targets, where it runs, from when.

    Its predicate is fixed when it is registered: another predicate is another row. The effect of one that
    was registered after it went live is looked at with hindsight, and proves nothing by itself.
    """

    id: str = required("the vendor's id, or a hash of what was registered")
    updated_at: datetime | None = column("when the row was last changed", default=None)
    name: str | None = column(
        "what people call it; rows of one name and target are waves of one automation", default=None
    )
    kind: AutomationKind | None = column("what it is", default=None, mapping="automation_kind")
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    targets: Json | None = column(
        "which tickets it should make fewer: column of tickets → list of values", default=None
    )
    clients: Json | None = column("ids or names of the clients it runs for; null = all", default=None)
    went_live_at: datetime | None = column("from when it ran for them", default=None)
    ended_at: datetime | None = column("until when it ran; null = still", default=None)
    registered_at: datetime | None = column("when it was registered", default=None)
    registered_by: str | None = column("who registered it", default=None, personal=True)
