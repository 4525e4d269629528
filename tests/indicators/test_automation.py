"""What 2.3 answers on a store, and that many dates are counted as each by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from phasewise.analyzer.edition import read_data
from phasewise.analyzer.indicator import evaluate, evaluate_each, indicators
from phasewise.analyzer.indicators.automation_reduces_tickets.endpoints import read_endpoints
from phasewise.analyzer.register import register, suggestions
from phasewise.analyzer.thresholds import load_thresholds
from phasewise.cli.commands.automation import parse_targets
from phasewise.config.automations import register_from_settings
from phasewise.errors import ConfigError
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from phasewise.storage.links import Proposal, decide_links, save_proposals
from phasewise.storage.msps import read_connections, register_connection
from phasewise.storage.tables import RECORD_TABLES
from tests.conftest import NOW
from tests.indicators.automation_shop import PROVIDES, monday, open_shop
from tests.indicators.facts import ZONE, context
from tests.indicators.stores import gone

SETTINGS = {
    "automations": [
        {"name": "Clean full disks", "went_live_on": "2025-09-01", "targets": {"category": "Disk space"}}
    ]
}


def judged(scope: MspStore, **changes):
    return evaluate(scope, indicators()["2.3"], replace(context(), **changes))


def test_most_endpoints_run_it_and_two_thirds_of_its_tickets_are_gone(any_msp: MspStore) -> None:
    open_shop(any_msp, seed=3)
    evidence = judged(any_msp)
    assert evidence.status == "pass"
    measures = {measure.name: measure for measure in evidence.measures}
    assert measures["endpoints_automated"].value == 0.9
    assert 0.2 < measures["incidence_ratio"].value < 0.45
    assert measures["automations_claimed"].value == 1
    (row,) = evidence.tables["automation"]
    assert (row["grade"], row["design"], row["doubts"]) == ("A", "category", "")


def test_the_same_counts_on_every_database(any_msp: MspStore) -> None:
    open_shop(any_msp, weeks=60, live_weeks=20)
    numbers = {m.name: m.value for m in judged(any_msp).measures}
    assert numbers["reactive_tickets_a_week"] == pytest.approx(105.38461538462, abs=1e-6)


def test_nothing_registered_is_not_asked(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp, weeks=52, register=False)
    evidence = judged(sqlite_msp)
    assert evidence.status == "unknown"
    assert evidence.reason is not None
    assert evidence.reason.code == "not_asked"


def test_registered_with_hindsight_it_leans_at_most(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp, registered=monday(0))
    evidence = judged(sqlite_msp)
    assert evidence.status == "leaning"
    assert evidence.p_pass is not None
    assert evidence.p_pass <= 0.5
    assert any("registered after it went live" in note.english for note in evidence.notes)


def test_too_early_says_the_day_in_the_sentence_and_in_a_measure(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp, live_weeks=6, targeted=60)
    evidence = judged(sqlite_msp)
    assert evidence.status == "unknown"
    assert evidence.reason is not None
    assert evidence.reason.code == "too_few"
    told = next(m for m in evidence.measures if m.name == "weeks_until_tellable")
    assert told.value is not None
    assert told.value >= 7
    assert told.window_end.isoformat() in evidence.reason.sentence.english


def test_without_a_tool_that_tells_of_runs_the_first_part_is_unknown(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp, weeks=52, endpoints=0, with_run=0)
    parts = {part.name: part for part in judged(sqlite_msp).parts}
    assert parts["introduced"].status == "unknown"


def test_many_dates_in_one_pass_are_each_date_by_itself(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp, weeks=80, live_weeks=30, weekly_others=2.0)
    gone(sqlite_msp, "tickets", "35-1-Printers-0", monday(2))
    dates = [context().as_of - timedelta(weeks=week) for week in (0, 1, 5)]
    made = [context(as_of=day) for day in dates]
    one = indicators()["2.3"]
    for alone, together in zip(
        [evaluate(sqlite_msp, one, each) for each in made], evaluate_each(sqlite_msp, one, made), strict=True
    ):
        assert alone.p_pass == together.p_pass
        assert alone.tables == together.tables
        assert alone.funnel == together.funnel


def test_the_settings_are_registered_once_and_keep_their_day(sqlite_msp: MspStore) -> None:
    made = context(SETTINGS)
    assert register_from_settings(sqlite_msp, made.msp, now=monday(1)) == 1
    assert register_from_settings(sqlite_msp, made.msp, now=monday(0)) == 0
    (row,) = register(sqlite_msp, ZONE)
    assert row["registered_on"] == monday(1).date().isoformat()
    assert row["went_live_on"] == "2025-09-01"
    assert row["is_retrospective"]


def test_another_target_is_another_registration_and_the_first_is_withdrawn(sqlite_msp: MspStore) -> None:
    register_from_settings(sqlite_msp, context(SETTINGS).msp, now=monday(1))
    other = {"automations": [{**SETTINGS["automations"][0], "targets": {"category": "Printers"}}]}
    register_from_settings(sqlite_msp, context(other).msp, now=monday(0))
    rows = {row["targets"]["category"][0]: row for row in register(sqlite_msp, ZONE)}
    assert rows["Disk space"]["withdrawn_on"] == monday(0).date().isoformat()
    assert rows["Printers"]["withdrawn_on"] is None
    assert rows["Printers"]["registered_on"] == monday(0).date().isoformat()


def test_what_ran_and_is_not_registered_is_suggested_with_its_reach(any_msp: MspStore) -> None:
    open_shop(any_msp, weeks=4)
    (one,) = suggestions(any_msp, ZONE)
    assert (one.name, one.devices, one.clients, one.runs) == ("Clean", 36, 12, 36)
    assert one.first_on == monday(1).date()


def test_a_target_is_columns_with_values() -> None:
    assert parse_targets(["category=Disk space", "category=Disks", "type=alert"]) == {
        "category": ["Disk space", "Disks"],
        "type": ["alert"],
    }
    for wrong in ("Disk space", "title=x", "category="):
        with pytest.raises(ConfigError, match="is no target"):
            parse_targets([wrong])


def put_devices(scope: MspStore, connection: str, ids: range, provides: set[str]) -> None:
    register_connection(
        scope,
        connection_id=connection,
        connector="any",
        provides=frozenset(provides),
        active_from=None,
        active_until=None,
        now=NOW,
    )
    lived = {"installed_at": monday(90), "first_seen_at": NOW, "seen_at": NOW, "is_managed": True}
    with scope.write() as opened:
        for number in ids:
            row = {"msp_id": scope.msp_id, "connection_id": connection, "id": f"D{number}", **lived}
            opened.execute(insert(RECORD_TABLES["devices"]), row)


def endpoints(scope: MspStore) -> int:
    at = int(context().instant.timestamp())
    ((row,),) = read_endpoints(scope, [at], load_thresholds({}).indicators["2.3"])
    return int(row["endpoints"])


def test_what_a_psa_lists_is_no_endpoint_where_a_tool_tells_of_runs(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp, endpoints=40)
    put_devices(sqlite_msp, "desk", range(15), {"devices.client"})
    assert endpoints(sqlite_msp) == 40


def test_runs_whose_end_nobody_tells_are_unknown_and_no_failures(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp)
    told = frozenset(PROVIDES - {"automation_runs.outcome"})
    (name,) = (one.connection_id for one in read_connections(sqlite_msp))
    register_connection(
        sqlite_msp,
        connection_id=name,
        connector="files",
        provides=told,
        active_from=None,
        active_until=None,
        now=NOW,
    )
    part = next(part for part in judged(sqlite_msp).parts if part.name == "introduced")
    assert part.status == "unknown"
    assert part.reason is not None
    assert part.reason.code == "no_source"


def test_a_device_of_two_tools_counts_once_where_their_link_is_confirmed(any_msp: MspStore) -> None:
    open_shop(any_msp, endpoints=40)
    own = read_frame(any_msp, "SELECT connection_id, id FROM devices WHERE msp_id = :msp_id ORDER BY id")
    put_devices(any_msp, "second", range(3), {"automation_runs.device", "automation_runs.outcome"})
    assert endpoints(any_msp) == 43
    links = [
        Proposal("devices", row["connection_id"], row["id"], "second", f"D{number}", "serial_number", 1.0)
        for number, row in enumerate(own[:2])
    ]
    save_proposals(any_msp, links, now=NOW)
    assert endpoints(any_msp) == 43
    before = read_data(any_msp, context().msp, ["devices.installed_at"]).basis(context().instant)
    decide_links(any_msp, [one.link_id for one in links], "confirmed", by="Ada", now=NOW)
    assert endpoints(any_msp) == 41
    after = read_data(any_msp, context().msp, ["devices.installed_at"]).basis(context().instant)
    assert before != after


def test_runs_that_the_source_forgot_count_until_then(sqlite_msp: MspStore) -> None:
    open_shop(sqlite_msp, weeks=60, live_weeks=30)
    weeks_ago = [context(as_of=context().as_of - timedelta(weeks=week)) for week in (0, 1)]
    forgotten = int(weeks_ago[1].instant.timestamp()) + 3600
    with sqlite_msp.write() as connection:
        connection.exec_driver_sql("UPDATE automation_runs SET gone_at = ?", (forgotten,))
    shares = []
    for evidence in evaluate_each(sqlite_msp, indicators()["2.3"], weeks_ago):
        part = next(part for part in evidence.parts if part.name == "introduced")
        shares.append(part.measures[0].numerator)
    assert shares[0] == 0
    assert shares[1] is not None
    assert shares[1] > 0
    alone = evaluate(sqlite_msp, indicators()["2.3"], weeks_ago[1])
    assert next(p for p in alone.parts if p.name == "introduced").measures[0].numerator == shares[1]
