"""The settings of the `halopsa` connector.

The descriptions are the documentation: `phasewise connectors show halopsa` prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

Words = tuple[Annotated[str, Field(min_length=1)], ...]
Numbers = tuple[int, ...]


class HaloSettings(BaseModel):
    """How HaloPSA is reached, and what it leaves to each of its customers to decide."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = Field(
        description="Address of your Halo, as in the browser: https://acme.halopsa.com. /api is added."
    )
    client_id: str = Field(min_length=1, description="Client ID of the API application made for Phasewise.")
    client_secret: SecretStr = Field(description="Client secret of that application.")
    tenant: str = Field(
        "",
        description="Tenant that tokens are asked for. Where it is left out, Halo is asked for its name; an "
        "own server has none.",
    )
    auth_url: str = Field(
        "",
        description="Address of the authorisation server, https://acme.halopsa.com/auth. Where it is left "
        "out, Halo is asked; it must then be at the host of base_url, as our secret is sent there.",
    )
    scope: str = Field(
        "all",
        description="Scopes to ask for, with spaces between. `all` is all that the application and its agent "
        "may do; the application itself should be given reading alone.",
    )
    requests_in_5_minutes: int = Field(
        700,
        ge=10,
        description="Requests within any five minutes. Halo allows 700; tenants of before 2026 had 300.",
    )
    page_size: int = Field(
        100, ge=1, le=100, description="Items asked for at a time. Halo gives 100 at most."
    )
    unassigned_agents: Numbers = Field(
        (1,), description="Numbers of agents that are nobody: Halo's own is 1, Unassigned."
    )
    unknown_clients: Numbers = Field(
        (1,), description="Numbers of clients that are nobody: Halo's own is 1, Unknown."
    )
    automation_agents: Numbers = Field(
        (), description="Numbers of agents that are programs: what they do is not a technician's work."
    )
    sla_inside: Words = Field(
        ("I",),
        description="What Halo writes for a service level that was kept. Not checked by us on a live Halo.",
    )
    sla_outside: Words = Field(
        ("O",), description="What Halo writes for one that was missed. Not checked by us on a live Halo."
    )
    survey_worst: int | None = Field(
        None,
        description="The worst score that a client can give in your surveys. Halo lets each customer choose "
        "the scale and does not tell it: without both ends no score becomes a number.",
    )
    survey_best: int | None = Field(None, description="The best score; it may be the smaller number.")
    contract_amounts: bool = Field(
        False,
        description="Take the amounts of contracts as monthly revenue. Only where contracts are not billed "
        "by recurring invoices: those are read as agreements with amounts of their own.",
    )
    ca_file: Path | None = Field(None, description="Certificates to trust beside the usual ones.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        ends = (self.survey_worst, self.survey_best)
        if ends.count(None) == 1 or (ends[0] is not None and ends[0] == ends[1]):
            raise PydanticCustomError("phasewise", "survey_worst and survey_best belong together, and differ")
        return self
