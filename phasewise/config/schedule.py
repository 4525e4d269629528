"""When the jobs of an MSP are due: `[msps.NAME.schedule]`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, Field

from phasewise.config.values import FROZEN, mistake

_ANY_DAY = datetime(2026, 1, 1)  # noqa: DTZ001  # wall time: an expression is the same on every day and in every zone


def _cron(value: str) -> str:
    try:
        next(CronSim(value, _ANY_DAY))
    except CronSimError as error:
        raise mistake(
            f'"{value}" is not a cron expression: {error}; write five fields like "15 4 * * *" '
            "(minute, hour, day of month, month, weekday with 0 or 7 for Sunday)"
        ) from None
    except StopIteration:
        raise mistake(f'"{value}" is never due') from None
    return value


Cron = Annotated[str, AfterValidator(_cron)]


class ScheduleSettings(BaseModel):
    """When each job is due, as cron expressions on the wall clock of the MSP's zone.

    The default hour, 04:15, is one that no zone skips or repeats when its clocks change.
    """

    model_config = FROZEN

    sync: Cron | Literal[False] = Field(
        "15 4 * * *", description="When what is new is read. `false`: never by itself."
    )
    reconcile: Cron | Literal[False] = Field(
        "15 4 * * 0", description="When the sources are listed for what is gone; it syncs as well."
    )
    analyze: Cron | Literal[False] = Field(
        "15 4 * * *", description="When yesterday is analysed; after the sync that is due with it."
    )
