"""Mistakes of a mapping are found before a file is read, all of a table at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from phasewise.connectors import connector
from phasewise.connectors.vendors.files.settings import FilesSettings
from phasewise.model.records import record_kinds
from tests.support.exports import settings_for, stream_of


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ({"record": "ticket"}, 'no record kind "ticket"; did you mean "tickets"?'),
        ({"fields": {"stauts": "x"}}, 'fields.stauts: tickets has no such field; did you mean "status"?'),
        ({"fields": {"id": "x"}}, "fields.id: comes from `key`"),
        ({"fields": {"status_raw": "x"}}, "is filled with the source's word for status"),
        ({"fields": {"status": {}}}, "fields.status: needs a column or a constant"),
        ({"fields": {"status": {"column": "x", "constant": "new"}}}, "needs a column or a constant"),
        ({"fields": {"type": {"constant": "accident"}}}, '"accident" is none of: incident'),
        ({"fields": {"reopened_count": {"constant": "3"}}}, "the constant '3' is not of the kind integer"),
        ({"fields": {"opened_at": {"constant": "2026-01-01"}}}, "cannot be a constant"),
        (
            {"record": "invoices", "fields": {"currency": {"constant": "Euro"}}},
            '"Euro" is no currency: write its ISO 4217 code',
        ),
        ({"fields": {"queue": {"column": "x", "format": "iso"}}}, "format means nothing"),
        ({"fields": {"queue": {"column": "x", "words": {"a": "b"}}}}, "words means nothing"),
        ({"fields": {"opened_at": {"column": "x", "unit": "hours"}}}, "unit means nothing"),
        ({"fields": {"opened_at": {"column": "x", "format": "%d/%m/%Y"}}}, "has no time of day; say which"),
        ({"fields": {"opened_at": {"column": "x", "format": "%d %H:%M"}}}, "names no whole date"),
        ({"fields": {"opened_at": {"column": "x", "format": "%Q"}}}, "%Q is not known"),
        ({"fields": {"opened_at": {"column": "x", "zone": "Madrid"}}}, 'no time zone "Madrid"'),
        ({"fields": {"status": {"column": "x", "words": {"a": "neww"}}}}, "'neww' is none of: new"),
        ({"fields": {"status": {"column": "x", "words": {"a": "new", "A": "closed"}}}}, "stands twice"),
        ({"fields": {"is_internal": {"column": "x", "words": {"a": "b"}}}}, "neither true nor false"),
        ({"fields": {"queue": {"column": "x", "record": True}}}, "refer to a record with a name"),
        ({"fields": {"parent": {"column": "x", "record": True}}}, "refer to a record with a name"),
        (
            {"fields": {"client": {"column": "x", "record": {"nmae": "y"}}}},
            "record.nmae: clients has no such text field",
        ),
        ({"fields": {"requester": "x", "title": "x"}}, 'the column "x" is hashed'),
        ({"fields": {"requester": "id"}}, 'the column "id" is hashed'),
        ({"record": "clients", "history": {"at": "x"}}, "history is for tickets; this table is for clients"),
        ({"record": "clients", "sla": [{"target": "resolution", "due_at": "x"}]}, "sla is for tickets"),
        ({"history": {"at": "x"}}, 'history needs state = "last by COLUMN"'),
        ({"state": "newest by x"}, 'is no rule: write "last by COLUMN"'),
        ({"state": "last by"}, "is no rule"),
        (
            {"state": "last by n", "history": {"at": "x", "format": "%d/%m/%Y"}},
            "history.format: %d/%m/%Y has no time of day",
        ),
        ({"sla": [{"target": "resolution"}]}, "maps no column"),
        ({"sla": [{"target": "resolution", "due_at": "x"}] * 2}, "two tables of sla have the same target"),
        (
            {"sla": [{"target": "resolution", "outcome": {"column": "x", "words": {"y": "good"}}}]},
            "sla resolution vendor_outcome: words.\"y\": 'good' is none of: met",
        ),
        ({"record": "ticket_events"}, "every record of ticket_events needs ticket, at, kind"),
        ({"pattern": "/etc/*"}, "must stay inside the folder"),
        ({"pattern": "../*.csv"}, "must stay inside the folder"),
        ({"encoding": "utf-88"}, 'no text encoding "utf-88"'),
        ({"encoding": "base64"}, 'no text encoding "base64"'),
        ({"columns": ["a", "b"]}, "columns does not name id"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"where": {"x": 3}}, "where"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(tmp_path: Path, file: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        settings_for(tmp_path, file)
    assert message in str(raised.value)


def test_all_mistakes_of_a_table_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as raised:
        settings_for(tmp_path, {"fields": {"a": "x", "b": "y"}, "history": {"at": "z"}})
    assert all(part in str(raised.value) for part in ("fields.a", "fields.b", "history needs state"))


def test_names_of_streams_differ(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="two tables of files are called tickets"):
        settings_for(tmp_path, {}, {})


def test_a_table_of_clients_of_its_own_is_not_written_over_from_tickets(tmp_path: Path) -> None:
    with pytest.raises(
        ValidationError, match=r"files tickets: fields.client: clients already holds the clients"
    ):
        settings_for(tmp_path, {"record": "clients"}, {"fields": {"client": {"column": "x", "record": True}}})


def test_the_short_forms_mean_the_long_ones(tmp_path: Path) -> None:
    short = settings_for(tmp_path, {"state": "last by my column", "fields": {"queue": "x"}})
    long = settings_for(
        tmp_path,
        {
            "key": ["id"],
            "pattern": ["*"],
            "state": {"last_by": "my column"},
            "fields": {"queue": {"column": "x"}},
        },
    )
    assert short == long


def test_every_record_kind_can_be_filled(tmp_path: Path) -> None:
    listed = {stream.record: stream for stream in connector("files").catalogue()}  # type: ignore[misc]  # files has one
    assert listed.keys() == record_kinds().keys()
    assert {f"tickets.{name}" for name in ("id", "status", "status_raw", "opened_at")} <= listed[
        "tickets"
    ].provides
    assert not {"sla_results.outcome", "sla_results.agrees"} & listed["sla_results"].provides


def test_a_stream_provides_what_its_mapping_fills_and_no_more(tmp_path: Path) -> None:
    stream = stream_of(
        settings_for(
            tmp_path,
            {
                "state": "last by n",
                "history": {"at": "at"},
                "fields": {"status": "s", "priority": "p", "client": {"column": "c", "record": True}},
                "sla": [{"target": "resolution", "outcome": "o"}],
            },
        )
    )
    assert stream.emits == ("tickets", "ticket_events", "sla_results", "clients")
    assert {n for n in stream.provides if n.startswith("tickets.")} == {
        *("tickets.id", "tickets.status", "tickets.status_raw", "tickets.priority", "tickets.priority_raw"),
        *("tickets.first_priority", "tickets.first_priority_raw", "tickets.client"),
    }
    assert {"sla_results.vendor_outcome", "sla_results.missed_at", "clients.name"} <= stream.provides
    assert "sla_results.due_at" not in stream.provides


def test_personal_columns_are_named(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path,
        {
            "state": "last by n",
            "history": {"at": "at", "comment": "notes"},
            "fields": {"requester": "who", "title": "subject", "queue": "q"},
        },
    )
    assert stream_of(settings).personal == {"who", "subject", "notes"}


def test_every_setting_is_documented() -> None:
    schema = FilesSettings.model_json_schema()
    for name, table in {"": schema, **schema["$defs"]}.items():
        for key, about in table.get("properties", {}).items():
            assert about.get("description"), f"{name}.{key}"
