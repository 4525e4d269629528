"""What is written down, so that it need not be asked."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import column, record, required
from phasewise.model.words import DocumentKind


@record("documents", "A page of documentation", history=True)
class Document:
    """An article or document: its title, age and length, never its text."""

    id: str = required("the vendor's id of the document")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column(
        "whose it is; null = the MSP's own", default=None, reference="clients", indexed=True
    )
    title: str | None = column("its title", default=None, watched=True)
    kind: DocumentKind | None = column("what it is", default=None, mapping="document_kind", watched=True)
    kind_raw: str | None = column("the vendor's word for kind", default=None)
    created_at: datetime | None = column("when it was made", default=None)
    edited_at: datetime | None = column("when its text last changed", default=None, watched=True)
    reviewed_at: datetime | None = column(
        "when somebody last said that it still holds", default=None, watched=True
    )
    technician: str | None = column(
        "whose task it is to keep it", default=None, reference="technicians", watched=True
    )
    words: int | None = column("how long its text is", default=None, watched=True)
    is_archived: bool | None = column("it is kept out of use", default=None, watched=True)
