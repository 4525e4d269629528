"""`files inspect` proposes what loads, finds what the file settles, and says what it does not."""

from __future__ import annotations

import gzip
import tomllib
from pathlib import Path
from typing import Any

import pytest

from phasewise.connectors.vendors.files.inspection import Inspection, inspect, to_json
from phasewise.connectors.vendors.files.inspection.names import guess_word, normal, tables
from phasewise.connectors.vendors.files.inspection.times import TimeEvidence, guess_format, see_time
from phasewise.connectors.vendors.files.kinds import field_kinds
from phasewise.connectors.vendors.files.settings import FilesSettings
from phasewise.errors import SourceError
from phasewise.model.records import record_kinds
from phasewise.model.words import MAPPINGS
from tests.support.exports import Read, read


def look(tmp_path: Path, text: str, name: str = "export.csv", *, encoding: str = "utf-8") -> Inspection:
    content = text.encode(encoding)
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return inspect(path)


def proposed(found: Inspection) -> FilesSettings:
    """The proposal as the settings that it loads as."""
    (connection,) = tomllib.loads(found.toml)["connections"].values()
    return FilesSettings.model_validate(connection["settings"])


def loaded(found: Inspection) -> Read:
    """What the proposal reads from its file."""
    return read(proposed(found))


SERVICENOW = "number,state,opened_at,sys_updated_at,sys_mod_count,assigned_to,made_sla,caller_id\n" + "".join(
    f"INC{i},{state},{day}/3/2016 08:00,{day}/3/2016 {9 + n:02d}:00,{n},{owner},{sla},Caller {i % 7}\n"
    for i, day in enumerate(range(1, 29))
    for n, (state, owner, sla) in enumerate(
        [
            ("New", "?", "true"),
            ("Active", f"R{i % 3}", "true"),
            ("Resolved", f"R{i % 3}", str(i % 5 > 0).lower()),
        ]
    )
)


def test_a_log_is_recognised_with_its_key_its_order_and_its_time(tmp_path: Path) -> None:
    found = look(tmp_path, SERVICENOW, "incidents.csv.gz")
    file = proposed(found).files[0]
    assert (file.record, file.key, file.missing, file.format) == (
        "tickets",
        ("number",),
        ("?",),
        "%d/%m/%Y %H:%M",
    )
    assert file.state is not None
    assert file.history is not None
    assert (file.state.last_by, file.history.at) == ("sys_mod_count", "sys_updated_at")
    got = loaded(found)
    assert not got.rejects
    assert {t.status for t in got.of("tickets")} == {"resolved"}
    assert [r.vendor_outcome for r in got.of("sla_results")].count("missed") == 6
    assert {t.requester is not None for t in got.of("tickets")} == {True}


def test_a_spanish_export_of_an_accounting_program_loads_as_proposed(tmp_path: Path) -> None:
    text = "Número de factura;Cliente;Fecha de emisión;Vencimiento;Importe;Fecha de cobro;Moneda\n" + "".join(
        f"F{i};Cliente {i % 3};{i:02d}/01/2026;{i:02d}/02/2026;1.{i:03d},50;{('', '15/02/2026')[i % 2]};EUR\n"
        for i in range(1, 29)
    )
    found = look(tmp_path, text, "facturas 2026.csv", encoding="cp1252")
    settings = proposed(found)
    assert (settings.files[0].encoding, settings.files[0].delimiter) == ("cp1252", ";")
    assert settings.files[0].decimal_comma is True
    assert "UNSURE: the bytes are not UTF-8" in found.toml
    invoice = loaded(found).of("invoices")[0]
    assert (str(invoice.total), invoice.currency, invoice.due_on.isoformat()) == (
        "1001.50",
        "EUR",
        "2026-02-01",
    )


def test_a_jira_export_loads_as_proposed(tmp_path: Path) -> None:
    text = (
        "Issue key\tIssue Type\tStatus\tPriority\tCreated\tResolved\tAssignee\tReporter\n"
        "OPS-1\tBug\tDone\tHighest\t02/Jan/26 8:00 AM\t03/Jan/26 4:30 PM\tAnn\tBob\n"
        "OPS-2\tTask\tIn Review\tLow\t13/Jan/26 8:00 AM\t\tBen\tBob\n"
    )
    ticket = loaded(look(tmp_path, text, "jira.tsv")).of("tickets")[0]
    assert (ticket.status, ticket.type, ticket.priority) == ("closed", "incident", "critical")
    assert ticket.resolved_at.isoformat() == "2026-01-03T16:30:00+00:00"


