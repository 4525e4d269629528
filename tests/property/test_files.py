"""Whatever a table holds and however it is written and split, the same comes out."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from phasewise.connectors.base import Slice
from phasewise.connectors.vendors.files.delimited import TableForm, open_table, rows
from tests.support.exports import read, settings_for

# What a text file can hold: no NUL (that is a reject), and no half characters (no encoding writes them).
texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)
awkward = st.sampled_from(
    ['"', '""', '"a', 'b"', "a,b", "a;b", "a\tb", "\n", "\r\n", "a\rb", " ", "\u2028", "\x85", "é😀"]
)
values = st.one_of(texts, awkward)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one example: the fixture `tmp_path` is one for all examples of a test."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def write(path: Path, table: Sequence[Sequence[str]], *, delimiter: str, quoting: int, line_end: str) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows(table)
    content = buffer.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@given(
    table=st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(values, min_size=width, max_size=width), max_size=8)
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    ending=st.sampled_from([".csv", ".csv.gz", ".txt"]),
)
def test_any_table_of_texts_comes_back_the_same(
    table: list[list[str]], delimiter: str, quoting: int, line_end: str, ending: str
) -> None:
    header = [f"column {i}" for i in range(len(table[0]) if table else 2)]
    if any("\r" in value for row in table for value in row):
        quoting = csv.QUOTE_ALL  # Python's own writer leaves a lone carriage return without quotes
    with folder() as path:
        file = path / f"export{ending}"
        write(file, [header, *table], delimiter=delimiter, quoting=quoting, line_end=line_end)
        with open_table(file, file.name, TableForm(), header) as opened:
            assert opened.columns == header
            found = list(rows(opened))
    assert [row[1] for row in found if isinstance(row, tuple)] == table
    assert len(found) == len(table)


@given(
    lines=st.lists(
        st.sampled_from(
            [
                "1,new,a",
                "2,new",
                '3,new,"b',
                '"c"',
                "4,new,d,e",
                'x"y,z',
                "",
                "5,new,c",
                "8,n\0w,x",
                "9,n\udce9w,x",
                '"6","new",""""',
            ]
        ),
        max_size=12,
    ),
    last=st.sampled_from(["", "\n"]),
)
def test_no_line_of_a_broken_file_is_lost_in_silence(lines: list[str], last: str) -> None:
    """Every line that is not empty is part of a row or of a reject, and lines are never told twice."""
    with folder() as path:
        text = "id,status,text\n" + "\n".join(lines) + last
        (path / "a.csv").write_bytes(text.encode(errors="surrogateescape"))
        with open_table(path / "a.csv", "a.csv", TableForm(), ["id"]) as opened:
            found = list(rows(opened))
            assert opened.lines.number == 1 + len(("\n".join(lines) + last).splitlines()) + 1
    told = [row[0] if isinstance(row, tuple) else int(row.where.split(":")[1]) for row in found]
    assert told == sorted(set(told))
    filled = {number for number, line in enumerate(lines, start=2) if line}
    assert set(told) <= filled
    # A line that no row and no reject begins with belongs to a value of several lines of the one before it.
    whole = {row[0]: sum(value.count("\n") for value in row[1]) for row in found if isinstance(row, tuple)}
    covered = {line + i for line, extra in whole.items() for i in range(extra + 1)} | set(told)
    assert filled <= covered


LOG = {
    "state": "last by n",
    "history": {"at": "at"},
    "fields": {"status": "status", "queue": "queue", "opened_at": "at"},
    "pattern": "*.csv",
}
STATUSES = ["new", "in_progress", "closed", ""]
log_rows = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"),
        st.integers(0, 4),
        st.integers(1, 28),
        st.sampled_from(STATUSES),
        st.sampled_from(["x", "y"]),
        st.integers(0, 2),  # which file
    ),
    max_size=25,
)


def write_log(path: Path, found: Sequence[tuple[Any, ...]]) -> dict[str, list[dict[str, Any]]]:
    """Write the rows into up to three files; returns what each key's rows must be, by a naive reference."""
    expected: dict[str, list[dict[str, Any]]] = {}
    for number in range(3):
        name = f"log-{number}.csv"
        mine = [row for row in found if row[5] == number]
        lines = ["id,n,at,status,queue"]
        for line, (key, n, day, status, queue, _) in enumerate(mine, start=2):
            values = {
                "id": key,
                "status": status,
                "queue": queue,
                "at": f"2026-01-{day:02d}T00:00Z",
                "n": str(n),
            }
            lines.append(f"{key},{n},{values['at']},{status},{queue}")
            expected.setdefault(key, []).append({"file": name, "line": line, "values": values})
        (path / name).write_text("\n".join(lines) + "\n")
    for key, several in expected.items():
        kept = [
            row
            for row in several
            if row["file"] == max(r["file"] for r in several if r["values"] == row["values"])
        ]
        expected[key] = sorted(kept, key=lambda r: (int(r["values"]["n"]), r["file"], r["line"]))
    return expected


@given(found=log_rows)
def test_grouping_equals_a_naive_reference_whatever_the_order_and_the_split(found: list[Any]) -> None:
    with folder() as path:
        expected = write_log(path, found)
        got = read(settings_for(path, LOG))
    assert {key: payload["rows"] for key, payload in got.payloads.items()} == expected
    assert got.rows_read == len(found)
    for ticket in got.of("tickets"):
        assert ticket.status == (expected[ticket.id][-1]["values"]["status"] or None)


@given(found=log_rows, order=st.permutations([0, 1, 2]), again=st.integers(0, 2))
@settings(max_examples=60)
def test_files_read_one_by_one_in_any_order_end_as_in_one_run(
    found: list[Any], order: list[int], again: int
) -> None:
    with folder() as path:
        write_log(path, found)
        mapping = settings_for(path, LOG)
        whole: dict[str, Any] = {}
        read(mapping, stored=whole)
        stored: dict[str, Any] = {}
        for number in [*order, again]:
            read(mapping, stored=stored, slices=[Slice(f"log-{number}.csv")])
    assert stored == whole


@given(found=log_rows, cut=st.integers(0, 25))
@settings(max_examples=60)
def test_a_file_that_grows_ends_as_if_it_had_been_read_once(found: list[Any], cut: int) -> None:
    with folder() as path:
        mapping = settings_for(path, LOG)
        stored: dict[str, Any] = {}
        write_log(path, found[:cut])
        read(mapping, stored=stored)
        write_log(path, found)
        read(mapping, stored=stored)
        whole: dict[str, Any] = {}
        read(mapping, stored=whole)
    assert stored == whole


@given(found=log_rows)
@settings(max_examples=60)
def test_the_last_status_event_is_the_state_of_the_ticket(found: list[Any]) -> None:
    with folder() as path:
        write_log(path, found)
        got = read(settings_for(path, LOG))
    for ticket in got.of("tickets"):
        events = [e for e in got.records if type(e).__record__.table == "ticket_events"]
        mine = [e for e in events if e.ticket == ticket.id and e.kind == "status"]
        last = mine[-1].to_value if mine else None
        assert ticket.status in {last, None}
        assert all(e.from_value != e.to_value for e in mine)
        assert [e.from_value for e in mine[1:]] == [e.to_value for e in mine[:-1]]
