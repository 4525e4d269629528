"""The words of the neutral model. Unknown vendor words become `other`, with the vendor's word beside it."""

from __future__ import annotations

from typing import Literal, get_args

TicketStatus = Literal["new", "in_progress", "waiting", "resolved", "closed", "cancelled", "merged", "other"]
TicketType = Literal["incident", "request", "problem", "change", "alert", "task", "other"]
Priority = Literal["critical", "high", "medium", "low", "other"]
TicketSource = Literal["email", "phone", "portal", "chat", "alert", "technician", "automation", "other"]
Responder = Literal["human", "automation"]
EventKind = Literal["status", "assignment", "group", "priority", "comment", "client_reply", "merge"]
ActorKind = Literal["technician", "client", "automation"]
SlaTarget = Literal["first_response", "resolution"]
SlaOutcome = Literal["met", "missed", "running", "paused", "none"]
ClientKind = Literal["client", "prospect", "internal", "vendor", "other"]
TechnicianRole = Literal["technician", "lead", "manager", "executive", "dispatcher", "other"]
InvoiceKind = Literal["recurring", "project", "time", "product", "credit", "other"]
WorkPurpose = Literal[
    "reactive", "proactive", "improvement", "project", "planning", "sales", "admin", "leave", "other"
]
DeviceKind = Literal["workstation", "server", "network", "mobile", "other"]
AlertResolver = Literal["automation", "technician", "cleared", "other"]
AutomationKind = Literal["script", "policy", "patch", "remediation", "workflow", "other"]
RunTrigger = Literal["schedule", "alert", "ticket", "manual", "other"]
RunOutcome = Literal["succeeded", "failed", "skipped", "other"]

AgreementKind = Literal["recurring", "block", "time_and_materials", "retainer", "project", "other"]
LineUnit = Literal["user", "device", "site", "flat", "other"]
OpportunityOutcome = Literal["open", "won", "lost", "other"]
ProjectKind = Literal["onboarding", "offboarding", "improvement", "delivery", "other"]
MeetingKind = Literal["business_review", "kpi_review", "leadership", "check_in", "other"]
DocumentKind = Literal["process", "runbook", "knowledge", "configuration", "password_record", "other"]

STOPPED: frozenset[str] = frozenset({"resolved", "closed", "cancelled", "merged"})
"""Ticket states in which the clock of an SLA has stopped."""

MAPPINGS: dict[str, tuple[str, ...]] = {
    "status": get_args(TicketStatus),
    "priority": get_args(Priority),
    "type": get_args(TicketType),
    "source": get_args(TicketSource),
    "work_type": get_args(WorkPurpose),
    "role": get_args(TechnicianRole),
    "invoice_kind": get_args(InvoiceKind),
    "client_kind": get_args(ClientKind),
    "device_kind": get_args(DeviceKind),
    "alert_resolver": get_args(AlertResolver),
    "automation_kind": get_args(AutomationKind),
    "run_trigger": get_args(RunTrigger),
    "run_outcome": get_args(RunOutcome),
    "agreement_kind": get_args(AgreementKind),
    "line_unit": get_args(LineUnit),
    "opportunity_outcome": get_args(OpportunityOutcome),
    "project_kind": get_args(ProjectKind),
    "meeting_kind": get_args(MeetingKind),
    "document_kind": get_args(DocumentKind),
}
"""Name of a mapping table → the words it may map to. The settings and the sync read only this."""
