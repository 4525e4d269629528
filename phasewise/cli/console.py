"""What every command shares on its way out: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from phasewise.errors import ConfigError, PhasewiseError
from phasewise.log import redact

PARTIAL = 4
"""Exit code of a command that finished, but whose result rests on incomplete data."""


def print_json(value: Any) -> None:
    """One JSON value on one line of stdout, non-ASCII as it is."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    """A line of the result, to stdout."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """A line for the person at the terminal, to stderr; known secrets are masked."""
    sys.stderr.write(redact(text) + "\n")


def print_error(error: PhasewiseError, *, as_json: bool) -> None:
    """An error to stderr: what happened, where, what to do; as JSON with the three apart."""
    if not as_json:
        note(f"Error: {error}")
        return
    value: dict[str, Any] = {
        "error": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "remedy": error.remedy,
        "exit_code": error.exit_code,
    }
    if isinstance(error, ConfigError):
        value["mistakes"] = [{"path": m.path, "what": m.what, "remedy": m.remedy} for m in error.mistakes]
    note(json.dumps(value, ensure_ascii=False))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[str] = ()) -> str:
    """A plain text table: header, rule, rows; columns named in `right` are aligned right.

    None is shown as an empty cell, never as 0. No colour and no box, so that it can be pasted and grepped.
    """
    cells = [[("" if v is None else str(v)).replace("\n", " ") for v in row] for row in rows]
    widths = [max([len(name), *(len(row[i]) for row in cells)]) for i, name in enumerate(columns)]

    def line(values: Sequence[str]) -> str:
        parts = [
            v.rjust(w) if name in right else v.ljust(w)
            for v, w, name in zip(values, widths, columns, strict=True)
        ]
        return "  ".join(parts).rstrip()

    return "\n".join([line(list(columns)), "  ".join("-" * w for w in widths), *(line(row) for row in cells)])
