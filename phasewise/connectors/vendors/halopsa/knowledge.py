"""What is written down (articles of the knowledge base), and what clients say (answers to surveys)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.parse import integer
from phasewise.connectors.vendors.halopsa.lists import BY_ID, only, paged, whole
from phasewise.connectors.vendors.halopsa.session import Session
from phasewise.connectors.vendors.halopsa.settings import HaloSettings
from phasewise.connectors.vendors.halopsa.values import changed_at, moment, number_of, reference, text, yes
from phasewise.model.records.documents import Document
from phasewise.model.records.surveys import SurveyResponse

ARTICLES, SURVEYS = "read:kb", "read:tickets"

READ = frozenset({"id", "name", "date_created", "date_edited", "inactive", "type"})
READ_OF_SURVEYS = frozenset({"id", "ticket_id", "score", "date"})


def article_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All articles, those out of use included. Never their text."""
    query = {**BY_ID, "includeactive": True, "includeinactive": True}
    pages = paged(session, "/KBArticle", "articles", query, right=ARTICLES, resume=slice_.resume)
    return only(pages, READ)


def article_records(payload: Any, _context: RecordContext) -> Iterable[Document]:
    """The article. Whatever its type is called, it is knowledge."""
    number = integer(payload.get("type"), field="kind")
    edited = moment(payload.get("date_edited"), field="edited_at")
    yield Document(
        id=number_of(payload),
        updated_at=edited or changed_at(payload, "date_created"),
        title=text(payload, "name"),
        kind="knowledge",
        kind_raw="article" if number is None else f"article type {number}",
        created_at=moment(payload.get("date_created"), field="created_at"),
        edited_at=edited,
        is_archived=yes(payload.get("inactive"), field="is_archived"),
    )


def survey_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All answers in one, as Halo has no filter. That there is a comment is kept, what it says is not."""
    for page in whole(session, "/Feedback", "feedback", {}, right=SURVEYS):
        flagged = [
            {**p, "has_comment": _has_comment(p)} if isinstance(p, Mapping) else p for p in page.payloads
        ]
        yield from only(iter([replace(page, payloads=flagged)]), READ_OF_SURVEYS | {"has_comment"})


def survey_records(payload: Any, context: RecordContext) -> Iterable[SurveyResponse]:
    """The answer. Without the ends of the scale in the settings its score stays as Halo says it."""
    settings, raw = context.settings, integer(payload.get("score"), field="score")
    at = moment(payload.get("date"), field="at")
    yield SurveyResponse(
        id=number_of(payload),
        updated_at=at,
        ticket=reference(payload.get("ticket_id"), field="ticket"),
        at=at,
        score=_score(raw, settings),
        score_raw=None if raw is None else str(raw),
        scale=_scale(settings),
        has_comment=payload.get("has_comment"),
    )


def _score(raw: int | None, settings: HaloSettings) -> float | None:
    """0 worst to 100 best; None outside of the scale: it may be another one than the settings say."""
    worst, best = settings.survey_worst, settings.survey_best
    if raw is None or worst is None or best is None:
        return None
    share = (raw - worst) / (best - worst)
    return 100 * share if 0 <= share <= 1 else None


def _scale(settings: HaloSettings) -> str | None:
    return None if settings.survey_worst is None else f"{settings.survey_worst}-{settings.survey_best}"


def _has_comment(payload: Mapping[str, Any]) -> bool | None:
    told = [payload[name] for name in ("comment", "user_message") if name in payload]
    return any(isinstance(said, str) and said.strip() for said in told) if told else None


def surveys_stream(settings: HaloSettings | None) -> Stream:
    """The answers; a score only where the settings say the scale."""
    fields = ["ticket", "at", "score_raw", "has_comment"]
    if settings is None or settings.survey_worst is not None:
        fields += ["score", "scale"]
    return Stream(
        name="survey_responses",
        record="survey_responses",
        pages=survey_pages,
        records=survey_records,
        identify=number_of,
        provides=frozenset(f"survey_responses.{name}" for name in fields),
        right=SURVEYS,
    )


DOCUMENTS = Stream(
    name="documents",
    record="documents",
    pages=article_pages,
    records=article_records,
    identify=number_of,
    provides=frozenset(
        f"documents.{name}" for name in ("title", "kind", "created_at", "edited_at", "is_archived")
    ),
    page_size=(1, 50, 100),
    right=ARTICLES,
)
