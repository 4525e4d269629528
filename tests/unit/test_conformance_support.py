"""The conformance checks can tell a field and an operation that a specification has from one it has not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from phasewise.testing.world import Asked
from tests.support.conformance import Conformance, Shape, _described, _request_faults
from tests.support.specification import has, operations, specification
from tests.support.watching import Reads, watched

TICKET = {
    "properties": {"id": {}, "board": {"$ref": "#/components/schemas/Board"}, "lines": {"type": "array"}}
}
SPECIFICATION: dict[str, Any] = {
    "components": {
        "schemas": {
            "Board": {"properties": {"name": {}, "parent": {"$ref": "#/components/schemas/Board"}}},
            "Ticket": {"allOf": [TICKET, {"properties": {"summary": {}}}]},
        }
    },
    "paths": {
        "/tickets/{id}": {"get": {"responses": {}}},
        "/tickets/count": {"get": {"responses": {}}},
        "/tickets": {
            "get": {
                "parameters": [
                    {"name": "page", "in": "query"},
                    {"name": "clientId", "in": "header", "required": True},
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "properties": {
                                        "tickets": {"items": {"$ref": "#/components/schemas/Ticket"}}
                                    }
                                }
                            }
                        }
                    }
                },
            }
        },
        "/notes": {
            "get": {
                "responses": {
                    "200": {"content": {"application/json": {"example": {"notes": [{"text": "a"}]}}}}
                }
            }
        },
    },
}
HELD = Conformance(
    "none",
    "small.json",
    {"tickets": Shape("/tickets", items="tickets", inside={"_notes": Shape("/notes", items="notes")})},
)


@pytest.fixture(autouse=True)
def _small_specification(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small.json").write_text(json.dumps(SPECIFICATION))
    monkeypatch.setenv("PHASEWISE_SPECS", str(tmp_path))
    specification.cache_clear()
    operations.cache_clear()


@pytest.mark.parametrize("path", ["id", "summary", "board.name", "board.parent.parent.name", "_notes.text"])
def test_a_field_that_is_described_is_found(path: str) -> None:
    assert _described(HELD, HELD.shapes["tickets"], path.split("."))


@pytest.mark.parametrize("path", ["sumary", "board.title", "id.value", "_notes.txt", "Summary"])
def test_a_field_that_is_not_described_is_a_fault(path: str) -> None:
    assert not _described(HELD, HELD.shapes["tickets"], path.split("."))


def test_a_schema_in_a_circle_comes_to_an_end() -> None:
    schema = specification("small.json")["components"]["schemas"]["Board"]
    assert not has("small.json", schema, ["parent"] * 40)


def asked(path: str, query: dict[str, str], headers: dict[str, str]) -> Asked:
    return Asked("GET", path, query, headers, None, "http://localhost")


def test_a_request_as_the_specification_has_it_is_no_fault() -> None:
    assert list(_request_faults(HELD, asked("/tickets", {"page": "2"}, {"clientid": "1"}))) == []
    assert list(_request_faults(HELD, asked("/tickets/7", {}, {}))) == []


def test_a_parameter_a_header_and_a_path_that_are_not_there_are_faults() -> None:
    assert list(_request_faults(HELD, asked("/tickets", {"pageNo": "2"}, {}))) == [
        "GET /tickets ?pageNo",
        "GET /tickets without clientId",
    ]
    assert list(_request_faults(HELD, asked("/tickets/7/notes", {}, {}))) == ["GET /tickets/{id}/notes"]


def test_reading_a_payload_leaves_a_trace_and_changes_nothing() -> None:
    reads, payload = Reads(), {"id": 1, "board": {"name": "Help"}, "lines": [{"text": "a"}]}
    seen = watched(payload, reads)
    assert seen == payload
    assert (seen["id"], seen["board"].get("name"), seen.get("gone"), seen["lines"][0]["text"]) == (
        1,
        "Help",
        None,
        "a",
    )
    assert reads.paths == {"id", "board", "board.name", "gone", "lines", "lines.text"}
