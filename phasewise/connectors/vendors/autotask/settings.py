"""The settings of the `autotask` connector.

The descriptions are the documentation: `phasewise connectors show autotask` prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError

from phasewise.model.words import ProjectKind

CENTRAL = "https://webservices.autotask.net"
"""Where every Autotask says in which zone a user lives."""

HALF_AN_HOUR_OF_THE_DATABASE = 4_500
"""Of 10,000 requests an hour, which all integrations share. From the half on every answer is held back."""

Phrase = Annotated[str, Field(min_length=3)]


class AutotaskSettings(BaseModel):
    """How Autotask is reached, and what it cannot tell by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    user: str = Field(min_length=1, description="Username (key) of the API user, an e-mail address.")
    secret: SecretStr = Field(description="Password (secret) of the API user.")
    integration_code: SecretStr = Field(
        description="Tracking identifier (API integration code) of the API user."
    )
    base_url: str = Field(
        CENTRAL,
        description="Where the zone of the user is asked for. Never needed for Autotask itself: the address "
        "of the zone is found out and found out again when Autotask moves it.",
    )
    requests_an_hour: int = Field(
        HALF_AN_HOUR_OF_THE_DATABASE,
        ge=60,
        le=10_000,
        description="Most requests of Phasewise in any hour. Autotask allows 10,000 an hour for the whole "
        "database, all integrations together, and slows down everybody from 5,000 on.",
    )
    currency: str = Field(
        "",
        pattern="^([A-Z]{3})?$",
        description="ISO code of Autotask's internal currency, for example EUR. Left out: the amounts are "
        "taken to be in the currency of the MSP.",
    )
    survey_scale: tuple[float, float] | None = Field(
        None,
        description="Worst and best rating of your surveys, for example [1, 5]. Autotask does not tell it: "
        "left out, ratings are kept as they are and no score is made of them.",
    )
    automation_resources: tuple[int, ...] = Field(
        (),
        description="Ids of resources that are programs (workflow rules, integrations): a first response of "
        "theirs is not a person's.",
    )
    project_kinds: dict[Phrase, ProjectKind] = Field(
        {"onboarding": "onboarding", "offboarding": "offboarding"},
        description="Phrases in the name of a project and what kind it is: Autotask's own project types do "
        "not tell an onboarding from a delivery. The first that fits wins; case does not count.",
    )
    ca_file: Path | None = Field(None, description="Certificates to trust beside the usual ones.")

    @field_validator("survey_scale")
    @classmethod
    def _has_two_ends(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and value[0] == value[1]:
            raise PydanticCustomError("phasewise", "needs two different ratings: the worst and the best")
        return value
