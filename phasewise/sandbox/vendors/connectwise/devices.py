"""Configurations of devices, as rows of ConnectWise."""

from __future__ import annotations

from phasewise.model.records.automation import Device
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.forms import Places, info, ref, stamp


def _configuration(device: Device) -> Item:
    return {
        "id": int(device.id),
        "name": device.name,
        "type": words.place(words.DEVICE, device.kind),
        "company": ref(device.client),
        "deviceIdentifier": f"rmm-{device.id}",
        "serialNumber": device.serial_number,
        "installationDate": stamp(device.installed_at),
        "lastLoginName": "jroe",
        "_info": info(device.updated_at),
    }


PLACES: Places = {
    Device: ("/company/configurations", _configuration),
}
