"""The activity log: walked from the newest back, and put together to series.

An alert and a run are told in several activities of one series (`seriesUid`): raised and reset, started and
completed. They come on different pages and in different nights, the last one first. So a payload is all that
is known of a series: what this page brings, what the pages just before brought, and what is stored.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from phasewise.connectors.answers import CHANGED, Answer
from phasewise.connectors.base import FetchContext, Page, Slice
from phasewise.connectors.listing import listing
from phasewise.connectors.paging import by_key, in_window
from phasewise.connectors.vendors.ninjaone.lists import PAGE, identify, number_of
from phasewise.connectors.vendors.ninjaone.moments import moment, not_earlier, not_later
from phasewise.connectors.vendors.ninjaone.session import Owner, Session
from phasewise.errors import ContractError, RecordError

PATH = "/v2/activities"
ACTIVITIES = listing(items="activities")

KEPT = [
    "id",
    "activityTime",
    "deviceId",
    "severity",
    "seriesUid",
    "activityType",
    "statusCode",
    "activityResult",
    "sourceConfigUid",
    "sourceName",
    "userId",
]
"""What is kept of an activity. Its text and data may hold names and the output of scripts."""

DEFINITIONS = frozenset(
    f"{what}_{change}"
    for what in ("SCRIPT", "SCHEDULED_TASK")
    for change in ("CREATED", "UPDATED", "DELETED")
)
"""Status codes of edits: nothing ran."""

NOT_YET_STORED = 6
"""Pages that may be on their way into the store while the next one is made (the engine reads two ahead)."""

OVERLAP = timedelta(hours=24)
"""How far before its mark an increment starts again: a device that was offline reports later what happened on
it. How late, is written nowhere."""

QUIET = timedelta(days=3)
"""So long may nothing happen at the beginning of a slice without a word."""

_NUMBER = itemgetter("id")
"""Of an activity in a payload; `walk` has seen to it that each has one."""

Activity = Mapping[str, Any]
Series = dict[str, Any]


def series_of(payload: Any) -> str:
    """The id of a series, and of an activity the series it belongs to.

    Raises:
        RecordError: it belongs to none.
    """
    series = payload.get("seriesUid") if isinstance(payload, dict) else None
    if not series:
        raise RecordError("the activity belongs to no series", field="id", reason="no_series")
    return str(series)


def walk(session: Session, types: Sequence[str], slice_: Slice) -> Iterator[Page]:
    """The activities of these types in a slice, type by type, each from the newest back.

    Args:
        session: the client.
        types: values of `activityType`.
        slice_: what is asked for; its mark is a type and the id to go on below.

    Raises:
        ContractError: the source ignores what was asked for.
    """
    of_mark, _, mark = (slice_.resume or "").partition(":")
    begin = types.index(of_mark) if of_mark in types else 0
    told = _Told()
    for place in range(begin, len(types)):
        resume = mark if place == begin and mark else None
        pages = by_key(
            _fetcher(session, types[place], slice_),
            ACTIVITIES,
            identify=identify,
            key=number_of,
            descending=True,
            resume=resume,
        )
        for page in in_window(pages, slice_, told.at, where="activities"):
            is_end = page.proof != "none"
            if is_end and place + 1 < len(types):
                yield replace(page, cursor=f"{types[place + 1]}:", proof="none")
            elif is_end:
                yield replace(page, note=told.reach(slice_))
            else:
                yield replace(page, cursor=page.cursor and f"{types[place]}:{page.cursor}")


def gathered(pages: Iterator[Page], session: Session, context: FetchContext) -> Iterator[Page]:
    """The same pages, each activity as the series it belongs to, with all that is known of that."""
    recent = Recent(context)
    for page in pages:
        kept = [_kept(item) for item in page.payloads if item.get("statusCode") not in DEFINITIONS]
        known = recent.known({item["seriesUid"] for item in kept if item["seriesUid"]})
        owners = session.owners() if kept else {}
        found: dict[str, Series] = {}
        for number, item in enumerate(kept):
            uid = item["seriesUid"]
            series = uid or f"activity {number}"  # without a series it stands alone, and will be a reject
            if series not in found:
                found[series] = _begun(uid, known.get(series))
            _add(found[series], item, owners)
        recent.remember(found)
        yield replace(page, payloads=list(found.values()))


@dataclass(slots=True)
class Recent:
    """What is known of series: the pages just made, and what is stored."""

    context: FetchContext
    pages: deque[Mapping[str, Series]] = field(default_factory=lambda: deque(maxlen=NOT_YET_STORED))

    def known(self, ids: Collection[str]) -> dict[str, Series]:
        """Id → the series, for those of which something is known."""
        found: dict[str, Series] = {}
        for page in self.pages:
            found |= {series: page[series] for series in page.keys() & ids}
        stored = self.context.previous(sorted(set(ids) - found.keys()))
        return {**stored, **found}

    def remember(self, page: Mapping[str, Series]) -> None:
        """A page is on its way into the store."""
        self.pages.append(page)


def in_order(series: Mapping[str, Any]) -> list[Activity]:
    """The activities of a series, oldest first: ids grow."""
    activities = series.get("activities") or []
    return sorted(activities, key=_NUMBER) if len(activities) > 1 else activities


def times_of(activities: Sequence[Activity]) -> dict[int, datetime | None]:
    """Number of an activity → when it happened.

    Raises:
        RecordError: a time cannot be read.
    """
    return {a["id"]: moment(a.get("activityTime"), field="updated_at") for a in activities}


def _fetcher(session: Session, type_: str, slice_: Slice) -> Callable[[str | None], Answer]:
    bounds = {"after": not_later(slice_.start), "before": not_earlier(slice_.end)}

    def fetch(key: str | None) -> Answer:
        answer = session.get(PATH, {"type": type_, "pageSize": PAGE, "olderThan": key, **bounds})
        items = ACTIVITIES(answer).items
        # In order, as `by_key` sees to, they are all between these two.
        newest = max(number_of(items[0]), number_of(items[-1])) if items else None
        if key is not None and newest is not None and newest >= int(key):
            # The vendor's description of the two filters has them the wrong way round.
            what = f"asked for activities older than {key}, got {newest}"
            raise ContractError(f"the source ignores the filter: {what}", where=answer.where, remedy=CHANGED)
        return answer

    return fetch


@dataclass(slots=True)
class _Told:
    """How far back the log tells."""

    oldest: datetime | None = None

    def at(self, activity: Activity) -> datetime | None:
        """When it happened; no instant where that cannot be read."""
        try:
            found = moment(activity.get("activityTime"), field="at")
        except RecordError:
            return None
        if found is not None and (self.oldest is None or found < self.oldest):
            self.oldest = found
        return found

    def reach(self, slice_: Slice) -> str:
        """How far back it went, where it was asked for more: how long it is kept is written nowhere."""
        oldest = self.oldest
        if oldest is None or (slice_.start is not None and oldest - slice_.start <= QUIET):
            return ""
        return f"the oldest activity in the log is of {oldest:%Y-%m-%d}; of what was before, it says nothing"


def _kept(item: Activity) -> dict[str, Any]:
    kept = {key: item.get(key) for key in KEPT}
    ticket = psa_ticket(item)
    return kept if ticket is None else kept | {"psaTicketId": ticket}


def _begun(uid: Any, before: Series | None) -> Series:
    """A series to add to; what was known of it stays as it was."""
    if before is None:
        return {"seriesUid": uid, "owner": None, "activities": []}
    return {**before, "owner": before.get("owner"), "activities": list(before.get("activities") or ())}


def _add(series: Series, item: Activity, owners: Mapping[str, Owner]) -> None:
    """Put an activity in its place by number, in that of itself where it came before."""
    series["owner"] = owners.get(str(item["deviceId"])) or series["owner"]
    activities, number = series["activities"], item["id"]
    if not activities or number < activities[0]["id"]:  # the log tells the newest first
        activities.insert(0, item)
        return
    place = bisect_left(activities, number, key=_NUMBER)
    is_known = place < len(activities) and activities[place]["id"] == number
    activities[place : place + is_known] = [item]


def psa_ticket(item: Mapping[str, Any]) -> str | None:
    """The ticket that an activity of the PSA names in its data.

    What that looks like is written nowhere: a text or number under `psaTicketId` or `ticketId` is taken,
    wherever it stands, and nothing else.
    """
    if "PSA_TICKET" not in str(item.get("statusCode")):
        return None
    return _named(item.get("data"), ("psaTicketId", "ticketId"))


def scalar(value: Any) -> str | None:
    """An id that is a number or a text, as text; None for every other form."""
    is_id = isinstance(value, int | str) and not isinstance(value, bool)
    return (str(value).strip() or None) if is_id else None


def _named(value: Any, names: Sequence[str]) -> str | None:
    if isinstance(value, Mapping):
        for name in names:
            if (found := scalar(value.get(name))) is not None:
                return found
        for inner in value.values():
            if (found := _named(inner, names)) is not None:
                return found
    return None
