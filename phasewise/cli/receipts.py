"""Receipts as people and programs read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from phasewise.cli import console

if TYPE_CHECKING:
    from phasewise.storage.receipts import Receipt
    from phasewise.sync.options import SyncResult

REASONS_SHOWN = 3
QUIET_ROWS = 12
"""Receipts that say the same are folded into one line from this many on."""


def as_json(receipt: Receipt, msp_id: str) -> dict[str, Any]:
    """A receipt as one JSON object; instants as ISO 8601 in UTC."""
    from dataclasses import asdict

    value = {"msp": msp_id, **asdict(receipt)}
    for name in ("window_start", "window_end", "started_at", "finished_at"):
        value[name] = value[name].isoformat() if value[name] else None
    return value


def print_table(receipts: Sequence[Receipt]) -> None:
    """A table of receipts: what was read, stored, rejected and why, and what shows that it is complete."""
    rows = [_row(group) for group in _folded(receipts)]
    columns = ["connection", "stream", "slice", "status", "read", "stored", "rejected", "proof", "why"]
    console.say(console.table(columns, rows, right=["read", "stored", "rejected"]))
    reasons = [r for r in receipts if r.reasons]
    for receipt in reasons:
        said = ", ".join(f"{reason} {count:,}" for reason, count in _commonest(receipt))
        console.say(f"Rejected in {receipt.connection_id} {receipt.stream} {receipt.slice}: {said}")
    for text in dict.fromkeys(_message(r) for r in receipts if r.message):
        console.say(text)


def _message(receipt: Receipt) -> str:
    return f"{receipt.connection_id} {receipt.stream} {receipt.slice}: {receipt.message}"


def _commonest(receipt: Receipt) -> list[tuple[str, int]]:
    return sorted(receipt.reasons.items(), key=lambda item: -item[1])[:REASONS_SHOWN]


def _folded(receipts: Sequence[Receipt]) -> list[list[Receipt]]:
    """Receipts in groups of one line: many good slices of a stream are one, everything else is its own."""
    groups: dict[tuple[str, ...], list[Receipt]] = {}
    for number, receipt in enumerate(receipts):
        key: tuple[str, ...] = (receipt.connection_id, receipt.stream, receipt.status, receipt.proof)
        if receipt.status not in ("complete", "unchanged") or len(receipts) < QUIET_ROWS:
            key = (*key, str(number))
        groups.setdefault(key, []).append(receipt)
    return list(groups.values())


def _row(group: Sequence[Receipt]) -> list[Any]:
    first = group[0]
    keys = sorted(r.slice for r in group)
    name = first.slice if len(group) == 1 else f"{len(group)} slices, {keys[0]} to {keys[-1]}"
    return [
        first.connection_id,
        first.stream,
        name,
        first.status,
        f"{sum(r.rows_read for r in group):,}",
        f"{sum(r.stored for r in group):,}",
        f"{sum(r.rejected for r in group):,}",
        first.proof.replace("_", " "),
        first.mode,
    ]


def print_next(results: Sequence[tuple[str, SyncResult]]) -> None:
    """What to do next, by how the runs ended."""
    receipts = [receipt for _, result in results for receipt in result.receipts]
    statuses = {receipt.status for receipt in receipts}
    if any(receipt.rejected for receipt in receipts):
        console.say(
            'What was rejected and why: phasewise sql "SELECT place, field, reason, detail FROM v_rejects"'
        )
    if "later" in statuses:
        console.say(
            "Some slices could not be read now: run `phasewise sync` again, it goes on where it stopped."
        )
    if statuses <= {"complete", "unchanged"}:
        console.say("Everything is proven complete. Next: phasewise check, phasewise analyze")
    elif statuses & {"complete", "unchanged", "partial"}:
        console.say("Partial: what rests on the slices above says so. Next: phasewise status")
