"""The source's figure and ours differ by named causes, and by nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phasewise.analyzer.reconcile import CAUSES, Figure, reconcile_target

vendors = st.sampled_from(["met", "missed", "running", "paused", "none", "", "gone"])
dropped = st.sampled_from(
    ["", *CAUSES.keys() & {"before", "after", "undated", "queue", "internal", "merged"}]
)
verdicts = st.sampled_from(
    ["met", "missed", "running", "unmapped", "no_verdict", "no_promise", "no_deadline"]
)


@st.composite
def cell(draw: st.DrawFn) -> dict[str, object]:
    where = draw(dropped)
    outside = where in {"before", "after", "undated"}
    return {
        "target": "resolution",
        "vendor": draw(vendors),
        "dropped": where,
        "verdict": "" if outside else draw(verdicts),
        "n": draw(st.integers(0, 50_000)),
        "own": 0,
        "ticket": "",
    }


@given(st.lists(cell(), max_size=40))
def test_the_differences_add_up_to_the_ticket(cells: list[dict[str, object]]) -> None:
    found = reconcile_target("resolution", cells)  # type: ignore[arg-type]  # rows of a frame
    assert found.vendor.met + sum(d.met for d in found.differences) == found.ours.met
    assert found.vendor.decided + sum(d.decided for d in found.differences) == found.ours.decided
    assert all(abs(d.met) <= d.tickets and abs(d.decided) <= d.tickets for d in found.differences)


def row(vendor: str, verdict: str, n: int, *, dropped: str = "", ticket: str = "") -> dict[str, object]:
    return {
        "target": "resolution",
        "vendor": vendor,
        "dropped": dropped,
        "verdict": verdict,
        "n": n,
        "own": 0,
        "ticket": ticket,
    }


def test_each_cause_is_named_with_its_first_tickets() -> None:
    found = reconcile_target(
        "resolution",
        [  # type: ignore[arg-type]  # rows of a frame
            row("met", "met", 90),
            row("missed", "met", 3),
            row("missed", "met", 0, ticket="T7"),
            row("met", "running", 2),
            row("missed", "running", 4),
            row("missed", "missed", 10),
            row("met", "", 5, dropped="before"),
            row("missed", "missed", 6, dropped="queue"),
        ],
    )
    assert (found.vendor, found.ours) == (Figure(97, 120, 0), Figure(93, 103, 6))
    assert [(d.cause, d.kind, d.tickets, d.met, d.decided, d.examples) for d in found.differences] == [
        ("missed_later", "date", 3, 3, 0, ("T7",)),
        ("running_missed", "date", 4, 0, -4, ()),
        ("running_met", "date", 2, -2, -2, ()),
        ("before", "week", 5, -5, -5, ()),
        ("queue", "scope", 6, 0, -6, ()),
    ]
