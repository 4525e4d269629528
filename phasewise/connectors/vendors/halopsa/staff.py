"""Agents: the people who work tickets, with the team they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import neutral_word
from phasewise.connectors.vendors.halopsa.lists import only, whole
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.values import amount, changed_at, number_of, text, yes
from phasewise.connectors.vendors.halopsa.words import ROLES
from phasewise.model.records.people import Technician
from phasewise.model.words import MAPPINGS, TechnicianRole

RIGHT = "read:agents"

READ = frozenset({"id", "name", "team", "isdisabled", "jobtitle", "costprice", "last_modified", "isapiagent"})


def agent_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All agents in one answer, those who left included."""
    query = {"includeenabled": True, "includedisabled": True}
    return only(whole(session, "/Agent", "agents", query, right=RIGHT), READ)


def agent_records(payload: Any, context: RecordContext) -> Iterable[Technician]:
    """The technician; nothing for those that are nobody (Unassigned) or a program."""
    number = number_of(payload)
    nobody = {*context.settings.unassigned_agents, *context.settings.automation_agents}
    if int(number) in nobody or yes(payload.get("isapiagent"), field="isapiagent"):
        return
    role, is_disabled = text(payload, "jobtitle"), yes(payload.get("isdisabled"), field="is_active")
    yield Technician(
        id=number,
        updated_at=changed_at(payload, "last_modified"),
        name=text(payload, "name"),
        role=cast(
            "TechnicianRole | None", neutral_word(role, field="role", words=ROLES, known=MAPPINGS["role"])
        ),
        role_raw=role,
        team=text(payload, "team"),
        is_active=None if is_disabled is None else not is_disabled,
        # Zero is what stands there as long as nobody wrote a cost.
        hourly_cost=amount(payload.get("costprice"), field="hourly_cost") or None,
    )


STREAM = Stream(
    name="technicians",
    record="technicians",
    pages=agent_pages,
    records=agent_records,
    identify=number_of,
    provides=frozenset(
        f"technicians.{name}" for name in ("name", "role", "team", "is_active", "hourly_cost")
    ),
    right=RIGHT,
    personal=frozenset({"name"}),
)
