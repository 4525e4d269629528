"""NinjaOne (NinjaRMM), by its Public API 2.0. Facts: its OpenAPI file, 2.0.9-draft.

Organizations are `clients`. `devices` carry what reports say of them: serial number, missing patches,
backups. `alerts` and `automation_runs` are series of the activity log, told apart by what made them: a
condition, a schedule, a person. Every patch that was installed is a run of its own. Articles and documents
are read by title, age and length.

Not checked on a live account: how long the log is kept, how late a device reports, what an id of a PSA ticket
looks like and whether activities of the PSA carry the series of their alert, the words for the severity of a
patch, and the limits of rate. Where one is not as expected, the receipt says so or the field stays empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from phasewise.connectors.base import Connector, Stream
from phasewise.connectors.vendors.ninjaone.alerts import ALERTS
from phasewise.connectors.vendors.ninjaone.check import check
from phasewise.connectors.vendors.ninjaone.clients import CLIENTS
from phasewise.connectors.vendors.ninjaone.devices import devices
from phasewise.connectors.vendors.ninjaone.documents import STREAMS as DOCUMENTS
from phasewise.connectors.vendors.ninjaone.patches import OS_PATCHES, SOFTWARE_PATCHES
from phasewise.connectors.vendors.ninjaone.quirks import QUIRKS
from phasewise.connectors.vendors.ninjaone.runs import RUNS
from phasewise.connectors.vendors.ninjaone.session import CONCURRENCY, open_session
from phasewise.connectors.vendors.ninjaone.settings import NinjaOneSettings


def streams(settings: NinjaOneSettings | None) -> Sequence[Stream]:
    """The streams; without settings, with all they may fill."""
    return (CLIENTS, devices(settings), ALERTS, RUNS, OS_PATCHES, SOFTWARE_PATCHES, *DOCUMENTS)


CONNECTOR = Connector(
    name="ninjaone",
    title="NinjaOne",
    kind="rmm",
    settings=NinjaOneSettings,
    open=open_session,
    streams=streams,
    check=check,
    concurrency=CONCURRENCY,
    catalogue=lambda: streams(None),
    quirks=QUIRKS,
)
