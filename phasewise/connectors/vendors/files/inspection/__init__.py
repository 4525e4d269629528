"""A look at an unknown export: what it is, and the mapping it seems to want. Proposes, never claims."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phasewise.connectors.vendors.files.inspection.facts import FileFacts, look
from phasewise.connectors.vendors.files.inspection.proposal import Proposal, propose
from phasewise.connectors.vendors.files.inspection.writing import write_toml

__all__ = ["Inspection", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a look at a file gives.

    Attributes:
        facts: what is so.
        proposal: what that seems to mean.
        toml: the proposal, ready to paste.
    """

    facts: FileFacts
    proposal: Proposal
    toml: str


def inspect(path: Path, record: str | None = None) -> Inspection:
    """Look at a whole file and propose a mapping.

    Args:
        path: a CSV or TSV file, gzipped or not.
        record: its record kind, where that is known.

    Raises:
        SourceError: the file cannot be read, or is no table of text.
    """
    facts = look(path)
    proposal = propose(facts, record)
    return Inspection(facts, proposal, write_toml(facts, proposal))


def to_json(inspection: Inspection) -> dict[str, Any]:
    """The look as plain values, for programs. Values of columns are not in it, but words of enumerations."""
    facts, proposal = inspection.facts, inspection.proposal
    return {
        "path": str(facts.path),
        "encoding": facts.form.encoding,
        "delimiter": facts.form.delimiter,
        "rows": facts.row_count,
        "rejects": dict(facts.rejects),
        "record": proposal.record,
        "key": proposal.key.column,
        "rows_a_key": proposal.key.largest,
        "order": proposal.key.order,
        "time": proposal.key.time,
        "missing": list(proposal.missing),
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "format": column.time.format if column.time else None,
                "format_is_certain": column.time.is_certain if column.time else None,
                "filled": column.filled,
                "empty": column.empty + sum(column.markers.values()),
                "distinct": column.distinct,
            }
            for column in facts.columns
        ],
        "fields": {
            field.field: {
                "column": field.column,
                "doubts": list(field.doubts),
                "words": {word.text: word.target for word in field.words},
            }
            for field in proposal.fields
        },
        "toml": inspection.toml,
    }
