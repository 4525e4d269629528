"""The worked mappings on the two public data sets, and what `files inspect` proposes for them."""

from __future__ import annotations

import gzip
import os
import tomllib
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from phasewise.connectors.vendors.files.inspection import inspect
from phasewise.connectors.vendors.files.settings import FilesSettings
from tests.support.exports import Read, read

EXAMPLES = Path(__file__).parents[3] / "examples"
LOG, LEDGER = "incident_event_log_119998.csv.gz", "ibm_accounts_receivable.csv"


def example(name: str, connection: str, folder: Path) -> FilesSettings:
    tables = tomllib.loads((EXAMPLES / name / "phasewise.toml").read_text("utf-8"))
    settings = tables["connections"][connection]["settings"]
    assert settings["folder"] == "env:PHASEWISE_DATA"
    return FilesSettings.model_validate(settings | {"folder": folder})


@pytest.fixture(scope="module")
def data() -> Path:
    folder = os.environ.get("PHASEWISE_DATA")
    if not folder:
        pytest.skip("PHASEWISE_DATA is not set: the folder of the two public data sets")
    return Path(folder)


@pytest.fixture(scope="module")
def log(data: Path) -> Read:
    return read(example("servicenow-incident-log", "servicenow", data))


@pytest.mark.parametrize(
    ("name", "connection"), [("servicenow-incident-log", "servicenow"), ("receivables", "ledger")]
)
def test_the_worked_mappings_load(name: str, connection: str, tmp_path: Path) -> None:
    assert example(name, connection, tmp_path).files


@pytest.mark.real_data
def test_every_row_of_the_log_is_read_and_none_rejected(log: Read) -> None:
    assert (log.rows_read, len(log.payloads), log.rejects, log.proof) == (119_998, 20_769, [], "whole_file")


@pytest.mark.real_data
def test_the_last_row_tells_whether_an_incident_met_its_sla(log: Read) -> None:
    outcomes = {r.ticket: r.vendor_outcome for r in log.of("sla_results")}
    assert Counter(outcomes.values()) == {"met": 12_595, "missed": 8_174}
    met: Counter[int] = Counter()
    opened: Counter[int] = Counter()
    by_priority: dict[str, list[bool]] = {}
    for ticket in log.of("tickets"):
        opened[ticket.opened_at.month] += 1
        met[ticket.opened_at.month] += outcomes[ticket.id] == "met"
        by_priority.setdefault(ticket.priority, []).append(outcomes[ticket.id] == "met")
    assert opened == {2: 207, 3: 8_995, 4: 7_934, 5: 3_633}
    assert [round(100 * met[m] / opened[m], 2) for m in (2, 3, 4, 5)] == [64.73, 39.86, 76.70, 76.82]
    shares = {name: round(100 * sum(found) / len(found), 2) for name, found in by_priority.items()}
    assert shares == {"critical": 2.27, "high": 0.30, "medium": 61.62, "low": 81.91}


@pytest.mark.real_data
def test_as_of_the_end_of_may_2016_the_history_gives_the_other_true_number(log: Read) -> None:
    cut = datetime(2016, 5, 31, tzinfo=UTC)
    last: dict[str, str | None] = {}
    for event in log.of("ticket_events"):
        if event.kind == "status" and event.at <= cut:
            last[event.ticket] = event.to_value
    judged: Counter[str] = Counter()
    for result in log.of("sla_results"):
        if result.missed_at is not None and result.missed_at <= cut:
            judged["missed"] += 1
        else:
            judged["met" if last.get(result.ticket) in {"resolved", "closed"} else "running"] += 1
    assert judged == {"met": 12_681, "missed": 7_470, "running": 618}


