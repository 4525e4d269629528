"""The settings of an MSP: `[msps.NAME]` and what stands below it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, WithJsonSchema, field_validator

from phasewise.config.calendars import CalendarSettings
from phasewise.config.mapping import MappingTables
from phasewise.config.schedule import ScheduleSettings
from phasewise.config.values import (
    FROZEN,
    Currency,
    Day,
    Hours,
    Name,
    Text,
    Texts,
    Zone,
    as_set,
    mistake,
    one_of,
)
from phasewise.model.words import MAPPINGS

TARGET_COLUMNS = ("category", "subcategory", "type", "priority", "source", "queue")
"""Columns of `tickets` that say what an automation is about. None of them names a person."""


def _status(value: str) -> str:
    return one_of(value, MAPPINGS["status"], "a ticket status")


def _type(value: str) -> str:
    return one_of(value, MAPPINGS["type"], "a ticket type")


class SlaSettings(BaseModel):
    """Whose verdict on an SLA counts, and by which clock Phasewise judges."""

    model_config = FROZEN

    basis: Literal["vendor", "phasewise"] = Field(
        "vendor",
        description="Whose verdict counts: the source's (`vendor`) or our own clock's (`phasewise`).",
    )
    default_calendar: Name | None = Field(
        None, description="Calendar for clients and policies that name none; one of `calendars`."
    )
    pause: Annotated[tuple[Annotated[str, AfterValidator(_status)], ...], AfterValidator(as_set)] = Field(
        (), description="Ticket states in which our own clock stands still."
    )


class ScopeSettings(BaseModel):
    """What is not the MSP's service to clients, and so is not measured."""

    model_config = FROZEN

    exclude_queues: Texts = Field((), description="Boards, queues or groups, as the source calls them.")
    exclude_clients: Texts = Field((), description="Clients, by name or id; usually the MSP itself.")
    exclude_types: Annotated[tuple[Annotated[str, AfterValidator(_type)], ...], AfterValidator(as_set)] = (
        Field((), description="Ticket types, in our words.")
    )
    exclude_categories: Texts = Field((), description="Ticket categories, as the source calls them.")


class TechnicianSettings(BaseModel):
    """What the sources do not say of the people who work tickets, and what pages may show of them."""

    model_config = FROZEN

    capacity_hours_per_week: Hours | None = Field(
        None,
        description="Paid hours a week where the source gives none; shown as an assumption.",
    )
    show: Literal[False, "initials", "names"] = Field(
        "initials", description="How pages and reports show a technician: `false`, `initials` or `names`."
    )


class LinkSettings(BaseModel):
    """When rows of different systems count as the same without a person saying so."""

    model_config = FROZEN

    auto_above: Annotated[float, Field(ge=0.85, le=1)] | None = Field(
        None,
        description="A proposal at least so alike (0.85 to 1) is confirmed by itself. 1: only the same id, "
        "serial number or name. Left out: a person confirms each (`phasewise links`).",
    )


def _column(value: str) -> str:
    return one_of(value, TARGET_COLUMNS, "a column of tickets that tells what they are about")


def _values(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


_VALUES_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


class AutomationSettings(BaseModel):
    """An automation whose effect on ticket volume is to be measured (indicator 2.3)."""

    model_config = FROZEN

    name: Text = Field(description="What people call it.")
    went_live_on: Day = Field(description="First day on which it ran for the clients below.")
    ended_on: Day | None = Field(None, description="Last day on which it ran.")
    targets: dict[
        Annotated[str, AfterValidator(_column)],
        Annotated[
            tuple[Text, ...], BeforeValidator(_values), Field(min_length=1), WithJsonSchema(_VALUES_SCHEMA)
        ],
    ] = Field(
        min_length=1,
        description="Which tickets it should make fewer: column = value or list of values; several columns "
        "must all hold. Columns: " + ", ".join(f"`{c}`" for c in TARGET_COLUMNS) + ".",
    )
    clients: Literal["all"] | tuple[Text, ...] = Field(
        "all", description='`"all"`, or the clients it runs for, by name or id.'
    )

    @field_validator("ended_on")
    @classmethod
    def _in_order(cls, value: date | None, info: Any) -> date | None:
        started = info.data.get("went_live_on")
        if value is not None and started is not None and value < started:
            raise mistake(f"{value} is before went_live_on ({started})")
        return value


class ExceptionSettings(BaseModel):
    """A known bad week: left out of the cap on an indicator, never out of the count, and always named."""

    model_config = FROZEN

    indicator: Text = Field(description="Code of the indicator.")
    week: Day = Field(description="The Monday of the week.")
    reason: Text = Field(description="What happened.")
    owner: Text = Field(description="Who answers for the exception.")
    expires_on: Day = Field(description="From this day on the exception no longer holds.")

    @field_validator("indicator")
    @classmethod
    def _only_where_weeks_cap(cls, value: str) -> str:
        return one_of(value, ("2.1",), "an indicator with exceptions")

    @field_validator("week")
    @classmethod
    def _a_monday(cls, value: date) -> date:
        if value.weekday() != 0:
            raise mistake(f"{value} is not a Monday; a week is named by its Monday")
        return value


class MspSettings(BaseModel):
    """A provider whose maturity is measured."""

    model_config = FROZEN

    name: Text = Field("", description="Its name for people; the name of the table when left out.")
    zone: Zone = Field(description="Time zone in which its weeks, months and due times are.")
    currency: Currency = Field(
        description="Currency of its books, ISO 4217. Other currencies are not measured."
    )
    language: Literal["en", "es"] | None = Field(
        None, description="Language of its reports; that of the reader's machine when left out."
    )
    calendars: dict[Name, CalendarSettings] = Field({}, description="Working hours by name.")
    sla: SlaSettings = Field(SlaSettings(), description="How SLAs are judged.")
    scope: ScopeSettings = Field(ScopeSettings(), description="What is left out.")
    technicians: TechnicianSettings = Field(TechnicianSettings(), description="About technicians.")
    automations: tuple[AutomationSettings, ...] = Field((), description="Automations to measure.")
    exceptions: tuple[ExceptionSettings, ...] = Field((), description="Known bad weeks.")
    thresholds: Mapping[str, Any] = Field(
        {}, description="Own numbers in place of those of `thresholds.toml`, by indicator code and name."
    )
    schedule: ScheduleSettings = Field(ScheduleSettings(), description="When its jobs are due.")
    links: LinkSettings = Field(LinkSettings(), description="What is the same in several systems.")
    mapping: MappingTables = Field({}, description="Words of all connections of this MSP.")
