"""Frames out of the short words of a case, so that a case is a few lines of TOML that anyone can send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from phasewise.analyzer.indicator import AnalysisContext, Frames, Row
from phasewise.config.settings import MspSettings
from phasewise.storage.types import to_epoch

AS_OF = date(2026, 3, 3)
"""A Tuesday: the latest whole week that has settled is that of Monday 23 February."""
ZONE = ZoneInfo("Europe/Madrid")
LAST_WEEK = date(2026, 2, 23)

SLA_FIELDS = ("vendor_outcome", "target", "due_at")
TICKET_FIELDS = (
    "client",
    "requester",
    "type",
    "priority",
    "technician",
    "opened_at",
    "resolved_at",
    "closed_at",
    "status",
    "reopened_count",
)


def context(
    settings: Mapping[str, Any] | None = None, *, as_of: date = AS_OF, days_later: int = 1
) -> AnalysisContext:
    """A context for a date, made `days_later` at 04:15."""
    msp = MspSettings.model_validate({"zone": "Europe/Madrid", "currency": "EUR", **(settings or {})})
    instant = datetime.combine(as_of + timedelta(days=1), time.min, ZONE).astimezone(UTC)
    now = datetime.combine(as_of + timedelta(days=days_later), time(4, 15), ZONE).astimezone(UTC)
    return AnalysisContext(as_of=as_of, instant=instant, zone=ZONE, msp=msp, edition="test", now=now)


def week_rows(count: int) -> list[Row]:
    """The latest whole weeks, oldest first."""
    mondays = [LAST_WEEK - timedelta(days=7 * i) for i in reversed(range(count))]
    return [
        {
            "starts_on": monday.isoformat(),
            "starts_at": _midnight(monday),
            "ends_at": _midnight(monday + timedelta(days=7)),
        }
        for monday in mondays
    ]


def _midnight(day: date) -> int:
    return to_epoch(datetime.combine(day, time.min, ZONE))


def provides(fields: Mapping[str, Sequence[str]], connection: str = "psa") -> list[Row]:
    """What a connection can fill."""
    return [
        {"connection_id": connection, "field": f"{table}.{name}"}
        for table, names in sorted(fields.items())
        for name in names
    ]


def covered(tables: Sequence[str], case: Mapping[str, Any], made: AnalysisContext) -> list[Row]:
    """One full listing of each table, complete unless the case says otherwise."""
    asked = case.get("coverage", {})
    days = asked.get("confirmed_days_ago", 0)
    return [
        {
            "table": table,
            "connection_id": "psa",
            "active_from": None,
            "active_until": None,
            "stream": table,
            "slice": "all",
            "confirmed_at": to_epoch(made.now - timedelta(days=days)),
            "status": "complete",
            "proven": asked.get("proven", 1),
            "starts_at": None,
            "ends_at": None,
            "declared": asked.get("declared"),
            "stored": asked.get("stored", 1000),
            "rejected": asked.get("rejected", 0),
        }
        for table in tables
    ]


def creations(counts: Sequence[int], case: Mapping[str, Any], weeks: Sequence[Row]) -> list[Row]:
    """New tickets by week."""
    asked = case.get("creations", {})
    return [
        {
            "week": week["starts_on"],
            "starts_at": week["starts_at"],
            "ends_at": week["ends_at"],
            "created": count,
            "same_instant": asked.get("same_instant", 0),
            "disordered": asked.get("disordered", 0),
            "closed_first": asked.get("closed_first", 0),
            "hardly_open": asked.get("hardly_open", 0),
        }
        for week, count in zip(weeks, counts, strict=True)
        if count
    ]


def oddities(case: Mapping[str, Any]) -> list[Row]:
    """What no week shows."""
    return [{"undated": 0, "closes": 0, "in_bulk": 0, **case.get("oddities", {})}]


def spread(value: int | Sequence[int], weeks: int) -> list[int]:
    """A number for every week, or the numbers as they are."""
    return [value] * weeks if isinstance(value, int) else list(value)


def sla_frames(case: Mapping[str, Any], made: AnalysisContext) -> Frames:
    """Frames of 2.1: a case has `resolution` and `first_response` with decided and met by week."""
    counted = case.get("weeks", 13)
    weeks = week_rows(26)
    window = weeks[-counted:]
    promises: list[Row] = []
    clients: list[Row] = []
    total = [0] * counted
    for target in ("resolution", "first_response"):
        if target not in case:
            continue
        asked = case[target]
        decided, met = spread(asked["decided"], counted), spread(asked["met"], counted)
        for i, week in enumerate(window):
            total[i] += decided[i]
            promises += _verdicts(
                target, str(week["starts_on"]), {"met": met[i], "missed": decided[i] - met[i]}
            )
        for verdict, n in asked.get("verdicts", {}).items():
            promises += _verdicts(target, str(window[-1]["starts_on"]), {verdict: n})
        for dropped, n in asked.get("dropped", {}).items():
            promises += _verdicts(target, str(window[-1]["starts_on"]), {"met": n}, dropped=dropped)
        for number, (met_of, decided_of) in enumerate(asked.get("clients", [])):
            name = f"client {number}"
            clients.append({"connection_id": "psa", "id": name, "name": name.title()})
            counts = {"met": met_of, "missed": decided_of - met_of}
            promises += _verdicts(target, name, counts, frame="client", connection="psa")
        for frame in ("queue", "technician", "first_priority", "waited"):
            for key, (met_of, decided_of) in asked.get(frame, {}).items():
                counts = {"met": met_of, "missed": decided_of - met_of}
                promises += _verdicts(target, key, counts, frame=frame)
    promised, tickets = case.get("promised", [sum(total), sum(total)])
    fields = case.get("provides", {"sla_results": SLA_FIELDS, "tickets": TICKET_FIELDS})
    return {
        "weeks": weeks,
        "provides": provides(fields),
        "coverage": covered(("sla_results", "tickets"), case, made),
        "counted": [{"weeks": counted}],
        "creations": creations(total, case, window),
        "oddities": oddities(case),
        "promises": promises,
        "tickets": [
            {"promised": 1, "stopped": 1, "seconds": 7200, "n": promised, "unmapped": 0},
            {"promised": 0, "stopped": 1, "seconds": 7200, "n": tickets - promised, "unmapped": 0},
        ],
        "clients": clients,
        "technicians": [],
    }


def _verdicts(
    target: str,
    key: str,
    counts: Mapping[str, int],
    *,
    frame: str = "week",
    connection: str = "",
    dropped: str = "",
) -> list[Row]:
    return [
        {
            "frame": frame,
            "target": target,
            "key": key,
            "connection_id": connection,
            "dropped": dropped,
            "verdict": verdict,
            "n": n,
            "paused": None,
            "elapsed": None,
        }
        for verdict, n in counts.items()
        if n
    ]


def ticket_frames(case: Mapping[str, Any], made: AnalysisContext) -> Frames:
    """Frames of 1.1: a case has tickets and complete by week, resolved and reopened, closed and open."""
    count = 13
    weeks = week_rows(count)
    tickets, complete = spread(case.get("tickets", 0), count), spread(case.get("complete", 0), count)
    resolved = spread(case.get("resolved", 0), count)
    followed = spread(case.get("followed", resolved), count)
    reopened = spread(case.get("reopened", 0), count)
    more: Mapping[str, int] = case.get("more", {})
    fields = case.get(
        "provides",
        {"tickets": TICKET_FIELDS, "ticket_events": ("at", "kind", "from_value", "to_value")},
    )
    has_events = "ticket_events" in fields
    rows: list[Row] = [
        {
            "frame": "week",
            "key": week["starts_on"],
            "connection_id": "psa",
            "dropped": "",
            "stopped": 0,
            "seconds": 0,
            "n": n,
            "complete": whole,
            "no_client": 0,
            "no_requester": 0,
            "no_type": 0,
            "no_priority": 0,
            "no_owner": n - whole,
            "no_history": 0,
            "has_events": n if has_events else 0,
            "unmapped": more.get("unmapped", 0),
            "done": n,
            "flagged": more.get("flagged", 0),
            "planned": more.get("planned", 0),
        }
        for week, n, whole in zip(weeks, tickets, complete, strict=True)
        if n
    ]
    for reason, n in case.get("dropped", {}).items():
        rows.append({**rows[-1], "dropped": reason, "n": n})
    for stopped, listed in ((1, case.get("closed", [])), (0, case.get("open", []))):
        for hours, n in listed:
            rows.append(
                {
                    **dict.fromkeys(rows[0], 0),
                    "frame": "duration",
                    "key": "",
                    "connection_id": "psa",
                    "dropped": "",
                    "stopped": stopped,
                    "seconds": hours * 3600,
                    "n": n,
                }
            )
    resolutions: list[Row] = [
        {
            "frame": "week",
            "key": week["starts_on"],
            "connection_id": "psa",
            "dropped": "",
            "n": n,
            "followed": old,
            "reopened": back,
            "again": back,
        }
        for week, n, old, back in zip(weeks, resolved, followed, reopened, strict=True)
        if n and has_events
    ]
    return {
        "weeks": weeks,
        "provides": provides(fields),
        "coverage": covered(("tickets", "ticket_events"), case, made),
        "creations": creations(tickets, case, weeks),
        "oddities": oddities(case),
        "tickets": rows,
        "resolutions": resolutions,
        "clients": [],
        "technicians": [],
    }
