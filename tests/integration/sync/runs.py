"""A sync of the vendor in memory, in one line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from phasewise.connectors.base import Connector
from phasewise.storage.engine import Store
from phasewise.storage.receipts import Receipt
from phasewise.sync.engine import remap_msp, sync_msp
from phasewise.sync.options import SyncOptions, SyncResult
from phasewise.sync.progress import Report, nobody
from tests.integration.sync.source import Clock, Vendor, settings_for, vendor_connector


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours may catch it."""


def sync(
    store: Store,
    vendor: Vendor,
    connector: Connector | None = None,
    *,
    clock: Clock | None = None,
    settings: Any = None,
    report: Report = nobody,
    since: datetime | None = None,
    full: bool = False,
    reconcile: bool = False,
    streams: frozenset[str] = frozenset(),
) -> SyncResult:
    made = connector or vendor_connector(vendor)
    options = SyncOptions(full=full, since=since, reconcile=reconcile, streams=streams)
    return sync_msp(
        store,
        settings or settings_for(),
        "acme",
        options,
        clock=clock or Clock(at=vendor.clock.at),
        progress=report,
        find=lambda _name: made,
    )


def remap(store: Store, connector: Connector, *, clock: Clock, settings: Any = None) -> SyncResult:
    return remap_msp(
        store, settings or settings_for(), "acme", clock=clock, progress=nobody, find=lambda _name: connector
    )


def by_slice(result: SyncResult, stream: str = "tickets") -> dict[str, Receipt]:
    return {receipt.slice: receipt for receipt in result.receipts if receipt.stream == stream}
