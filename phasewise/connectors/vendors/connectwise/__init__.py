"""ConnectWise PSA ("Manage"), by its REST interface 3.0.

Lists are read by `lastUpdated`, in the order of ids (`lists`). What is asked for is named field by field: the
names, addresses and texts of people stay with the vendor. Four streams ask once for every row of a list
(audit trails, additions, payments, forecasts) and run in the background.

Read from clients and guides, and not seen by us on a live system: the sentences of the audit trail, how a
forecast is wrapped, whether an invoice counts as changed when it is paid and a product when it is invoiced,
whether an answer to a survey has a date. `quirks` and `docs/howto/connect-connectwise.md` say what is made of
it.
"""

from __future__ import annotations

from phasewise.connectors.base import Connector
from phasewise.connectors.vendors.connectwise.check import check
from phasewise.connectors.vendors.connectwise.quirks import QUIRKS
from phasewise.connectors.vendors.connectwise.session import CONCURRENCY, open_session
from phasewise.connectors.vendors.connectwise.settings import ConnectWiseSettings
from phasewise.connectors.vendors.connectwise.streams import streams

CONNECTOR = Connector(
    name="connectwise",
    title="ConnectWise PSA",
    kind="psa",
    settings=ConnectWiseSettings,
    open=open_session,
    streams=streams,
    check=check,
    concurrency=CONCURRENCY,
    catalogue=lambda: streams(None),
    quirks=QUIRKS,
)
