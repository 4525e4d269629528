"""Autotask PSA (Datto, Kaseya), by its REST interface 1.0.

A ticket is read together with what became of its promises, a contract with its services and their units, an
invoice's lines by the invoice: each is one payload, so that no part of it is of another night. Histories are
listed by exactly one ticket and are read in the background.
"""

from __future__ import annotations

from phasewise.connectors.base import Connector
from phasewise.connectors.vendors.autotask.check import check
from phasewise.connectors.vendors.autotask.quirks import QUIRKS
from phasewise.connectors.vendors.autotask.session import CONCURRENCY, open_session
from phasewise.connectors.vendors.autotask.settings import AutotaskSettings
from phasewise.connectors.vendors.autotask.streams import streams

CONNECTOR = Connector(
    name="autotask",
    title="Autotask PSA",
    kind="psa",
    settings=AutotaskSettings,
    open=open_session,
    streams=streams,
    check=check,
    concurrency=CONCURRENCY,
    catalogue=lambda: streams(None),
    quirks=QUIRKS,
)
