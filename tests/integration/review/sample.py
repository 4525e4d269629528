"""Rows of two MSPs with the same ids, so that every view has something to show and something to hide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from phasewise.storage.databases import writing
from phasewise.storage.engine import Store
from phasewise.storage.msps import register_msp
from phasewise.storage.tables import metadata
from tests.conftest import NOW

SECRET = "only beta may read this"
"""Stands in every text of the other MSP's rows."""

SUNDAY_NIGHT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
"""Sunday in UTC, Monday half past midnight in Madrid; the same month."""
LAST_OF_FEBRUARY = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
"""February in UTC, the first of March in Madrid; the same week."""

Rows = Mapping[str, list[dict[str, Any]]]


def fill(store: Store) -> None:
    """Two MSPs: acme in Madrid with the rows below, beta with one row of each, under the same ids."""
    for msp_id in ("acme", "beta"):
        register_msp(store, msp_id=msp_id, name=msp_id.title(), zone="Europe/Madrid", currency="EUR", now=NOW)
    with writing(store.engine) as connection:
        for msp_id, rows in (("acme", ACME), ("beta", _of_another(ACME))):
            for table, values in rows.items():
                for value in values:
                    connection.execute(insert(metadata.tables[table]), {"msp_id": msp_id, **value})


def _of_another(rows: Rows) -> Rows:
    """The first row of each table, with another's words in it."""
    kept = {"id", "connection_id", "ticket", "client", "technician", "invoice", "kind", "status", "outcome"}
    kept |= {
        "type",
        "target",
        "agreement",
        "project",
        "unit",
        "code",
        "as_of",
        "edition",
        "basis",
        "active_from",
        "issued_on",
        "due_on",
    }

    def changed(row: dict[str, Any]) -> dict[str, Any]:
        return {
            name: SECRET if isinstance(value, str) and name not in kept else value
            for name, value in row.items()
        }

    return {table: [changed(values[0])] for table, values in rows.items()}


def _record(id_: str, **fields: Any) -> dict[str, Any]:
    return {"connection_id": "psa", "id": id_, "first_seen_at": NOW, "seen_at": NOW, **fields}


def _own(**fields: Any) -> dict[str, Any]:
    return {"connection_id": "psa", **fields}


def _event(id_: str, kind: str, hours: float, **fields: Any) -> dict[str, Any]:
    return _record(id_, ticket="T1", kind=kind, at=SUNDAY_NIGHT + timedelta(hours=hours), **fields)


def _analysis(as_of: date, basis: str, minute: int, phase: str) -> dict[str, Any]:
    return {
        "as_of": as_of,
        "edition": "e1",
        "basis": basis,
        "made": "nightly",
        "analyzed_at": NOW + timedelta(minutes=minute),
        "release": "0.1.0",
        "phase": phase,
        "ceiling": "scalable",
        "is_decided": False,
        "distribution": {phase: 0.25, "undecided": 0.75},
        "result": {},
    }


def _result(as_of: date, basis: str, value: float) -> dict[str, Any]:
    measure = {
        "name": "resolution_share",
        "value": value,
        "unit": "share",
        "numerator": 2,
        "denominator": 3,
        "n": 3,
        "low": 0.1,
        "high": None,
        "window_start": "2025-12-01",
        "window_end": "2026-03-02",
        "complete": True,
    }
    return {
        "as_of": as_of,
        "edition": "e1",
        "basis": basis,
        "code": "2.1",
        "status": "fail",
        "evidence": "derived",
        "score_median": 57.93,
        "score_low": 49.0,
        "score_high": 66.25,
        "p_pass": 0.123456789012345,
        "reason": None,
        "detail": {"measures": [measure]},
    }