def test_sla_states_in_words_are_guessed(tmp_path: Path) -> None:
    text = "Ticket Id,Status,Resolution Status,Due by Time,First Response Status\n" + "".join(
        f"{i},Open,{('Within SLA', 'SLA Violated')[i % 2]},2026-01-0{i} 10:00,Odd\n" for i in range(1, 9)
    )
    found = look(tmp_path, text)
    results = {r.id: r.vendor_outcome for r in loaded(found).of("sla_results") if r.target == "resolution"}
    assert results["2:resolution"] == "met"
    assert results["1:resolution"] == "missed"
    assert '"Odd" = "none"  # UNSURE' in found.toml


@pytest.mark.parametrize(
    ("values", "expected", "is_certain"),
    [
        (["13/01/2026", "01/02/2026"], "%d/%m/%Y", True),
        (["01/13/2026", "01/02/2026"], "%m/%d/%Y", True),
        (["01/02/2026", "03/04/2026"], "%d/%m/%Y", False),
        (["2026-01-02", "2026-03-04"], "iso", True),
        (["2026-01-02 10:00", "2026-03-04 10:00"], "iso", True),
        (["2026-01-02T10:00:00Z"], "iso", True),
        (["2026/1/2 9:00"], "%Y/%m/%d %H:%M", True),
        (["13.01.26 10:00:05"], "%d.%m.%y %H:%M:%S", True),
        (["1/13/2026 9:05 PM"], "%m/%d/%Y %I:%M %p", True),
        (["13-ene-2026 10:00"], "%d-%b-%Y %H:%M", True),
        (["Jan 13, 2026 10:00"], "%b %d, %Y %H:%M", True),
        (["13/01/2026 10:00 +0100"], "%d/%m/%Y %H:%M %z", True),
        (["13/13/2026", "01/02/2026"], None, False),
        (["tomorrow"], None, False),
        (["192.168.0.1"], None, False),
        (["1-2-3"], None, False),
    ],
)
def test_a_date_format_is_decided_by_evidence_or_called_uncertain(
    values: list[str], expected: str | None, is_certain: bool
) -> None:
    evidence = TimeEvidence()
    for value in values:
        see_time(evidence, value, 1)
    guess = guess_format(evidence, len(values))
    assert (None if guess is None else guess.format) == expected
    assert guess is None or guess.is_certain == is_certain


def test_an_ambiguous_column_says_so_and_why(tmp_path: Path) -> None:
    found = look(tmp_path, "ticket id,created\n1,01/02/2026 10:00\n2,03/04/2026 10:00\n")
    assert "UNSURE: no number above 12 in 2 values: day first or month first cannot be told" in found.toml
    assert to_json(found)["columns"][1]["format_is_certain"] is False


def test_an_ambiguous_column_takes_the_order_of_its_file_and_stays_unsure(tmp_path: Path) -> None:
    text = (
        "ticket id,created,closed\n1,01/02/2026 10:00,01/13/2026 10:00\n2,03/04/2026 10:00,01/28/2026 10:00\n"
    )
    found = look(tmp_path, text)
    assert proposed(found).files[0].format == "%m/%d/%Y %H:%M"
    assert "taken as in closed, which is month first" in found.toml


def test_times_that_are_written_otherwise_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"{i},{13 + i % 15}/01/2026 10:00\n" for i in range(99))
    found = look(tmp_path, "ticket id,created\n" + rows + "99,soon\n")
    assert "UNSURE: " in found.toml
    assert "1 values are written otherwise and will be rejects" in found.toml


def test_a_column_with_the_right_name_and_the_wrong_values_is_not_taken(tmp_path: Path) -> None:
    found = look(tmp_path, "ticket id,opened,reopens\n1,yes,many\n2,no,few\n")
    assert not proposed(found).files[0].fields
    assert '# opened_at: "opened" has its name, but it holds no times of day' in found.toml
    assert '# reopened_count: "reopens" has its name, but it holds no whole numbers' in found.toml


def test_words_without_a_guess_are_left_to_the_reader(tmp_path: Path) -> None:
    found = look(
        tmp_path, "ticket id,status\n" + "".join(f"{i},{('Open', 'Zorp')[i % 2]}\n" for i in range(10))
    )
    assert '# "Zorp" = ""  # UNSURE: 5 rows; left out, it becomes "other"' in found.toml
    assert {t.status for t in loaded(found).of("tickets")} == {"new", "other"}


