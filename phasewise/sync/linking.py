"""Which rows of different systems are the same: proposals, by the strongest ground there is.

First what a vendor says itself (its row's id in the other system), then a serial number that each side has
once, then names. A name must be the best match in both directions, and without a rival. Nothing here decides:
a person confirms, or the settings say from which likeness on a proposal counts (`links.auto_above`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from phasewise.config.settings import Settings
from phasewise.connectors import connector
from phasewise.connectors.base import Connector
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.links import Proposal, decide_links, read_links, save_proposals

LEAST_LIKENESS = 0.85
"""Below this, names are not proposed as the same (share 0-1)."""

SHORTEST_SERIAL_NUMBER = 5
"""Shorter ones are placeholders ("0", "N/A", "None")."""

BY_SETTINGS = "the settings"

TABLES = ("clients", "technicians", "devices")

Names = dict[str, str]
"""Row → its name, of one connection."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What proposing came to.

    Attributes:
        proposed: proposals that wait for a person.
        new: of them, those that are new.
        confirmed: links that count, those decided by people included.
    """

    proposed: int
    new: int
    confirmed: int


def link_connections(
    scope: MspStore, settings: Settings, *, now: datetime, find: Callable[[str], Connector] = connector
) -> Linked | None:
    """Propose links between the connections of an MSP; None where it has fewer than two.

    Args:
        scope: the store of the MSP.
        settings: loaded settings, for its connections and for `links.auto_above`.
        now: the instant.
        find: connector by name.
    """
    systems = {
        name: (one.connector, find(one.connector).kind)
        for name, one in settings.connections_of(scope.msp_id).items()
    }
    if len(systems) < 2:
        return None
    return propose_links(scope, systems, auto_above=settings.msps[scope.msp_id].links.auto_above, now=now)


def propose_links(
    scope: MspStore,
    systems: Mapping[str, tuple[str, str]],
    *,
    auto_above: float | None,
    now: datetime,
) -> Linked:
    """Propose which rows of an MSP's connections are the same, and confirm what the settings say.

    Args:
        scope: the store of one MSP.
        systems: connection → (its connector, the connector's kind).
        auto_above: from which similarity on (share 0-1) a proposal is confirmed by itself; None = never.
        now: the instant.
    """
    taken = {
        (link.proposal.table_name, connection, row, other)
        for link in read_links(scope)
        if link.status == "confirmed"
        for connection, row, other in _ends(link.proposal)
    }
    proposals = []
    for name in TABLES:
        said = _said_by_vendors(scope, name, systems)
        for pair in combinations(sorted(systems), 2):
            proposals += _between(scope, name, pair, said, taken)
    new = save_proposals(scope, proposals, now=now)
    if auto_above is not None:
        refused = {link.link_id for link in read_links(scope) if link.status == "refused"}
        sure = [p.link_id for p in proposals if p.similarity >= auto_above and p.link_id not in refused]
        decide_links(scope, sure, "confirmed", by=BY_SETTINGS, now=now)
    count = Counter(link.status for link in read_links(scope))
    return Linked(count["proposed"], new, count["confirmed"])


def _ends(one: Proposal) -> Iterable[tuple[str, str, str]]:
    yield one.connection_a, one.row_a, one.connection_b
    yield one.connection_b, one.row_b, one.connection_a


def _between(
    scope: MspStore,
    name: str,
    pair: tuple[str, str],
    said: set[tuple[str, str, str, str]],
    taken: set[tuple[str, str, str, str]],
) -> list[Proposal]:
    """Proposals for one table and two connections; each row is in one at most, by the strongest ground."""
    first, second = pair
    rows = {
        connection: {key: row for key, row in _rows(scope, name, connection).items()
                     if (name, connection, key, other) not in taken}
        for connection, other in (pair, (second, first))
    }  # fmt: skip
    found: list[Proposal] = []

    def add(matches: Iterable[tuple[str, str, float]], ground: Any) -> None:
        for row_a, row_b, similarity in matches:
            if row_a in rows[first] and row_b in rows[second]:
                found.append(Proposal(name, first, row_a, second, row_b, ground, similarity))
                del rows[first][row_a], rows[second][row_b]

    add(sorted((a, b, 1.0) for x, a, y, b in said if (x, y) == pair), "external_id")
    if name == "devices":
        add(_same(rows[first], rows[second], "serial_number", SHORTEST_SERIAL_NUMBER), "serial_number")
        add(_same(rows[first], rows[second], "name", 1), "name")
    else:
        add(alike(_names(rows[first]), _names(rows[second])), "name")
    return found


def _rows(scope: MspStore, name: str, connection: str) -> dict[str, dict[str, Any]]:
    serial = "serial_number" if name == "devices" else "NULL AS serial_number"
    sql = (
        f"SELECT id, name, {serial} FROM {name} "  # noqa: S608  # the table is one of TABLES
        "WHERE msp_id = :msp_id AND connection_id = :connection AND gone_at IS NULL ORDER BY id"
    )
    return {row["id"]: row for row in read_frame(scope, sql, connection=connection)}


def _names(rows: Mapping[str, Mapping[str, Any]]) -> Names:
    return {key: row["name"] for key, row in rows.items() if row["name"]}


def _said_by_vendors(
    scope: MspStore, name: str, systems: Mapping[str, tuple[str, str]]
) -> set[tuple[str, str, str, str]]:
    """(first connection, row, second connection, row) that a vendor itself calls the same."""
    sql = (
        "SELECT connection_id, row, system, value FROM external_ids "
        "WHERE msp_id = :msp_id AND table_name = :name AND target_table = :name AND gone_at IS NULL"
    )
    found = set()
    for line in read_frame(scope, sql, name=name):
        # Where two connections could be meant, neither is: a wrong link is worse than none.
        meant = [
            c for c, system in systems.items() if line["system"] in system and c != line["connection_id"]
        ]
        if len(meant) == 1:
            here, there = (line["connection_id"], line["row"]), (meant[0], line["value"])
            found.add((*min(here, there), *max(here, there)))
    return found


def _same(
    a: Mapping[str, Mapping[str, Any]], b: Mapping[str, Mapping[str, Any]], field: str, shortest: int
) -> list[tuple[str, str, float]]:
    """Rows whose field is the same but for case and blanks, where each side has that value once."""
    sides = []
    for rows in (a, b):
        values = {key: "".join((row[field] or "").split()).casefold() for key, row in rows.items()}
        often = Counter(values.values())
        sides.append({v: key for key, v in values.items() if len(v) >= shortest and often[v] == 1})
    return [(sides[0][value], sides[1][value], 1.0) for value in sorted(sides[0].keys() & sides[1].keys())]


def alike(a: Names, b: Names) -> list[tuple[str, str, float]]:
    """Names that are alike, each the other's best match and without a rival.

    The likeness is rapidfuzz's token sort ratio of the names in lower case, without punctuation (0-1).

    Returns:
        (row of a, row of b, similarity), the most alike first.
    """
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415  # a sync of one connection need not load it

    if not a or not b:
        return []
    keys_a, keys_b = list(a), list(b)
    matrix = process.cdist(
        [a[key] for key in keys_a],
        [b[key] for key in keys_b],
        scorer=fuzz.token_sort_ratio,
        processor=utils.default_process,
        score_cutoff=100 * LEAST_LIKENESS,
    )
    found = []
    for row, key in enumerate(keys_a):
        best = float(matrix[row].max())
        if best <= 0 or (matrix[row] == best).sum() > 1:
            continue
        column = int(matrix[row].argmax())
        if matrix[:, column].max() == best and (matrix[:, column] == best).sum() == 1:
            found.append((key, keys_b[column], round(best / 100, 4)))
    return sorted(found, key=lambda match: (-match[2], match[0]))


def names_of(scope: MspStore, proposals: Sequence[Proposal]) -> dict[tuple[str, str, str], str]:
    """(table, connection, row) → name, for every end of these."""
    wanted = {(p.table_name, c, row) for p in proposals for c, row, _ in _ends(p)}
    found: dict[tuple[str, str, str], str] = {}
    for name, connection in sorted({(table, connection) for table, connection, _ in wanted}):
        for key, row in _rows(scope, name, connection).items():
            if (name, connection, key) in wanted:
                found[name, connection, key] = row["name"] or ""
    return found
