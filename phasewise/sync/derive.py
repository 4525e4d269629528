"""From payloads to records: the one function that a sync and a remap share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from phasewise.connectors.base import RecordContext, Stream
from phasewise.errors import RecordError
from phasewise.storage.sink import Derived, MappedWord, NewReject, StoredPayload
from phasewise.sync import mapping, sla

PAYLOAD_PLACE = "payload "
"""Places of rejected payloads begin with this; those of rejected pieces of a source never do. A remap
derives the first again and leaves the second."""

TEXT_LIMIT = 2_000

UNEXPECTED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What a connector's pure function raises when a payload has a form its author did not foresee."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """How the payloads of one stream become records.

    Attributes:
        stream: whose payloads.
        context: what the stream's record function may know.
        basis: whose SLA verdict counts.
    """

    stream: Stream
    context: RecordContext
    basis: str


@dataclass(frozen=True, slots=True)
class DerivedPage:
    """What the payloads of a page became.

    Attributes:
        payloads: every payload with its id ("" where it could not be read), rejected ones included.
        records: every record with the position of its payload.
        rejects: payloads that could not become a record.
        stored: payloads that did.
        newest: the newest `updated_at` of the main records, None when they have none.
        deleted: ids of main records that the source says are deleted.
        words: the vendor's words met for the first time.
    """

    payloads: list[StoredPayload]
    records: list[Derived]
    rejects: list[NewReject]
    stored: int
    newest: datetime | None
    deleted: tuple[str, ...] = ()
    words: list[MappedWord] = field(default_factory=list)


def derive(
    payloads: Sequence[Any], derivation: Derivation, book: mapping.WordBook, *, place: str
) -> DerivedPage:
    """Derive the records of a page.

    Args:
        payloads: decoded JSON values as the source sent them.
        derivation: whose payloads, and what may be known.
        book: the operator's words; collects the words met.
        place: where the page is ("2026-03 page 4"), for payloads without an id.

    Returns:
        The page; a payload that cannot become a record is a reject in it, never an exception.
    """
    stream, context = derivation.stream, derivation.context
    promises = "sla_results" in (stream.record, *stream.emits)
    kept: list[StoredPayload] = []
    records: list[Derived] = []
    rejects: list[NewReject] = []
    changed: list[datetime | None] = []
    deleted: list[str] = []
    for index, payload in enumerate(payloads):
        key: Any = ""
        try:
            key = stream.identify(payload)
            found = [mapping.apply(r, book) for r in stream.records(payload, context)]
            is_deleted = stream.deleted(payload)
        except RecordError as error:
            rejects.append(_reject(error, payload, key, f"{place} item {index + 1}"))
        except UNEXPECTED as error:
            rejects.append(_reject(_unforeseen(error), payload, key, f"{place} item {index + 1}"))
        else:
            if promises:
                found = sla.judge(found, derivation.basis)
            for record in found:
                records.append(Derived(index, record))
                if type(record).__record__.table == stream.record:
                    changed.append(record.updated_at)
                    if is_deleted:
                        deleted.append(record.id)
        kept.append(StoredPayload(key if isinstance(key, str) else "", payload))
    return DerivedPage(
        kept,
        records,
        rejects,
        stored=len(kept) - len(rejects),
        newest=_newest(changed),
        deleted=tuple(deleted),
        words=mapping.take_fresh(book),
    )


def _newest(instants: Sequence[datetime | None]) -> datetime | None:
    """The latest of those that say their zone; one that does not cannot be compared, and is refused later."""
    return max((at for at in instants if at is not None and at.tzinfo is not None), default=None)


def _unforeseen(error: Exception) -> RecordError:
    return RecordError(
        f"the payload has a form the connector does not know ({type(error).__name__}: {error})",
        remedy="Has the source changed? Update the connector",
        reason="unexpected_form",
    )


def _reject(error: RecordError, payload: Any, key: Any, place: str) -> NewReject:
    known = key if isinstance(key, str) else ""
    return NewReject(
        place=PAYLOAD_PLACE + (known or place),
        reason=error.reason,
        detail=str(error),
        payload=json.dumps(payload, ensure_ascii=True, default=str)[:TEXT_LIMIT],
        key=known or None,
        field=error.field,
    )
