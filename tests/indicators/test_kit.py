"""The kit: thresholds, scores, windows, coverage, sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phasewise.analyzer import scope
from phasewise.analyzer.calendar import business_days, read_weeks, window_of
from phasewise.analyzer.coverage import judge_coverage
from phasewise.analyzer.indicator import (
    Cap,
    Reason,
    Sentence,
    indicators,
    listed,
    not_measured_yet,
    thresholds,
)
from phasewise.analyzer.people import initials, shown_names
from phasewise.analyzer.quality import import_spans, imported_weeks
from phasewise.analyzer.scope import drop_reason, funnel
from phasewise.analyzer.scoring import ScoredPart, combine, curve, levels, score_share, unknown_part
from phasewise.analyzer.stats import Share, probability_above
from phasewise.analyzer.thresholds import PASS, load_thresholds, shipped
from phasewise.config.settings import MspSettings, ScopeSettings
from phasewise.errors import ConfigError
from phasewise.model.maturity import STATEMENTS
from phasewise.model.records.people import Client
from phasewise.storage.engine import MspStore
from phasewise.storage.frames import read_frame
from tests.indicators.facts import context, week_rows
from tests.indicators.stores import fill, ticket

NUMBERS = shipped().indicators["2.1"]
PART = NUMBERS.parts["resolution"]
WHOLE = judge_coverage(
    [
        {
            "table": "tickets",
            "connection_id": "psa",
            "active_from": None,
            "active_until": None,
            "stream": "tickets",
            "slice": "all",
            "confirmed_at": 2**40,
            "status": "complete",
            "proven": 1,
            "starts_at": None,
            "ends_at": None,
            "declared": None,
            "stored": 1,
            "rejected": 0,
        }
    ],
    "tickets",
    window_of(week_rows(13)),  # type: ignore[arg-type]  # thirteen weeks are a window
    NUMBERS,
    context(days_later=300),
    source="a ticket system",
)


def scored(met: int, n: int, *, weight: float = 0.5, must: bool = False, stream: str = "a") -> ScoredPart:
    """A part of a share, as scored."""
    part = replace(PART, weight=weight, must=must)
    at = levels(context(), "2.1", stream, NUMBERS)
    return score_share(part, Sentence("x"), Share(met, n), (), at=at, coverage=WHOLE, numbers=NUMBERS)


def blank(*, weight: float = 0.5, must: bool = False) -> ScoredPart:
    """An unknown part."""
    part = replace(PART, weight=weight, must=must)
    return unknown_part(part, Sentence("x"), Reason("no_source", Sentence("why"), "time entries"))


# ---- indicators and thresholds -------------------------------------------------------------------


def test_every_indicator_stands_for_a_statement_under_its_name():
    for code, indicator in indicators().items():
        assert indicator.code == code
        assert STATEMENTS[code].name == indicator.name


@pytest.mark.parametrize("code", sorted(indicators()))
def test_the_page_of_an_indicator_has_its_four_headings_in_order(code):
    document = indicators()[code].document
    places = [
        document.index(heading + "\n" + "-" * len(heading))
        for heading in ("What it shows", "How it is counted", "What it cannot see", "How to improve")
    ]
    assert places == sorted(places)
    assert document.splitlines()[0].endswith(".")


@pytest.mark.parametrize("code", sorted(indicators()))
def test_the_parts_of_an_indicator_are_those_of_its_thresholds(code):
    assert set(indicators()[code].parts) == set(shipped().indicators[code].parts)


def test_every_number_that_judges_names_its_source():
    for one in shipped().indicators.values():
        for number in (*one.numbers.values(), *one.common.values(), *one.parts.values()):
            assert len(number.source) > 10, number


@pytest.mark.parametrize("code", sorted(indicators()))
def test_every_curve_passes_at_its_target_and_nowhere_below(code):
    for part in shipped().indicators[code].parts.values():
        assert curve(part, np.array([part.target]))[0] == pytest.approx(PASS)
        rising = part.anchors[0][1] < part.anchors[-1][1]
        worse = part.target - 0.001 if rising else part.target + 0.001
        assert curve(part, np.array([worse]))[0] < PASS


def test_own_numbers_take_the_place_of_the_shipped_ones_and_change_the_edition():
    own = load_thresholds({"2.1": {"decided": 50}, "common": {"window_weeks": 26}})
    assert own.indicators["2.1"]["decided"] == 50
    assert own.indicators["1.1"]["window_weeks"] == 26
    assert own.indicators["2.1"].numbers["decided"].source == "the settings of this MSP"
    assert own.canonical() != shipped().canonical()
    assert load_thresholds({}).canonical() == shipped().canonical()


@pytest.mark.parametrize(
    ("overrides", "path"),
    [
        ({"7.7": {}}, "7.7"),
        ({"2.1": {"decide": 50}}, "2.1.decide"),
        ({"2.1": {"decided": "many"}}, "2.1.decided"),
        ({"2.1": {"decided": True}}, "2.1.decided"),
        ({"2.1": {"decided": -1}}, "thresholds.2.1.decided"),
        ({"2.1": {"coverage": 90}}, "thresholds.2.1.coverage"),
        ({"2.1": {"parts": {"response": {}}}}, "2.1.parts.response"),
        ({"2.1": {"parts": {"resolution": {"weight": 0.9}}}}, "thresholds.2.1.parts"),
        (
            {"2.1": {"parts": {"resolution": {"anchors": [[0.9, 0]]}}}},
            "thresholds.2.1.parts.resolution.anchors",
        ),
        (
            {"2.1": {"parts": {"resolution": {"anchors": [[0.9, 0], [0.8, 100]]}}}},
            "thresholds.2.1.parts.resolution.anchors",
        ),
        (
            {"2.1": {"parts": {"resolution": {"anchors": [[0.8, 0], [0.9, 60]]}}}},
            "thresholds.2.1.parts.resolution.anchors",
        ),
        ({"2.1": {"parts": {"resolution": {"anchors": "high"}}}}, "2.1.parts.resolution"),
        ({"2.1": {"parts": {"resolution": {"wieght": 1}}}}, "2.1.parts.resolution.wieght"),
    ],
)
def test_own_numbers_that_make_no_sense_are_refused_with_their_path(overrides, path):
    with pytest.raises(ConfigError) as caught:
        load_thresholds(overrides)
    assert path in {mistake.path for mistake in caught.value.mistakes}


def test_all_mistakes_in_own_numbers_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        thresholds(MspSettings(zone="UTC", currency="EUR", thresholds={"2.1": {"a": 1, "b": 2}, "9": {}}))
    assert len(caught.value.mistakes) == 3


def test_a_statement_without_an_indicator_is_unknown_with_its_reason():
    evidence = not_measured_yet("4.4")
    assert (evidence.status, evidence.reason and evidence.reason.code) == ("unknown", "not_measured_yet")


# ---- scores --------------------------------------------------------------------------------------


@given(st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_probability_of_passing_is_that_of_the_posterior(share):
    met, n = share
    found = scored(met, n).part.p_pass
    assert found == pytest.approx(probability_above(Share(met, n), PART.target), abs=0.002)


def test_draws_depend_on_edition_date_and_stream_and_on_nothing_else():
    made = context()
    first = levels(made, "2.1", "a", NUMBERS)
    assert (first == levels(made, "2.1", "a", NUMBERS)).all()
    for other in (replace(made, edition="other"), replace(made, as_of=date(2026, 3, 4))):
        assert (first != levels(other, "2.1", "a", NUMBERS)).any()
    assert (first != levels(made, "2.1", "b", NUMBERS)).any()
    assert (first == levels(replace(made, now=made.now + timedelta(days=9)), "2.1", "a", NUMBERS)).all()
    assert sorted(first) == pytest.approx([(i + 0.5) / 2000 for i in range(2000)])


def test_two_parts_that_must_pass_pass_together_with_the_lesser_probability():
    parts = [scored(930, 1000, must=True), scored(903, 1000, must=True)]
    combined = combine(parts, NUMBERS)
    assert combined.p_pass == pytest.approx(parts[1].part.p_pass, abs=0.001)


def test_a_part_that_must_pass_and_fails_holds_the_whole_under_the_line():
    combined = combine([scored(990, 1000), scored(850, 1000, must=True)], NUMBERS)
    assert combined.status == "fail"
    assert combined.score is not None
    assert combined.score.high <= 69


def test_an_unknown_part_is_neither_dropped_nor_zero():
    combined = combine([scored(960, 1000, weight=0.8), blank(weight=0.2)], NUMBERS)
    assert combined.status == "pass", "it passes even with the unknown part at 0"
    combined = combine([scored(960, 1000, weight=0.6), blank(weight=0.4)], NUMBERS)
    assert (combined.status, combined.p_low, combined.p_high) == ("leaning", 0.0, 1.0)
    assert combined.p_pass is None
    assert combined.reason is not None
    assert combined.needs == ("time entries",)
    assert combined.score is not None
    assert combined.score.low < 60
    assert combined.score.high > 95


def test_what_is_mostly_unknown_is_unknown():
    combined = combine([scored(960, 1000, weight=0.4), blank(weight=0.6)], NUMBERS)
    assert (combined.status, combined.score) == ("unknown", None)


def test_what_fails_in_any_case_fails_though_it_is_mostly_unknown():
    combined = combine([scored(700, 1000, weight=0.4, must=True), blank(weight=0.6)], NUMBERS)
    assert (combined.status, combined.p_pass) == ("fail", 0.0)
    assert combined.needs == (), "nothing would decide it: it is decided"


def test_an_unknown_part_that_must_pass_leaves_the_result_open():
    combined = combine([scored(999, 1000, weight=0.8), blank(weight=0.2, must=True)], NUMBERS)
    assert (combined.status, combined.p_low, combined.p_high) == ("leaning", 0.0, 1.0)


@given(st.integers(0, 1000), st.sampled_from([50.0, 60.0, 69.0]))
def test_a_cap_below_the_line_forbids_a_pass(met, cap):
    combined = combine([scored(met, 1000)], NUMBERS, caps=[Cap(cap, Sentence("x"))])
    assert combined.status == "fail"
    assert combined.score is not None
    assert combined.score.high <= cap


def test_a_cap_of_which_nobody_knows_whether_it_holds_leaves_the_result_open():
    combined = combine([scored(990, 1000)], NUMBERS, open_caps=[Cap(60, Sentence("x"))])
    assert (combined.status, combined.p_low, combined.p_high) == ("leaning", 0.0, 1.0)


@given(st.integers(0, 1000), st.floats(0, 30))
def test_a_deduction_costs_points_and_never_forbids_a_pass(met, points):
    plain = combine([scored(met, 1000)], NUMBERS)
    less = combine([scored(met, 1000)], NUMBERS, deduction=points)
    assert less.p_pass == plain.p_pass
    assert plain.score is not None
    assert less.score is not None
    assert less.score.median <= plain.score.median
    assert less.score.median == pytest.approx(
        max(plain.score.median - points, 70 if plain.score.median >= 70 else 0), abs=0.6
    )


def test_more_of_what_is_good_never_lowers_a_score():
    medians = [combine([scored(met, 100)], NUMBERS).score for met in range(0, 101, 5)]
    found = [score.median for score in medians if score is not None]
    assert found == sorted(found)


# ---- windows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "last"),
    [
        (date(2026, 3, 1), "2026-02-16"),  # a Sunday: its own week ends at the instant
        (date(2026, 3, 2), "2026-02-16"),  # Monday: ended one day before
        (date(2026, 3, 3), "2026-02-23"),  # Tuesday: ended two days before the instant
        (date(2026, 3, 8), "2026-02-23"),
    ],
)
def test_a_week_counts_from_two_days_after_its_end(any_msp: MspStore, as_of, last):
    rows = read_weeks(any_msp, context(as_of=as_of), 2, 13)
    assert len(rows) == 13
    assert rows[-1]["starts_on"] == last
    assert [r["starts_on"] for r in rows] == sorted(str(r["starts_on"]) for r in rows)


def test_weeks_are_whole_in_the_msps_zone_when_clocks_change(any_msp: MspStore):
    """Madrid puts its clocks forward on 29 March 2026 and back on 25 October."""
    spring = read_weeks(any_msp, context(as_of=date(2026, 4, 2)), 2, 2)
    assert [int(r["ends_at"] or 0) - int(r["starts_at"] or 0) for r in spring] == [
        7 * 86400,
        7 * 86400 - 3600,
    ]
    autumn = read_weeks(any_msp, context(as_of=date(2026, 10, 28)), 2, 1)
    assert int(autumn[0]["ends_at"] or 0) - int(autumn[0]["starts_at"] or 0) == 7 * 86400 + 3600


def test_business_days_follow_the_default_calendar():
    window = window_of(week_rows(2))
    assert window is not None
    plain = context().msp
    assert list(business_days(plain, window.weeks).values()) == [5, 5]
    office = context(
        {
            "calendars": {"office": {"hours": {"mon-sat": "09:00-14:00"}, "holidays": ["2026-02-24"]}},
            "sla": {"default_calendar": "office"},
        }
    ).msp
    assert list(business_days(office, window.weeks).values()) == [6, 5]


# ---- coverage ------------------------------------------------------------------------------------


def slices(*spans: tuple[int | None, int | None, int, int | None, int]):
    """Rows of one stream: (start day, end day, proven, declared, stored), in days of the window."""
    window = window_of(week_rows(13))
    assert window is not None
    return [
        {
            "table": "tickets",
            "connection_id": "psa",
            "active_from": None,
            "active_until": None,
            "stream": "tickets",
            "slice": str(i),
            "confirmed_at": window.ends_at + 86400 * 3,
            "status": "complete" if proven else "partial",
            "proven": proven,
            "starts_at": None if start is None else window.starts_at + start * 86400,
            "ends_at": None if end is None else window.starts_at + end * 86400,
            "declared": declared,
            "stored": stored,
            "rejected": 0,
        }
        for i, (start, end, proven, declared, stored) in enumerate(spans)
    ], window


def coverage(*spans, changes=None, days_later=300):
    """Coverage of those slices."""
    rows, window = slices(*spans)
    rows = [{**row, **(changes or {})} for row in rows]
    return judge_coverage(rows, "tickets", window, NUMBERS, context(days_later=days_later), source="a PSA")


def test_slices_that_touch_cover_a_window():
    assert coverage((-40, 20, 1, None, 100), (20, 60, 1, None, 100), (60, 91, 1, None, 100)).complete


def test_a_hole_that_nobody_asked_for_is_partial():
    found = coverage((-40, 20, 1, None, 100), (60, 91, 1, None, 100))
    assert found.reason is not None
    assert found.reason.code == "partial"
    assert "56%" in found.reason.sentence.english


def test_an_hour_missing_of_a_quarter_is_complete():
    rows, window = slices((None, None, 1, None, 100))
    rows[0]["starts_at"], rows[0]["ends_at"] = window.starts_at + 3600, window.ends_at
    assert judge_coverage(rows, "tickets", window, NUMBERS, context(days_later=300), source="x").complete


@pytest.mark.parametrize(
    ("stored", "complete", "reason"), [(995, True, None), (950, False, None), (880, False, "partial")]
)
def test_declared_rows_that_were_not_stored_are_missing(stored, complete, reason):
    found = coverage((None, None, 0, 1000, stored))
    assert found.complete is complete
    assert (found.reason.code if found.reason else None) == reason
    if not reason and not complete:
        assert found.missing(stored) == pytest.approx(1000 - stored)


def test_an_unread_file_of_unknown_size_is_partial():
    found = coverage((None, None, 1, None, 1000), (None, None, 0, None, 10))
    assert found.reason is not None
    assert found.reason.code == "partial"


def test_a_connection_that_was_not_active_then_is_not_asked():
    rows, window = slices((None, None, 0, None, 0))
    retired = [{**row, "active_until": window.starts_at - 86400} for row in rows]
    found = judge_coverage(retired, "tickets", window, NUMBERS, context(days_later=300), source="a PSA")
    assert found.reason is not None
    assert found.reason.code == "no_source"


def test_a_past_date_is_never_stale():
    assert coverage((None, None, 1, None, 100), changes={"confirmed_at": 2**33}, days_later=2000).complete


@given(st.lists(st.tuples(st.integers(-50, 90), st.integers(1, 60)), min_size=1, max_size=8))
def test_more_proven_slices_never_cover_less(spans):
    proven = [(start, start + length, 1, None, 10) for start, length in spans]
    before, after = coverage(*proven[:-1]) if proven[:-1] else None, coverage(*proven)
    if before is not None and before.share is not None:
        assert after.share is not None
        assert after.share >= before.share - 1e-12


# ---- quality, scope, people, sentences -----------------------------------------------------------


def creation_rows(counts, same=0):
    """Rows of `creations`."""
    return [
        {"week": f"w{i}", "starts_at": i, "ends_at": i + 1, "created": n, "same_instant": same}
        for i, n in enumerate(counts)
    ]


def test_an_import_needs_four_times_the_median_and_more_than_fifty_tickets():
    assert [r["week"] for r in imported_weeks(creation_rows([10, 12, 9, 51]), NUMBERS)] == ["w3"]
    assert imported_weeks(creation_rows([10, 12, 9, 42, 11]), NUMBERS) == []
    assert imported_weeks(creation_rows([100, 120, 90, 400]), NUMBERS) == []
    assert imported_weeks(creation_rows([60]), NUMBERS) == []
    assert imported_weeks([], NUMBERS) == []


def test_only_a_week_of_tickets_that_never_were_open_is_left_out():
    rows = creation_rows([10, 12, 9, 60])
    assert import_spans(rows, NUMBERS) == []
    assert import_spans([*rows[:3], {**rows[3], "same_instant": 31}], NUMBERS) == [(3, 4)]


def test_values_of_the_scope_are_bound_and_never_written_into_the_sql(sqlite_msp: MspStore):
    hostile = "x'); DROP TABLE tickets; --"
    fill(sqlite_msp, [Client(id=hostile, is_internal=True)])
    clause = drop_reason(sqlite_msp, ScopeSettings(exclude_queues=(hostile,)), [(1, 2)])
    assert "DROP" not in clause.sql
    assert clause.parameters["queue_0"] == clause.parameters["own_0_0"] == hostile
    assert clause.parameters["import_0_end"] == 2


def test_few_special_clients_are_named_and_many_are_joined_with_the_same_result(
    any_msp: MspStore, monkeypatch: pytest.MonkeyPatch
):
    clients = [
        Client(id="own", name="Us", is_internal=True),
        Client(id="shop", name="Our shop", kind="internal"),
        Client(id="odd", name="Odd Ltd"),
        Client(id="a", name="A Ltd"),
    ]
    keys = ("own", "shop", "odd", "a", "unlisted", None)
    fill(any_msp, [*clients, *(ticket(f"of {key}", client=key) for key in keys)])
    settings = ScopeSettings(exclude_clients=("Odd Ltd", "unlisted"))
    found = []
    for most in (100, 0):
        monkeypatch.setattr(scope, "MOST_NAMED", most)
        drops = drop_reason(any_msp, settings, at_instant=False)
        assert ("clients c" in drops.pieces["join_client"]) == (most == 0)
        sql = f"SELECT t.id, {drops.sql} AS dropped FROM tickets t {drops.pieces['join_client']} "
        rows = read_frame(any_msp, sql + "WHERE t.msp_id = :msp_id", **drops.parameters)
        found.append({row["id"]: row["dropped"] for row in rows})
    expected = dict(zip(keys, ("internal", "internal", "client", "", "client", ""), strict=True))
    assert found == [{f"of {key}": reason for key, reason in expected.items()}] * 2


def test_a_funnel_ends_with_what_is_counted():
    steps = funnel(100, {"gone": 3, "queue": 7})
    assert steps[-1].left == 90
    assert sum(step.dropped for step in steps) == 10


def test_two_people_with_the_same_initials_are_told_apart():
    rows = [
        {"connection_id": "a", "id": "2", "name": "Amaro Rey"},
        {"connection_id": "a", "id": "1", "name": "Ana Ruiz"},
        {"connection_id": "a", "id": "3", "name": None},
    ]
    assert shown_names(rows, "initials") == {("a", "1"): "AR", ("a", "2"): "AR 2", ("a", "3"): "3"}
    assert shown_names(rows, False) == {}
    assert initials("  ") == "?"
    assert initials("Íñigo de la Peña 7") == "ÍDLP7"


def test_a_sentence_is_english_in_json_whatever_the_language():
    inner = Sentence("%(n)s weeks", {"n": 2})
    sentence = Sentence("In %(what)s of %(of)s", {"what": inner, "of": 13})
    assert sentence.english == "In 2 weeks of 13"
    assert listed([inner, Sentence("100%% sure")]).english == "2 weeks, 100% sure"
