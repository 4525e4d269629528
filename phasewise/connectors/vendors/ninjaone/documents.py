"""Articles of the knowledge base and documents of organizations: titles, ages and lengths, never texts.

A document of an organization is made of fields that may hold passwords: none of them is stored or counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice, Stream
from phasewise.connectors.vendors.ninjaone.clients import client_of
from phasewise.connectors.vendors.ninjaone.lists import whole
from phasewise.connectors.vendors.ninjaone.moments import moment
from phasewise.connectors.vendors.ninjaone.session import RIGHT, Session
from phasewise.connectors.vendors.ninjaone.words import guess
from phasewise.errors import RecordError
from phasewise.model.records.documents import Document

OWN_ARTICLES = "/v2/knowledgebase/global/articles"
CLIENT_ARTICLES = "/v2/knowledgebase/organization/articles"
DOCUMENTS = "/v2/organization/documents"

KNOWLEDGE_BASE = "Knowledge Base"
"""Where an article stands; the only word there is for its kind."""

KINDS = {
    "knowledge base": "knowledge",
    "sop": "process",
    "procedure": "process",
    "procedures": "process",
    "processes": "process",
    "runbooks": "runbook",
    "configurations": "configuration",
    "password": "password_record",
    "passwords": "password_record",
    "credentials": "password_record",
}
"""Names of templates that many use; every other one is `other` until somebody maps it."""

_TAG = re.compile(r"<[^>]*>")


def article_id(payload: Any) -> str:
    """Articles and documents are numbered apart, and stand in one table."""
    return _numbered("article", payload, "id")


def document_id(payload: Any) -> str:
    """As `article_id`."""
    return _numbered("document", payload, "documentId")


def article_records(payload: Any, context: RecordContext) -> Iterable[Document]:
    """The article. One without an organization is the MSP's own."""
    edited_at = moment(payload.get("updateTime"), field="edited_at")
    yield Document(
        id=article_id(payload),
        updated_at=edited_at,
        client=_client(payload, context),
        title=payload.get("name"),
        kind=guess(KNOWLEDGE_BASE, field="kind", words=KINDS, mapping="document_kind"),
        kind_raw=KNOWLEDGE_BASE,
        created_at=moment(payload.get("createTime"), field="created_at"),
        edited_at=edited_at,
        words=payload.get("words"),
        is_archived=payload.get("isArchived"),
    )


def document_records(payload: Any, context: RecordContext) -> Iterable[Document]:
    """The document."""
    template = payload.get("documentTemplateName")
    edited_at = moment(payload.get("documentUpdateTime"), field="edited_at")
    yield Document(
        id=document_id(payload),
        updated_at=edited_at,
        client=_client(payload, context),
        title=payload.get("documentName"),
        kind=guess(template, field="kind", words=KINDS, mapping="document_kind"),
        kind_raw=template,
        edited_at=edited_at,
    )


def _client(payload: Any, context: RecordContext) -> str | None:
    """The organization; of a collective one nobody says which of its locations is meant."""
    return client_of(context.settings, {"organizationId": payload.get("organizationId")})


def _numbered(what: str, payload: Any, key: str) -> str:
    number = payload.get(key) if isinstance(payload, Mapping) else None
    if number is None:
        raise RecordError("there is no id", field="id", reason="no_id")
    return f"{what}:{number}"


def _article(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = ["id", "organizationId", "name", "isArchived", "createTime", "updateTime"]
    return {key: item.get(key) for key in kept} | {"words": _words(item.get("content"))}


def _document(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = ["documentId", "documentName", "documentUpdateTime", "documentTemplateName", "organizationId"]
    return {key: item.get(key) for key in kept}


def _words(content: Any) -> int | None:
    """How long an article is; None for an uploaded file, whose text nobody gives us."""
    if not isinstance(content, Mapping):
        return None
    text = content.get("text") or _TAG.sub(" ", content.get("html") or "")
    return len(text.split()) or None


def _pages(
    path: str, query: dict[str, bool], shape: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> Callable[..., Iterator[Page]]:
    def pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
        return whole(session.get, path, query, shape)

    return pages


def _articles(name: str, path: str, *, of_clients: bool) -> Stream:
    fields = ["title", "kind", "kind_raw", "created_at", "edited_at", "words", "is_archived"]
    return Stream(
        name=name,
        record="documents",
        # Archived ones as well: they are kept out of use, not gone.
        pages=_pages(path, {"includeArchived": True}, _article),
        records=article_records,
        identify=article_id,
        provides=frozenset(f"documents.{field}" for field in (*fields, *(["client"] if of_clients else []))),
        right=RIGHT,
    )


STREAMS = (
    _articles("articles", OWN_ARTICLES, of_clients=False),
    _articles("client_articles", CLIENT_ARTICLES, of_clients=True),
    Stream(
        name="documents",
        record="documents",
        pages=_pages(DOCUMENTS, {}, _document),
        records=document_records,
        identify=document_id,
        provides=frozenset(
            f"documents.{field}" for field in ["client", "title", "kind", "kind_raw", "edited_at"]
        ),
        right=RIGHT,
    ),
)
