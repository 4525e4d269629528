"""The commands that answer: what they print, where, and their exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phasewise.cli.main import main
from phasewise.model.maturity import STATEMENTS
from tests.integration.analyze.conftest import AS_OF, Demo

DATE = ("--as-of", AS_OF.isoformat())


@dataclass(frozen=True)
class Done:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value of stdout."""
        return json.loads(self.out)


Command = Callable[..., Done]


@pytest.fixture
def phasewise(
    sqlite_demo: Demo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command line, in the folder of the demo's settings."""
    monkeypatch.chdir(sqlite_demo.folder)
    monkeypatch.setenv("PHASEWISE_STORE_URL", sqlite_demo.scope.store.url)
    monkeypatch.delenv("PHASEWISE_CONFIG", raising=False)

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["phasewise", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return run


def test_analyze_prints_the_first_screen(phasewise: Command) -> None:
    done = phasewise("analyze", *DATE)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("Northwind IT · as of Sun 15 Nov 2026 (Europe/Madrid) · edition ")
    assert lines[1].startswith("REACTIVE   ceiling: ")
    assert "2.1 SLA adherence" in done.out
    assert lines[-1].strip()
    assert "\x1b" not in done.out


def test_analyze_as_json_is_one_value_with_twenty_indicators(phasewise: Command) -> None:
    done = phasewise("analyze", *DATE, "--json")
    assert done.code == 0
    assert [one["code"] for one in done.json["indicators"]] == list(STATEMENTS)


def test_history_lists_what_was_analysed_newest_first(phasewise: Command) -> None:
    assert "No analysis is stored yet" in phasewise("history").out
    for day in ("2026-11-08", "2026-11-15", "2026-11-15"):
        phasewise("analyze", "--as-of", day)
    listed = phasewise("history", "--json").json
    assert [one["as_of"] for one in listed] == ["2026-11-15", "2026-11-08"]
    assert all(len(one["indicators"]) == 20 and one["msp"] == "northwind" for one in listed)
    assert [one["as_of"] for one in phasewise("history", "--json", "--limit", "1").json] == ["2026-11-15"]
    overview, _, text = phasewise("history").out.partition("\n\n")
    assert overview.startswith("Northwind IT · 8 Nov 2026 to 15 Nov 2026 · edition ")
    gates = [line[:6] for line in overview.splitlines() if line.startswith("Gate ")]
    assert gates == ["Gate 1", "Gate 2", "Gate 3"]
    table = text.splitlines()
    assert table[0].split()[:2] == ["as", "of"]
    assert [line[:10] for line in table[1:]] == ["2026-11-15", "2026-11-08"]


def test_the_second_analysis_says_what_moved_since_the_first(phasewise: Command) -> None:
    phasewise("analyze", "--as-of", "2026-10-01")
    assert "Since 1 Oct 2026: " in phasewise("analyze", *DATE).out
    phasewise("analyze", "--as-of", "2026-11-08")
    assert "Since last week: " in phasewise("analyze", *DATE).out


def test_backfill_says_what_it_wrote_and_the_second_time_that_all_was_there(phasewise: Command) -> None:
    first = phasewise("analyze", *DATE, "--backfill", "1")
    assert (first.code, first.out) == (
        0,
        "northwind: 5 of 5 week ends written, 2026-10-18 to 2026-11-15. See `phasewise history`.\n",
    )
    assert first.err == "northwind: 5 of 5 week ends, 2026-11-15\n"
    again = phasewise("analyze", *DATE, "--backfill", "1", "--json").json
    assert (again["written"], again["week_ends"], again["last"]) == (0, 5, "2026-11-15")


def test_compare_tells_why_numbers_moved(phasewise: Command) -> None:
    done = phasewise("compare", "2026-09-20", "2026-11-15")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == "Northwind IT · 20 Sep 2026 → 15 Nov 2026"
    assert "No analysis of the first date is stored" in done.out
    value = phasewise("compare", "2026-09-20", "2026-11-15", "--json").json
    assert value["second"]["as_of"] == "2026-11-15"
    assert phasewise("compare", "yesterday", "2026-11-15").code == 2


def test_report_has_two_formats(phasewise: Command) -> None:
    text = phasewise("report", *DATE)
    assert text.code == 0
    assert "What to work towards in Reactive" in text.out
    value = phasewise("report", *DATE, "--format", "json").json
    assert value["headline"]
    assert len(value["indicators"]) == 20


def test_an_unknown_format_is_refused(phasewise: Command) -> None:
    done = phasewise("report", "--format", "pdf")
    assert done.code == 1
    assert 'there is no report format "pdf". Known: json, text' in done.err


def test_explain_shows_everything_behind_a_number(phasewise: Command) -> None:
    done = phasewise("explain", "2.1", *DATE)
    assert done.code == 0
    for title in (
        "Measures",
        "Parts",
        "From all rows to those counted",
        "By week",
        "By client",
        "By queue",
        "By technician",
        "Thresholds (70 passes)",
        "The records",
        "How it is counted",
        "How to improve",
    ):
        assert f"\n{title}\n" in done.out, title


def test_explain_takes_a_name_for_a_code_and_cuts_tables(phasewise: Command) -> None:
    value = phasewise("explain", "sla_adherence", *DATE, "--json", "--top", "2").json
    assert value["code"] == "2.1"
    assert len(value["tables"]["client"]["rows"]) == 2
    assert value["tables"]["client"]["not_shown"] > 0


def test_the_query_of_an_explanation_runs_and_lists_its_misses(phasewise: Command) -> None:
    value = phasewise("explain", "2.1", *DATE, "--json").json
    missed = sum(m["denominator"] - m["numerator"] for m in value["measures"] if "_met_by_" in m["name"])
    rows = phasewise("sql", value["query"], "--format", "json", "--limit", "10000").json
    assert len(rows) == missed > 0


def test_explain_of_what_is_not_measured_says_what_would_show_it(phasewise: Command) -> None:
    done = phasewise("explain", "1.4", *DATE)
    assert done.code == 0
    assert "Phasewise does not measure this yet" in done.out
    assert "accounting  invoices and payments" in done.out


def test_reconcile_adds_up_from_the_sources_figure_to_ours(phasewise: Command) -> None:
    value = phasewise("explain", "2.1", "--reconcile", *DATE, "--json").json
    answer = phasewise("analyze", *DATE, "--json").json
    sla = next(one for one in answer["indicators"] if one["code"] == "2.1")
    counted = {m["name"].split("_met_by")[0]: m for m in sla["measures"] if "_met_by_" in m["name"]}
    assert {one["target"] for one in value["targets"]} == set(counted)
    for one in value["targets"]:
        for figure in ("met", "decided"):
            moved = sum(difference[figure] for difference in one["differences"])
            assert one["vendor"][figure] + moved == one["ours"][figure]
        measure = counted[one["target"]]
        assert (one["ours"]["met"], one["ours"]["decided"]) == (measure["numerator"], measure["denominator"])
    assert value["own_clock"]["status"] == "unknown"
    assert "Calendar and pause: unknown." in phasewise("explain", "2.1", "--reconcile", *DATE).out


def test_only_sla_adherence_can_be_reconciled(phasewise: Command) -> None:
    done = phasewise("explain", "1.1", "--reconcile")
    assert done.code == 2
    assert "--reconcile: the source has no figure of its own for 1.1" in done.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("analyze", "--as-of", "15/11/2026"), '--as-of: "15/11/2026" is not a date. Write it as 2026-06-30'),
        (("analyze", "--as-of", "2999-01-01"), "--as-of: 2999-01-01 is in the future"),
        (("analyze", "--msp", "nothwind"), 'there is no MSP "nothwind"'),
        (("explain", "9.9"), 'there is no indicator "9.9". Known: 1.1, 1.2'),
    ],
)
def test_a_wrong_question_says_what_to_write(
    phasewise: Command, arguments: tuple[str, ...], says: str
) -> None:
    done = phasewise(*arguments)
    assert done.code == 2
    assert says in done.err
    assert done.out == ""


