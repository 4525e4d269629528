"""Queries: pages of an entity, the rows that belong to other rows, and the labels of picklists.

Paging: `nextPageUrl` is asked with the same verb and the same body (a GET of it is refused, another body asks
for other rows). It leads on after the last id, in the order of ids, so that rows that come and go meanwhile
shift nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import FetchContext, Page, Slice
from phasewise.connectors.listing import Listing, listing, place
from phasewise.connectors.paging import by_next, in_window
from phasewise.connectors.parse import instant
from phasewise.connectors.vendors.autotask.entities import Entity
from phasewise.connectors.vendors.autotask.filters import (
    EVERYTHING,
    Condition,
    both,
    changed_within,
    one_of,
)
from phasewise.connectors.vendors.autotask.session import Session
from phasewise.connectors.vendors.autotask.values import LABELS, identify
from phasewise.errors import ContractError, ForbiddenError, RecordError

PAGE = 500
"""Rows a page, the most there is."""

IDS_AT_A_TIME = 400
"""Ids in one query; Autotask takes at most 500 conditions."""

_READ = listing(items="items", next_mark="pageDetails.nextPageUrl")


def read(answer: Answer) -> Listing:
    """What is in an answer.

    Raises:
        ContractError: it does not say whether there is a next page. That is no last page.
    """
    details = place(answer.body, "pageDetails")
    if not isinstance(details, dict) or "nextPageUrl" not in details:
        raise ContractError(
            "the answer does not say whether more follows", where=answer.where, remedy=CHANGED
        )
    return _READ(answer)


def pages(
    session: Session,
    entity: Entity,
    condition: Condition = EVERYTHING,
    *,
    fields: Sequence[str] | None = None,
    size: int = PAGE,
    resume: str | None = None,
    background: bool = False,
) -> Iterator[Page]:
    """Every row that fits, in the order of ids, with the labels of its picklists.

    Args:
        session: the client.
        entity: what is asked for.
        condition: which rows.
        fields: in place of the entity's own.
        size: rows a page.
        resume: a former run's `Page.cursor`.
        background: take at most a quarter of the budget.
    """
    body = _body(entity.fields if fields is None else fields, condition, size)

    def fetch(link: str | None) -> Answer:
        return session.query(entity, body, link=link, background=background)

    found = by_next(fetch, read, identify=identify, resume=resume)
    if fields is not None or not entity.labelled:
        yield from found
        return
    for page in found:
        yield replace(page, payloads=labelled(session, entity, page.payloads))


def changed_pages(
    session: Session, slice_: Slice, entity: Entity, *, size: int = PAGE, background: bool = False
) -> Iterator[Page]:
    """The rows that changed within a slice.

    Raises:
        ContractError: the source ignores the filter.
    """
    condition = changed_within(entity.changed, slice_)
    found = pages(session, entity, condition, size=size, resume=slice_.resume, background=background)
    return in_window(found, slice_, lambda row: _changed_at(row, entity, slice_), where=entity.name)


def listed_ids(session: Session, slice_: Slice, _context: FetchContext, entity: Entity) -> Iterator[Page]:
    """The ids of all rows that changed within a slice: what is not among them is gone."""
    return pages(session, entity, changed_within(entity.changed, slice_), fields=("id",))


def belonging(
    session: Session,
    entity: Entity,
    field: str,
    ids: Iterable[str],
    *,
    also: Sequence[Condition] = (),
    fields: Sequence[str] | None = None,
) -> dict[str, list[Any]]:
    """The rows that belong to other rows, by the id of that row.

    Args:
        session: the client.
        entity: what is asked for.
        field: the field that names the row they belong to.
        ids: of those rows.
        also: further conditions.
        fields: in place of the entity's own.

    Raises:
        ContractError: rows came that were not asked for: the filter is ignored.
    """
    found: dict[str, list[Any]] = {id_: [] for id_ in ids}
    wanted = list(found)
    for start in range(0, len(wanted), IDS_AT_A_TIME):
        some = [int(id_) for id_ in wanted[start : start + IDS_AT_A_TIME]]
        condition = both(one_of(field, some), *also)
        for page in pages(session, entity, condition, fields=fields):
            for row in page.payloads:
                owner = str(row.get(field))
                if owner not in found:
                    raise ContractError(
                        f"the source ignores the filter: asked for {field} {some[0]} and others, got {owner}",
                        where=entity.name,
                        remedy=CHANGED,
                    )
                found[owner].append(row)
    return found


def everything(session: Session, entity: Entity) -> Mapping[str, Any]:
    """All rows of a short list by id; read once a run."""

    def look() -> Mapping[str, Any]:
        found = pages(session, entity)
        return {identify(row): row for page in found for row in page.payloads}

    return session.once(f"all {entity.name}", look)


def labels(session: Session, entity: Entity) -> Mapping[str, Mapping[str, str]]:
    """Field → value as text → label, of every picklist of an entity; read once a run.

    A picklist's values are texts, the values in its rows are numbers.

    Raises:
        ContractError: the description of the fields has no list of them.
    """

    def look() -> Mapping[str, Mapping[str, str]]:
        answer = session.fields(entity)
        return {str(field.get("name")): _values(field) for field in listing(items="fields")(answer).items}

    return session.once(f"labels of {entity.name}", look)


def labelled(session: Session, entity: Entity, rows: Sequence[Any]) -> list[Any]:
    """The rows, each with the labels of its values. A value that no list has keeps its number as its word."""
    known = labels(session, entity) if rows else {}
    return [{**row, LABELS: _labels_of(row, entity, known)} if isinstance(row, dict) else row for row in rows]


def noted(found: Iterator[Page], notes: set[str]) -> Iterator[Page]:
    """The same pages; the last one says what else happened."""
    for page in found:
        told = "; ".join(filter(None, (page.note, *sorted(notes)))) if page.proof != "none" else page.note
        yield replace(page, note=told) if told != page.note else page


def tolerated(notes: set[str], what: str, look: Any) -> Any:
    """What a look-up finds; where its right is missing, nothing, and a note for the receipt."""
    try:
        return look()
    except ForbiddenError as error:
        notes.add(f'{what} unknown, as the right "{error.right}" is missing')
        return {}


def _body(fields: Sequence[str], condition: Condition, size: int) -> dict[str, Any]:
    body: dict[str, Any] = {"filter": [condition]}
    if fields:
        body |= {"maxRecords": size, "includeFields": list(fields)}
    return body


def _values(field: Mapping[str, Any]) -> Mapping[str, str]:
    values = field.get("picklistValues") or ()
    return {str(v.get("value")): str(v.get("label")) for v in values if v.get("label")}


def _labels_of(
    row: Mapping[str, Any], entity: Entity, known: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    return {
        name: known.get(name, {}).get(str(row[name]), str(row[name]))
        for name in entity.labelled
        if row.get(name) is not None
    }


def _changed_at(row: Any, entity: Entity, slice_: Slice) -> datetime | None:
    """The time of change for which the row was listed: one inside of the window, else the latest."""
    times = [at for name in entity.changed if (at := _moment(row, name)) is not None]
    inside = [
        at
        for at in times
        if (slice_.start is None or at >= slice_.start) and (slice_.end is None or at < slice_.end)
    ]
    return max(inside or times, default=None)


def _moment(row: Any, name: str) -> datetime | None:
    try:
        return instant(row.get(name), field="updated_at", zone=UTC)
    except (RecordError, AttributeError):
        return None  # it will be a reject, with its reason