@pytest.mark.real_data
def test_the_other_numbers_of_the_log(log: Read) -> None:
    tickets = log.of("tickets")
    assert round(100 * sum(t.reopened_count > 0 for t in tickets) / len(tickets), 3) == 1.127
    assert round(100 * sum(t.reassigned_count > 0 for t in tickets) / len(tickets), 2) == 47.39
    assert round(sum(t.reassigned_count for t in tickets) / len(tickets), 4) == 0.9880
    assert round(100 * sum(t.resolved_at is None for t in tickets) / len(tickets), 2) == 6.83
    hours = sorted((t.resolved_at - t.opened_at).total_seconds() / 3600 for t in tickets if t.resolved_at)
    assert (len(hours), round(hours[len(hours) // 2], 1)) == (19_351, 24.6)
    closing = sorted((t.closed_at - t.opened_at).total_seconds() / 3600 for t in tickets if t.closed_at)
    assert round(closing[len(closing) // 2], 1) == 153.9
    waited = {e.ticket for e in log.of("ticket_events") if e.kind == "status" and e.to_value == "waiting"}
    resolved = {t.id for t in tickets if t.resolved_at}
    assert round(100 * len(waited & resolved) / len(resolved), 1) == 26.2


@pytest.mark.real_data
def test_the_two_rows_with_a_state_that_is_none_end_as_other_with_their_word(log: Read) -> None:
    odd = [e for e in log.of("ticket_events") if e.to_raw == "-100"]
    assert [(e.ticket, e.to_value) for e in odd] == [("INC0028089", "other")]
    assert {t.status for t in log.of("tickets")} == {"closed", "new"}


@pytest.mark.real_data
def test_no_caller_of_the_log_is_in_a_payload(log: Read) -> None:
    assert not any("Caller" in str(payload) for payload in log.payloads.values())
    assert sum(t.requester is not None for t in log.of("tickets")) > 20_000


@pytest.mark.real_data
def test_the_ledger_gives_its_numbers(data: Path) -> None:
    settings = example("receivables", "ledger", data)
    invoices = read(settings, 0).of("invoices")
    payments = {p.invoice: p for p in read(settings, 1).of("payments")}
    assert len(invoices) == len(payments) == 2_466
    late = {i.id: (i.paid_on - i.due_on).days > 0 for i in invoices}
    assert round(100 * (1 - sum(late.values()) / 2_466), 3) == 64.436
    assert round(100 * sum(i.is_disputed for i in invoices) / 2_466, 3) == 22.749
    assert round(sum((i.paid_on - i.issued_on).days for i in invoices) / 2_466, 3) == 26.445
    disputed = [late[i.id] for i in invoices if i.is_disputed]
    others = [late[i.id] for i in invoices if not i.is_disputed]
    assert round(100 * sum(disputed) / len(disputed), 2) == 68.27
    assert round(100 * sum(others) / len(others), 2) == 25.93
    assert {(i.due_on - i.issued_on).days for i in invoices} == {30}
    assert all(payments[i.id].paid_on == i.paid_on and payments[i.id].amount == i.total for i in invoices)
    assert {i.currency for i in invoices} == {"USD"}
    assert sum(i.total for i in invoices) == sum((p.amount for p in payments.values()), Decimal(0))


@pytest.mark.real_data
@pytest.mark.parametrize("name", [LOG, LEDGER])
def test_the_proposal_for_a_real_file_reads_the_same_states_as_the_worked_mapping(
    name: str, data: Path
) -> None:
    worked = (
        example("servicenow-incident-log", "servicenow", data)
        if name == LOG
        else example("receivables", "ledger", data)
    )
    (connection,) = tomllib.loads(inspect(data / name).toml)["connections"].values()
    proposed = FilesSettings.model_validate(connection["settings"])
    table = worked.files[0].record
    fields = (
        ("status", "priority", "source", "opened_at", "resolved_at", "closed_at", "client", "technician")
        if name == LOG
        else ("total", "issued_on", "due_on", "paid_on", "is_disputed", "client", "number")
    )

    def states(settings: FilesSettings) -> dict[str, tuple[object, ...]]:
        return {r.id: tuple(getattr(r, f) for f in fields) for r in read(settings).of(table)}

    assert states(proposed) == states(worked)


@pytest.mark.real_data
def test_the_log_cut_into_files_gives_the_same_as_the_whole(data: Path, tmp_path: Path, log: Read) -> None:
    """A system that exports a file a month spreads a ticket over several of them."""
    with gzip.open(data / LOG, "rt") as whole:
        header, *lines = whole.readlines()
    for number in range(3):
        part = tmp_path / f"incident_event_log_{number}.csv.gz"
        with gzip.open(part, "wt") as out:
            out.writelines([header, *lines[number::3]])
    found = read(example("servicenow-incident-log", "servicenow", tmp_path))

    def plain(records: list[object]) -> list[str]:
        return sorted(repr(r).replace("\n", "") for r in records)

    assert {t.id: t for t in found.of("tickets")} == {t.id: t for t in log.of("tickets")}
    assert plain(found.of("sla_results")) == plain(log.of("sla_results"))
