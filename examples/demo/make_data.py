"""Write the demo's two exports again: a small MSP's ticket log and its invoices, the same on every machine.

The shop is invented. It is ordinary and good, with one broken week (12 October 2026: a ransomware alarm at
one client) and a few spots that real exports have: a status nobody mapped, a ticket without a client, a
reopened ticket, a half-filled invoice.

    python examples/demo/make_data.py
"""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, time, timedelta
from pathlib import Path

HERE = Path(__file__).parent
FIRST_MONDAY = date(2026, 7, 20)
WEEKS = 17
EXPORTED_AT = datetime(2026, 11, 16, 6, 0)  # noqa: DTZ001  # an export has naive local times; its zone is in the settings
CLIENTS = ["Alder Dental", "Birch Law", "Cedar Clinic", "Dune Logistics", "Elm School", "Fjord Foods"]
TECHNICIANS = ["Ana Ruiz", "Ben Okafor", "Carla Nunes", "Dmitri Petrov"]
QUEUES = {"Service desk": 0.7, "Network": 0.2, "Projects": 0.1}
CATEGORIES = ["Password", "Printer", "Email", "VPN", "Workstation", "Server", "Licence", "Wi-Fi"]
PRIORITIES = {
    "1 - Critical": (0.04, 1, 4),
    "2 - High": (0.16, 2, 9),
    "3 - Medium": (0.6, 4, 27),
    "4 - Low": (0.2, 9, 45),
}
"""Priority → share of tickets, hours to respond, hours to resolve (working hours)."""

COLUMNS = [
    "Ticket", "Changed", "Status", "Type", "Priority", "Client", "Contact", "Owner", "Queue", "Category",
    "Opened", "First response", "Resolved", "Closed",
    "Response due", "Response SLA", "Resolution due", "Resolution SLA",
]  # fmt: skip


def add_working_hours(start: datetime, hours: float) -> datetime:
    """The instant after so many working hours (Monday to Friday, 09:00 to 18:00), local time."""
    left, now = timedelta(hours=hours), start
    while True:
        opens, closes = datetime.combine(now.date(), time(9)), datetime.combine(now.date(), time(18))
        if now.weekday() >= 5 or now >= closes:
            now = datetime.combine(now.date() + timedelta(days=1), time(9))
            continue
        now = max(now, opens)
        if now + left <= closes:
            return now + left
        left -= closes - now
        now = closes


def make_ticket(chance: random.Random, number: int, monday: date) -> list[dict[str, str]]:
    """Every row of one ticket, oldest first: one for each change of its status."""
    opened = datetime.combine(
        monday + timedelta(days=chance.choices(range(7), [20, 18, 17, 17, 16, 2, 1])[0]), time()
    )
    opened += timedelta(minutes=round(min(max(chance.gauss(780, 170), 0), 1439)))
    priority = chance.choices(list(PRIORITIES), [share for share, _, _ in PRIORITIES.values()])[0]
    _, respond_hours, resolve_hours = PRIORITIES[priority]
    broken = monday == date(2026, 10, 12)
    pace = chance.lognormvariate(0.15 if broken else -1.0, 0.55)
    response_due = add_working_hours(opened, respond_hours)
    resolution_due = add_working_hours(opened, resolve_hours)
    answered = add_working_hours(opened, respond_hours * min(pace, 3) * chance.uniform(0.5, 1.0))
    resolved = max(add_working_hours(opened, resolve_hours * pace), answered + timedelta(minutes=10))
    closed = resolved + timedelta(days=3)
    queue = chance.choices(list(QUEUES), list(QUEUES.values()))[0]
    fixed = {
        "Ticket": f"T{number}",
        "Type": chance.choices(["Incident", "Service request", "Alert"], [60, 30, 10])[0],
        "Priority": priority,
        "Client": "" if chance.random() < 0.01 else chance.choice(CLIENTS),
        "Contact": f"contact-{chance.randrange(60)}",
        "Queue": queue,
        "Category": chance.choice(CATEGORIES),
        "Opened": opened,
        "Response due": response_due,
        "Resolution due": resolution_due,
    }
    owner = chance.choice(TECHNICIANS)
    steps: list[tuple[datetime, str]] = [(opened, "New"), (answered, "In progress")]
    if chance.random() < 0.2:
        word = "Parked" if chance.random() < 0.1 else "Waiting for client"
        steps.append((answered + (resolved - answered) / 2, word))
    steps += [(resolved, "Resolved")]
    if chance.random() < 0.03:
        steps += [
            (resolved + timedelta(hours=20), "In progress"),
            (resolved + timedelta(hours=26), "Resolved"),
        ]
        closed += timedelta(hours=26)
    steps += [(closed, "Closed")]
    times = {"answered": answered, "resolved": resolved, "closed": closed}
    return [row(fixed, times, owner, at, word) for at, word in steps if at <= EXPORTED_AT]


def row(fixed: dict, times: dict[str, datetime], owner: str, at: datetime, word: str) -> dict[str, str]:
    """One line of the log: the ticket as it stood at `at`."""

    def reached(name: str) -> datetime | str:
        return times[name] if at >= times[name] else ""

    def verdict(due: datetime, done: str) -> str:
        stop = times[done] if at >= times[done] else at
        return "Missed" if stop > due else ("Met" if at >= times[done] else "Open")

    values = fixed | {
        "Changed": at,
        "Status": word,
        "Owner": owner if word != "New" else "",
        "First response": reached("answered"),
        "Resolved": reached("resolved") if word in {"Resolved", "Closed"} else "",
        "Closed": reached("closed"),
        "Response SLA": verdict(fixed["Response due"], "answered"),
        "Resolution SLA": verdict(fixed["Resolution due"], "resolved"),
    }
    return {
        name: v.strftime("%Y-%m-%d %H:%M") if isinstance(v, datetime) else str(v)
        for name, v in values.items()
    }


def make_invoices(chance: random.Random) -> list[dict[str, str]]:
    """One invoice a client and month, most of them paid within the terms of 30 days."""
    rows = []
    for number, (month, client) in enumerate(((m, c) for m in range(5, 12) for c in CLIENTS), start=501):
        issued = date(2026, month, 1)
        paid = issued + timedelta(days=round(chance.gauss(24, 9)))
        rows.append(
            {
                "Invoice": f"F{number}",
                "Client": client,
                "Issued": issued.isoformat(),
                "Due": (issued + timedelta(days=30)).isoformat(),
                "Amount": f"{900 + 250 * CLIENTS.index(client):.2f}",
                "Paid": paid.isoformat() if paid <= EXPORTED_AT.date() else "",
            }
        )
    return rows


def write(name: str, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Write one export beside this file."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Write both files."""
    chance = random.Random(20261116)
    rows, number = [], 1001
    for week in range(WEEKS):
        for _ in range(round(chance.gauss(34, 4))):
            rows += make_ticket(chance, number, FIRST_MONDAY + timedelta(weeks=week))
            number += 1
    write("tickets.csv", COLUMNS, sorted(rows, key=lambda r: (r["Changed"], r["Ticket"])))
    invoices = make_invoices(chance)
    write("invoices.csv", list(invoices[0]), invoices)


if __name__ == "__main__":
    main()
