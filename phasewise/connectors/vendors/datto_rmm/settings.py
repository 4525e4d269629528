"""The settings of the `datto_rmm` connector.

The descriptions are the documentation: `phasewise connectors show datto_rmm` prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

Platform = Literal["pinotage", "concord", "vidal", "merlot", "zinfandel", "syrah"]

Words = tuple[Annotated[str, Field(min_length=1)], ...]


class DattoRmmSettings(BaseModel):
    """How Datto RMM is reached, and what a few of its words mean here."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    platform: Platform = Field(
        "pinotage",
        description="Where the account lives: pinotage, concord, vidal, merlot, zinfandel or syrah. It is "
        "the first word of the address people log in at, and of the API URL beside the key. A key of one "
        "platform is unknown on all others.",
    )
    base_url: str = Field(
        "", description="An address in place of the platform's, without /api; for example a local server."
    )
    api_key: SecretStr = Field(description="API key of a user (Setup → Users → Generate API Keys).")
    api_secret: SecretStr = Field(description="Its API secret key; Datto shows it once.")
    requests_a_minute: int = Field(
        300,
        ge=10,
        le=540,
        description="How much of the account's 600 requests a minute may be used. All keys of the account "
        "share them; near 600 Datto slows everybody down, and locks out who goes on.",
    )
    run_results: bool = Field(
        True,
        description="Ask for the result of each job on each device: one request a run, in the background. "
        "Without it runs are there, and nothing is said of how they ended.",
    )
    responses_are_runs: bool = Field(
        True,
        description="A component that ran in response to an alert is an automation run. Switch it off "
        "where such components stand in the activity log as jobs as well, and would count twice.",
    )
    patched: Words = Field(
        ("FullyPatched",),
        description="Patch states of a device that counts as patched, in Datto's words. ApprovedPending, "
        "InstallError and RebootRequired are not patched unless they stand here; any other word says "
        "nothing.",
    )
    automatic_resolvers: Words = Field(
        ("system", "auto", "auto-resolve", "auto-resolved", "autoresolve", "autoresolved", "automatic"),
        description="What stands as the resolver of an alert where no person resolved it. Which word Datto "
        "writes is not documented. Capital letters do not count.",
    )
    ignored_sites: Words = Field(
        ("Deleted Devices",), description="Names of sites that are no client, for example Datto's own bin."
    )
    ca_file: Path | None = Field(None, description="Certificates to trust beside the usual ones.")

    @property
    def address(self) -> str:
        """Scheme and host that are asked."""
        return self.base_url or f"https://{self.platform}-api.centrastage.net"
