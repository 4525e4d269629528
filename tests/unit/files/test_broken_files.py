"""The corpus of broken exports: each costs the rows it breaks and no other, and says which and why."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from phasewise.errors import ContractError, SourceError
from tests.support.exports import Read, read, settings_for

FIELDS = {"status": "status", "category": "text"}
HEADER = b"id,status,text\n"


def read_bytes(tmp_path: Path, content: bytes, name: str = "export.csv", **options: object) -> Read:
    (tmp_path / name).write_bytes(content)
    return read(settings_for(tmp_path, {"fields": FIELDS, **options}))


@pytest.mark.parametrize(
    ("broken", "reasons"),
    [
        pytest.param(b"1,new,a\n2,new\n3,new,c\n", ["too_few_values"], id="too few values"),
        pytest.param(b"1,new,a\n2,new,b,c\n3,new,c\n", ["too_many_values"], id="too many values"),
        pytest.param(b"1,new,a\n3,new,c\n2,ne", ["half_line"], id="a half-written last line"),
        pytest.param(b'1,new,a\n3,new,c\n2,new,"half of a te', ["half_line"], id="half of a quoted text"),
        pytest.param(b'1,new,a\n2,new,"b\n3,new,c\n', ["open_quote"], id="a quote that is never closed"),
        pytest.param(
            b'1,new,a\n2,new,"b\n3,new,"c"\n', ["open_quote"], id="a quote closed by the quote of another row"
        ),
        pytest.param(b'1,new,a\n2,"new,b\n3,new,"c"\n', ["open_quote"], id="the same in a middle column"),
        pytest.param(b"1,new,a\n2,new,b\0b\n3,new,c\n", ["nul_byte"], id="a NUL byte"),
        pytest.param(b"1,new,a\n2,new,caf\xe9\n3,new,c\n", ["wrong_encoding"], id="bytes that are not UTF-8"),
        pytest.param(b"1,new,a\n,new,b\n3,new,c\n", ["missing_key"], id="no key"),
        pytest.param(b"1,new,a\n3,new,c\n3,new,d\n", ["duplicate_key"], id="a key twice"),
        pytest.param(
            b"1,new,a\n2,new," + b"x" * 140_000 + b"\n3,new,c\n", ["long_value"], id="a value too long"
        ),
    ],
)
def test_one_broken_row_costs_one_row(tmp_path: Path, broken: bytes, reasons: list[str]) -> None:
    found = read_bytes(tmp_path, HEADER + broken)
    assert found.reasons == reasons
    assert sorted(found.payloads) == ["1", "3"]
    assert {ticket.id: ticket.category for ticket in found.of("tickets")} == {"1": "a", "3": "c"}
    assert found.rows_read == 3
    assert found.proof == ("none" if reasons == ["half_line"] else "whole_file")


def test_a_file_that_ends_in_the_middle_of_a_line_is_not_proven_complete(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, HEADER + b"1,new,a\n2,ne")
    assert found.proof == "none"
    assert "Export it again" in found.note


def test_a_reject_names_the_line_and_keeps_its_text(tmp_path: Path) -> None:
    (reject,) = read_bytes(tmp_path, HEADER + b'1,new,"two\nlines"\n2,new\n').rejects
    assert (reject.where, reject.payload) == ("export.csv:4", "2,new\n")


def test_a_broken_line_is_not_kept_where_a_column_is_personal(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("id,who,text\n1,Ada Byron\n,Ada Byron,x\n")
    found = read(settings_for(tmp_path, {"fields": {"requester": "who", "category": "text"}}))
    assert found.reasons == ["too_few_values", "missing_key"]
    assert not any("Ada" in reject.payload + reject.detail for reject in found.rejects)


def test_quotes_inside_a_text_are_read_as_lenient_programs_write_them(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, HEADER + b'1,new,"the "best" one"\n2,new,19" rack\n')
    assert not found.rejects
    assert [t.category for t in found.of("tickets")] == ['the best" one"', '19" rack']


def test_a_text_of_several_lines_is_one_value(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, HEADER + b'1,new,"first\r\nsecond, with ""quotes"""\r\n2,new,b\r\n')
    assert not found.rejects
    assert found.of("tickets")[0].category == 'first\r\nsecond, with "quotes"'


def test_many_unclosed_quotes_lose_only_their_own_lines(tmp_path: Path) -> None:
    lines = [f'{i},new,"open\n' if i % 10 == 0 else f"{i},new,fine\n" for i in range(1, 2001)]
    found = read_bytes(tmp_path, HEADER + "".join(lines).encode())
    assert found.reasons == ["open_quote"] * 200
    assert len(found.payloads) == 1_800


def test_without_quoting_a_quote_is_a_letter(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b'id\tstatus\ttext\n1\tnew\t"a\n2\tnew\tb\n', name="x.tsv", quote="")
    assert [t.category for t in found.of("tickets")] == ['"a', "b"]


