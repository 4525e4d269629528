"""Answers to surveys. On which scale they are given is told nowhere: without it there is no score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.vendors.autotask.entities import SURVEY_RESULTS
from phasewise.connectors.vendors.autotask.listing import changed_pages
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import amount, at_in, identify, reference
from phasewise.errors import RecordError
from phasewise.model.records.surveys import SurveyResponse


def survey_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """The surveys that were answered within a slice; one without an answer has no date of it."""
    return changed_pages(session, slice_, SURVEY_RESULTS)


def survey_records(payload: Any, context: RecordContext) -> Iterable[SurveyResponse]:
    """The answer.

    Raises:
        RecordError: the rating lies outside of the scale of the settings.
    """
    rating = amount(payload, "surveyRating", field="score")
    scale = context.settings.survey_scale
    answered_at = at_in(payload, "completeDate", context.zone, field="at")
    yield SurveyResponse(
        id=identify(payload),
        updated_at=answered_at,
        client=reference(payload, "companyID"),
        ticket=reference(payload, "ticketID"),
        at=answered_at,
        score=None if rating is None or scale is None else _score(rating, *scale),
        score_raw=None if rating is None else f"{rating:f}",
        scale=None if scale is None else f"{scale[0]:g}-{scale[1]:g}",
    )


def _score(rating: Decimal, worst: float, best: float) -> float:
    share = (float(rating) - worst) / (best - worst)
    if not 0 <= share <= 1:
        raise RecordError(
            f"the rating {rating:f} lies outside of the scale {worst:g} to {best:g}",
            remedy="Correct survey_scale in the settings",
            field="score",
            reason="outside_scale",
        )
    return share * 100
