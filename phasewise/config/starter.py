"""The settings file that `phasewise init` writes: short, commented, and loadable as it is."""

from __future__ import annotations

import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phasewise.config.values import quoted
from phasewise.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new settings file must know.

    Attributes:
        msp: name of the MSP's table.
        name: its name for people.
        zone: IANA time zone.
        currency: ISO 4217 code.
    """

    msp: str
    name: str
    zone: str
    currency: str


def table_name(name: str) -> str:
    """A table name of a name for people: `Añón & Söhne IT` → `anon-sohne-it`; "msp" where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-") or "msp"


def settings_text(answers: Answers) -> str:
    """The settings file, with what to fill in as comments.

    Args:
        answers: checked values.
    """
    return TEMPLATE.format(
        msp=answers.msp,
        name=quoted(answers.name),
        zone=quoted(answers.zone),
        currency=quoted(answers.currency),
    )


def write_settings(path: Path, text: str, *, overwrite: bool) -> None:
    """Write the file whole or not at all.

    Args:
        path: where; its folder must be there.
        text: the content.
        overwrite: replace a file that is there.

    Raises:
        ConfigError: there is one already, or the folder cannot be written.
    """
    if path.exists() and not overwrite:
        raise ConfigError(
            "there is a settings file already", where=str(path), remedy="Edit it, or replace it with --force"
        )
    if not path.parent.is_dir():
        raise ConfigError("there is no such folder", where=str(path.parent), remedy="Make it first")
    # Beside its place, because a rename is whole only within one file system.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):  # the error that matters is the first
            draft.unlink(missing_ok=True)
        raise ConfigError(
            f"the settings file cannot be written: {error.strerror}",
            where=str(path),
            remedy="Choose a folder that you may write, with space left",
        ) from None


TEMPLATE = """\
# What Phasewise is told. Every setting is explained in docs/reference/settings.md.
#
# Secrets never stand here: write "env:NAME" to read an environment variable or "file:PATH" to read a file.
# Any other text of a connection may be such a reference, too. Relative paths are relative to this file.

[store]
# One file is enough for most. For Postgres: url = "postgresql://user@host/phasewise", and where it needs a
# password: url = "env:PHASEWISE_DATABASE". The variable PHASEWISE_STORE_URL wins over what stands here.
url = "sqlite:///phasewise.db"

# The provider whose maturity is measured. One store may hold several: [msps.other] and so on.
[msps.{msp}]
name = {name}
zone = {zone}  # its weeks and months begin here
currency = {currency}  # of its books

# Working hours. SLA minutes run only inside them.
[msps.{msp}.calendars.office]
hours = {{ mon-fri = ["09:00-18:00"] }}
# or: hours = {{ mon-thu = ["09:00-14:00", "15:00-18:00"], fri = "08:00-15:00" }}
holidays = []  # countries, regions and days: ["ES-MD", "2026-12-24", "2026-12-28/2027-01-05"]

[msps.{msp}.sla]
basis = "vendor"  # whose verdict counts: "vendor" (your ticket system's) or "phasewise" (our own clock's)
default_calendar = "office"
pause = ["waiting"]  # ticket states in which our own clock stands still

# What is not service to clients is not measured.
[msps.{msp}.scope]
exclude_queues = []  # ["Sales", "Internal"]
exclude_clients = []  # your own company, where you keep tickets for yourself

[msps.{msp}.technicians]
# capacity_hours_per_week = 37.5  # where your systems give none; shown as an assumption
show = "initials"  # how reports show a technician: false, "initials" or "names"

# An automation whose effect on tickets is to be measured:
# [[msps.{msp}.automations]]
# name = "Clean full disks"
# went_live_on = 2026-03-02
# targets = {{ category = "Disk space" }}
# clients = "all"

# The words of your systems that Phasewise does not know; `phasewise mapping` lists them with their counts.
# [mapping.status]
# "Waiting for vendor" = "waiting"
# "Done" = "resolved"

# The systems that are read. `phasewise connectors` lists what can be connected.
#
# Files exported from any system: `phasewise files inspect export.csv` proposes the lines below for yours.
# [connections.desk]
# connector = "files"
#
# [connections.desk.settings]
# folder = "exports"
# zone = {zone}  # zone of times that name none
#
# [[connections.desk.settings.files]]
# name = "tickets"
# pattern = "tickets*.csv"
# record = "tickets"
# key = "Ticket"
#
# [connections.desk.settings.files.fields]
# title = {{ column = "Summary" }}
# status = {{ column = "Status" }}
# client = {{ column = "Client", record = true }}
# opened_at = {{ column = "Opened", format = "%Y-%m-%d %H:%M" }}
# resolved_at = {{ column = "Resolved", format = "%Y-%m-%d %H:%M" }}
"""
