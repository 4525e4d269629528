"""Endpoints, and on which of them automation ran, at each of several instants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from phasewise.analyzer.columns import Mask, Numbers
from phasewise.analyzer.indicator import Row
from phasewise.analyzer.looks import bound, step
from phasewise.analyzer.thresholds import IndicatorThresholds
from phasewise.analyzer.tickets import compose
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_tuples
from phasewise.storage.links import confirmed_links
from phasewise.storage.msps import read_connections

SECONDS_A_DAY = 86_400
SECONDS_A_YEAR = 364 * SECONDS_A_DAY

DEVICES = """
SELECT connection_id, id, COALESCE(installed_at, first_seen_at) AS since, COALESCE(gone_at, :never) AS gone,
  first_seen_at
FROM devices
WHERE msp_id = :msp_id AND (is_managed IS NULL OR is_managed <> 0)
"""

# Whatever of the devices is watched, managed or not.
FIRST_SEEN = "SELECT min(first_seen_at) AS first FROM devices WHERE msp_id = :msp_id"

RUNS = """
SELECT connection_id, device, $gone AS gone_look, max(started_at) AS latest
FROM automation_runs
WHERE msp_id = :msp_id AND started_at > :runs_from AND started_at <= :runs_until
  AND outcome = 'succeeded' AND device IS NOT NULL
GROUP BY 2, 1, 3
"""

TELLING = frozenset({"automation_runs.device", "automation_runs.outcome"})
"""What a source must give for one of its devices to be with or without a successful run."""

NEVER = 2**62
"""Later than any instant."""


def read_endpoints(scope: MspStore, instants: Sequence[int], numbers: IndicatorThresholds) -> list[list[Row]]:
    """Endpoints, and those with a successful run within the days asked for, at each instant.

    Args:
        scope: the MSP's store.
        instants: epoch seconds, ascending.
        numbers: for the days.

    Returns:
        For each instant a frame of one row: endpoints, with_run, endpoints_before (a year earlier), observed
        (0/1: devices were watched by then). An endpoint is a managed device, from when it was installed (or
        first seen, without a date of its own) until it was gone. Where a connection tells how runs ended,
        the lists of others (configurations of a PSA) are no endpoints: nothing can be seen to run there.
        Devices that a confirmed link calls the same are one.
    """
    devices = _devices(scope)
    first_seen = read_tuples(scope, FIRST_SEEN)[1][0][0]
    place = {(row[0], row[1]): number for number, row in enumerate(devices)}
    since, gone = (np.array([row[at] for row in devices], dtype=np.int64) for at in (2, 3))
    ran = _ran(scope, instants, place, numbers.count("run_days") * SECONDS_A_DAY)
    same = _same(scope, place)

    def there(instant: int) -> Mask:
        found: Mask = (since <= instant) & (gone > instant)
        return found

    return [
        [
            {
                "endpoints": _count(there(instant), same),
                "with_run": _count(there(instant) & ran[number], same),
                "endpoints_before": _count(there(instant - SECONDS_A_YEAR), same),
                "observed": int(first_seen is not None and first_seen <= instant),
            }
        ]
        for number, instant in enumerate(instants)
    ]


def _devices(scope: MspStore) -> list[tuple[Any, ...]]:
    found = read_tuples(scope, DEVICES, never=NEVER)[1]
    telling = {c.connection_id for c in read_connections(scope) if c.provides >= TELLING}
    return [row for row in found if not telling or row[0] in telling]


def _same(scope: MspStore, place: Mapping[tuple[str, str], int]) -> Numbers | None:
    """For each device the first of those that are the same; None where no link is confirmed."""
    ends = [(place[a], place[b]) for a, b in confirmed_links(scope, "devices") if a in place and b in place]
    if not ends:
        return None
    first = list(range(len(place)))

    def root(number: int) -> int:
        while first[number] != number:
            number = first[number]
        return number

    for one, other in ends:
        low, high = sorted((root(one), root(other)))
        first[high] = low
    return np.array([root(number) for number in first], dtype=np.int64)


def _count(devices: Mask, same: Numbers | None) -> int:
    """How many endpoints those devices are."""
    return int(devices.sum()) if same is None else int(np.unique(same[devices]).size)


def _ran(scope: MspStore, instants: Sequence[int], place: dict[tuple[str, str], int], reach: int) -> Mask:
    """(instants, devices) something ran on the device within `reach` seconds before the instant.

    Of the runs between two instants the latest on a device says it all. Those that are gone by one of the
    instants are followed apart: they count until then.
    """
    found = np.zeros((len(instants), len(place)), dtype=np.bool_)
    if not place:
        return found
    never = len(instants)
    latest: dict[int, Numbers] = {}
    sql = compose(RUNS, gone=step("gone_at", "gone", never))
    before = instants[0] - reach
    for number, instant in enumerate(instants):
        rows = read_tuples(scope, sql, runs_from=before, runs_until=instant, **bound("gone", instants))[1]
        before = instant
        for connection, device, gone_look, at in rows:
            device_at = place.get((connection, device))
            if device_at is not None and gone_look > number:
                if gone_look not in latest:
                    latest[gone_look] = np.zeros(found.shape, dtype=np.int64)
                latest[gone_look][number, device_at] = at
    since = np.array(instants, dtype=np.int64)[:, None] - reach
    for gone_look, times in latest.items():
        recent = np.maximum.accumulate(times, axis=0) > since
        found[:gone_look] |= recent[:gone_look]
    return found
