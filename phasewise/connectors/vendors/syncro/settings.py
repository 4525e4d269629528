"""The settings of the `syncro` connector.

The descriptions are the documentation: `phasewise connectors show syncro` prints them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

INTERFACE = "/api/v1"

Words = tuple[Annotated[str, Field(min_length=1)], ...]


def _mistake(what: str) -> PydanticCustomError:
    """What every validator raises: the text as it is, without a prefix of pydantic's."""
    return PydanticCustomError("phasewise", "{what}", {"what": what})


class SyncroSettings(BaseModel):
    """How Syncro is reached, and what it does not say by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    subdomain: str = Field(
        "", description="Your subdomain: `acme` where you open https://acme.syncromsp.com in the browser."
    )
    base_url: str = Field(
        "",
        description="The whole address in place of the subdomain. /api/v1 is added. For RepairShopr or a "
        "test server.",
    )
    token: SecretStr = Field(
        description="API token with custom permissions: the reading ones of docs/howto/connect-syncro.md."
    )
    currency: str | None = Field(
        None,
        pattern="^[A-Z]{3}$",
        description="ISO 4217 code of the account's amounts, for example USD. Syncro tells only a symbol, "
        "and $ is that of twenty currencies. Without it amounts have no currency.",
    )
    invoice_lines: bool = Field(
        False,
        description="Read the lines of invoices. Syncro shows their list to a token with the right Global "
        "Admin only, which is far more than Phasewise needs.",
    )
    patches: bool = Field(
        True,
        description="Ask for the patches of every asset, one request an asset and week. Without, nothing is "
        "known of patches.",
    )
    client_reply_names: Words = Field(
        ("customer-reply", "customer reply"),
        description="What Syncro writes as the technician of a comment that came from the client. Not "
        "checked by us on a live system; a comment of nobody with another name has no known author.",
    )
    requests_per_minute: int = Field(
        180,
        ge=8,
        le=180,
        description="Requests a minute. Syncro allows 180 for one IP address, all programs behind it "
        "together: set less where others ask from there, too.",
    )
    ca_file: Path | None = Field(None, description="Certificates to trust beside the usual ones.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if bool(self.subdomain) == bool(self.base_url):
            raise _mistake("needs the subdomain, or the base_url in its place")
        if self.subdomain and not re.fullmatch(r"[A-Za-z0-9-]+", self.subdomain):
            raise _mistake(
                'the subdomain is only the first part of the address: "acme" of https://acme.syncromsp.com'
            )
        return self

    @property
    def address(self) -> str:
        """Address of the interface."""
        whole = self.base_url or f"https://{self.subdomain}.syncromsp.com"
        return whole.strip().rstrip("/").removesuffix(INTERFACE) + INTERFACE
