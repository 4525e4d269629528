"""Companies and members, as rows of ConnectWise."""

from __future__ import annotations

from phasewise.model.records.people import Client, Technician
from phasewise.sandbox.simulator import Item
from phasewise.sandbox.vendors.connectwise import words
from phasewise.sandbox.vendors.connectwise.forms import Places, info, named, number, stamp


def _company(client: Client) -> Item:
    kind = words.CLIENT.get(client.kind or "")
    return {
        "id": int(client.id),
        "identifier": f"client{client.id}",
        "name": client.name,
        "types": [] if kind is None else [named(kind)],
        "leadFlag": client.kind == "prospect",
        "isVendorFlag": client.kind == "vendor",
        "dateAcquired": stamp(client.started_at),
        "deletedFlag": False,
        "dateDeleted": stamp(client.ended_at),
        "phoneNumber": "5550100",
        "_info": info(client.updated_at),
    }


def _member(technician: Technician) -> Item:
    first, _, last = (technician.name or "").partition(" ")
    return {
        "id": int(technician.id),
        "identifier": f"tech{technician.id}",
        "licenseClass": "F",
        "firstName": first,
        "lastName": last,
        "title": words.ROLE.get(technician.role or ""),
        "officeEmail": f"tech{technician.id}@msp.example",
        "inactiveFlag": not technician.is_active,
        "hourlyCost": number(technician.hourly_cost),
        "defaultDepartment": named(technician.team),
        "_info": info(technician.updated_at),
    }


PLACES: Places = {
    Client: ("/company/companies", _company),
    Technician: ("/system/members", _member),
}
