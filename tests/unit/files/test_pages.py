"""Grouping, resuming, several files, changed files: what pages promise."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from phasewise.connectors import connector
from phasewise.connectors.base import FetchContext, Page, Slice
from phasewise.connectors.vendors.files import pages as pages_module
from phasewise.errors import SourceError
from tests.support.exports import pseudonym, read, record_context, settings_for, stream_of

LOG = {"state": "last by n", "history": {"at": "at"}, "fields": {"status": "status", "updated_at": "at"}}


def write_log(path: Path, rows: list[tuple[str, int, str]]) -> None:
    lines = [f"{key},{n},2026-01-{n:02d}T08:00Z,{status}\n" for key, n, status in rows]
    path.write_text("id,n,at,status\n" + "".join(lines))


def pages_of(folder: Path, settings: object, *, resume: str | None = None, key: str = "a.csv") -> list[Page]:
    """The pages of one file, read without a store."""
    stream = stream_of(settings)
    with connector("files").open(settings) as client:
        context = FetchContext(record_context(settings))
        return list(stream.pages(client, Slice(key=key, resume=resume), context))


def test_a_payload_is_a_key_with_its_rows_and_only_mapped_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("secret,id,status\nx,7,new\n")
    found = read(settings_for(tmp_path, {"fields": {"status": "status"}}))
    assert found.payloads["7"] == {
        "id": "7",
        "rows": [{"file": "a.csv", "line": 2, "values": {"id": "7", "status": "new"}}],
    }


def test_the_last_row_by_the_rule_is_the_state_wherever_it_stands(tmp_path: Path) -> None:
    write_log(tmp_path / "a.csv", [("A", 3, "closed"), ("A", 1, "new"), ("A", 2, "resolved")])
    ticket = read(settings_for(tmp_path, LOG)).one("tickets")
    assert (ticket.status, ticket.updated_at.day) == ("closed", 3)


def test_of_rows_that_tie_the_later_of_the_file_is_the_state(tmp_path: Path) -> None:
    write_log(tmp_path / "a.csv", [("A", 2, "closed"), ("A", 1, "new"), ("A", 2, "resolved")])
    assert read(settings_for(tmp_path, LOG)).one("tickets").status == "resolved"


def test_an_order_of_numbers_is_by_size_and_not_by_letters(tmp_path: Path) -> None:
    write_log(tmp_path / "a.csv", [("A", 9, "new"), ("A", 10, "closed")])
    assert read(settings_for(tmp_path, LOG)).one("tickets").status == "closed"


def test_a_row_without_order_comes_first(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,n,status\nA,1,closed\nA,,new\n")
    settings = settings_for(tmp_path, {"state": "last by n", "fields": {"status": "status"}})
    assert read(settings).one("tickets").status == "closed"


def test_an_order_by_times_follows_their_format(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,at,status\nA,28/02/2026,new\nA,01/03/2026,closed\n")
    rule = {"last_by": "at", "format": "%d/%m/%Y"}
    settings = settings_for(tmp_path, {"state": rule, "fields": {"status": "status"}})
    assert read(settings).one("tickets").status == "closed"


def test_an_order_that_cannot_be_known_is_a_reject_and_never_a_guess(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,at,status\nA,28/02/2026,new\nA,01/03/2026,closed\n")
    found = read(settings_for(tmp_path, {"state": "last by at", "fields": {"status": "status"}}))
    assert found.reasons == ["bad_order", "bad_order"]
    assert 'state = { last_by = "COLUMN", format' in found.rejects[0].detail


def test_without_a_rule_the_first_of_two_rows_is_used_and_the_second_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,status\nA,new\nB,new\nA,closed\n")
    found = read(settings_for(tmp_path, {"fields": {"status": "status"}}))
    assert [(r.where, r.reason, r.key) for r in found.rejects] == [("a.csv:4", "duplicate_key", "A")]
    assert {t.id: t.status for t in found.of("tickets")} == {"A": "new", "B": "new"}


def test_a_key_of_several_columns_is_joined_without_mixing_keys_up(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\nx:y,z\nx,y:z\nx,\n")
    found = read(settings_for(tmp_path, {"key": ["a", "b"]}))
    assert len(found.payloads) == 2
    assert found.reasons == ["missing_key"]


def test_rows_that_are_not_wanted_are_left_out_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,kind,paid\n1,inc,x\n2,req,x\n3,inc,-\n4,prob,x\n")
    where = {"kind": ["inc", "req"], "paid": True}
    found = read(settings_for(tmp_path, {"where": where, "missing": ["-"]}))
    assert sorted(found.payloads) == ["1", "2"]
    assert (found.rows_read, found.note) == (4, "2 rows are left out by `where`.")


def test_a_requester_is_hashed_before_it_enters_a_payload(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,who\n1,Ada Byron\n2, Ada Byron \n3,?\n")
    found = read(settings_for(tmp_path, {"missing": ["?"], "fields": {"requester": "who"}}))
    assert "Ada" not in str(found.payloads)
    assert [t.requester for t in found.of("tickets")] == [pseudonym("Ada Byron")] * 2 + [None]


def test_pages_have_at_most_a_thousand_keys_and_count_every_row(tmp_path: Path) -> None:
    rows = [(f"K{i % 2500:04d}", 1 + i // 2500, "new") for i in range(5000)]
    write_log(tmp_path / "a.csv", rows)
    found = read(settings_for(tmp_path, LOG))
    assert [len(page.payloads) for page in found.pages] == [1000, 1000, 500]
    assert [page.rows_read for page in found.pages] == [2000, 2000, 1000]
    assert [page.proof for page in found.pages] == ["none", "none", "whole_file"]


def test_a_run_that_was_killed_after_any_page_goes_on_after_it(tmp_path: Path) -> None:
    lines = [f"K{i:04d},{'new' if i % 7 else ''}" + (",x" if i % 50 == 0 else "") for i in range(3500)]
    (tmp_path / "a.csv").write_text("id,status\n" + "\n".join(lines) + "\n")
    settings = settings_for(tmp_path, {"fields": {"status": "status"}})
    whole = pages_of(tmp_path, settings)
    assert len(whole) == 4
    for done in range(1, len(whole)):
        rest = pages_of(tmp_path, settings, resume=whole[done - 1].cursor)
        assert rest == whole[done:]


def test_a_changed_file_starts_again_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,status\n" + "".join(f"K{i:04d},new\n" for i in range(1500)))
    settings = settings_for(tmp_path, {"fields": {"status": "status"}})
    first = pages_of(tmp_path, settings)[0]
    path.write_text(path.read_text() + "K9999,closed\n")
    again = pages_of(tmp_path, settings, resume=first.cursor)
    assert sum(len(page.payloads) for page in again) == 1501


def test_rejects_are_spread_over_the_pages_as_over_the_file(tmp_path: Path) -> None:
    lines = [f"K{i:04d},new" + (",x" if i % 10 == 0 else "") for i in range(4000)]
    (tmp_path / "a.csv").write_text("id,status\n" + "\n".join(lines) + "\n")
    found = read(settings_for(tmp_path, {"fields": {"status": "status"}}), derive=False)
    assert [len(page.rejects) for page in found.pages] == [111, 111, 111, 67]
    assert found.rows_read == 4000


def test_only_rejects_is_a_page_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,status\n1\n2\n")
    found = read(settings_for(tmp_path, {"fields": {"status": "status"}}))
    assert [len(page.rejects) for page in found.pages] == [2]
    assert (found.rows_read, found.proof) == (2, "whole_file")


def test_a_file_that_changes_while_it_is_read_is_partial_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,status\n1,new\n")
    real = pages_module.take_in

    def take_in_while_written(*arguments: object) -> object:
        count = real(*arguments)
        with path.open("a") as export:
            export.write("2,new\n")
        return count

    monkeypatch.setattr(pages_module, "take_in", take_in_while_written)
    settings = settings_for(tmp_path, {"fields": {"status": "status"}})
    planned = stream_of(settings).plan
    assert planned is not None
    with connector("files").open(settings) as folder:
        before = planned(folder)[0].token
        found = read(settings)
        assert (found.proof, list(found.payloads)) == ("none", ["1"])
        assert "read again next time" in found.note
        assert planned(folder)[0].token != before


def test_a_file_that_goes_while_it_is_read_is_named(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, {"fields": {"status": "status"}})
    with pytest.raises(SourceError, match=r"gone.csv: the file cannot be looked at"):
        read(settings, slices=[Slice(key="gone.csv")])


def test_rows_of_other_files_join_whatever_is_read_first(tmp_path: Path) -> None:
    write_log(tmp_path / "a.csv", [("A", 1, "new"), ("A", 3, "resolved")])
    write_log(tmp_path / "b.csv", [("A", 2, "in_progress"), ("A", 4, "closed"), ("B", 1, "new")])
    settings = settings_for(tmp_path, LOG)
    one_way = read(settings, slices=[Slice("a.csv"), Slice("b.csv")])
    other_way = read(settings, slices=[Slice("b.csv"), Slice("a.csv")])
    assert one_way.payloads == other_way.payloads
    events = [(e.at.day, e.to_value) for e in one_way.of("ticket_events") if e.ticket == "A"]
    assert events == [(1, "new"), (2, "in_progress"), (3, "resolved"), (4, "closed")]


def test_a_file_read_again_replaces_its_own_rows_alone(tmp_path: Path) -> None:
    write_log(tmp_path / "a.csv", [("A", 1, "new"), ("A", 2, "waiting")])
    write_log(tmp_path / "b.csv", [("A", 3, "closed")])
    settings = settings_for(tmp_path, LOG)
    stored: dict[str, object] = {}
    read(settings, stored=stored)
    write_log(tmp_path / "a.csv", [("A", 1, "new"), ("A", 2, "resolved")])
    found = read(settings, stored=stored, slices=[Slice("a.csv")])
    assert [e.to_value for e in found.of("ticket_events")] == ["new", "resolved", "closed"]


def test_a_daily_export_of_an_unchanged_ticket_adds_nothing(tmp_path: Path) -> None:
    for day in range(1, 6):
        write_log(tmp_path / f"export-{day}.csv", [("A", 1, "new")])
    write_log(tmp_path / "export-6.csv", [("A", 2, "closed")])
    payload = read(settings_for(tmp_path, LOG)).payloads["A"]
    assert [row["file"] for row in payload["rows"]] == ["export-5.csv", "export-6.csv"]


def test_without_a_rule_the_last_file_by_name_tells_the_state(tmp_path: Path) -> None:
    (tmp_path / "2026-02.csv").write_text("id,status\nA,closed\n")
    (tmp_path / "2026-01.csv").write_text("id,status\nA,new\n")
    settings = settings_for(tmp_path, {"fields": {"status": "status"}})
    for order in (["2026-01.csv", "2026-02.csv"], ["2026-02.csv", "2026-01.csv"]):
        found = read(settings, slices=[Slice(key) for key in order])
        assert found.one("tickets").status == "closed"
        assert len(found.payloads["A"]["rows"]) == 1


def test_a_stored_payload_that_lacks_a_newly_mapped_column_still_becomes_a_record(tmp_path: Path) -> None:
    write_log(tmp_path / "b.csv", [("A", 2, "closed")])
    settings = settings_for(tmp_path, LOG)
    old = {
        "id": "A",
        "rows": [{"file": "gone.csv", "line": 2, "values": {"id": "A", "at": "2026-01-01T00:00Z"}}],
    }
    found = read(settings, stored={"A": old})
    assert found.one("tickets").status == "closed"
    assert [e.to_value for e in found.of("ticket_events")] == ["closed"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "id;status\n1;new\n"),
        ("a.csv", "id\tstatus\n1\tnew\n"),
        ("a.csv", "id|status\n1|new\n"),
        ("a.csv", "id,status\n1,new\n"),
        ("a.tsv", "id\tstatus\n1\tnew\n"),
        ("a.csv", '"id","status"\r\n"1","new"\r\n'),
        ("a.csv", "id,status\r1,new\r"),
        ("a.csv", '"status\nnow",id,status\nx,1,new'),
    ],
)
def test_the_delimiter_is_found_where_it_is_not_said(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_bytes(text.encode())
    assert read(settings_for(tmp_path, {"fields": {"status": "status"}})).one("tickets").status == "new"


def test_a_report_with_titles_and_a_file_without_header_are_read(tmp_path: Path) -> None:
    (tmp_path / "titled.csv").write_text("Open tickets\n\nid;status\n1;new\n")
    (tmp_path / "bare.csv").write_text("1;new\n2;closed\n")
    titled = settings_for(
        tmp_path, {"pattern": "titled.csv", "skip_lines": 2, "fields": {"status": "status"}}
    )
    bare = settings_for(
        tmp_path, {"pattern": "bare.csv", "columns": ["id", "status"], "fields": {"status": "status"}}
    )
    assert read(titled).one("tickets").status == "new"
    assert [t.status for t in read(bare).of("tickets")] == ["new", "closed"]


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    (tmp_path / "a.csv").write_text("id,status\n" + "".join(f"{i},new\n" for i in range(50_000)))
    settings = settings_for(tmp_path, {"pattern": "a.csv", "fields": {"status": "status"}})
    assert len(read(settings, derive=False).payloads) == 50_000
    assert os.listdir(temporary) == []  # noqa: PTH208  # only the names are wanted


def test_a_token_of_a_page_is_the_token_of_the_plan(tmp_path: Path) -> None:
    """What resumes is recognised by the engine and by the connector alike."""
    (tmp_path / "a.csv").write_text("id,status\n1,new\n")
    settings = settings_for(tmp_path, {"fields": {"status": "status"}})
    plan = stream_of(settings).plan
    assert plan is not None
    with connector("files").open(settings) as folder:
        token = plan(folder)[0].token
    (page,) = pages_of(tmp_path, settings)
    assert page == replace(page, cursor=f'["{token}", "1"]')