ACME: Rows = {
    "connections": [
        _own(connector="files", provides=["tickets.status"], active_from=date(2026, 1, 1), updated_at=NOW)
    ],
    "clients": [
        _record("C1", name="Żółw & Söhne", kind="client", kind_raw="Kunde", tier="gold", started_at=NOW),
        _record("C2", name="Old one", kind="other", kind_raw="?", gone_at=NOW),
    ],
    "technicians": [
        _record(
            "P1", name="Ana", role="other", role_raw="Ninja", is_active=True, capacity_minutes_per_week=2250
        )
    ],
    "calendars": [
        _record("K1", name="office", zone="Europe/Madrid", hours={"mon": ["09:00-14:00"]}, holidays=[])
    ],
    "tickets": [
        _record(
            "T1",
            number="1001",
            title="Printer; DROP TABLE tickets",
            client="C1",
            technician="P1",
            queue="Network",
            type="incident",
            priority="high",
            priority_raw="P2",
            status="closed",
            status_raw="Closed",
            opened_at=SUNDAY_NIGHT,
            first_response_at=SUNDAY_NIGHT + timedelta(minutes=10),
            resolved_at=SUNDAY_NIGHT + timedelta(hours=3),
            closed_at=SUNDAY_NIGHT + timedelta(days=5),
            reopened_count=2,
            reassigned_count=0,
            is_internal=False,
        ),
        _record("T2", client="nobody", status="waiting", opened_at=LAST_OF_FEBRUARY, reassigned_count=3),
        _record(
            "T3",
            queue="network",
            status="other",
            status_raw="-100",
            priority="other",
            priority_raw="?",
            first_priority="other",
            first_priority_raw="?",
            opened_at=NOW,
            gone_at=NOW,
        ),
        _record("T4", type="other", type_raw="Misc"),
    ],
    "ticket_events": [
        _event("E1", "status", 0, to_value="new", to_raw="New"),
        _event("E2", "status", 1, from_value="new", from_raw="New", to_value="waiting", to_raw="Pending"),
        _event("E3", "status", 2, from_value="waiting", to_value="other", to_raw="-100", technician="P1"),
        _event("E4", "status", 3, from_value="other", from_raw="-100", to_value="closed", to_raw="Closed"),
        _event("E5", "priority", 3, from_value="other", from_raw="?", to_value="high", to_raw="P2"),
        _record("E6", ticket="T3", kind="status", at=NOW, to_value="new", to_raw="New"),
    ],
    "sla_results": [
        _record(
            "T1:resolution",
            ticket="T1",
            target="resolution",
            target_minutes=240,
            due_at=SUNDAY_NIGHT + timedelta(days=7),
            vendor_outcome="met",
            own_outcome="missed",
            outcome="met",
            agrees=False,
            elapsed_minutes=180,
        ),
        _record(
            "T2:resolution", ticket="T2", target="resolution", outcome="running", vendor_outcome="running"
        ),
        _record("T2:first_response", ticket="T2", target="first_response", outcome="missed", missed_at=NOW),
        _record("T3:resolution", ticket="T3", target="resolution", outcome="met"),
        _record("T4:resolution", ticket="T4", target="resolution"),
    ],
    "invoices": [
        _record(
            "I1",
            number="2026-1",
            client="C1",
            kind="other",
            kind_raw="Sonstiges",
            issued_on=date(2024, 2, 28),
            due_on=date(2024, 3, 29),
            paid_on=date(2024, 4, 1),
            currency="EUR",
            total=Decimal("1234567890.1234"),
            balance=Decimal(0),
            is_disputed=True,
        ),
        _record(
            "I2", client="C1", issued_on=date(2024, 3, 1), due_on=date(2024, 3, 31), total=Decimal("0.1")
        ),
        _record(
            "I3",
            client="C1",
            issued_on=date(2024, 3, 1),
            due_on=date(2024, 3, 31),
            paid_on=date(2024, 3, 31),
            total=Decimal("0.2"),
        ),
    ],
    "payments": [
        _record("Y1", invoice="I1", paid_on=date(2024, 4, 1), currency="EUR", amount=Decimal("49.99")),
        _record("Y2", invoice="unknown", client="C2", paid_on=date(2024, 4, 2), amount=Decimal(-3)),
    ],
    "time_entries": [
        _record(
            "H1",
            ticket="T1",
            technician="P1",
            started_at=SUNDAY_NIGHT,
            entered_at=NOW,
            minutes=50,
            is_billable=True,
            purpose="reactive",
            purpose_raw="Remote",
        ),
        _record("H2", ticket="T3", entered_at=NOW, minutes=-5),
    ],
    "devices": [
        _record(
            "D1",
            name="DC01",
            serial_number="XK-1",
            client="C1",
            kind="server",
            kind_raw="Domain controller",
            installed_at=LAST_OF_FEBRUARY,
            last_check_in_at=NOW,
            is_managed=True,
            is_patched=False,
            has_edr=True,
            has_backup=True,
        ),
    ],
    "alerts": [
        _record(
            "A1",
            device="D1",
            category="Disk space",
            severity="major",
            raised_at=SUNDAY_NIGHT,
            resolved_at=NOW,
            resolved_by="automation",
            resolved_by_raw="Component",
            ticket="T1",
        ),
    ],
    "automation_runs": [
        _record(
            "X1",
            device="D1",
            automation="Clean full disks",
            kind="remediation",
            kind_raw="Component",
            trigger="alert",
            trigger_raw="Monitor",
            started_at=SUNDAY_NIGHT,
            finished_at=NOW,
            outcome="succeeded",
            outcome_raw="OK",
            alert="A1",
            ticket="T1",
        ),
    ],
    "automations": [
        _record(
            "U1",
            name="Clean full disks",
            kind="remediation",
            targets={"category": ["Disk space"]},
            clients=["C1"],
            went_live_at=NOW,
            registered_at=LAST_OF_FEBRUARY,
            registered_by="Ada",
        ),
    ],
    "agreements": [
        _record(
            "G1",
            client="C1",
            name="Managed",
            kind="recurring",
            kind_raw="Managed services",
            package="Complete",
            started_on=date(2024, 2, 1),
            ended_on=date(2026, 12, 31),
            is_active=True,
            currency="EUR",
            monthly_amount=Decimal("1999.9999"),
            billing_cycle="monthly",
            next_bill_on=date(2026, 4, 1),
        ),
    ],
    "agreement_lines": [
        _record(
            "L1",
            agreement="G1",
            product="Workstation",
            package="Complete",
            unit="device",
            unit_raw="Device",
            quantity=12.5,
            currency="EUR",
            unit_price=Decimal("39.5"),
            unit_cost=Decimal("12.1"),
            started_on=date(2024, 2, 1),
            ended_on=date(2026, 12, 31),
        ),
    ],
    "invoice_lines": [
        _record(
            "N1",
            invoice="I1",
            agreement="G1",
            product="Workstation",
            quantity=3.0,
            currency="EUR",
            unit_price=Decimal("0.1"),
            unit_cost=Decimal("0.05"),
            amount=Decimal("0.3"),
            is_recurring=True,
        ),
    ],
    "opportunities": [
        _record(
            "O1",
            client="C1",
            name="Firewall",
            stage="Proposal",
            outcome="won",
            outcome_raw="Closed won",
            currency="EUR",
            amount=Decimal("1000"),
            monthly_amount=Decimal("50"),
            created_at=LAST_OF_FEBRUARY,
            closed_at=SUNDAY_NIGHT,
            project="J1",
        ),
    ],
    "projects": [
        _record(
            "J1",
            client="C1",
            name="Firewall",
            kind="delivery",
            kind_raw="Install",
            template="Standard",
            status="Done",
            technician="P1",
            planned_start_on=date(2026, 1, 5),
            planned_end_on=date(2026, 2, 6),
            started_on=date(2026, 1, 6),
            finished_on=date(2026, 2, 5),
            created_at=LAST_OF_FEBRUARY,
            opportunity="O1",
        ),
    ],
    "project_tasks": [
        _record(
            "K1",
            project="J1",
            name="Order",
            status="Done",
            due_at=SUNDAY_NIGHT,
            done_at=LAST_OF_FEBRUARY,
            is_from_template=True,
        ),
    ],
    "meetings": [
        _record(
            "M1",
            client="C1",
            technician="P1",
            kind="business_review",
            kind_raw="QBR",
            at=SUNDAY_NIGHT,
            minutes=60,
            is_held=True,
            has_client_attended=True,
            has_notes=False,
            actions=2,
        ),
    ],
    "documents": [
        _record(
            "W1",
            client="C1",
            title="Intake",
            kind="process",
            kind_raw="SOP",
            created_at=LAST_OF_FEBRUARY,
            edited_at=SUNDAY_NIGHT,
            reviewed_at=NOW,
            technician="P1",
            words=212,
            is_archived=False,
        ),
    ],
    "survey_responses": [
        _record(
            "S1",
            ticket="T1",
            technician="P1",
            at=SUNDAY_NIGHT,
            score=75.0,
            score_raw="4",
            scale="1-5",
            has_comment=True,
            followed_up_at=NOW,
        ),
    ],
    "sla_policies": [
        _record(
            "Q1",
            name="Gold",
            calendar="Office",
            goals={"resolution": {"P1": 240}},
            pausing_statuses=["Waiting"],
            is_default=True,
        ),
    ],
    "external_ids": [
        _record(
            "alerts:A1:psa",
            table_name="alerts",
            row="A1",
            system="psa",
            target_table="tickets",
            value="T1",
        ),
    ],
    "links": [
        {
            "link_id": "l1",
            "table_name": "devices",
            "connection_a": "psa",
            "row_a": "D1",
            "connection_b": "rmm",
            "row_b": "77",
            "ground": "serial_number",
            "similarity": 1.0,
            "status": "confirmed",
            "decided_by": "Ada",
            "proposed_at": SUNDAY_NIGHT,
            "decided_at": NOW,
        },
    ],
    "runs": [
        {
            "run_id": "r1",
            "job": "sync",
            "due_key": "manual:r1",
            "status": "complete",
            "started_at": NOW,
            "heartbeat_at": NOW,
            "finished_at": NOW + timedelta(seconds=61),
            "message": None,
            "release": "0.1.0",
        }
    ],
    "receipts": [
        _own(
            receipt_id=f"q{minute}",
            run_id="r1",
            stream="tickets",
            slice="2026-03",
            mode="full",
            status=status,
            proof="end_mark",
            rows_read=4,
            stored=3,
            rejected=1,
            records={"tickets": 3},
            reasons={"bad_date": 1},
            requests=1,
            started_at=NOW,
            finished_at=NOW + timedelta(minutes=minute),
        )
        for minute, status in enumerate(("partial", "complete", "unchanged"))
    ],
    "rejects": [
        _own(
            reject_id="x1",
            stream="tickets",
            slice="2026-03",
            run_id="r1",
            key="T9",
            place="page 1, item 4",
            field="opened_at",
            reason="bad_date",
            detail="30 February",
            payload='{"id": "T9"}',
            at=NOW,
        )
    ],
    "raw_pages": [
        _own(
            page_id=1,
            stream="tickets",
            slice="2026-03",
            run_id="r1",
            fetched_at=NOW,
            payload_count=4,
            payloads=b"\x00" * 1_100_000,
        )
    ],
    "mapped_words": [
        _own(mapping="type", word="Misc", target="other", origin="operator"),
        _own(mapping="status", word="-100", target="other", origin="default"),
    ],
    "analyses": [
        _analysis(date(2026, 2, 28), "b1", 0, "reactive"),
        _analysis(date(2026, 3, 1), "b1", 1, "reactive"),
        _analysis(date(2026, 3, 1), "b2", 2, "stable"),
    ],
    "gate_weeks": [
        {
            "week": date(2026, 3, 1),
            "edition": "e1",
            "basis": "b2",
            "gate": 1,
            "p_low": 0.25,
            "p_high": 0.8125,
            "hold_low": 0.25,
            "hold_high": 0.9,
            "open": ["1.2", "1.4"],
        }
    ],
    "indicator_results": [
        _result(date(2026, 2, 28), "b1", 0.5),
        _result(date(2026, 3, 1), "b1", 0.5),
        _result(date(2026, 3, 1), "b2", 2 / 3),
    ],
}
