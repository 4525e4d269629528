"""HaloPSA (Halo Service Solutions), by its REST interface, version 2.

Facts: Halo's own OpenAPI description, which has no answers, and what users of the interface found. What
nobody could check on a live Halo is said where it is read, and never becomes a number in silence.

Lists that Halo can filter by their last change (tickets) are read by it; working time and meetings by when
they were, the last five weeks again each night; everything else is listed in full, as it is short or cannot
be filtered. What happened to tickets costs one request each: of those changed in the last 26 weeks, in the
background.
"""

from __future__ import annotations

from collections.abc import Sequence

from phasewise.connectors.base import Connector, Stream
from phasewise.connectors.vendors.halopsa import (
    agreements,
    clients,
    devices,
    history,
    invoices,
    knowledge,
    meetings,
    sales,
    services,
    staff,
    tickets,
    time_entries,
)
from phasewise.connectors.vendors.halopsa.check import check
from phasewise.connectors.vendors.halopsa.quirks import QUIRKS
from phasewise.connectors.vendors.halopsa.session import CONCURRENCY, open_session
from phasewise.connectors.vendors.halopsa.settings import HaloSettings


def streams(settings: HaloSettings | None) -> Sequence[Stream]:
    """The streams; without settings, with all they may fill."""
    return (
        clients.STREAM,
        staff.STREAM,
        services.WORKDAYS,
        services.LEVELS,
        tickets.STREAM,
        history.STREAM,
        time_entries.STREAM,
        agreements.contracts_stream(settings),
        agreements.RECURRING_INVOICES,
        invoices.STREAM,
        invoices.PAYMENTS,
        sales.OPPORTUNITIES,
        sales.PROJECTS_STREAM,
        meetings.STREAM,
        devices.STREAM,
        knowledge.surveys_stream(settings),
        knowledge.DOCUMENTS,
    )


CONNECTOR = Connector(
    name="halopsa",
    title="HaloPSA",
    kind="psa",
    settings=HaloSettings,
    open=open_session,
    streams=streams,
    check=check,
    concurrency=CONCURRENCY,
    catalogue=lambda: streams(None),
    quirks=QUIRKS,
)
