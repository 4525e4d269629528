"""What clients say of the work."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import column, record, required


@record("survey_responses", "An answer of a client to a survey")
class SurveyResponse:
    """One answer. Its text is never kept: only that there is one."""

    id: str = required("the vendor's id of the answer")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    client: str | None = column("whose answer it is", default=None, reference="clients", indexed=True)
    ticket: str | None = column("the ticket it is about", default=None, reference="tickets", indexed=True)
    technician: str | None = column("whose work it is about", default=None, reference="technicians")
    at: datetime | None = column("when it was given", default=None, indexed=True)
    score: float | None = column(
        "the answer on one scale: 0 worst to 100 best", default=None, unit="points of 100"
    )
    score_raw: str | None = column("the answer as the vendor gives it", default=None)
    scale: str | None = column("the vendor's scale, worst to best, for example 1-5", default=None)
    has_comment: bool | None = column("something was written beside it", default=None)
    followed_up_at: datetime | None = column("when somebody came back to the client about it", default=None)
