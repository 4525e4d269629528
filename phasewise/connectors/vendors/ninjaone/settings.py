"""The settings of the `ninjaone` connector.

The descriptions are the documentation: `phasewise connectors show ninjaone` prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Region = Literal["us", "us2", "eu", "oc", "ca", "fed"]

HOSTS: dict[Region, str] = {
    "us": "https://app.ninjarmm.com",
    "us2": "https://us2.ninjarmm.com",
    "eu": "https://eu.ninjarmm.com",
    "oc": "https://oc.ninjarmm.com",
    "ca": "https://ca.ninjarmm.com",
    "fed": "https://fed.ninjarmm.com",
}
"""Region → address. A region knows nothing of the others: no address tells which one is ours."""

Words = tuple[Annotated[str, Field(min_length=1)], ...]


class NinjaOneSettings(BaseModel):
    """How NinjaOne is reached, and what a few of its lists mean here."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    region: Region = Field(
        "us",
        description="Where the account lives, as in the address people log in at: us (app.ninjarmm.com), "
        "us2, eu, oc, ca or fed. A key of one region is unknown in all others.",
    )
    base_url: str = Field(
        "",
        description="An address in place of the region's: a branded one (https://rmm.example.com), or a "
        "local server.",
    )
    client_id: str = Field(
        min_length=1, description="Client ID of the API application (Administration → Apps → API)."
    )
    client_secret: SecretStr = Field(description="Its client secret.")
    collective_organizations: tuple[int, ...] = Field(
        (),
        description="Ids of organizations that hold many small clients, one a location: each of their "
        "locations is a client then, and the organization itself is none.",
    )
    backup_is_ninjaone: bool = Field(
        False,
        description="Devices are backed up with NinjaOne Backup. Then one without a completed job in the "
        "last `backup_days` has no backup. Where another product backs up, leave it out: NinjaOne "
        "knows nothing of that, and Phasewise says nothing.",
    )
    backup_days: int = Field(
        7, ge=1, le=90, description="Days within which a backup must have completed to count."
    )
    minor_patches: Words = Field(
        ("low", "optional"),
        description="Severities of operating system patches that may be missing on a device that counts as "
        "patched, in NinjaOne's words. Every other word, a new one included, matters.",
    )
    ca_file: Path | None = Field(None, description="Certificates to trust beside the usual ones.")

    @property
    def address(self) -> str:
        """Scheme and host that are asked."""
        return self.base_url or HOSTS[self.region]
