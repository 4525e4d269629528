"""Which rows of two connections are the same client, technician or device: proposed, confirmed, refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, insert, select, update

from phasewise.storage.engine import MspStore
from phasewise.storage.tables import links as table

LinkStatus = Literal["proposed", "confirmed", "refused"]
Ground = Literal["external_id", "serial_number", "name"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two rows that seem to be the same.

    Attributes:
        table_name: clients, technicians or devices.
        connection_a, row_a: the one; its connection is the first of the two by name.
        connection_b, row_b: the other.
        ground: what makes us think so.
        similarity: how alike they are, share 0-1; 1 where an id is the same.
    """

    table_name: str
    connection_a: str
    row_a: str
    connection_b: str
    row_b: str
    ground: Ground
    similarity: float

    @property
    def link_id(self) -> str:
        """Its id: a hash of what it links, whatever the ground."""
        said = "\x1f".join((self.table_name, self.connection_a, self.row_a, self.connection_b, self.row_b))
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Link:
    """A proposal and what became of it.

    Attributes:
        link_id: its id.
        proposal: what it links.
        status: proposed, confirmed or refused.
        decided_by: who decided: a person, or the settings; None while it is proposed.
        decided_at: when.
    """

    link_id: str
    proposal: Proposal
    status: LinkStatus
    decided_by: str | None
    decided_at: datetime | None


def read_links(scope: MspStore) -> list[Link]:
    """Every link of an MSP, by table, connections and rows."""
    c = table.c
    query = (
        select(table)
        .where(c.msp_id == scope.msp_id)
        .order_by(c.table_name, c.connection_a, c.connection_b, c.row_a, c.row_b)
    )
    with scope.read() as connection:
        return [
            Link(
                link_id=row.link_id,
                proposal=Proposal(
                    table_name=row.table_name,
                    connection_a=row.connection_a,
                    row_a=row.row_a,
                    connection_b=row.connection_b,
                    row_b=row.row_b,
                    ground=row.ground,
                    similarity=row.similarity,
                ),
                status=row.status,
                decided_by=row.decided_by,
                decided_at=row.decided_at,
            )
            for row in connection.execute(query)
        ]


def confirmed_links(scope: MspStore, table_name: str) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """((connection, row), (connection, row)) of every confirmed link of a table, in order."""
    return [
        (
            (one.proposal.connection_a, one.proposal.row_a),
            (one.proposal.connection_b, one.proposal.row_b),
        )
        for one in read_links(scope)
        if one.status == "confirmed" and one.proposal.table_name == table_name
    ]


def save_proposals(scope: MspStore, proposals: Iterable[Proposal], *, now: datetime) -> int:
    """Keep exactly these proposals beside what is decided; a decision is never touched.

    Args:
        scope: the store of one MSP.
        proposals: all that seem to be the same now. What was proposed before and is not here is withdrawn.
        now: the instant.

    Returns:
        How many are new.
    """
    c = table.c
    by_id = {one.link_id: one for one in proposals}
    with scope.write() as connection:
        known = {
            row.link_id: row.status
            for row in connection.execute(select(c.link_id, c.status).where(c.msp_id == scope.msp_id))
        }
        withdrawn = [key for key, status in known.items() if status == "proposed" and key not in by_id]
        if withdrawn:
            connection.execute(delete(table).where(c.msp_id == scope.msp_id, c.link_id.in_(withdrawn)))
        new = [one for key, one in by_id.items() if key not in known]
        if new:
            connection.execute(insert(table), [_row(scope.msp_id, one, now) for one in new])
        for key, status in known.items():
            if status == "proposed" and key in by_id:
                ground = {"ground": by_id[key].ground, "similarity": by_id[key].similarity}
                connection.execute(
                    update(table).where(c.msp_id == scope.msp_id, c.link_id == key).values(ground)
                )
    return len(new)


def _row(msp_id: str, one: Proposal, now: datetime) -> dict[str, object]:
    return {
        "msp_id": msp_id,
        "link_id": one.link_id,
        "table_name": one.table_name,
        "connection_a": one.connection_a,
        "row_a": one.row_a,
        "connection_b": one.connection_b,
        "row_b": one.row_b,
        "ground": one.ground,
        "similarity": one.similarity,
        "status": "proposed",
        "proposed_at": now,
    }


def decide_links(
    scope: MspStore, link_ids: Sequence[str], status: LinkStatus, *, by: str, now: datetime
) -> list[str]:
    """Decide about links.

    Args:
        scope: the store of one MSP.
        link_ids: which.
        status: what they are from now on; `proposed` takes a decision back.
        by: who says so.
        now: the instant.

    Returns:
        Those of the ids that there are.
    """
    c = table.c
    mine = (c.msp_id == scope.msp_id) & c.link_id.in_(list(link_ids))
    decided = None if status == "proposed" else by
    with scope.write() as connection:
        found = [row.link_id for row in connection.execute(select(c.link_id).where(mine).order_by(c.link_id))]
        if found:
            values = {"status": status, "decided_by": decided, "decided_at": now if decided else None}
            connection.execute(update(table).where(mine).values(values))
    return found