def test_several_rows_without_an_order_are_told_and_not_guessed(tmp_path: Path) -> None:
    found = look(tmp_path, "ticket id,queue\n1,a\n1,b\n2,a\n2,b\n3,a\n")
    assert '# state = "last by COLUMN"  # UNSURE: no column puts them in order' in found.toml
    assert loaded(found).reasons == ["duplicate_key", "duplicate_key"]


def test_a_newest_first_log_is_ordered_by_its_times(tmp_path: Path) -> None:
    rows = [f"T{i},2026-01-{20 - n:02d} 10:00,{('closed', 'new')[n]}\n" for i in range(20) for n in range(2)]
    found = look(tmp_path, "ticket,updated,status\n" + "".join(rows))
    assert {t.status for t in loaded(found).of("tickets")} == {"closed"}


def test_a_file_that_nothing_is_known_of_still_gives_something_that_loads(tmp_path: Path) -> None:
    found = look(tmp_path, "foo,bar\nx,1\ny,2\n")
    assert proposed(found).files[0].key == ("foo",)
    assert 'record = "tickets"  # UNSURE: no header has a name that is known' in found.toml
    assert "# Columns that nothing reads: bar" in found.toml


@pytest.mark.parametrize("text", ["", "id\n", "a,b\n,\n", "\n\n"])
def test_a_file_without_rows_is_said_to_be_so(tmp_path: Path, text: str) -> None:
    if text.strip():
        assert proposed(look(tmp_path, text)).files
    else:
        with pytest.raises(SourceError, match="the file is empty"):
            look(tmp_path, text)


def test_odd_names_of_columns_and_files_are_written_so_that_they_load(tmp_path: Path) -> None:
    header = '"ticket ""id""",número,"sta\ttus",\\back,状態\n'
    found = look(tmp_path, header + "1,2,3,4,5\n", 'Ünïcode [1] "x".csv')
    assert loaded(found).payloads


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be opened"):
        inspect(tmp_path / "no.csv")


def test_rows_that_will_be_rejects_are_told(tmp_path: Path) -> None:
    found = look(tmp_path, "ticket id,queue\n1,a\n2\n3,c\n")
    assert "# 1 rows will be rejects: too_few_values" in found.toml


def test_values_of_personal_columns_are_not_shown(tmp_path: Path) -> None:
    text = "ticket id,requester,status\n" + "".join(f"{i},Ada Byron,Open\n" for i in range(9))
    found = look(tmp_path, text)
    assert "Ada" not in found.toml
    assert "Ada" not in str(to_json(found))


def test_every_name_in_the_table_is_one_that_can_be_found_and_every_target_one_of_the_model() -> None:
    for record, known in tables()["records"].items():
        assert record in record_kinds()
        assert known["fields"].keys() <= field_kinds(record).keys()
        for name in [*known["key"], *(n for names in known["fields"].values() for n in names)]:
            assert normal(name) == name, name
    for mapping, targets in tables()["words"].items():
        assert targets.keys() <= set(MAPPINGS.get(mapping, ("met", "missed", "running", "paused", "none")))


@pytest.mark.parametrize(
    ("mapping", "word", "expected"),
    [
        ("status", "Awaiting User Info", "waiting"),
        ("status", "Pendiente de cliente", "waiting"),
        ("status", "Renewed", None),
        ("status", "Cerrado", "closed"),
        ("status", "Unassigned", "new"),
        ("priority", "P1 - Outage", "critical"),
        ("priority", "3 - Moderate", "medium"),
        ("source", "E-Mail", "email"),
        ("type", "Petición de servicio", "request"),
        ("role", "Service Desk Manager", "manager"),
    ],
)
def test_words_are_guessed_by_their_beginnings(mapping: str, word: str, expected: str | None) -> None:
    assert guess_word(mapping, word) == expected


def test_the_json_has_what_the_text_has(tmp_path: Path) -> None:
    answer: dict[str, Any] = to_json(look(tmp_path, SERVICENOW))
    assert answer["key"] == "number"
    assert answer["order"] == "sys_mod_count"
    assert answer["fields"]["status"]["words"] == {
        "New": "new",
        "Active": "in_progress",
        "Resolved": "resolved",
    }
    assert [c["type"] for c in answer["columns"]][1:5] == ["words", "time", "time", "integer"]


def test_a_proposal_loads_whatever_a_column_is_called(tmp_path: Path) -> None:
    found = look(tmp_path, 'id,status,"odd\nna""me"\n' + "".join(f"{i},new,x{i}\n" for i in range(60)))
    assert tomllib.loads(found.toml)
    assert '"odd\\nna\\"me"' in found.toml
