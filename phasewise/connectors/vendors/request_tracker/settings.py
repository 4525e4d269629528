"""The settings of the `request_tracker` connector.

The descriptions are the documentation: `phasewise connectors show request_tracker` prints them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from phasewise.connectors.parse import plain
from phasewise.model.words import Priority

Words = tuple[Annotated[str, Field(min_length=1)], ...]


def _mistake(what: str) -> PydanticCustomError:
    """What every validator raises: the text as it is, without a prefix of pydantic's."""
    return PydanticCustomError("phasewise", "{what}", {"what": what})


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):  # not there, a folder of zones, a path out of the zones
        raise _mistake(f'there is no time zone "{value}"; write one like "Europe/Madrid" or "UTC"') from None
    return value


class RequestTrackerSettings(BaseModel):
    """How Request Tracker is reached, and what its fields mean here."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = Field(
        description="Address of Request Tracker, as in the browser: https://rt.example.com, with the path "
        "where it has one. /REST/2.0 is added."
    )
    token: SecretStr | None = Field(
        None, description="Authentication token of the user that Phasewise reads with. Or user and password."
    )
    user: str = Field(
        "", description="Name of that user in Request Tracker; with a token it may be left out."
    )
    password: SecretStr | None = Field(None, description="Password of that user, where there is no token.")
    zone: Annotated[str, AfterValidator(_zone)] | None = Field(
        None,
        description="Time zone in which Request Tracker reads the dates that this user asks for. Only where "
        "the user has none of its own there: then it is the server's, and Request Tracker does not tell.",
    )
    client_from: Literal["organization", "custom_field", "queue"] = Field(
        "organization",
        description="What tells the client of a ticket: the organization of its requestor, a custom field, "
        "or its queue.",
    )
    client_field: str = Field("", description="Name of that custom field.")
    type_field: str = Field("", description="Custom field that holds the type (incident, request, …).")
    category_field: str = Field("", description="Custom field that holds the category.")
    priorities: dict[Priority, int] = Field(
        {"low": 0, "medium": 50, "high": 100},
        description="Our words and the number from which each holds. The default is Request Tracker's own "
        "(%PriorityAsString).",
    )
    response_levels: Words = Field(
        (),
        description="Names of service levels whose Due is the deadline of the first answer. Of all others it "
        "is the deadline of the resolution.",
    )
    automation_users: Words = Field(
        (), description="Names of users that are programs: what they do is not a technician's work."
    )
    page_size: int = Field(100, ge=1, le=100, description="Items asked for at a time; never more than 100.")
    ca_file: Path | None = Field(None, description="Certificates to trust beside the usual ones.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.token is None and (self.password is None or not self.user):
            raise _mistake("needs a token, or a user and a password")
        if self.token is not None and self.password is not None:
            raise _mistake("has a token and a password; write one of them")
        if self.account is None:
            raise _mistake("the token does not say whose it is: write the name of its user as well")
        if (self.client_from == "custom_field") != bool(self.client_field):
            raise _mistake('client_field and client_from = "custom_field" belong together')
        if not self.priorities:
            raise _mistake("priorities: names none")
        return self

    @property
    def account(self) -> str | None:
        """Name or number of the user that Phasewise reads with; None where nothing says it.

        A token carries the number of its user between two hyphens (`1-14-…`, RT::AuthToken).
        """
        if self.user or self.token is None:
            return self.user or None
        match = re.fullmatch(r"\d+-(\d+)-\w+", self.token.get_secret_value())
        return None if match is None else match[1]

    @property
    def custom_fields(self) -> frozenset[str]:
        """The custom fields that are read, as they are compared; no other one is stored."""
        return frozenset(map(plain, (self.client_field, self.type_field, self.category_field))) - {""}
