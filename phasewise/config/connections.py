"""`[connections.NAME]`: one configured instance of a connector."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field, InstanceOf, SerializeAsAny, WithJsonSchema, field_validator

from phasewise.config.mapping import MappingTables
from phasewise.config.values import FROZEN, Day, Name, mistake

ConnectorSettings = Annotated[
    SerializeAsAny[InstanceOf[BaseModel]],
    WithJsonSchema({"type": "object", "description": "as the connector says"}),
]
"""Validated by the connector's own model before the rest is."""


class ConnectionSettings(BaseModel):
    """A source that is read: a connector, and what it needs to be let in."""

    model_config = FROZEN

    msp: Name = Field("", description="Whose records these are; may be left out where there is one MSP.")
    connector: str = Field(description="Name of the connector; `phasewise connectors` lists them.")
    settings: ConnectorSettings = Field(
        description="What the connector needs; `phasewise connectors show NAME` lists it. Secrets only by "
        "reference: `env:NAME` or `file:PATH`."
    )
    active_from: Day | None = Field(
        None, description="First day whose records count; earlier ones come from another system."
    )
    active_until: Day | None = Field(
        None, description="Last day whose records count: the system was left then."
    )
    mapping: MappingTables = Field(
        {}, description="Words of this connection; they win over the MSP's, and those over the global ones."
    )

    @field_validator("active_until")
    @classmethod
    def _in_order(cls, value: date | None, info: Any) -> date | None:
        start = info.data.get("active_from")
        if value is not None and start is not None and value < start:
            raise mistake(f"{value} is before active_from ({start})")
        return value
