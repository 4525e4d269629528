"""What is put right in a specification before Prism loads it, and what is left as the vendor wrote it."""

from __future__ import annotations

import copy
from typing import Any

from tests.servers.prism.repaired import repaired


def operation(**more: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "all is well"}}, **more}


def answering(reference: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": reference}}
    return {"responses": {"200": {"description": "rows", "content": {"application/json": schema}}}}


def everything(_method: str, _path: str) -> bool:
    return True


def test_a_path_gets_its_leading_slash() -> None:
    document = {"paths": {"timers/{id}": {"get": operation()}, "/tickets": {"get": operation()}}}
    assert set(repaired(document, everything)["paths"]) == {"/timers/{id}", "/tickets"}


def test_only_what_is_kept_stays_and_what_it_refers_to() -> None:
    schemas = {
        "Ticket": {"type": "object", "properties": {"client": {"$ref": "#/components/schemas/Client"}}},
        "Client": {"type": "object", "properties": {"tickets": {"$ref": "#/components/schemas/Ticket"}}},
        "Invoice": {"type": "object"},
    }
    document = {
        "paths": {
            "/tickets": {
                "parameters": [],
                "get": answering("#/components/schemas/Ticket"),
                "post": operation(),
            },
            "/invoices": {"get": answering("#/components/schemas/Invoice")},
        },
        "components": {"schemas": schemas, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }
    small = repaired(document, lambda method, path: (method, path) == ("GET", "/tickets"))
    assert {path: set(item) for path, item in small["paths"].items()} == {"/tickets": {"parameters", "get"}}
    assert set(small["components"]["schemas"]) == {"Ticket", "Client"}
    assert "key" in small["components"]["securitySchemes"]


def test_what_is_referred_to_in_swagger_2_comes_along() -> None:
    answers = {"200": {"description": "a row", "schema": {"$ref": "#/definitions/Row"}}}
    document = {
        "paths": {"/rows": {"get": {"responses": answers}}},
        "definitions": {"Row": {"type": "object"}, "Other": {"type": "object"}},
    }
    assert set(repaired(document, everything)["definitions"]) == {"Row"}


def test_a_reference_that_leads_nowhere_allows_everything() -> None:
    document = {"paths": {"/tickets": {"get": answering("#/components/schemas/Missing")}}}
    small = repaired(document, everything)
    assert (
        small["paths"]["/tickets"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] == {}
    )


def test_a_number_of_which_only_the_format_is_told_answers_one_and_bounds_stay() -> None:
    parameters = [
        {"name": "page", "in": "query", "schema": {"type": "integer", "format": "int32"}},
        {"name": "size", "in": "query", "schema": {"type": "integer", "format": "int32", "maximum": 100}},
        {"name": "type", "in": "query", "schema": {"type": "string", "format": "date"}},
    ]
    small = repaired({"paths": {"/tickets": {"get": operation(parameters=parameters)}}}, everything)
    assert [one["schema"] for one in small["paths"]["/tickets"]["get"]["parameters"]] == [
        {"type": "integer", "example": 1},
        {"type": "integer", "format": "int32", "maximum": 100},
        {"type": "string", "format": "date"},
    ]


def test_a_field_answers_the_example_that_is_given_or_is_left_out() -> None:
    row = {"properties": {name: {"type": "string"} for name in ("error", "category", "id")}}
    document = {
        "paths": {"/rows": {"get": answering("#/components/schemas/Row")}},
        "components": {"schemas": {"Row": row}},
    }
    small = repaired(document, everything, {"error": None, "category": "job"})
    assert small["components"]["schemas"]["Row"]["properties"] == {
        "category": {"type": "string", "example": "job"},
        "id": {"type": "string"},
    }


def test_a_body_without_a_media_type_is_json() -> None:
    parameters = [{"name": "query", "in": "body", "schema": {"type": "object"}}]
    small = repaired({"paths": {"/query": {"post": operation(parameters=parameters)}}}, everything)
    assert small["paths"]["/query"]["post"]["consumes"] == ["application/json"]


def test_the_scheme_of_a_key_is_written_as_prism_knows_it() -> None:
    key = {"type": "http", "scheme": "Bearer"}
    small = repaired({"paths": {}, "components": {"securitySchemes": {"key": key}}}, everything)
    assert small["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_the_vendors_document_is_left_alone() -> None:
    document = {
        "paths": {"tickets": {"get": answering("#/components/schemas/Ticket")}},
        "components": {"schemas": {"Ticket": {"properties": {"id": {"type": "integer", "format": "int64"}}}}},
    }
    before = copy.deepcopy(document)
    repaired(document, everything)
    assert document == before
