"""The settings of the `connectwise` connector.

The descriptions are the documentation: `phasewise connectors show connectwise` prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ConnectWiseSettings(BaseModel):
    """How ConnectWise PSA is reached, and with whose keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: Text = Field(
        description="Address of ConnectWise PSA, as in the browser: https://na.myconnectwise.net (or eu, au, "
        "aus, za), or your own server. Only its host counts: the host of the interface and the path behind "
        "it are found out."
    )
    company: Text = Field(description="The company id that you log in with, for example acme.")
    public_key: SecretStr = Field(
        description="Public key of the API member that Phasewise reads with (System → Members → API Members "
        "→ API Keys)."
    )
    private_key: SecretStr = Field(description="Its private key; ConnectWise shows it once.")
    client_id: Text = Field(
        description="The clientId that ConnectWise gives every integration "
        "(developer.connectwise.com → ClientID). Requests without one are refused."
    )
    api_version: str = Field(
        "2025.1",
        pattern=r"^(\d{4}\.\d+)?$",
        description="Version of the interface that answers are asked in. Empty: your server's own.",
    )
    codebase: str = Field(
        "",
        pattern=r"^([\w.]+/?)?$",
        description="Path of the interface, for example v4_6_release. Only where the server does not tell "
        "it by /login/companyinfo.",
    )
    page_size: int = Field(
        1000, ge=1, le=1000, description="Items asked for at a time; never more than 1,000."
    )
    history_weeks: int = Field(
        26,
        ge=1,
        le=156,
        description="How many weeks back the audit trail of tickets is read: one request a ticket.",
    )
    ca_file: Path | None = Field(None, description="Certificates to trust beside the usual ones.")
