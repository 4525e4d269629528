"""The rows of one key, of this file and of those read before, as one payload.

Which rows are kept is decided by rules that give the same whatever the order in which files are read:

- with a history, all of them; of rows that are equal in every column only those of the last file that has
  them, so that a daily export of unchanged tickets adds nothing;
- without one, the state alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from phasewise.connectors.base import SourceReject
from phasewise.connectors.vendors.files.fields import Reading
from phasewise.connectors.vendors.files.order import Rank, ranking
from phasewise.connectors.vendors.files.settings import FileSettings
from phasewise.connectors.vendors.files.spool import SpooledRow
from phasewise.errors import RecordError

Row = Mapping[str, Any]
Merge = Callable[[str, str, Sequence[SpooledRow], Any], tuple[dict[str, Any], list[SourceReject]]]
"""(key, file, its rows, the stored payload or None) → the payload and the rows that are no part of it."""


def merger(file: FileSettings, columns: Sequence[str], reading: Reading) -> Merge:
    """The function that makes a payload, for one table of files."""
    sort_key = _sort_key(file, ranking(file, reading))
    keeps_history = file.history is not None

    def merge(
        key: str, name: str, found: Sequence[SpooledRow], stored: Any
    ) -> tuple[dict[str, Any], list[SourceReject]]:
        used, twice = (found, []) if file.state is not None else (found[:1], _duplicates(name, found))
        rows: list[Row] = [
            {"file": name, "line": row[1], "values": dict(zip(columns, row[2:], strict=True))} for row in used
        ]
        others = [row for row in stored["rows"] if row["file"] != name] if stored else []
        if others:
            rows = _without_repeats([*others, *rows]) if keeps_history else [*others, *rows]
        if len(rows) > 1:
            rows.sort(key=sort_key)
        return {"id": key, "rows": rows if keeps_history else rows[-1:]}, twice

    return merge


def _sort_key(file: FileSettings, rank: Rank | None) -> Callable[[Row], Any]:
    if rank is None or file.state is None:
        return lambda row: (row["file"], row["line"])
    column = file.state.last_by

    def sort_key(row: Row) -> Any:
        try:
            place = rank(row["values"].get(column, ""))
        except RecordError:
            place = (0, 0)  # a row stored under an older mapping; rows of this file were checked
        return place, row["file"], row["line"]

    return sort_key


def _without_repeats(rows: Sequence[Row]) -> list[Row]:
    last: dict[tuple[tuple[str, str], ...], str] = {}
    contents = [tuple(sorted(row["values"].items())) for row in rows]
    for row, content in zip(rows, contents, strict=True):
        last[content] = max(last.get(content, ""), row["file"])
    return [row for row, content in zip(rows, contents, strict=True) if row["file"] == last[content]]


def _duplicates(name: str, found: Sequence[SpooledRow]) -> list[SourceReject]:
    return [
        SourceReject(
            where=f"{name}:{row[1]}",
            reason="duplicate_key",
            detail=f"line {found[0][1]} has the same key, and that line is used. If both belong to one "
            'record, say which is its state: state = "last by COLUMN"',
            key=row[0],
        )
        for row in found[1:]
    ]
