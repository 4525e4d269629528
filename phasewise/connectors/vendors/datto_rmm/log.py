"""The activity log: jobs as they were deployed to devices, newest first.

Without `from` the log answers the last quarter of an hour and says nothing of it: so it is always sent,
and sent again beside every next link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from phasewise.connectors.base import Page, Slice
from phasewise.connectors.listing import listing
from phasewise.connectors.paging import by_next, in_window
from phasewise.connectors.vendors.datto_rmm.lists import PAGE, uid_of
from phasewise.connectors.vendors.datto_rmm.moments import BEGINNING, not_earlier, told_at, written
from phasewise.connectors.vendors.datto_rmm.session import Session

PATH = "/api/v2/activity-logs"
RIGHT = "activity log"
CATEGORY = "job"
DEPLOYMENT = "deployment"
"""The action that is a run. Other actions of this category are edits of jobs."""

ACTIVITIES = listing(items="activities", total="pageDetails.totalCount", next_mark="pageDetails.nextPageUrl")

DETAILS = {
    "device.uid": "device",
    "job.uid": "uid",
    "job.name": "name",
    "job.deployment_id": "deployment",
    "job.scheduled_job_uid": "schedule",
}
"""What is read of the text `details`: its dotted keys → what they are called here."""


def activity_pages(session: Session, slice_: Slice) -> Iterator[Page]:
    """Rows of the category job in a slice.

    Raises:
        ContractError: the source ignores the window.
    """
    query = {
        "from": written(slice_.start or BEGINNING),
        "until": not_earlier(slice_.end),
        "categories": CATEGORY,
        "order": "desc",
        "size": PAGE,
    }
    pages = by_next(
        lambda link: session.get(link or PATH, query, right=RIGHT, background=True),
        ACTIVITIES,
        identify=uid_of_activity,
        empty_ends=True,
        resume=slice_.resume,
    )
    return in_window(pages, slice_, lambda item: told_at(item.get("date")), where="activity-logs")


def uid_of_activity(payload: Any) -> str:
    """The id of a row of the log.

    Raises:
        RecordError: there is none.
    """
    return uid_of(payload, "id")


def job_of(activity: Mapping[str, Any]) -> dict[str, str] | None:
    """What a row says of its job in `details`, a JSON value written as text; None where it cannot be read.

    The rest of it, names and notes of people, stays where it is.
    """
    details = activity.get("details")
    if isinstance(details, str):
        try:
            details = orjson.loads(details)
        except orjson.JSONDecodeError:
            return None
    if not isinstance(details, Mapping):
        return None
    found = {ours: _text(details.get(name)) for name, ours in DETAILS.items()}
    return {name: text for name, text in found.items() if text}


def _text(value: Any) -> str:
    is_told = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() if is_told else ""
