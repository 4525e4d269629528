"""What shows that a slice is complete, and what shows that its source is repeating itself.

A slice is complete when its connector saw the end (the vendor's end mark, or the whole file) **and**, where
the vendor declares a total, no fewer distinct ids came than the smaller of the totals declared before and
after. Without either it is partial, however well everything went.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from phasewise.connectors.base import Page, Proof
from phasewise.connectors.seen import count_distinct
from phasewise.errors import ContractError

REPEATS_ALLOWED = 2
"""A page of the same ids may come once more (records move while we page); after that the source loops."""


MOST_WITHOUT_A_TOTAL = 100_000
"""Ids kept of a source that has declared no total so far. It is nothing to hold them against: a source that
says how many there are says so from its first page on."""


@dataclass(slots=True)
class Witness:
    """What was seen of one slice so far. 8 bytes an id, so that a long slice keeps the memory flat.

    `is_blind`: so many ids came without a total that they are not kept; one declared now comes too late.
    """

    ids: array[int] = field(default_factory=lambda: array("q"))
    is_blind: bool = False
    pages: dict[int, int] = field(default_factory=dict)
    previous: Any = ()
    declared_first: int | None = None
    declared_last: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a slice is complete, what shows it, and why not."""

    proof: Proof
    is_complete: bool
    message: str = ""


def remember(witness: Witness, ids: Iterable[str]) -> None:
    """Count ids that an earlier, killed run of the same pass has stored."""
    witness.ids.extend(hash(i) for i in ids)


def see(
    witness: Witness, page: Page, ids: Sequence[str], *, where: str, content: bytes | None = None
) -> None:
    """Take note of a page.

    Args:
        witness: what was seen before.
        page: the page.
        ids: of its payloads.
        where: for the message.
        content: the payloads as they are stored, a fiftieth of their size in memory; None = they are kept
            themselves until the next page was compared with them.

    Raises:
        ContractError: the source sends the same page again.
    """
    compared: Any = page.payloads if content is None else content
    if page.payloads and compared == witness.previous:
        raise _repeats(where)
    fingerprint = hash(tuple(ids))
    times = witness.pages.get(fingerprint, 0) + 1
    if page.payloads and times > REPEATS_ALLOWED:
        raise _repeats(where)
    witness.pages[fingerprint] = times
    witness.previous = compared
    if page.declared is not None:
        witness.declared_last = page.declared
        if witness.declared_first is None:
            witness.declared_first = page.declared
    if not witness.is_blind:
        witness.ids.extend(map(hash, ids))
        if witness.declared_first is None and len(witness.ids) > MOST_WITHOUT_A_TOTAL:
            witness.ids = array("q")
            witness.is_blind = True


def judge(witness: Witness, proof: Proof) -> Verdict:
    """The verdict when the source has nothing more.

    Args:
        witness: what was seen.
        proof: what the connector's last page claims.
    """
    if proof == "none":
        return Verdict("none", is_complete=False, message="the source ended without saying that this was all")
    declared = declared_total(witness)
    if proof == "whole_file" or declared is None:
        # A total that was never declared cannot be reached: the claim falls back to the end mark.
        return Verdict("end_mark" if proof == "declared_total" else proof, is_complete=True)
    if witness.is_blind:
        return Verdict(
            "none",
            is_complete=False,
            message=f"the source said how many items it has ({declared:,}) after {MOST_WITHOUT_A_TOTAL:,} "
            "had come without: too late to count them",
        )
    distinct = count_distinct(witness.ids)
    if distinct >= declared:
        return Verdict("declared_total", is_complete=True)
    return Verdict(
        "none", is_complete=False, message=f"the source says it has {declared:,} items, {distinct:,} came"
    )


def declared_total(witness: Witness) -> int | None:
    """The smaller of the totals declared before and after, None when the source never said."""
    if witness.declared_first is None or witness.declared_last is None:
        return None
    return min(witness.declared_first, witness.declared_last)


def _repeats(where: str) -> ContractError:
    return ContractError(
        "the source sends the same page again and again",
        where=where,
        remedy="Its paging has changed: update the connector. What came before is stored",
    )
