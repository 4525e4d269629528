"""Which rows of a file count, by which key, and which of their columns are kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter

from phasewise.connectors.base import RecordContext, SourceReject
from phasewise.connectors.vendors.files.delimited import PAYLOAD_LIMIT, OpenTable, rows
from phasewise.connectors.vendors.files.fields import Reading, reading
from phasewise.connectors.vendors.files.order import ranking
from phasewise.connectors.vendors.files.rules import mapped_columns, suggestion
from phasewise.connectors.vendors.files.settings import FileSettings, FilesSettings
from phasewise.connectors.vendors.files.spool import Spool
from phasewise.errors import ContractError, RecordError

_REMEMBERED_HASHES = 50_000

Pick = Callable[[Sequence[str]], tuple[str, ...]]


@dataclass(slots=True)
class Count:
    """What became of the rows of a file.

    Attributes:
        read: rows, rejected and left out ones included; empty lines are none.
        left_out: rows that the mapping's `where` does not want.
        is_cut: the last line stops in its middle, so nobody knows how many rows should have come after it.
    """

    read: int = 0
    left_out: int = 0
    is_cut: bool = False


def check_columns(table: OpenTable, file: FileSettings) -> None:
    """Refuse a file that lacks a column of the mapping, or has it twice.

    Raises:
        ContractError: names file, columns, and the columns there are.
    """
    there = table.columns
    absent = [column for column in mapped_columns(file) if column not in there]
    if absent:
        hints = [
            f'"{column}" ({hint})' if (hint := suggestion(column, there)) else f'"{column}"'
            for column in absent
        ]
        raise ContractError(
            f"the file has no column {', '.join(hints)}",
            where=table.name,
            remedy="Correct the mapping, or export with that column. The file has: " + ", ".join(there),
        )
    twice = [column for column in mapped_columns(file) if there.count(column) > 1]
    if twice:
        raise ContractError(
            f"the file has the column {', '.join(twice)} more than once",
            where=table.name,
            remedy="Rename one of them in the export: which one is meant cannot be known",
        )


def take_in(
    table: OpenTable, spool: Spool, settings: FilesSettings, file: FileSettings, context: RecordContext
) -> Count:
    """Read every row of a file into the spool.

    Personal values are hashed on the way: what identifies a requester never reaches a disk.

    Raises:
        ContractError: the file lacks a column of the mapping.
    """
    check_columns(table, file)
    rules = reading(settings, file, context.zone)
    key_of, pick = _key_function(table, file, rules), _pick_function(table, file, rules, context)
    is_wanted, flaw = _where_function(table, file, rules), _flaw_function(table, file, rules)
    is_personal = bool(hashed_columns(file))
    count = Count()
    for found in rows(table):
        if isinstance(found, SourceReject):
            count.read += found.reason != "damaged_file"
            count.is_cut |= found.reason == "half_line"
            # A broken line cannot be told into columns: it is kept only where none of them is personal.
            spool.reject(replace(found, payload="") if is_personal else found)
            continue
        line, values = found
        key = key_of(values)
        if key is None and not any(values):
            continue  # an empty line, as spreadsheets write it
        count.read += 1
        if not is_wanted(values):
            count.left_out += 1
            continue
        problem = flaw(values) if key is not None else _no_key(file)
        if key is None or problem is not None:
            kept = dict(zip(mapped_columns(file), pick(values), strict=True))
            spool.reject(_reject(f"{table.name}:{line}", kept, key, problem or _no_key(file)))
        else:
            spool.add((key, line, *pick(values)))
    spool.flush()
    return count


def hashed_columns(file: FileSettings) -> frozenset[str]:
    """Columns of which only a keyed hash is kept: who asked, and what was said."""
    found = {file.history.comment} if file.history is not None and file.history.comment else set()
    requester = file.fields.get("requester")
    if file.record == "tickets" and requester is not None and requester.column is not None:
        found.add(requester.column)
    return frozenset(found)


def _key_function(
    table: OpenTable, file: FileSettings, rules: Reading
) -> Callable[[Sequence[str]], str | None]:
    positions = [table.columns.index(column) for column in file.key]
    missing = rules.missing
    if len(positions) == 1:
        only = positions[0]

        def one(values: Sequence[str]) -> str | None:
            key = values[only].strip()
            return None if key in missing else key

        return one

    def joined(values: Sequence[str]) -> str | None:
        parts = [values[position].strip() for position in positions]
        if not missing.isdisjoint(parts):
            return None
        # Escaped, so that ("a:b", "c") and ("a", "b:c") stay two keys.
        return ":".join(part.replace("\\", "\\\\").replace(":", "\\:") for part in parts)

    return joined


def _pick_function(table: OpenTable, file: FileSettings, rules: Reading, context: RecordContext) -> Pick:
    columns = mapped_columns(file)
    positions = [table.columns.index(column) for column in columns]
    hashed = [position for position, c in enumerate(columns) if c in hashed_columns(file)]
    # itemgetter gives no tuple for a single position, so the first stands twice and is cut off.
    get = itemgetter(positions[0], *positions)
    if not hashed:
        return lambda values: get(values)[1:]

    @lru_cache(maxsize=_REMEMBERED_HASHES)
    def pseudonym(text: str) -> str:
        text = text.strip()
        return "" if text in rules.missing else context.pseudonym(text)

    def pick(values: Sequence[str]) -> tuple[str, ...]:
        picked = list(get(values)[1:])
        for position in hashed:
            picked[position] = pseudonym(picked[position])
        return tuple(picked)

    return pick


def _where_function(table: OpenTable, file: FileSettings, rules: Reading) -> Callable[[Sequence[str]], bool]:
    if not file.where:
        return lambda values: True  # noqa: ARG005  # every row is wanted
    tests = [(table.columns.index(column), wanted) for column, wanted in file.where.items()]

    def is_wanted(values: Sequence[str]) -> bool:
        for position, wanted in tests:
            text = values[position].strip()
            if isinstance(wanted, bool):
                if (text not in rules.missing) != wanted:
                    return False
            elif text not in wanted:
                return False
        return True

    return is_wanted


def _flaw_function(
    table: OpenTable, file: FileSettings, rules: Reading
) -> Callable[[Sequence[str]], RecordError | None]:
    """What keeps a row from its place among the rows of its key, None for nothing."""
    rank = ranking(file, rules)
    if rank is None or file.state is None:
        return lambda values: None  # noqa: ARG005  # the order of the lines is enough
    position = table.columns.index(file.state.last_by)

    def flaw(values: Sequence[str]) -> RecordError | None:
        try:
            rank(values[position])
        except RecordError as error:
            return error
        return None

    return flaw


def _no_key(file: FileSettings) -> RecordError:
    return RecordError(
        f"the row has no value in {' and '.join(file.key)}, its key",
        remedy="If such rows are no records, leave them out with `where`",
        reason="missing_key",
    )


def _reject(where: str, kept: Mapping[str, str], key: str | None, error: RecordError) -> SourceReject:
    payload = json.dumps(kept, ensure_ascii=False)[:PAYLOAD_LIMIT]
    return SourceReject(where, error.reason, str(error), payload, key)
