"""Who moved a number: those whose counts changed most, and nobody else."""

from __future__ import annotations

from phasewise.analyzer.indicator import Evidence
from phasewise.analyzer.movement import Mover, movers


def of(**missed: int) -> Evidence:
    rows = [
        {"queue": name, "target": "resolution", "decided": 100, "met": 100 - n, "missed": n}
        for name, n in missed.items()
    ]
    return Evidence("2.1", "fail", "derived", tables={"queue": rows, "week": [{"week": "2026-11-02"}]})


def test_the_largest_change_comes_first_and_what_stayed_is_left_out() -> None:
    found = movers(of(Network=40, Servers=10, Desk=5), of(Network=12, Servers=14, Desk=5))
    assert found == (
        Mover("queue", "Network", "missed", 40, 12),
        Mover("queue", "Servers", "missed", 10, 14),
    )


def test_one_that_was_not_there_before_moved_from_nothing() -> None:
    assert movers(of(), of(Network=3)) == (Mover("queue", "Network", "missed", 0, 3),)


def test_at_most_three_of_a_kind_are_named() -> None:
    names = {f"queue{i}": i for i in range(9)}
    assert [one.name for one in movers(of(), of(**names))] == ["queue8", "queue7", "queue6"]


def test_the_rest_of_a_long_table_moves_nothing() -> None:
    assert movers(of(**{"(others)": 9}), of(**{"(others)": 30})) == ()
