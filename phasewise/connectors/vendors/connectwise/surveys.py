"""Answers to the surveys that ConnectWise sends itself. Many MSPs use another tool for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, Proof, RecordContext, Slice
from phasewise.connectors.parse import integer
from phasewise.connectors.vendors.connectwise import lists
from phasewise.connectors.vendors.connectwise.lists import List
from phasewise.connectors.vendors.connectwise.lookups import TABLES
from phasewise.connectors.vendors.connectwise.session import Session
from phasewise.connectors.vendors.connectwise.values import (
    STAMPS,
    Item,
    changed_at,
    identify,
    made_at,
    ref,
    text,
)
from phasewise.errors import RecordError
from phasewise.model.records.surveys import SurveyResponse

RIGHT = f"Service Desk: Service Tickets (inquire all), and {TABLES}"
SURVEYS = List("/service/surveys", ("id",), RIGHT)
RESULT = ("id", "ticketId", "footerResponse", "totalPoints", "company/id", "surveyId", *STAMPS)
QUESTION = ("id", "includeFlag", "options", "noAnswerPoints")


def survey_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All answers to all surveys: nothing says which are new."""
    surveys = [survey for survey in lists.rows(session, SURVEYS) if _number(survey) is not None]
    if not surveys:
        yield Page((), proof="end_mark", note="there is no survey, or none that we may see")
    is_proven = True
    for place, survey in enumerate(surveys, 1):
        number = _number(survey)
        highest = _most_points(session, number)
        listed = List(f"/service/surveys/{number}/results", RESULT, RIGHT, has_count=False)
        last: Proof = "none"
        for page in lists.everything(session, listed, Slice("all")):
            payloads = [_without_text(item, highest) for item in page.payloads]
            last = page.proof
            # Only the end of the last survey is the end of the stream, and only where all others ended.
            proof = page.proof if place == len(surveys) and is_proven else "none"
            yield replace(page, payloads=payloads, cursor=None, declared=None, proof=proof)
        is_proven = is_proven and last != "none"


def survey_records(payload: Item, _context: RecordContext) -> Iterable[Any]:
    """The answer. Its score is the share of the points that its survey can give, if the survey says them."""
    points = integer(payload.get("totalPoints"), field="score")
    highest = payload.get("mostPoints")
    score = None
    if points is not None and highest:
        if not 0 <= points <= highest:
            raise RecordError(
                f"{points} points of {highest} that its survey can give", field="score", reason="bad_score"
            )
        score = round(100.0 * points / highest, 2)
    ticket = payload.get("ticketId")
    yield SurveyResponse(
        id=identify(payload),
        updated_at=changed_at(payload),
        client=ref(payload, "company"),
        ticket=str(ticket) if ticket else None,
        at=made_at(payload, "at") or changed_at(payload),
        score=score,
        score_raw=None if points is None else str(points),
        scale=f"0-{highest}" if highest else None,
        has_comment=payload.get("hasComment"),
    )


def _number(survey: Any) -> int | None:
    try:
        return int(identify(survey))
    except (RecordError, ValueError):
        return None


def _most_points(session: Session, survey: int | None) -> int | None:
    """The most points that a survey can give; None where one of its questions does not say."""
    listed = List(f"/service/surveys/{survey}/questions", QUESTION, RIGHT)
    questions = session.once(f"questions of survey {survey}", lambda: lists.rows(session, listed))
    best = [_best(question) for question in questions if question.get("includeFlag") is not False]
    known = [points for points in best if points is not None]
    return sum(known) if known and len(known) == len(best) and sum(known) > 0 else None


def _best(question: Item) -> int | None:
    options: Sequence[Any] = question.get("options") or ()
    points = [one.get("points") for one in options if isinstance(one, Mapping)]
    numbers = [number for number in points if isinstance(number, int)]
    if not numbers:
        return 0 if question.get("noAnswerPoints") in (None, 0) else None
    return max(numbers)


def _without_text(item: Any, highest: int | None) -> Any:
    if not isinstance(item, dict):
        return item
    kept = {key: value for key, value in item.items() if key != "footerResponse"}
    has_comment = text(item.get("footerResponse")) is not None if "footerResponse" in item else None
    return {**kept, "hasComment": has_comment, "mostPoints": highest}
