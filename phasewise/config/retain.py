"""`[retain]`: how long what is not a record is kept."""

from __future__ import annotations

from pydantic import BaseModel, Field

from phasewise.config.values import FROZEN, Days


class RetainSettings(BaseModel):
    """Ages at which raw payloads and ticket text are pruned. Records and analyses are never pruned."""

    model_config = FROZEN

    raw_days: Days | None = Field(
        None,
        description="Days that raw payloads are kept; for ever when left out. `phasewise remap` can only "
        "derive again what is still there.",
    )
    text_days: Days | None = Field(
        None,
        description="Days that titles of tickets are kept after they were closed; for ever when left out.",
    )
