"""To-dos and notes of companies: calls, visits and reviews, planned or written down.

Both entities count from 1, so their ids are told apart by a word. Of what is written in them only that
something is written leaves Autotask's answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.autotask import words
from phasewise.connectors.vendors.autotask.entities import NOTES, TO_DOS, Entity
from phasewise.connectors.vendors.autotask.listing import changed_pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import (
    Payload,
    at,
    identify,
    label,
    latest,
    reference,
    word,
)
from phasewise.model.records.meetings import Meeting


@dataclass(frozen=True, slots=True)
class Form:
    """How one of the two entities names things.

    Attributes:
        entity: the entity.
        prefix: stands before its ids.
        technician, done, written: names of its fields.
    """

    entity: Entity
    prefix: str
    technician: str
    done: str
    written: str

    def identify(self, payload: Any) -> str:
        """The id of a meeting.

        Raises:
            RecordError: it has none.
        """
        return f"{self.prefix}:{identify(payload)}"

    def pages(self, session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
        """Those that changed within a slice, without what is written in them."""
        for page in changed_pages(session, slice_, self.entity):
            yield replace(page, payloads=[self._without_text(row) for row in page.payloads])

    def records(self, payload: Any, context: RecordContext) -> Iterable[Meeting]:  # noqa: ARG002  # the form of Stream.records
        """The meeting. That it was not completed does not say that it was not held."""
        began = at(payload, "startDateTime", field="at")
        kind = label(payload, "actionType")
        is_done = at(payload, self.done, field="is_held") is not None
        yield Meeting(
            id=self.identify(payload),
            updated_at=latest(payload, *self.entity.changed),
            client=reference(payload, "companyID"),
            technician=reference(payload, self.technician),
            kind=word(kind, field="kind", mapping="meeting_kind", words=words.MEETING),
            kind_raw=kind,
            at=began,
            minutes=_minutes(began, at(payload, "endDateTime", field="minutes")),
            is_held=True if is_done else None,
            has_notes=payload.get(self.written),
        )

    def _without_text(self, row: Payload) -> dict[str, Any]:
        return {**row, self.written: bool(str(row.get(self.written) or "").strip())}


def _minutes(began: datetime | None, ended: datetime | None) -> int | None:
    if began is None or ended is None or ended <= began:
        return None
    return round((ended - began).total_seconds() / 60)


TO_DO = Form(TO_DOS, "todo", "assignedToResourceID", "completedDate", "activityDescription")
NOTE = Form(NOTES, "note", "assignedResourceID", "completedDateTime", "note")
