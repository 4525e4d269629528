"""The contract suite, run for the `files` connector."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from phasewise.connectors.vendors.files import CONNECTOR
from phasewise.storage.engine import Store
from phasewise.sync.engine import sync_msp
from phasewise.sync.options import SyncOptions
from phasewise.testing.contract import Subject, promises_of
from phasewise.testing.sync_contract import Bench, sync_promises_of
from phasewise.testing.world import Collection, Item, World


def make_ticket(number: int) -> Item:
    opened = datetime(2026, 1, 5, 9, 0, tzinfo=UTC) + timedelta(hours=number)
    return {
        "Number": f"INC{number:07}",
        "Title": f"Printer {number}",
        "State": "Closed" if number % 2 else "Sonstiges",
        "Opened": opened.strftime("%d/%m/%Y %H:%M"),
        "Reopened": str(number % 3),
    }


def make_client(number: int) -> Item:
    return {"Id": str(number), "Name": f"Client {number}"}


def write(folder: Path, items: Mapping[str, Sequence[Item]]) -> None:
    for name, columns in {"tickets": list(make_ticket(1)), "clients": list(make_client(1))}.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(items[name])


def settings(folder: str) -> dict[str, Any]:
    ticket_fields = {
        "title": "Title",
        "status": {"column": "State", "words": {"Closed": "closed"}},
        "opened_at": {"column": "Opened", "format": "%d/%m/%Y %H:%M"},
        "reopened_count": "Reopened",
    }
    tickets = {"name": "tickets", "pattern": "tickets.csv", "record": "tickets", "key": "Number"}
    clients = {"name": "clients", "pattern": "clients.csv", "record": "clients", "key": "Id"}
    return {
        "folder": folder,
        "zone": "Europe/Madrid",
        "files": [{**tickets, "fields": ticket_fields}, {**clients, "fields": {"name": "Name"}}],
    }


SUBJECT = Subject(
    CONNECTOR,
    World(
        (
            Collection("tickets", "tickets.csv", make_ticket, key="Number", texts=("Title",)),
            Collection("clients", "clients.csv", make_client, key="Id", texts=("Name",)),
        )
    ),
    settings=settings,
    write=write,
)


@pytest.mark.parametrize("promise", promises_of(SUBJECT))
def test_the_files_connector_keeps_its_promises(promise: Callable[[], None]) -> None:
    promise()


@pytest.mark.parametrize("promise", sync_promises_of(Bench(SUBJECT, sync_msp, SyncOptions)))
def test_a_sync_of_files_keeps_its_promises(promise: Callable[[Store], None], any_store: Store) -> None:
    promise(any_store)
