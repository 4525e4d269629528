"""`[retain]`: how long what is not a record is kept."""

from __future__ import annotations

from pydantic import BaseModel, Field, model_validator

from phasewise.config.values import FROZEN, Days, mistake


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
        description="Days that titles of tickets are kept after they were closed; for ever when left out. "
        "Titles stand in raw payloads too, so `raw_days` must not be longer.",
    )

    @model_validator(mode="after")
    def _no_text_in_raw(self) -> RetainSettings:
        if self.text_days is not None and (self.raw_days is None or self.raw_days > self.text_days):
            raise mistake(
                f"titles also stand in raw payloads: set raw_days, to {self.text_days} at the most, "
                "or leave text_days out"
            )
        return self
