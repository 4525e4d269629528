"""The reference of all settings, drawn from the models: `docs/reference/settings.md` and a JSON schema.

A page written by hand would drift. Descriptions stand at the fields, and only what no field can say is here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, TypeGuard, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from phasewise.config.annotations import arms, kind
from phasewise.config.document import Document
from phasewise.config.secrets import LARGEST_BYTES
from phasewise.connectors.base import Connector
from phasewise.model.words import MAPPINGS

Model = type[BaseModel]
Form = Literal["table", "list", "by name"]

_FORMS: Mapping[Form, str] = {"table": "table", "list": "list of tables", "by name": "tables by name"}
_WORDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "number",
    float: "number",
    date: "date",
}


def pages(connectors: Mapping[str, Connector]) -> dict[str, str]:
    """The generated files of `docs/reference` about the settings: file name → content.

    Args:
        connectors: by name.
    """
    schema = json.dumps(settings_schema(), indent=2, ensure_ascii=False) + "\n"
    return {"settings.md": settings_page(connectors), "settings.schema.json": schema}


def settings_page(connectors: Mapping[str, Connector]) -> str:
    """The page, in Markdown.

    Args:
        connectors: by name; each gets a section with the settings of its connections.
    """
    parts = [INTRODUCTION.format(kib=LARGEST_BYTES // 1024)]
    parts += _sections(_headings(Document, {}))
    for name, one in connectors.items():
        parts.append(f'## A connection with `connector = "{name}"`\n\n{one.title}.')
        parts += _sections(_headings(one.settings, {}, "connections.NAME.settings"))
    parts.append(_words())
    return "\n\n".join(part.strip() for part in parts) + "\n"


def settings_schema() -> dict[str, Any]:
    """JSON schema of the settings file; a connection's own settings are any table in it."""
    return Document.model_json_schema(mode="validation")


def _headings(
    model: Model, found: dict[Model, str], path: str = "", form: Form = "table"
) -> dict[Model, str]:
    """Every model reached from here, outer ones first, and how its table is written: `[msps.NAME.sla]`.

    A model that is reached by several paths is drawn once, at the first.
    """
    if model in found:
        return found
    found[model] = f"[[{path}]]" if form == "list" else f"[{path}]"
    for name, field in model.model_fields.items():
        for below, how in _tables(field):
            inside = f"{path}.{name}" if path else name
            _headings(below, found, f"{inside}.NAME" if how == "by name" else inside, how)
    return found


def _tables(field: FieldInfo) -> Iterator[tuple[Model, Form]]:
    """The models that a field leads to, and how."""
    for arm in arms(field.annotation):
        if _is_model(arm):
            yield arm, "table"
        origin: Any = get_origin(arm)
        args = get_args(arm)
        if isinstance(origin, type) and args:
            is_table = issubclass(origin, Mapping)
            for inner in arms(args[1] if is_table else args[0]):
                if _is_model(inner):
                    yield inner, "by name" if is_table else "list"


def _is_model(annotation: Any) -> TypeGuard[Model]:
    # BaseModel itself stands for a connector's settings, which have a section of their own.
    return isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation is not BaseModel


def _sections(headings: Mapping[Model, str]) -> Iterator[str]:
    """A section for every table; the whole file is none."""
    for model, heading in headings.items():
        if heading != "[]":
            yield _section(model, heading, headings)


def _section(model: Model, heading: str, headings: Mapping[Model, str]) -> str:
    level = "###" if heading.count(".") > 1 else "##"
    doc = (model.__doc__ or "").strip().partition("\n\n")[0]
    rows = [
        f"| `{field.alias or name}` | {_kind(field, headings)} | {_default(field)} | "
        f"{_cell(field.description or '')} |"
        for name, field in model.model_fields.items()
    ]
    head = ["| key | value | default | meaning |", "|---|---|---|---|"] if rows else []
    return "\n".join([f"{level} `{heading}`", "", " ".join(doc.split()), "", *head, *rows])


def _kind(field: FieldInfo, headings: Mapping[Model, str]) -> str:
    tables = [f"{_FORMS[form]} `{headings[model]}`" for model, form in _tables(field)]
    if tables:
        return " or ".join(dict.fromkeys(tables))
    alternatives = tuple(arm for arm in arms(field.annotation) if arm is not type(None))
    if kind(alternatives) == "secret":
        return "text or reference" if not field.is_required() and field.default else "reference"
    if kind(alternatives) == "path":
        return "path"
    return " or ".join(dict.fromkeys(_kind_of(arm) for arm in alternatives))


def _kind_of(arm: Any) -> str:
    if get_origin(arm) is Literal:
        return ", ".join(f"`{_toml(value)}`" for value in get_args(arm))
    origin: Any = get_origin(arm)
    args = get_args(arm)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "table"
    if isinstance(origin, type) and args:
        return f"list of {' or '.join(dict.fromkeys(_kind_of(inner) for inner in arms(args[0])))}"
    if arm is Any or (isinstance(arm, type) and issubclass(arm, BaseModel)):
        return "table"
    return _WORDS.get(arm, str(getattr(arm, "__name__", arm)))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    plain = value is None or value in ("", (), [], {}) or isinstance(value, BaseModel)
    return "" if plain else f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _words() -> str:
    rows = [
        f"| `{table}` | {', '.join(f'`{word}`' for word in words)} |" for table, words in MAPPINGS.items()
    ]
    return "\n".join(
        [
            "## Words",
            "",
            "The tables of `[mapping.TABLE]`, `[msps.NAME.mapping.TABLE]` and "
            '`[connections.NAME.mapping.TABLE]`, and our words in them: `"vendor\'s word" = "our word"`. '
            "The words of a connection win over its MSP's, and those over the global ones.",
            "",
            "| table | our words |",
            "|---|---|",
            *rows,
        ]
    )


INTRODUCTION = """\
<!-- Written by `make docs` from phasewise/config. Do not edit. -->

# Settings

Phasewise reads one TOML file: the one that `--config` names, else the one that the environment variable
`PHASEWISE_CONFIG` names, else `phasewise.toml` in the working folder. `phasewise init` writes one to start
from. Every mistake in it is reported at once, with its path.

**References.** A text of the settings may be a reference: `"env:NAME"` is the value of an environment
variable, `"file:PATH"` the content of a file of UTF-8 text up to {kib} KiB, without its last line break.
Secrets can only be written so: a password, key or token that stands in the file itself is refused.

**Environment.** `PHASEWISE_STORE_URL` wins over `[store] url`. Any other setting can be given as
`PHASEWISE_` and its path with `__` between the steps, for example `PHASEWISE_RETAIN__RAW_DAYS=365` or
`PHASEWISE_CONNECTIONS__DESK__SETTINGS__FOLDER=/data`; lists and tables as JSON. The vendors' words of
`mapping` cannot: the case of a variable's name is lost. What comes from the environment may be a secret.

**Relative paths** that stand in the file are relative to the file; those from the environment, directly or
by a reference, are relative to the working folder. `~` is the home folder.

**Names** (`NAME` below) are lowercase letters, digits, `-` and single `_`. A key that is not listed is
refused.
"""
