"""What clients answered, as rows of Autotask."""

from __future__ import annotations

from typing import Any

from phasewise.sandbox.vendors.autotask.forms import number, stamp
from phasewise.sandbox.vendors.autotask.making import Makers, Making


def _response(making: Making, r: Any) -> None:
    making.add(
        "SurveyResults",
        id=int(r.id),
        companyID=making.company(r.client),
        ticketID=number(r.ticket),
        surveyRating=None if r.score_raw is None else float(r.score_raw),
        completeDate=stamp(r.at),
        contactID=100,
    )


MAKERS: Makers = {
    "survey_responses": _response,
}
