"""How a job ended on a device. Datto keeps one result for a job and a device: that of its newest run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from phasewise.connectors.parse import plain
from phasewise.connectors.vendors.datto_rmm.lists import under
from phasewise.connectors.vendors.datto_rmm.moments import told_at
from phasewise.connectors.vendors.datto_rmm.session import Session

RIGHT = "job results"
NOT_THERE = 404
"""A job or device that is gone has no result any more."""

NEAR = timedelta(days=1)
"""A result that is further from its row than this belongs to another run of the same job."""

UNFINISHED = frozenset({"pending", "running"})

Result = Mapping[str, Any]


def result_of(session: Session, job: str, device: str) -> dict[str, Any] | None:
    """The result of a job on a device, None where there is none.

    Raises:
        ForbiddenError: results may not be read.
    """
    path = f"/api/v2/job/{quote(job, safe='')}/results/{quote(device, safe='')}"
    answer = session.get(path, right=RIGHT, allow=(NOT_THERE,), background=True)
    if answer.status == NOT_THERE:
        return None
    return {name: under(answer.body, name) for name in ("ranOn", "jobDeploymentStatus")}


def is_final(result: Result | None) -> bool:
    """Whether a result will not change any more."""
    status = under(result, "jobDeploymentStatus")
    return bool(status) and plain(str(status)) not in UNFINISHED


def belongs(
    result: Result, at: datetime | None, newer: datetime | None, *, until: datetime | None = None
) -> bool:
    """Whether a result is that of the run of this row, and not of another run of the same job.

    A job that has not run yet has no time of its own: then it is the newest row's.

    Args:
        result: the one that Datto has.
        at: when the row says that the job was deployed.
        newer: the same of the next newer row of this job and device; None = this one is the newest.
        until: newer rows than this were not looked at, so that a result from then on may be that of one of
            them; None = all were.
    """
    ran_at = told_at(result.get("ranOn"))
    if ran_at is None:
        return newer is None
    if at is None or abs(ran_at - at) > NEAR or (until is not None and ran_at >= until):
        return False
    return newer is None or abs(ran_at - at) < abs(ran_at - newer)
