"""What a row of one system is called in another one."""

from __future__ import annotations

from datetime import datetime

from phasewise.model.fields import column, record, required


@record("external_ids", "What another system calls a row of this one")
class ExternalId:
    """A vendor's own word that its row is that row elsewhere: the strongest ground for a link.

    A reference in any other record stays within its connection; one that leads out of it stands here.
    """

    id: str = required("table, row and system, joined by colons; and the value where there may be several")
    updated_at: datetime | None = column("when the vendor last changed the row", default=None)
    table_name: str = required("table of the row: clients, technicians, devices, alerts, automation_runs")
    row: str = required("the vendor's id of the row", indexed=True)
    system: str = required("the other system: a connector, or its kind (psa, rmm, accounting)")
    target_table: str = required("table of the row there, for example tickets for an alert's ticket")
    value: str = required("the id, or the number people know it by, in the other system", indexed=True)
