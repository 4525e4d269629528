"""Configuration items, as rows of Autotask."""

from __future__ import annotations

from typing import Any

from phasewise.sandbox.vendors.autotask import picklists as lists
from phasewise.sandbox.vendors.autotask.forms import stamp, value
from phasewise.sandbox.vendors.autotask.making import Makers, Making


def _device(making: Making, r: Any) -> None:
    making.add(
        "ConfigurationItems",
        id=int(r.id),
        companyID=making.company(r.client),
        configurationItemType=value(lists.DEVICE, r.kind),
        referenceTitle=r.name,
        serialNumber=r.serial_number,
        isActive=True,
        installDate=stamp(r.installed_at),
        createDate=stamp(r.installed_at or r.updated_at),
        lastModifiedTime=stamp(r.updated_at),
        rmmDeviceID=None,
        rmmDeviceUID=f"uid-{r.id}" if r.is_managed else None,
    )


MAKERS: Makers = {
    "devices": _device,
}
