"""The survey, its question and what clients answered, as rows of ConnectWise."""

from __future__ import annotations

from phasewise.model.records.surveys import SurveyResponse
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise.forms import Places, info, ref

SURVEY, POINTS = 1, 4


def survey_tables() -> dict[str, list[Item]]:
    """The one survey there is, and its one question."""
    options = [
        {"caption": str(points), "points": points, "includeFlag": True} for points in range(POINTS + 1)
    ]
    questions = [
        {"id": 1, "surveyId": SURVEY, "question": "How was it?", "includeFlag": True, "options": options}
    ]
    survey = {"id": SURVEY, "name": "How was it?", "inactiveFlag": False}
    return {"/service/surveys": [survey], "questions": questions}


def points_of(response: SurveyResponse) -> int:
    """The points of an answer, of those that the survey can give."""
    return round((response.score or 0.0) * POINTS / 100)


def _result(response: SurveyResponse) -> Item:
    return {
        "id": int(response.id),
        "ticketId": None if response.ticket is None else int(response.ticket),
        "emailAddress": "jane@client.example",
        "footerResponse": "Thank you, John!" if response.has_comment else "",
        "totalPoints": points_of(response),
        "company": ref(response.client),
        "surveyId": SURVEY,
        "_info": info(response.updated_at, response.at),
    }


PLACES: Places = {
    SurveyResponse: ("results", _result),
}
