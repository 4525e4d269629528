"""Datto RMM, by its API v2. Facts: its OpenAPI file, Build 235, and what tools of the community found.

Sites are `clients`, linked with companies of Autotask where Datto is. `devices` say whether they are patched
today; Datto dates no patch. `alerts` come with their end, their ticket and the components that ran for them.
`automation_runs` are the deployments of jobs in the activity log, each with its result.

Not checked on a live account: what stands as the resolver of an alert that resolved itself, how long resolved
alerts and the log are kept, the categories of devices, the largest page, whether a component that answered an
alert stands in the log as a job, whether a job is one row a device there, and the rights that lists need.
Where one is not as expected, the receipt says so or the field stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from phasewise.connectors.base import Connector, Stream
from phasewise.connectors.vendors.datto_rmm.alerts import alerts
from phasewise.connectors.vendors.datto_rmm.check import check
from phasewise.connectors.vendors.datto_rmm.devices import STREAM as DEVICES
from phasewise.connectors.vendors.datto_rmm.quirks import QUIRKS
from phasewise.connectors.vendors.datto_rmm.runs import runs
from phasewise.connectors.vendors.datto_rmm.session import CONCURRENCY, open_session
from phasewise.connectors.vendors.datto_rmm.settings import DattoRmmSettings
from phasewise.connectors.vendors.datto_rmm.sites import CLIENTS


def streams(settings: DattoRmmSettings | None) -> Sequence[Stream]:
    """The streams; without settings, with all they may fill."""
    return (CLIENTS, DEVICES, alerts(settings), runs(settings))


CONNECTOR = Connector(
    name="datto_rmm",
    title="Datto RMM",
    kind="rmm",
    settings=DattoRmmSettings,
    open=open_session,
    streams=streams,
    check=check,
    concurrency=CONCURRENCY,
    catalogue=lambda: streams(None),
    quirks=QUIRKS,
)
