"""Customers and the users who work for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from phasewise.connectors.answers import CHANGED
from phasewise.connectors.base import FetchContext, Page, RecordContext, Slice
from phasewise.connectors.parse import neutral_word
from phasewise.connectors.vendors.syncro.fields import at, flag, text
from phasewise.connectors.vendors.syncro.lists import identify, kept, read_list
from phasewise.connectors.vendors.syncro.pages import stored
from phasewise.connectors.vendors.syncro.session import Session
from phasewise.connectors.vendors.syncro.words import GROUPS
from phasewise.errors import ContractError
from phasewise.model.records.people import Client, Technician
from phasewise.model.words import MAPPINGS, TechnicianRole

CUSTOMERS = "Customers - List/Search"
USERS = "none: every token may list users"

CUSTOMER_FIELDS = ("id", "business_name", "disabled", "updated_at")
USER_FIELDS = ("id", "full_name", "group", "updated_at")


def client_pages(session: Session, slice_: Slice, _context: FetchContext) -> Iterator[Page]:
    """All customers, the disabled ones among them."""
    query = {"include_disabled": "true"}
    pages = read_list(session, "/customers", "customers", query, right=CUSTOMERS, resume=slice_.resume)
    return stored(pages, CUSTOMER_FIELDS)


def client_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The client. One without the name of a business is a private person, whose name stays in Syncro."""
    yield Client(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        name=text(payload, "business_name"),
    )


def is_disabled(payload: Any) -> bool:
    """Whether a customer was disabled, which is how customers leave without being deleted."""
    return bool(flag(payload, "disabled"))


def technician_pages(session: Session, _slice: Slice, _context: FetchContext) -> Iterator[Page]:
    """All users in one page: the list has no pages and tells only a name, so each is asked for."""
    answer = session.get("/users", right=USERS)
    pairs = answer.body.get("users") if isinstance(answer.body, Mapping) else None
    if not isinstance(pairs, list):
        raise ContractError('the answer has no list "users"', where=answer.where, remedy=CHANGED)
    users = [_user(session, pair, answer.where) for pair in pairs]
    yield Page(users, proof="end_mark", source_time=answer.source_time)


def _user(session: Session, pair: Any, where: str) -> Any:
    if not isinstance(pair, list) or len(pair) != 2 or pair[0] is None:
        raise ContractError("a user is no longer a pair of id and name", where=where, remedy=CHANGED)
    number, name = pair
    answer = session.get(f"/users/{int(number)}", right=USERS, allow=(404,))
    found = answer.body.get("user") if answer.status == 200 and isinstance(answer.body, Mapping) else None
    return {"id": number, "full_name": name, **(kept(found, USER_FIELDS) or {})}


def technician_records(payload: Any, context: RecordContext) -> Iterable[Any]:
    """The technician; the role is guessed by the name of the security group."""
    group = text(payload, "group")
    role = neutral_word(group, field="role", words=GROUPS, known=MAPPINGS["role"])
    yield Technician(
        id=identify(payload),
        updated_at=at(payload, "updated_at", context),
        name=text(payload, "full_name"),
        role=cast("TechnicianRole | None", role),
        role_raw=group,
    )
