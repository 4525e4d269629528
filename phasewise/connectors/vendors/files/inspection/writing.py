"""A proposed mapping as TOML that loads as it is, each doubt a comment at its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from phasewise.connectors.vendors.files.inspection.facts import FileFacts
from phasewise.connectors.vendors.files.inspection.names import normal
from phasewise.connectors.vendors.files.inspection.proposal import FieldProposal, Proposal, Word

UNSURE = "UNSURE"


def write_toml(facts: FileFacts, proposal: Proposal) -> str:
    """The tables to paste into phasewise.toml.

    Lines whose comment begins with UNSURE rest on a guess that the file itself does not settle.
    """
    name = _name(facts)
    place = f"connections.{name}.settings"
    lines = [
        f"# Proposed from {facts.row_count:,} rows of {facts.path.name}. Names of columns are compared with "
        "names that",
        f"# systems use: look at every line. {UNSURE} marks what the file itself does not settle.",
        f"[connections.{name}]",
        'connector = "files"',
        "",
        f"[{place}]",
        f"folder = {_text(str(facts.path.resolve().parent))}",
        *_zone(proposal),
        "",
        f"[[{place}.files]]",
        *_file(facts, proposal),
        "",
        *_fields(proposal, f"{place}.files.fields", _common_format(proposal)),
        *_sla(proposal, f"{place}.files.sla", _common_format(proposal)),
    ]
    if proposal.unused:
        lines += ["", "# Columns that nothing reads: " + ", ".join(map(_in_a_comment, proposal.unused))]
    return "\n".join(lines) + "\n"


def _name(facts: FileFacts) -> str:
    stem = facts.path.name.split(".")[0]
    words = re.findall(r"[a-z]+", normal(stem))
    return "-".join(words)[:40].strip("-") or "export"


def _zone(proposal: Proposal) -> Iterator[str]:
    times = [f.time for f in proposal.fields if f.time is not None and f.time.has_time]
    if times and not all(time.has_zone for time in times):
        yield (
            f'# zone = "Europe/Madrid"  # {UNSURE}: times carry no zone; without this line, the MSP\'s zone'
        )


def _file(facts: FileFacts, proposal: Proposal) -> Iterator[str]:
    key = proposal.key
    yield f'name = "{proposal.record}"'
    yield f"pattern = {_text(facts.path.name)}  # with * for exports to come"
    yield _line(f'record = "{proposal.record}"', proposal.record_doubt)
    if key.column is None:
        yield _line(f"key = {_text(facts.columns[0].name)}", "no column has a value for every record")
    elif key.is_certain:
        yield f"key = {_text(key.column)}  # {key.distinct:,} different in {facts.row_count:,} rows"
    else:
        yield _line(
            f"key = {_text(key.column)}", f"{key.distinct:,} different values in {facts.row_count:,} rows"
        )
    yield from _layout(facts)
    common = _common_format(proposal)
    if common != "iso":
        yield f"format = {_text(common)}"
    if proposal.missing:
        yield _line(f"missing = [{', '.join(map(_text, proposal.missing))}]", "do all of these mean empty?")
    yield from _state(proposal)


def _layout(facts: FileFacts) -> Iterator[str]:
    if not facts.encoding_is_certain:
        yield _line(
            f"encoding = {_text(facts.form.encoding)}", "the bytes are not UTF-8; this is how Windows writes"
        )
    elif facts.form.encoding != "utf-8":
        yield f"encoding = {_text(facts.form.encoding)}"
    if facts.form.delimiter != ",":
        yield f"delimiter = {_text(facts.form.delimiter or ',')}"
    if facts.decimal_comma:
        yield "decimal_comma = true"
    for reason, count in facts.rejects.items():
        yield f"# {count:,} rows will be rejects: {reason}"


def _state(proposal: Proposal) -> Iterator[str]:
    key = proposal.key
    if not key.has_several_rows:
        return
    yield f"# A key has up to {key.largest:,} rows."
    if key.order is None:
        yield f'# state = "last by COLUMN"  # {UNSURE}: no column puts them in order'
        return
    ties = "some rows of a key are equal in it; of those the later in the file counts" if key.ties else ""
    yield f"state = {_text('last by ' + key.order)}" + (f"  # {ties}" if ties else "")
    if key.time is None:
        yield f'# history = {{ at = "COLUMN" }}  # {UNSURE}: no column has the time of each row'
    elif proposal.record == "tickets":
        yield f"history = {{ at = {_text(key.time)} }}"


def _fields(proposal: Proposal, table: str, common: str) -> Iterator[str]:
    yield f"[{table}]"
    for field in proposal.fields:
        if not field.words:
            yield from _plain(field, common)
    proposed = {field.field for field in proposal.fields}
    if proposal.record == "tickets" and "type" not in proposed:
        yield _line('type = { constant = "incident" }', "no column tells incidents from requests", off=True)
    if proposal.record in {"invoices", "payments"} and "currency" not in proposed:
        yield _line('currency = { constant = "EUR" }', "no column says the currency", off=True)
    for name, why in proposal.left.items():
        yield f"# {name}: {why}"
    for field in proposal.fields:
        if field.words:
            yield ""
            yield from _words(f"{table}.{field.field}", field)


def _plain(field: FieldProposal, common: str) -> Iterator[str]:
    options = [f"column = {_text(field.column)}"]
    if field.makes_record:
        options.append("record = true")
    if field.time is not None and field.time.format != common:
        options.append(f"format = {_text(field.time.format)}")
    value = _text(field.column) if len(options) == 1 else "{ " + ", ".join(options) + " }"
    line = f"{field.field} = {value}"
    if field.field == "requester" and not field.doubts:
        yield f"{line}  # stored as a keyed hash"
        return
    yield _line(line, "; ".join(field.doubts))


def _words(table: str, field: FieldProposal) -> Iterator[str]:
    yield f"[{table}]"
    yield f"column = {_text(field.column)}"
    yield f"[{table}.words]"
    yield from _word_lines(field.words)


def _word_lines(words: tuple[Word, ...]) -> Iterator[str]:
    for word in words:
        if word.target is None:
            yield f'# {_text(word.text)} = ""  # {UNSURE}: {word.count:,} rows; left out, it becomes "other"'
        else:
            yield f"{_text(word.text)} = {_text(str(word.target))}  # {word.count:,} rows"


def _sla(proposal: Proposal, table: str, common: str) -> Iterator[str]:
    for sla in proposal.sla:
        yield ""
        yield f"[[{table}]]"
        yield f'target = "{sla.target}"'
        if sla.due_at is not None:
            yield from _plain(sla.due_at, common)
        if sla.outcome is not None:
            yield f"[{table}.outcome]"
            yield f"column = {_text(sla.outcome.column)}"
            yield f"[{table}.outcome.words]"
            yield from _sla_words(sla.outcome.words)


def _sla_words(words: tuple[Word, ...]) -> Iterator[str]:
    """A verdict has no `other`: a word without a guess would reject its tickets, and that is said."""
    for word in words:
        if word.target is None:
            yield (
                f'{_text(word.text)} = "none"  # {UNSURE}: {word.count:,} rows; met, missed, running, paused '
                "or none?"
            )
        else:
            yield f"{_text(word.text)} = {_text(str(word.target))}  # {word.count:,} rows"


def _common_format(proposal: Proposal) -> str:
    """The format that most times are written in: said once."""
    proposed = [*proposal.fields, *(s.due_at for s in proposal.sla if s.due_at is not None)]
    formats = [f.time.format for f in proposed if f.time is not None]
    return max(formats, key=formats.count, default="iso")


def _line(text: str, doubt: str, *, off: bool = False) -> str:
    return ("# " if off else "") + text + (f"  # {UNSURE}: {doubt}" if doubt else "")


def _in_a_comment(name: str) -> str:
    """A name in a comment: one with a line break would end the comment."""
    return name if name.isprintable() else _text(name)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