def test_an_empty_line_is_no_row(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, HEADER + b"\n1,new,a\n,,\n\n2,new,b\n\n")
    assert (found.rows_read, found.reasons, len(found.payloads)) == (2, [], 2)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"", "without even a header"),
        (b"\n\n", "without even a header"),
    ],
)
def test_an_empty_file_is_never_taken_for_a_complete_listing_of_nothing(
    tmp_path: Path, content: bytes, note: str
) -> None:
    found = read_bytes(tmp_path, content)
    assert (found.rows_read, found.proof) == (0, "none")
    assert note in found.note


def test_a_file_with_a_header_and_no_rows_is_complete_and_says_so(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, HEADER)
    assert (found.rows_read, found.proof, found.note) == (
        0,
        "whole_file",
        "The file has a header and no rows.",
    )


@pytest.mark.parametrize("cut", [25, 60, -30, -9, -4])
def test_a_cut_gzip_file_is_partial_and_what_came_is_read(tmp_path: Path, cut: int) -> None:
    packed = gzip.compress(HEADER + b"".join(b"%d,new,text %d\n" % (i, i * i) for i in range(3_000)))
    found = read_bytes(tmp_path, packed[:cut], name="export.csv.gz")
    assert found.proof == "none"
    assert "damaged_file" in found.reasons or not found.payloads
    assert "Copy or export it again" in found.note
    assert all(t.category == f"text {int(t.id) ** 2}" for t in found.of("tickets"))


def test_a_damaged_gzip_file_is_partial(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(HEADER + b"".join(b"%d,new,t%d\n" % (i, i * i) for i in range(30_000))))
    packed[len(packed) // 2] ^= 0xFF
    found = read_bytes(tmp_path, bytes(packed), name="export.csv.gz")
    assert (found.proof, "damaged_file" in found.reasons) == ("none", True)


def test_a_file_called_gz_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"export.csv.gz: the name ends in .gz, and it is no gzip file"):
        read_bytes(tmp_path, HEADER + b"1,new,a\n", name="export.csv.gz")


def test_a_gzip_file_without_the_ending_is_read(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, gzip.compress(HEADER + b"1,new,a\n"))
    assert list(found.payloads) == ["1"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "mac-roman"])
def test_every_encoding_that_is_said_is_read(tmp_path: Path, encoding: str) -> None:
    text = "id,status,text\n1,new,Año café\n"
    said = "utf-8" if encoding == "utf-8-sig" else encoding
    found = read_bytes(tmp_path, text.encode(encoding), encoding=said)
    assert found.one("tickets").category == "Año café"


def test_a_header_in_another_encoding_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"header is no text in the encoding utf-8.*cp1252"):
        read_bytes(tmp_path, "id,status,text,año\n1,new,a,b\n".encode("cp1252"))


def test_utf_16_read_as_utf_8_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r'the file is UTF-16 text.*encoding = "utf-16"'):
        read_bytes(tmp_path, "id,status,text\n1,new,a\n".encode("utf-16"))


def test_utf_16_with_an_odd_byte_at_the_end_is_partial(tmp_path: Path) -> None:
    content = "id,status,text\n1,new,a\n2,new,b\n".encode("utf-16")
    found = read_bytes(tmp_path, content + b"\x00", encoding="utf-16")
    assert found.payloads.keys() == {"1", "2"}
    assert (found.proof, found.reasons) == ("none", ["damaged_file"])


def test_a_missing_column_fails_its_file_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(ContractError) as raised:
        read_bytes(tmp_path, b"id,Status,texts\n1,new,a\n")
    assert raised.value.where == "export.csv"
    assert '"status" (did you mean "Status"?), "text" (did you mean "texts"?)' in raised.value.what
    assert "The file has: id, Status, texts" in raised.value.remedy


def test_a_mapped_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="has the column text more than once"):
        read_bytes(tmp_path, b"id,status,text,text\n1,new,a,b\n")


def test_an_unmapped_column_may_stand_twice(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, b"id,status,text,x,x\n1,new,a,b,c\n").payloads.keys() == {"1"}


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "export.csv").write_bytes(HEADER)
    settings = settings_for(tmp_path, {"fields": FIELDS})
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"export.csv: the file cannot be opened \(Permission denied\)"):
        read(settings)


def test_a_key_with_far_too_many_rows_is_a_reject(tmp_path: Path) -> None:
    rows = b"".join(b"same,new,%d\n" % i for i in range(10_001))
    found = read_bytes(tmp_path, HEADER + rows + b"b,new,7\n", state="last by text")
    assert (found.reasons, list(found.payloads)) == (["too_many_rows"], ["b"])
    assert found.rows_read == 10_002