@pytest.mark.parametrize("command", [("analyze",), ("explain", "2.1"), ("history",), ("report",)])
def test_without_a_store_every_command_says_how_to_make_one(
    phasewise: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PHASEWISE_STORE_URL", f"sqlite:///{tmp_path / 'nothing.db'}")
    done = phasewise(*command)
    assert done.code == 1
    assert "There is no store at" in done.err
    assert "Run `phasewise sync` first" in done.err
    assert not (tmp_path / "nothing.db").exists()


def test_an_answer_on_partial_data_ends_with_its_own_code(phasewise: Command, sqlite_demo: Demo) -> None:
    path = sqlite_demo.folder / "tickets.csv"
    path.write_text(path.read_text("utf-8").replace("Resolution SLA", "Renamed"), "utf-8")
    assert phasewise("sync").code != 0
    done = phasewise("analyze", *DATE)
    assert done.code == 4
    assert "tickets of desk is not complete: " in done.out


def test_spanish_is_spoken_where_it_is_asked_for(phasewise: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHASEWISE_LANGUAGE", "es")
    done = phasewise("analyze", *DATE)
    assert "REACTIVO" in done.out
    assert phasewise("analyze", *DATE, "--json").json["phase"] == "reactive"
    assert phasewise("report", *DATE, "--json").json["headline"].startswith("At least Reactive: ")
    assert phasewise("explain", "2.1", *DATE, "--json").json["statement"].startswith("Service level")


def test_an_msps_own_language_is_spoken_unless_the_reader_asks_for_another(
    phasewise: Command, sqlite_demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sqlite_demo.folder / "phasewise.toml"
    path.write_text(
        path.read_text("utf-8").replace('name = "Northwind IT"', 'name = "Northwind IT"\nlanguage = "es"'),
        "utf-8",
    )
    assert "REACTIVE" in phasewise("analyze", *DATE).out
    monkeypatch.delenv("PHASEWISE_LANGUAGE")
    assert "REACTIVO" in phasewise("analyze", *DATE).out
