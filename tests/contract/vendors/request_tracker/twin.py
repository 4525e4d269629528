"""A Request Tracker in memory: the answers, and the traps, of the real one at version 5.0.3.

Tickets, transactions and users are plain values in the shapes that the real program sends; what it does to a
query, a page and a user without rights is done here, too. The tests marked `server` hold the twin's promises
against the real program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from phasewise.testing.world import Asked, PageRules, Reply
from tests.contract.vendors.request_tracker.ticketsql import parse

BASE = "/REST/2.0"
SYSTEM, NOBODY, ROOT, TECH1, TECH2, READER, CLIENT1, CLIENT2 = 1, 6, 14, 41, 43, 60, 51, 52
RULES = PageRules(default=20, largest=100)


def stamp(at: datetime) -> str:
    """A time as the interface writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def bare(at: datetime) -> str:
    """A time as the history writes it: UTC, without saying so."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


UNSET = "1970-01-01T00:00:00Z"
DAY = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


def people() -> dict[int, dict[str, Any]]:
    return {
        SYSTEM: {"Name": "RT_System", "RealName": "The RT System itself"},
        NOBODY: {"Name": "Nobody", "RealName": "Nobody in particular"},
        ROOT: {"Name": "root", "RealName": "Enoch Root", "Privileged": 1},
        TECH1: {"Name": "tech1", "RealName": "Technician 1", "Privileged": 1},
        TECH2: {"Name": "tech2", "RealName": "Technician 2", "Privileged": 1},
        READER: {"Name": "reader", "RealName": "Phasewise", "Privileged": 1, "Timezone": "UTC"},
        CLIENT1: {"Name": "ann@acme.test", "RealName": "Ann", "Organization": "Acme Dental"},
        CLIENT2: {"Name": "bob@birch.test", "RealName": "Bob", "Organization": "Birch Law"},
    }


@dataclass
class Twin:
    """What the program holds, and who asks.

    Attributes:
        tickets: number → ticket, in the shape of a list with all fields.
        transactions: in the order of their ids.
        users: number → user.
        me: number of the user that asks.
        is_superuser: whether that user is told totals of transactions.
        hidden: types of transactions that user may not see.
        hidden_of: tickets whose comments that user may not see.
        blank: number of a transaction → what that user is shown of it.
        zone: of the server, for users without one.
        queues: number → name.
        asked: paths with their queries, in order.
    """

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    transactions: list[dict[str, Any]] = field(default_factory=list)
    users: dict[int, dict[str, Any]] = field(default_factory=people)
    me: int = READER
    is_superuser: bool = False
    hidden: frozenset[str] = frozenset()
    hidden_of: frozenset[str] = frozenset()
    blank: dict[str, dict[str, Any]] = field(default_factory=dict)
    zone: str = "America/New_York"
    queues: dict[int, str] = field(default_factory=lambda: {3: "Service Desk", 4: "Network"})
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    # What its users do.

    def open(self, number: int, *, at: datetime = DAY, by: int = CLIENT1, **values: Any) -> dict[str, Any]:
        """A new ticket."""
        ticket = {
            "id": number,
            "EffectiveId": str(number),
            "Subject": f"Printer {number}",
            "Status": "new",
            "Queue": {"id": 3, "Name": "Service Desk", "type": "queue", "_url": "http://rt/queue/3"},
            "Owner": self.user_in_list(NOBODY),
            "Requestor": [{**self.user_in_list(by), "Organization": self.users[by].get("Organization", "")}],
            "Priority": "0",
            "SLA": "",
            "Created": stamp(at),
            "Started": UNSET,
            "Due": UNSET,
            "Resolved": UNSET,
            "LastUpdated": stamp(at),
            "TimeWorked": "0",
            "CustomFields": [{"id": "2", "name": "Client", "type": "customfield", "values": ["Acme Dental"]}],
            "type": "ticket",
            "_url": f"http://rt/ticket/{number}",
            **values,
        }
        self.tickets[number] = ticket
        self.write(number, "Create", at=at, by=by)
        return ticket

    def write(
        self, number: int, type_: str, name: str = "", old: Any = "", new: Any = "", *,
        at: datetime, by: int = TECH1, minutes: int = 0,
    ) -> dict[str, Any]:  # fmt: skip
        """A transaction of a ticket; the ticket counts as changed, but for merges."""
        row = {
            "id": str(100 + len(self.transactions)),
            "Type": type_,
            "Field": name,
            "OldValue": str(old),
            "NewValue": str(new),
            "TimeTaken": str(minutes),
            "Created": stamp(at),
            "ObjectId": str(number),
            "ObjectType": "RT::Ticket",
            "Creator": {"id": by, "type": "user", "_url": f"http://rt/user/{self.users[by]['Name']}"},
            "type": "transaction",
            "_url": "http://rt/transaction/1",
        }
        self.transactions.append(row)
        if name != "MergedInto":
            self.tickets[number]["LastUpdated"] = stamp(at)
        return row

    def own(self, number: int, owner: int, *, at: datetime) -> None:
        """Give it to somebody; twice in the history."""
        before = self.tickets[number]["Owner"]["id"]
        for type_ in ("Set", "SetWatcher"):
            self.write(number, type_, "Owner", before, owner, at=at, by=SYSTEM)
        self.tickets[number]["Owner"] = self.user_in_list(owner)

    def set_status(self, number: int, word: str, *, at: datetime, by: int = TECH1) -> None:
        """Change its status; an inactive one is when it counts as resolved."""
        ticket = self.tickets[number]
        self.write(number, "Status", "Status", ticket["Status"], word, at=at, by=by)
        if word in ("resolved", "rejected", "deleted", "done"):
            ticket["Resolved"] = stamp(at)
        ticket["Status"] = word

    def set_due(self, number: int, due: datetime | None, *, at: datetime, by: int = SYSTEM) -> None:
        """Move its deadline, or take it away."""
        ticket = self.tickets[number]
        before = bare(datetime.fromisoformat(ticket["Due"]))
        self.write(
            number, "Set", "Due", before, "1970-01-01 00:00:00" if due is None else bare(due), at=at, by=by
        )
        ticket["Due"] = UNSET if due is None else stamp(due)

    def merge(self, number: int, into: int, *, at: datetime) -> None:
        """Merge it into another one: both get a link, those merged into it before are taken along."""
        for ticket in self.tickets.values():
            if ticket["EffectiveId"] == str(number):
                ticket["EffectiveId"] = str(into)
        for both in (number, into):
            self.write(both, "AddLink", "MergedInto", "", f"fsck.com-rt://rt.test/ticket/{into}", at=at)
        self.tickets[into]["LastUpdated"] = stamp(at)

    def user_in_list(self, number: int) -> dict[str, Any]:
        """A user as it stands in a ticket."""
        name = self.users[number]["Name"]
        return {"id": number, "Name": name, "type": "user", "_url": f"http://rt/user/{name}"}

    # How it answers.

    def answer(self, asked: Asked) -> Reply | None:  # noqa: PLR0911  # one a path
        """Any request."""
        path = unquote(asked.path.removeprefix(BASE))
        self.asked.append((path, asked.query))
        match path.strip("/").split("/"):
            case ["rt"]:
                return Reply({"Version": "5.0.3", "Plugins": []})
            case ["tickets"]:
                return self.page(self.found(asked.query.get("query", ""), "tickets"), asked, told=True)
            case ["transactions"]:
                found = self.found(asked.query.get("query", ""), "transactions")
                return self.page(found, asked, told=self.is_superuser)
            case ["queues", "all"]:
                rows = [{"id": n, "Name": name, "type": "queue"} for n, name in self.queues.items()]
                return self.page(rows, asked, told=True)
            case ["users"]:
                return self.page(self.accounts(asked), asked, told=True)
            case ["user", who]:
                return self.user(who)
            case ["ticket", number]:
                return self.ticket(int(number))
        return None

    def here(self) -> ZoneInfo:
        """The zone in which dates are read for the user that asks."""
        return ZoneInfo(self.users[self.me].get("Timezone") or self.zone)

    def found(self, query: str, what: str) -> list[dict[str, Any]]:
        """What a search finds."""
        test, named = parse(query, self.here())
        if what == "transactions":
            return [row for row in self.transactions if test(row)]
        return [
            row
            for row in self.tickets.values()
            if row["Status"] != "deleted"
            and ("EffectiveId" in named or row["EffectiveId"] == str(row["id"]))
            and test(row)
        ]

    def page(
        self,
        rows: Sequence[Mapping[str, Any]],
        asked: Asked,
        *,
        told: bool,
        rules: PageRules = RULES,
    ) -> Reply:
        """One page of rows: hidden ones are left out of it, not of its size."""
        query = asked.query
        ordered = sorted(rows, key=lambda row: _place(row, query.get("orderby", "id")))
        if query.get("order") == "DESC":
            ordered.reverse()
        size = rules.size(query.get("per_page"))
        number = max(1, int(query.get("page") or 1))
        cut = ordered[(number - 1) * size : number * size]
        items = [
            _listed({**row, **self.blank.get(row["id"], {})}, query) for row in cut if not self.is_hidden(row)
        ]
        total = len(rows) + rules.hidden if told else None
        return Reply({"items": items, "count": len(items), "total": total, "page": number, "per_page": size})

    def is_hidden(self, row: Mapping[str, Any]) -> bool:
        """Whether the user that asks may not see a row."""
        of_ticket = row.get("Type") == "Comment" and row.get("ObjectId") in self.hidden_of
        return row.get("Type") in self.hidden or of_ticket

    def accounts(self, asked: Asked) -> list[dict[str, Any]]:
        """Users by name; any other filter is dropped in silence, as the user that asks is no admin."""
        wanted = {f["value"] for f in json.loads(asked.query.get("query") or "[]") if f["field"] == "Name"}
        with_disabled = bool(asked.query.get("find_disabled_rows"))
        return [
            {"id": number, "Name": user["Name"], "Organization": user.get("Organization", "")}
            for number, user in self.users.items()
            if (not wanted or user["Name"] in wanted) and (with_disabled or not user.get("Disabled"))
        ]

    def user(self, who: str) -> Reply | None:
        """One user: of others only a summary, without its number."""
        number = next((n for n, u in self.users.items() if who in (str(n), u["Name"])), None)
        if number is None:
            return None
        user = self.users[number]
        summary = {
            "Name": user["Name"],
            "RealName": user["RealName"],
            "Privileged": user.get("Privileged", 0),
        }
        if number != self.me:
            return Reply(summary)
        zone = {"Timezone": user["Timezone"]} if user.get("Timezone") else {}
        return Reply({**summary, **zone, "id": number, "Disabled": "0"})

    def ticket(self, number: int) -> Reply | None:
        """One ticket: deleted ones too, and a merged one as the one it was merged into."""
        if number not in self.tickets:
            return None
        ticket = self.tickets[int(self.tickets[number]["EffectiveId"])]
        requestors = [{"id": user["Name"], "type": "user"} for user in ticket["Requestor"]]
        effective = {"id": ticket["EffectiveId"], "type": "ticket"}
        return Reply({**ticket, "id": int(ticket["id"]), "EffectiveId": effective, "Requestor": requestors})


def history(twin: Twin, number: int, at: datetime = DAY, *, hours: float = 4) -> None:
    """Everything that can happen to a ticket; it is resolved after two hours and has these until its Due."""
    hour = timedelta(hours=1)
    twin.write(number, "Set", "Starts", "1970-01-01 00:00:00", bare(at), at=at, by=SYSTEM)
    twin.set_due(number, at + hour, at=at)
    twin.own(number, TECH2, at=at + hour / 4)
    twin.own(number, TECH1, at=at + hour / 3)
    twin.write(number, "Correspond", at=at + hour / 2, minutes=25)
    twin.set_due(number, at + hours * hour, at=at + hour / 2)
    twin.write(number, "Correspond", at=at + hour, by=CLIENT1)
    twin.write(number, "Set", "Priority", 0, 80, at=at + hour)
    twin.write(number, "Set", "Queue", 4, 3, at=at + hour)
    twin.tickets[number]["Priority"] = "80"
    twin.set_status(number, "resolved", at=at + 2 * hour)
    twin.set_status(number, "open", at=at + 3 * hour)
    twin.write(number, "Comment", at=at + 4 * hour, minutes=40)
    twin.set_status(number, "resolved", at=at + 5 * hour)


def _place(row: Mapping[str, Any], key: str) -> Any:
    value = row.get(key)
    return int(value) if key in ("id", "TimeWorked") and value is not None else str(value)


def _listed(row: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    """An item with the fields asked for; ids are texts unless they are asked for."""
    fields = [name for name in query.get("fields", "").split(",") if name]
    kept = {name: row.get(name, "") for name in fields}
    for name in ("Owner", "Creator"):
        if isinstance(kept.get(name), Mapping) and f"fields[{name}]" not in query:
            kept[name] = {**kept[name], "id": kept[name].get("Name")}
    number = row["id"] if "id" in fields else str(row["id"])
    return {**kept, "id": number, "type": row.get("type", ""), "_url": row.get("_url", "")}
